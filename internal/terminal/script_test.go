package terminal_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/terminal"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// played is a terminal that reads a whole script, in a bubble of its own time.
type played struct {
	*terminal.Terminal
	dispatcher *chattest.Dispatcher
	out        strings.Builder
}

func newPlayed(text string, commands []*chat.Command, o terminal.Options) *played {
	p := &played{dispatcher: chattest.NewDispatcher(commands...)}
	o.In, o.Out, o.Zone = strings.NewReader(text), &p.out, time.UTC
	p.Terminal = terminal.New(o)
	return p
}

// shop is a small product to talk to. Its rental sends a card and edits it.
func shop(push func() chat.Editor) []*chat.Command {
	return []*chat.Command{
		{Name: "market", Summary: "What is free", Params: []chat.Param{{Name: "query", Kind: chat.Rest}}, Run: market},
		{Name: "rent", Summary: "Rent a server", Params: []chat.Param{
			{Name: "server", Summary: "Which server?", Required: true, Positional: true, Kind: chat.Number},
		}, Run: func(ctx context.Context, req *chat.Request) (chat.Response, error) {
			go deliver(context.WithoutCancel(ctx), push(), req.User.Direct())
			return chat.Reply{View: chat.View{Topic: "placing", Tone: chat.Good, Title: "Renting " + req.Args["server"]}}, nil
		}},
		{Name: "key", Summary: "Your API key", Params: []chat.Param{
			{Name: "key", Summary: "Paste your API key", Required: true, Secret: true},
		}, Run: func(context.Context, *chat.Request) (chat.Response, error) {
			return chat.Notice{Text: "Stored."}, nil
		}},
		{Name: "slow", Run: func(context.Context, *chat.Request) (chat.Response, error) {
			time.Sleep(3 * time.Second)
			return chat.Notice{Text: "Done.", Loud: true}, nil
		}},
	}
}

func market(_ context.Context, req *chat.Request) (chat.Response, error) {
	return chat.Reply{View: chat.View{
		Topic: "market", Title: "Market · " + req.Args["query"],
		Body: chat.Text{chat.P("73 free\n"), chat.Pre("1  #88411  0.083/h\n2  #97866  0.091/h\n")},
		Fields: []chat.Field{
			{Name: "Updated", Value: chat.Text{chat.At(noon().Add(-90 * time.Second))}},
			{Name: "Wallet", Value: chat.Text{chat.B("37.51 USD"), chat.P(" and\nsome CLORE")}},
		},
		Footer: "Prices are per hour.",
		Rows: [][]chat.Control{
			{chat.Button("Rent 1", "rent", chat.Args{"server": "88411"}).Styled(chat.Good), chat.Button("Rent 2", "rent", chat.Args{"server": "97866"})},
			{{Label: "Sort", Param: "query", Action: chat.Action{Command: "market"}, Choices: []chat.Choice{{Label: "by price", Value: "sort:price"}, {Label: "by GPU", Value: "sort:gpu"}}}},
			{{Label: "Open Clore", URL: "https://clore.ai/"}},
		},
	}}, nil
}

// deliver sends what a rental sends.
func deliver(ctx context.Context, to chat.Editor, address chat.Address) {
	card := chat.View{
		Topic: "card", Title: "⏳ #88411", Body: chat.Text{chat.P("✓ Order placed\n… Container starting")},
		Rows: [][]chat.Control{{chat.Button("Cancel rental", "slow", nil).Styled(chat.Danger)}},
	}
	time.Sleep(2 * time.Second)
	ref, err := to.Send(ctx, address, card)
	if err != nil {
		return
	}
	time.Sleep(30 * time.Second)
	card.Body = chat.Text{chat.P("✓ Order placed\n✓ Container started  0:30\n… SSH")}
	if err := to.Edit(ctx, ref, card); err != nil {
		return
	}
	time.Sleep(60 * time.Second)
	_, _ = to.Send(ctx, address, chat.View{
		Topic: "ready", Tone: chat.Good, Title: "✅ Ready in 1m32s", Guarded: true,
		Body: chat.Text{chat.C("ssh -p 1972 root@127.0.0.1"), chat.P("\nPassword "), chat.Spoiler("hunter2")},
		Rows: [][]chat.Control{{{Label: "Copy ssh", Copy: "ssh -p 1972 root@127.0.0.1"}, chat.Button("Cancel rental", "slow", nil)}},
	})
}

func TestTranscript(t *testing.T) {
	files, err := filepath.Glob("testdata/*.script")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".script"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				golden(t, strings.TrimSuffix(file, ".script")+".golden", transcript(t, string(text)))
			})
		})
	}
}

func transcript(t *testing.T, text string) string {
	t.Helper()
	begun := time.Now()
	var p *played
	p = newPlayed(text, shop(func() chat.Editor { return p }), terminal.Options{
		Now:     func() time.Time { return noon().Add(time.Since(begun)) },
		Settled: func(context.Context) error { time.Sleep(time.Hour); return nil },
	})
	if err := p.Run(t.Context(), p.dispatcher); err != nil {
		t.Fatal(err)
	}
	if err := sanitized(p.out.String()); err != nil {
		t.Error(err)
	}
	return p.out.String()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestWait(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		after        time.Duration // how long the script takes, without the end
		fails        string
	}{
		{"time", "wait 5s", 5 * time.Second, ""},
		{"topic", "/rent 1\nwait ready", 92 * time.Second, ""},
		{"topic that came already", "/rent 1\nwait 5m\nwait ready 1s", 5 * time.Minute, ""},
		{"each view counts once", "/rent 1\nwait ready\nwait ready 1m", 0, "wait ready: not within 1m0s"},
		{"an edit is no new view", "/rent 1\nwait card\nwait card 2m", 0, "wait card: not within 2m0s"},
		{"too short", "/rent 1\nwait ready 90s", 0, "wait ready: not within 1m30s"},
		{"a reply counts", "/market\nwait market 1s", 0, ""},
		{"idle", "wait idle", 7 * time.Second, ""},
		{"idle too late", "wait idle 5s", 0, "wait idle: not within 5s"},
		{"nothing", "wait", 0, "wait wants"},
		{"no time", "wait ready soon", 0, "wait wants"},
		{"too much", "wait ready 1m 2m", 0, "wait wants"},
		{"for ever", "wait ready 100h", 0, "wait wants"},
		{"back in time", "wait -1s", 0, "wait wants"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun, ends := time.Now(), false
				var p *played
				p = newPlayed(tt.script+"\n", shop(func() chat.Editor { return p }), terminal.Options{
					Now: time.Now,
					Settled: func(ctx context.Context) error {
						select {
						case <-time.After(7 * time.Second):
							ends = true
							return nil
						case <-ctx.Done():
							return ctx.Err()
						}
					},
				})
				err := p.Run(t.Context(), p.dispatcher)
				took := time.Since(begun) - 7*time.Second
				time.Sleep(time.Hour) // the rental's goroutine ends
				if tt.fails != "" {
					if err == nil || !strings.Contains(err.Error(), tt.fails) {
						t.Fatalf("got %v, want %q", err, tt.fails)
					}
					return
				}
				if err != nil || !ends {
					t.Fatalf("got %v, settled %v", err, ends)
				}
				if tt.after > 0 && took != tt.after {
					t.Errorf("took %v, want %v", took, tt.after)
				}
			})
		})
	}
}

func TestRun_endOfInputReportsUnsettled(t *testing.T) {
	p := newPlayed("", nil, terminal.Options{Settled: func(context.Context) error { return errUnsettled }})
	if err := p.Run(t.Context(), p.dispatcher); !errors.Is(err, errUnsettled) {
		t.Errorf("got %v", err)
	}
}

func TestRun_lines(t *testing.T) {
	for _, tt := range []struct{ name, script, want string }{
		{"no line feed at the end", "/market a", "Market · a"},
		{"empty lines", "\n  \n/market a\n", "Market · a"},
		{"carriage returns", "/market a\r\n", "Market · a\n"},
		{"long line", strings.Repeat("x", 5000) + "\n/market a\n", "too long for me"},
		{"after a long line", strings.Repeat("x", 70000) + "\n/market a\n", "Market · a"},
		{"secret in a line", "key key:CANARY\n", "Please leave key out of the line"},
		{"a key by itself", "CANARYqfPAZB0xx1234567890abcdEF_\n", "looks like an API key"},
		{"a key in a line", "/market CANARYqfPAZB0xx1234567890abcdEF_\n", "looks like an API key"},
		{"a key to be shown", "show CANARYqfPAZB0xx1234567890abcdEF_\n", "looks like an API key"},
		{"a key to wait for", "wait CANARYqfPAZB0xx1234567890abcdEF_\n", "looks like an API key"},
		{"a key without capitals", "canary99qfpazb0xx1234567890abcde\n", "looks like an API key"},
		{"a key where another thing is asked for", "/rent\nCANARYqfPAZB0xx1234567890abcdEF_\n", "looks like an API key"},
		{"exit", "exit\n/market a\n", ""},
		{"help for a typo", "/makret\n", "I do not know “makret”. Did you mean /market?"},
		{"wrong value", "/rent abc\n", "server: not a number"},
		{"end while asked", "/rent\n", "Which server?"},
		{"another command while asked", "/rent\n/market b\n", "Market · b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlayed(tt.script, shop(nil), terminal.Options{Now: noon})
			if err := p.Run(t.Context(), p.dispatcher); err != nil {
				t.Fatal(err)
			}
			out := p.out.String()
			if !strings.Contains(out, tt.want) || strings.Contains(strings.ToUpper(out), "CANARY") {
				t.Errorf("got\n%s", out)
			}
			if tt.name == "exit" && out != "" {
				t.Errorf("went on after exit:\n%s", out)
			}
		})
	}
}

func TestPrompt_expires(t *testing.T) {
	var late atomic.Int64
	d := chattest.NewDispatcher(shop(nil)...)
	h := start(t, d, terminal.Options{Now: func() time.Time { return noon().Add(time.Duration(late.Load())) }})
	p := chattest.NewPerson(t, h)
	h.Type("key")
	p.Sees("Paste your API key")
	late.Add(int64(20 * time.Minute))
	h.Type("CANARY")
	p.Sees("That took too long")
	h.Type("key")
	p.Sees("Paste your API key")
	late.Add(int64(20 * time.Minute))
	h.Type("/market late")
	p.Sees("Market · late")
	if n := len(d.Of("key")); n > 0 || strings.Contains(h.out.String(), "CANARY") {
		t.Errorf("%d requests; printed\n%s", n, h.out)
	}
}

func TestRun_endsWithItsContext(t *testing.T) {
	h := start(t, chattest.NewDispatcher(), terminal.Options{})
	if err := h.Stop(); err != nil {
		t.Errorf("got %v", err)
	}
}
