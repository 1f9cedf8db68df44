package chattest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// toy is the smallest front-end that passes the suite: a chat network in memory, where
// messages change in place and which has groups. It shows what a harness must do.
type toy struct {
	dispatcher chat.Dispatcher
	events     chan event
	result     chan error
	stop       context.CancelFunc
	prompt     *chat.Prompt

	mu       sync.Mutex
	messages []message
	screen   chattest.Screen
	group    chattest.Screen
	given    strings.Builder
}

type message struct {
	ref  chat.MessageRef
	view chat.View
}

// event is what the network tells the front-end.
type event struct {
	line    string
	pressed *chat.Action
	on      chat.MessageRef // whose control was pressed
	answer  string
	group   bool
}

const me = "7"

func startToy(t *testing.T, d chat.Dispatcher) chattest.Harness {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &toy{dispatcher: d, events: make(chan event, 100), result: make(chan error, 1), stop: cancel}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.result <- s.Run(ctx, d)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return s
}

// The front-end.

func (s *toy) Platform() chat.Platform { return "toy" }

func (s *toy) Run(ctx context.Context, _ chat.Dispatcher) error {
	for n := 0; ; n++ {
		select {
		case e := <-s.events:
			s.handle(context.WithoutCancel(ctx), e, fmt.Sprint(n))
		case <-ctx.Done():
			return nil
		}
	}
}

func (s *toy) handle(ctx context.Context, e event, id string) {
	req := &chat.Request{ID: id, User: s.User(), Chat: s.User().Direct(), Direct: true, At: time.Now()}
	if e.group {
		req.Chat, req.Direct, req.Space = chat.Address{Platform: "toy", ChatID: "-1"}, false, "-1"
	}
	var c *chat.Command
	switch {
	case e.answer != "" && s.prompt != nil:
		if err := s.prompt.Answer(e.answer); err != nil {
			s.flash(err.Error())
			return
		}
		c, req.Origin, req.Args = s.prompt.Command(), chat.Filled, s.prompt.Args()
	case e.pressed != nil:
		c, req.Origin, req.Args = chat.Find(s.dispatcher.Commands(), e.pressed.Command), chat.Pressed, e.pressed.Args
	default:
		var err error
		c, req.Args, err = chat.ParseLine(s.dispatcher.Commands(), e.line)
		if err != nil {
			s.flash(err.Error())
			return
		}
	}
	if c == nil {
		s.flash("that control is gone")
		return
	}
	s.run(ctx, c, req, e.on)
}

func (s *toy) run(ctx context.Context, c *chat.Command, req *chat.Request, on chat.MessageRef) {
	s.prompt = nil
	if prompt := chat.NewPrompt(c, req.Args, time.Time{}); len(c.Missing(req.Args)) > 0 {
		param, _ := prompt.Next()
		s.prompt = prompt
		s.flash(param.Summary)
		return
	}
	if c.Private && !req.Direct {
		req.Chat, req.Direct = s.User().Direct(), true
	}
	req.Command = c.Name
	switch r := s.dispatch(ctx, req).(type) {
	case chat.Reply:
		if r.Replace && on.MessageID != "" {
			_ = s.Edit(ctx, on, r.View)
		} else {
			_, _ = s.Send(ctx, req.Chat, r.View)
		}
	case chat.Notice:
		s.flash(r.Text)
	}
}

func (s *toy) dispatch(ctx context.Context, req *chat.Request) (resp chat.Response) {
	defer func() {
		if recover() != nil {
			resp = chat.Notice{Text: "sorry"}
		}
	}()
	return s.dispatcher.Dispatch(ctx, req)
}

func (s *toy) flash(text string) { s.show(&s.screen, chat.View{Title: text}, false) }

var errAddress = errors.New("no such chat")

func (s *toy) Send(_ context.Context, to chat.Address, v chat.View) (chat.MessageRef, error) {
	if to.Platform != "toy" {
		return chat.MessageRef{}, &chat.SendError{Kind: chat.Rejected, Err: errAddress}
	}
	s.mu.Lock()
	ref := chat.MessageRef{Address: to, MessageID: fmt.Sprint(len(s.messages) + 1)}
	s.messages = append(s.messages, message{ref, v})
	s.mu.Unlock()
	screen := &s.screen
	if _, direct := to.DirectUser(); !direct {
		screen = &s.group
	}
	s.show(screen, v, false)
	return ref, nil
}

func (s *toy) Edit(_ context.Context, ref chat.MessageRef, v chat.View) error {
	s.mu.Lock()
	i := slices.IndexFunc(s.messages, func(m message) bool { return m.ref == ref })
	s.messages[i].view = v
	s.mu.Unlock()
	s.show(&s.screen, v, true)
	return nil
}

// show renders a view for the screen, cutting what is too long.
func (s *toy) show(on *chattest.Screen, v chat.View, changed bool) {
	x := chattest.Shown{Changed: changed}
	if v.File != nil && v.File.Validate() == nil {
		x.File, x.FileText = v.File.Name, string(v.File.Data)
	}
	texts := []chat.Text{{chat.P(v.Title + "\n")}, v.Body}
	for _, f := range v.Fields {
		texts = append(texts, chat.Text{chat.P(f.Name + " ")}, f.Value)
	}
	for _, span := range slices.Concat(append(texts, chat.Text{chat.P(v.Footer)})...) {
		if span.Kind == chat.Hidden {
			x.Hidden += chat.Clean(span.Text)
		} else {
			x.Text += chat.Clean(span.Text)
		}
	}
	x.Text = x.Text[:min(len(x.Text), chat.MaxText)]
	for _, c := range v.Controls() {
		if len(c.Choices) == 0 {
			x.Labels = append(x.Labels, chat.CleanLine(c.Label))
		}
		for _, choice := range c.Choices {
			x.Labels = append(x.Labels, chat.CleanLine(choice.Label))
		}
	}
	s.mu.Lock()
	s.given.WriteString(x.Text + x.Hidden + strings.Join(x.Labels, ""))
	s.mu.Unlock()
	on.Add(x)
}

// The harness.

func (s *toy) Frontend() chat.Frontend { return s }

func (s *toy) Traits() chattest.Traits {
	return chattest.Traits{Replaces: true, AsksAgain: true, Links: true}
}

func (s *toy) User() chat.User { return chat.User{Platform: "toy", ID: me} }

func (s *toy) Screen() *chattest.Screen { return &s.screen }

func (s *toy) GroupScreen() *chattest.Screen { return &s.group }

func (s *toy) Type(line string) { s.events <- event{line: line} }

func (s *toy) TypeInGroup(line string) { s.events <- event{line: line, group: true} }

func (s *toy) Answer(text string) { s.events <- event{answer: text} }

func (s *toy) Abandon() {}

func (s *toy) Forge(data string) {
	a, err := chat.DecodeAction(data)
	if err != nil {
		a = chat.Action{Command: "gone"}
	}
	if chat.Find(s.dispatcher.Commands(), a.Command) != nil {
		a.Command = "gone" // this network keeps its buttons to itself: none can be forged
	}
	s.events <- event{pressed: &a}
}

func (s *toy) Press(label string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range slices.Backward(s.messages) {
		for _, c := range m.view.Controls() {
			actions := map[string]chat.Action{c.Label: c.Action}
			for _, choice := range c.Choices {
				actions[choice.Label] = c.Chosen(choice)
			}
			if a, ok := actions[label]; ok {
				s.events <- event{pressed: &a, on: m.ref}
				return
			}
		}
	}
}

func (s *toy) Reveal() {
	all := s.screen.All()
	for _, x := range slices.Backward(all) {
		if x.Hidden != "" {
			s.screen.Add(chattest.Shown{Text: x.Hidden})
			return
		}
	}
}

func (s *toy) Sanitized() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.ContainsRune(s.given.String(), '\x1b') {
		return errors.New("escape sequence")
	}
	return nil
}

func (s *toy) Stop() error {
	s.stop()
	return <-s.result
}

func TestSuite(t *testing.T) { chattest.Run(t, startToy) }
