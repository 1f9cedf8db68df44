package app_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// phone is a front-end with one person: commands and presses go straight to the dispatcher, and
// messages are kept.
type phone struct {
	w     *world
	d     chat.Dispatcher
	ready chan struct{}
	asked int

	mu       sync.Mutex
	messages []*message
	refuse   func() error // nil: everything is delivered
}

// message is what was sent, with its latest view.
type message struct {
	id    string
	view  chat.View
	edits int
}

func newPhone(w *world) *phone { return &phone{w: w, ready: make(chan struct{})} }

func (*phone) Platform() chat.Platform { return chat.Telegram }

func (p *phone) Run(ctx context.Context, d chat.Dispatcher) error {
	p.d = d
	close(p.ready)
	<-ctx.Done()
	return nil
}

func (p *phone) Send(_ context.Context, to chat.Address, v chat.View) (chat.MessageRef, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse != nil {
		if err := p.refuse(); err != nil {
			return chat.MessageRef{}, err
		}
	}
	m := &message{id: fmt.Sprint(len(p.messages)), view: v}
	p.messages = append(p.messages, m)
	return chat.MessageRef{Address: to, MessageID: m.id}, nil
}

func (p *phone) Edit(_ context.Context, ref chat.MessageRef, v chat.View) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.messages {
		if m.id == ref.MessageID {
			m.view, m.edits = v, m.edits+1
			return nil
		}
	}
	return &chat.SendError{Kind: chat.Rejected, Err: errors.New("no such message")}
}

// do types a command and returns the view that answers it.
func (p *phone) do(line string) chat.View {
	p.w.t.Helper()
	cmd, args, err := chat.ParseLine(p.d.Commands(), line)
	if err != nil {
		p.w.t.Fatalf("%s: %v", line, err)
	}
	return p.request(chat.Typed, cmd.Name, args)
}

// fill runs a command with a value that only a form may bring.
func (p *phone) fill(command, what, param, value string) chat.View {
	p.w.t.Helper()
	cmd, args, err := chat.ParseLine(p.d.Commands(), "/"+command+" "+what)
	if err != nil {
		p.w.t.Fatal(err)
	}
	return p.request(chat.Filled, cmd.Name, args.With(param, value))
}

func (p *phone) request(origin chat.Origin, command string, args chat.Args) chat.View {
	p.w.t.Helper()
	p.asked++
	user := chat.User{Platform: chat.Telegram, ID: "7"}
	r := p.d.Dispatch(p.w.ctx, &chat.Request{
		ID: fmt.Sprintf("%p-%d", p, p.asked), Origin: origin, User: user, Chat: user.Direct(), Direct: true,
		Locale: "en", Command: command, Args: args, At: time.Now(),
	})
	switch r := r.(type) {
	case chat.Reply:
		return r.View
	case chat.Notice:
		return chat.View{Topic: "notice", Body: chat.Text{chat.P(r.Text)}}
	default:
		p.w.t.Fatalf("response %T", r)
		return chat.View{}
	}
}

// press uses the first control of a view whose label contains the text, the way the data of a
// button travels: encoded and decoded.
func (p *phone) press(v chat.View, label string) chat.View {
	p.w.t.Helper()
	for _, c := range v.Controls() {
		action, ok := c.Action, strings.Contains(c.Label, label)
		for _, choice := range c.Choices {
			if ok = strings.Contains(choice.Label, label); ok {
				action = c.Chosen(choice)
				break
			}
		}
		if !ok || c.URL != "" || c.Copy != "" {
			continue
		}
		data, err := action.Encode()
		if err != nil {
			p.w.t.Fatalf("%q: %v", c.Label, err)
		}
		a, err := chat.DecodeAction(data)
		if err != nil {
			p.w.t.Fatalf("%q: %v", c.Label, err)
		}
		return p.request(chat.Pressed, a.Command, a.Args)
	}
	p.w.t.Fatalf("no control %q in:\n%s", label, show(v))
	return chat.View{}
}

// topic returns the latest message of a topic, or nil.
func (p *phone) topic(topic string) *message {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, v := range slices.Backward(p.messages) {
		if v.view.Topic == topic {
			return v
		}
	}
	return nil
}

// count returns how many messages of a topic were sent.
func (p *phone) count(topic string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, m := range p.messages {
		if m.view.Topic == topic {
			n++
		}
	}
	return n
}

// transcript shows all messages in their latest form.
func (p *phone) transcript() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	for _, m := range p.messages {
		fmt.Fprintf(&b, "--- %s, %d edits\n%s\n", m.id, m.edits, show(m.view))
	}
	return b.String()
}

// hidden returns the texts of all hidden spans that were sent.
func (p *phone) hidden() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, m := range p.messages {
		for _, f := range m.view.Fields {
			for _, s := range f.Value {
				if s.Kind == chat.Hidden {
					all = append(all, s.Text)
				}
			}
		}
		for _, s := range m.view.Body {
			if s.Kind == chat.Hidden {
				all = append(all, s.Text)
			}
		}
	}
	return all
}

// show writes a view as plain text.
func show(v chat.View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[%s] %s\n%s\n", v.Topic, v.Title, plain(v.Body))
	for _, f := range v.Fields {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, plain(f.Value))
	}
	b.WriteString(v.Footer)
	for _, c := range v.Controls() {
		fmt.Fprintf(&b, " [%s]", c.Label)
	}
	return b.String()
}

func plain(t chat.Text) string {
	var b strings.Builder
	for _, s := range t {
		if s.Kind == chat.When {
			b.WriteString(s.Time.Format(time.RFC3339))
		}
		b.WriteString(s.Text)
	}
	return b.String()
}
