package chattest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// Canary is a text that must never be in sight.
const Canary = "CANARY-8c1d"

// Hostile is foreign text that attacks every platform at once: terminal escapes, Telegram's
// HTML and Markdown, Discord's mentions and markdown, marks that reorder text, NUL.
const Hostile = "\x1b]0;owned\x07\x1b[2J\u009b31m <b>bold</b> </b> <a href=\"https://evil.example\">x</a> &lt; " +
	"@everyone <@1> <#2> ||spoiler|| **bold** ```block``` `code` [x](https://evil.example) " +
	"\u202egnp.exe\u2066 \x00\x08 _under_ ~~gone~~ end"

// errNumber is what the suite's number parameter says.
var errNumber = errors.New("please give 1 to 9")

// commands are those of the suite.
func commands(gate *gate) []*chat.Command {
	return []*chat.Command{
		{Name: "ping", Summary: "Answer", Run: reply(chat.View{Topic: "pong", Title: "pong"})},
		{Name: "echo", Summary: "Repeat", Params: []chat.Param{
			{Name: "loud", Summary: "How loud", Choices: []chat.Choice{{Label: "Very loud", Value: "very"}}},
			{Name: "text", Summary: "What to say", Kind: chat.Rest},
		}, Run: echo},
		{Name: "order", Summary: "Order something", Params: []chat.Param{
			{Name: "size", Summary: "Which size?", Required: true, Positional: true, Choices: []chat.Choice{
				{Label: "Small", Value: "s"}, {Label: "Large", Value: "l"},
			}},
			{
				Name: "count", Summary: "How many?", Positional: true, Parse: oneDigit,
				RequiredIf: func(a chat.Args) bool { return a["size"] != "" },
			},
		}, Run: order},
		{Name: "key", Summary: "Store a key", Private: true, Params: []chat.Param{
			{Name: "name", Summary: "Its name?", Required: true},
			{Name: "secret", Summary: "The key?", Required: true, Secret: true},
		}, Run: reply(chat.View{Title: "stored"})},
		{Name: "panel", Summary: "Show controls", Run: reply(panel())},
		{Name: "turn", Summary: "Turn the page", Hidden: true, Params: []chat.Param{{Name: "to"}}, Run: turn},
		{Name: "tell", Summary: "Give a notice", Hidden: true, Run: func(context.Context, *chat.Request) (chat.Response, error) {
			return chat.Notice{Text: "just so you know"}, nil
		}},
		{Name: "boom", Summary: "Panic", Run: func(context.Context, *chat.Request) (chat.Response, error) {
			var missing *chat.Command
			return chat.Notice{Text: missing.Name}, nil
		}},
		{Name: "slow", Summary: "Take long", Run: gate.pass},
		{Name: "report", Summary: "Send a file", Params: []chat.Param{{Name: "of"}}, Run: report},
		{Name: "long", Summary: "Say much", Run: reply(longView())},
		{Name: "hostile", Summary: "Foreign text", Run: reply(hostileView())},
		{Name: "hidden", Summary: "Hide something", Private: true, Run: reply(hiddenView())},
	}
}

func reply(v chat.View) chat.HandlerFunc {
	return func(context.Context, *chat.Request) (chat.Response, error) { return chat.Reply{View: v}, nil }
}

func echo(_ context.Context, req *chat.Request) (chat.Response, error) {
	return chat.Reply{View: chat.View{
		Title: "you said", Body: chat.Text{chat.P(req.Args["text"])},
		Fields: []chat.Field{{Name: "loud", Value: chat.Text{chat.P(req.Args["loud"] + ".")}}},
	}}, nil
}

func order(_ context.Context, req *chat.Request) (chat.Response, error) {
	return chat.Reply{View: chat.View{Title: fmt.Sprintf("ordered %s %s", req.Args["count"], req.Args["size"])}}, nil
}

func oneDigit(s string) (string, error) {
	if len(s) != 1 || s < "1" || s > "9" {
		return "", errNumber
	}
	return s, nil
}

func panel() chat.View {
	return chat.View{Title: "panel", Rows: [][]chat.Control{
		{
			chat.Button("Turn", "turn", chat.Args{"to": "two"}).Styled(chat.Good),
			chat.Button("Tell", "tell", nil),
			chat.Button("Order", "order", chat.Args{"size": "l"}).Styled(chat.Danger),
			chat.Button("Another", "ping", nil),
		},
		{{Label: "Home", URL: "https://clore.ai/"}, {Label: "Copy it", Copy: "ssh root@host"}},
		{{Label: "Pages", Param: "to", Action: chat.Action{Command: "turn"}, Choices: []chat.Choice{
			{Label: "Third page", Value: "three"}, {Label: "Fourth page", Value: "four"},
		}}},
	}}
}

func turn(_ context.Context, req *chat.Request) (chat.Response, error) {
	to := req.Args["to"]
	return chat.Reply{Replace: true, View: chat.View{
		Title: "page " + to,
		Rows:  [][]chat.Control{{chat.Button("Back from "+to, "turn", chat.Args{"to": "one"})}},
	}}, nil
}

func longView() chat.View {
	return chat.View{
		Title: "beginning",
		Body:  chat.Text{chat.P(strings.Repeat("many words <&> ", 2000)), chat.Pre(strings.Repeat("a line\n", 500))},
		Rows:  [][]chat.Control{{chat.Button("After all", "ping", nil)}},
	}
}

func hostileView() chat.View {
	long := []rune(Hostile)
	return chat.View{
		Title: Hostile,
		Body: chat.Text{
			chat.P(Hostile), chat.B(Hostile), chat.C(Hostile), chat.Pre(Hostile), chat.Spoiler(Hostile),
			chat.A(Hostile, "javascript:alert(1)"), chat.A(Hostile, "https://clore.ai/\x1b[31m"),
		},
		Fields: []chat.Field{{Name: string(long[:90]), Value: chat.Text{chat.P(Hostile)}}},
		Footer: Hostile,
		Rows: [][]chat.Control{
			{chat.Button(string(long[:80]), "ping", nil), {Label: string(long[:40]), Copy: Hostile[:80]}},
			{{
				Label: string(long[:60]), Param: "text", Action: chat.Action{Command: "echo"},
				Choices: []chat.Choice{{Label: string(long[:99]), Value: "x"}},
			}},
		},
	}
}

func hiddenView() chat.View {
	return chat.View{Title: "password", Guarded: true, Body: chat.Text{chat.P("It is "), chat.Spoiler(Canary), chat.P(".")}}
}

// gate holds the slow command until it is opened.
type gate struct {
	entered chan struct{}
	open    chan struct{}
}

func newGate() *gate { return &gate{make(chan struct{}, 1), make(chan struct{})} }

func (g *gate) pass(ctx context.Context, _ *chat.Request) (chat.Response, error) {
	g.entered <- struct{}{}
	select {
	case <-g.open:
		return chat.Reply{View: chat.View{Title: "at last"}}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
