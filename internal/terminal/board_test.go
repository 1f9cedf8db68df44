package terminal_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/terminal"
)

// pressing is a terminal with a command "do" that says what was pressed, a reply "menu" with
// the controls Rent, Skip and Cancel rental, and a command named as a label may be.
func pressing(t *testing.T) (*harness, *chattest.Person, *chattest.Dispatcher) {
	t.Helper()
	d := chattest.NewDispatcher(
		&chat.Command{Name: "do", Params: []chat.Param{{Name: "v", Positional: true}}, Run: do},
		&chat.Command{Name: "menu", Run: func(context.Context, *chat.Request) (chat.Response, error) {
			return chat.Reply{View: with("menu", "Rent", "Skip", "✕ Cancel rental")}, nil
		}},
		&chat.Command{Name: "orders", Run: func(context.Context, *chat.Request) (chat.Response, error) {
			return chat.Notice{Text: "all orders"}, nil
		}},
		&chat.Command{Name: "turn", Run: func(context.Context, *chat.Request) (chat.Response, error) {
			return chat.Reply{Replace: true, View: with("turned", "Again")}, nil
		}},
	)
	h := start(t, d, terminal.Options{})
	return h, chattest.NewPerson(t, h), d
}

func do(_ context.Context, req *chat.Request) (chat.Response, error) {
	return chat.Notice{Text: "did " + req.Args["v"]}, nil
}

func with(title string, labels ...string) chat.View {
	v := chat.View{Title: title}
	for _, l := range labels {
		v.Rows = append(v.Rows, []chat.Control{chat.Button(l, "do", chat.Args{"v": l})})
	}
	return v
}

func send(t *testing.T, h *harness, v chat.View) chat.MessageRef {
	t.Helper()
	ref, err := h.Send(t.Context(), h.User().Direct(), v)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func edit(t *testing.T, h *harness, ref chat.MessageRef, v chat.View) {
	t.Helper()
	if err := h.Edit(t.Context(), ref, v); err != nil {
		t.Fatal(err)
	}
}

func TestNumbers_ofAReplySurviveMessages(t *testing.T) {
	h, p, _ := pressing(t)
	h.Type("menu")
	p.Sees("[1] Rent", "[2] Skip", "[3] ✕ Cancel rental")
	ref := send(t, h, with("alert", "Danger"))
	p.Sees("a: alert", "[a1] Danger")
	h.Type("1")
	p.Sees("did Rent")
	edit(t, h, ref, with("alert", "Other"))
	p.Sees("a: [a2] Other")
	h.Type("[2]")
	p.Sees("did Skip")
	h.Type("A2")
	p.Sees("did Other")
}

func TestNumbers_ofAnEditedMessageAreNotUsedAgain(t *testing.T) {
	h, p, _ := pressing(t)
	ref := send(t, h, with("card", "Wait", "Skip"))
	p.Sees("[a1] Wait", "[a2] Skip")
	edit(t, h, ref, with("card", "Skip", "Cancel"))
	p.Sees("a: [a3] Cancel")
	for ref, want := range map[string]string{"a1": "There is no control a1 any more", "a2": "did Skip", "a3": "did Cancel"} {
		h.Type(ref)
		p.Sees(want)
	}
	edit(t, h, ref, with("card", "Wait"))
	p.Sees("a: [a4] Wait")
	edit(t, h, ref, chat.View{Title: "card"})
	h.Type("a4")
	p.Sees("There is no control a4 any more")
}

func TestNumbers_ofAnOlderReplyAreDead(t *testing.T) {
	h, p, d := pressing(t)
	h.Type("menu")
	p.Sees("[3]")
	h.Type("turn")
	p.Sees("turned", "[1] Again")
	h.Type("3")
	p.Sees("There is no control 3 any more")
	h.Type("4090")
	p.Sees("There is no control 4090 any more")
	if n := len(d.Of("do")); n != 0 {
		t.Errorf("%d presses", n)
	}
}

func TestLabels(t *testing.T) {
	for _, tt := range []struct {
		line, want string
		pushed     []string // labels of messages that came by themselves
	}{
		{"skip", "did Skip", nil},
		{"SK", "did Skip", nil},
		{"cancel", "did ✕ Cancel rental", nil},
		{"cancel rental", "did ✕ Cancel rental", nil},
		{"Cancel rental", "did ✕ Cancel rental", []string{"Cancel rental"}}, // the reply's comes first
		{"keep", "did Keep it", []string{"Keep it"}},
		{"keep", "could be several: b1, a1", []string{"Keep it", "Keep that"}},
		{"keep it", "did Keep it", []string{"Keep it", "Keep that"}},
		{"orders", "all orders", []string{"Orders"}}, // a message must not take a command's place
		{"/skip", "I do not know “skip”", nil},
		{"do this", "did this", []string{"Do it"}},
		{"zzz", "I do not know “zzz”", []string{"Keep it"}},
		{"✕", "I do not know “✕”", nil},
	} {
		t.Run(fmt.Sprint(tt.line, tt.pushed), func(t *testing.T) {
			h, p, _ := pressing(t)
			h.Type("menu")
			p.Sees("menu")
			for _, l := range tt.pushed {
				send(t, h, with("alert", l))
				p.Sees("alert")
			}
			h.Type(tt.line)
			p.Sees(tt.want)
		})
	}
}

// TestWords: the word that the newest reply asks for is taken without pressing its button first, even
// where a command has that name, and nothing but that word is.
func TestWords(t *testing.T) {
	d := chattest.NewDispatcher(
		&chat.Command{Name: "do", Params: []chat.Param{{Name: "v", Positional: true}, {Name: "w"}}, Run: func(_ context.Context, req *chat.Request) (chat.Response, error) {
			return chat.Notice{Text: "did " + req.Args["v"] + " with " + req.Args["w"]}, nil
		}},
		&chat.Command{Name: "menu", Params: []chat.Param{{Name: "n", Positional: true}}, Run: func(_ context.Context, req *chat.Request) (chat.Response, error) {
			v := with("menu", "Type ARM 1", "Type too")
			for i := range v.Rows {
				v.Rows[i][0].Word, v.Rows[i][0].Param = []string{"ARM 1", req.Args["n"]}[i], "w"
			}
			return chat.Reply{View: v}, nil
		}},
		&chat.Command{Name: "arm", Params: []chat.Param{{Name: "v", Positional: true}}, Run: func(context.Context, *chat.Request) (chat.Response, error) {
			return chat.Notice{Text: "the command"}, nil
		}},
	)
	for _, tt := range []struct{ menu, line, want string }{
		{"menu", "ARM 1", "did Type ARM 1 with ARM 1"},
		{"menu", "arm 1", "the command"},
		{"menu", "/ARM 1", "the command"},
		{"menu", "ARM 2", "the command"},
		{`menu "ARM 1"`, "ARM 1", "the command"}, // it could be either
		{"arm", "ARM 1", "the command"},
	} {
		h := start(t, d, terminal.Options{})
		p := chattest.NewPerson(t, h)
		h.Type(tt.menu)
		h.Type(tt.line)
		p.Sees(tt.want)
	}
}

func TestLetters(t *testing.T) {
	h, p, _ := pressing(t)
	var first chat.MessageRef
	for i := range 230 {
		ref := send(t, h, with(fmt.Sprint("message ", i), "Go"))
		if i == 0 {
			first = ref
		}
	}
	p.Sees("z: message 25")
	p.Sees("aa: message 26", "[aa1] Go")
	p.Sees("az: message 51")
	p.Sees("ba: message 52")
	p.Sees("message 229")
	h.Type("a1") // forgotten, since so many came after it
	p.Sees("There is no control a1 any more")
	edit(t, h, first, with("message 0 changed"))
	p.Sees("message 0 changed")
}

func TestEdit_ofAnotherRunIsShownAnew(t *testing.T) {
	h, p, _ := pressing(t)
	ref := chat.MessageRef{Address: h.User().Direct(), MessageID: "1-1"}
	edit(t, h, ref, with("old card", "Go"))
	p.Sees("a: old card", "[a1] Go")
	edit(t, h, ref, with("new card", "Go"))
	p.Sees("a: new card")
}

func TestEdit_toTheSamePrintsNothing(t *testing.T) {
	h, p, _ := pressing(t)
	v := with("card", "Go")
	v.Body = chat.Text{chat.At(noon())}
	ref := send(t, h, v)
	p.Sees("card", "12:00 (now)")
	before := len(h.out.String())
	edit(t, h, ref, v)
	if extra := h.out.String()[before:]; extra != "" {
		t.Errorf("printed %q", extra)
	}
}

func TestReplace_ofAMessageKeepsItsLetter(t *testing.T) {
	h, p, _ := pressing(t)
	h.Type("menu")
	p.Sees("[1] Rent")
	send(t, h, chat.View{Title: "alert", Rows: [][]chat.Control{{chat.Button("Turn", "turn", nil)}}})
	p.Sees("[a1] Turn")
	h.Type("a1")
	p.Sees("a: turned", "[a2] Again")
	h.Type("a1")
	p.Sees("There is no control a1 any more")
	h.Type("1")
	p.Sees("did Rent")
}

func TestSend_addresses(t *testing.T) {
	h, _, _ := pressing(t)
	for _, tt := range []struct {
		to   chat.Address
		kind chat.SendKind
	}{
		{chat.Address{Platform: chat.Telegram, ChatID: "@local"}, chat.Rejected},
		{chat.Address{Platform: chat.Terminal, ChatID: "local"}, chat.Rejected},
		{chat.Address{Platform: chat.Terminal, ChatID: "@other"}, chat.Unreachable},
	} {
		_, err := h.Send(t.Context(), tt.to, with("x"))
		var failure *chat.SendError
		if !errors.As(err, &failure) || failure.Kind != tt.kind {
			t.Errorf("%v: got %v", tt.to, err)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("pipe closed") }

func TestRun_brokenOutput(t *testing.T) {
	tty := terminal.New(terminal.Options{In: strings.NewReader("menu\n"), Out: broken{}, Now: noon})
	if err := tty.Run(t.Context(), chattest.NewDispatcher()); err == nil || !strings.Contains(err.Error(), "pipe closed") {
		t.Errorf("got %v", err)
	}
}
