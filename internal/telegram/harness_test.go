package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The specification is beside the repository, where its authors keep it.
const spec = "../../../shared/contracts/telegram-api.json"

// TestRequestsAreChecked is skipped when no request in these tests is held against the
// specification, so that it shows.
func TestRequestsAreChecked(t *testing.T) {
	if _, err := telegramtest.LoadSpec(spec); err != nil {
		t.Skipf("requests are not checked against the Bot API's specification: %v", err)
	}
}

const (
	me    = 7
	group = -1001234
)

// rig is a front-end on a Bot API in memory, and one person.
type rig struct {
	t      testing.TB
	api    *telegramtest.Server
	front  *telegram.Frontend
	store  *memory
	d      chat.Dispatcher
	log    *logs
	stop   context.CancelFunc
	result chan error
	mine   chattest.Screen
	groups chattest.Screen
	once   sync.Once
	err    error
	alter  func(*telegram.Options)
	late   int // presses that come too late for an answer
}

// logs keeps what is logged.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newRig makes a rig whose front-end does not run yet.
func newRig(t testing.TB, d chat.Dispatcher, alter ...func(*telegram.Options)) *rig {
	t.Helper()
	return rigOn(t, telegramtest.New(t, spec), d, alter...)
}

func rigOn(t testing.TB, api *telegramtest.Server, d chat.Dispatcher, alter ...func(*telegram.Options)) *rig {
	t.Helper()
	r := &rig{t: t, api: api, store: newMemory(), d: d, log: &logs{}}
	r.alter = func(o *telegram.Options) {
		for _, f := range alter {
			f(o)
		}
	}
	r.api.Shown = r.see
	r.make()
	return r
}

func (r *rig) make() {
	r.t.Helper()
	o := telegram.Options{
		Token: secret.New(telegramtest.Token), Store: r.store, Transport: r.api, Links: []string{"echo", "ping"},
		Log:  slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Pace: telegram.Pace{Chat: time.Nanosecond, Group: 1 << 30, Overall: -1},
	}
	r.alter(&o)
	var err error
	if r.front, err = telegram.New(o); err != nil {
		r.t.Fatal(err)
	}
}

// run starts the front-end; it is stopped at the end of the test.
func (r *rig) run() {
	ctx, cancel := context.WithCancel(context.Background())
	r.stop, r.result, r.once = cancel, make(chan error, 1), sync.Once{}
	go func() { r.result <- r.front.Run(ctx, r.d) }()
	r.t.Cleanup(func() {
		if err := r.Stop(); err != nil {
			r.t.Errorf("run: %v", err)
		}
		if strings.Contains(r.log.String(), "AAFake") || strings.Contains(r.log.String(), chattest.Canary) {
			r.t.Errorf("the log holds a secret:\n%s", r.log)
		}
		if strings.Contains(r.store.everything(), chattest.Canary) {
			r.t.Error("a secret is stored")
		}
	})
}

// restart stops the front-end and starts another on the same store.
func (r *rig) restart() {
	r.t.Helper()
	if err := r.Stop(); err != nil {
		r.t.Errorf("run: %v", err)
	}
	r.make()
	r.run()
}

// kill starts another front-end on what the store holds now.
func (r *rig) kill() {
	r.t.Helper()
	left := r.store.copied()
	if err := r.Stop(); err != nil {
		r.t.Errorf("run: %v", err)
	}
	r.store = left
	r.make()
	r.run()
}

func start(t *testing.T, d chat.Dispatcher) chattest.Harness {
	t.Helper()
	r := newRig(t, d)
	r.run()
	return r
}

func TestSuite(t *testing.T) { chattest.Run(t, start) }

// see puts what became visible on the screens.
func (r *rig) see(e telegramtest.Event) {
	switch {
	case e.Message == nil && e.User == me:
		r.mine.Add(chattest.Shown{Text: e.Notice})
	case e.Message == nil || e.Deleted:
	case !e.Edited && strings.Contains(e.Message.Text, telegram.English().HiddenAgain):
		// the secret comes into it in a moment
	case e.Message.Chat == me:
		r.mine.Add(shown(e))
	case e.Message.Chat == group:
		r.groups.Add(shown(e))
	}
}

func shown(e telegramtest.Event) chattest.Shown {
	x := chattest.Shown{Text: e.Message.Text, Changed: e.Edited, Labels: e.Message.Labels()}
	if d := e.Message.Document; d != nil {
		x.File, x.FileText = d.Name, d.Data
	}
	for _, h := range e.Message.Form("tg-spoiler") {
		x.Text = strings.Replace(x.Text, strings.TrimSpace(h), "", 1)
		x.Hidden += h
	}
	return x
}

func (r *rig) Frontend() chat.Frontend { return r.front }

func (*rig) Traits() chattest.Traits {
	return chattest.Traits{Replaces: true, AsksAgain: true, Links: true}
}

func (*rig) User() chat.User { return chat.User{Platform: chat.Telegram, ID: fmt.Sprint(me)} }

func (r *rig) Screen() *chattest.Screen { return &r.mine }

func (r *rig) GroupScreen() *chattest.Screen { return &r.groups }

func (r *rig) Type(line string) { r.api.Write(me, me, line) }

func (r *rig) TypeInGroup(line string) { r.api.Write(me, group, line) }

func (r *rig) Press(label string) {
	if !r.api.Press(me, me, label) {
		r.t.Errorf("no button %q", label)
	}
}

func (r *rig) Answer(text string) { r.api.Write(me, me, text) }

func (r *rig) Abandon() { r.api.Press(me, me, telegram.English().Leave) }

func (r *rig) Forge(data string) { r.api.PressData(me, me, data) }

func (r *rig) Reveal() {
	for _, m := range slices.Backward(r.api.Messages(me)) {
		if hidden := m.Form("tg-spoiler"); len(hidden) > 0 {
			r.mine.Add(chattest.Shown{Text: strings.Join(hidden, " ")})
			return
		}
	}
}

var (
	fixed   = regexp.MustCompile(`(?s)<(code|pre|a|tg-spoiler)[^>]*>.*?</(code|pre|a|tg-spoiler)>|\{.*\}`)
	mention = regexp.MustCompile(`(^|[^\p{L}\p{N}])@[A-Za-z0-9_]`)
)

// Sanitized looks for what deceives or calls people. That the markup is whole is checked by the
// fake with every message.
func (r *rig) Sanitized() error {
	given := r.api.Given()
	for _, bad := range []string{"\x1b", "\x00", "\x07", "\u202e", "\u2066", "\u009b", "javascript:"} {
		if strings.Contains(given, bad) {
			return fmt.Errorf("%q was sent", bad)
		}
	}
	if found := mention.FindString(fixed.ReplaceAllString(given, "")); found != "" {
		return fmt.Errorf("somebody is mentioned: %q", found)
	}
	if strings.Contains(fixed.ReplaceAllString(given, ""), "://") {
		return errors.New("there is an address that nobody meant to be opened")
	}
	return nil
}

func (r *rig) Stop() error {
	r.once.Do(func() {
		r.stop()
		r.err = <-r.result
	})
	return r.err
}
