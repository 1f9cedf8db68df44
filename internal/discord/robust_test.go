package discord_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/discord"
)

// inBubble runs a test where time passes only when everybody waits.
func inBubble(t *testing.T, change func(*fake, *discord.Options), test func(t *testing.T, h *harness, d *chattest.Dispatcher)) {
	t.Helper()
	if _, err := spec(); err != nil { // not to be made within a bubble
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		d := chattest.NewDispatcher(commands()...)
		test(t, startWith(t, d, change), d)
	})
}

// commands are those of these tests; how long they take is an argument.
func commands() []*chat.Command {
	show := func(title string) chat.HandlerFunc {
		return func(ctx context.Context, req *chat.Request) (chat.Response, error) {
			if d, err := time.ParseDuration(req.Args["take"]); err == nil {
				select {
				case <-time.After(d):
				case <-ctx.Done():
					return nil, ctx.Err()
				}
			}
			v := chat.View{Title: title, Body: chat.Text{chat.P(req.Args["take"])}, Rows: [][]chat.Control{{
				chat.Button("Wait", "wait", chat.Args{"take": "5s"}), chat.Button("Turn", "turn", chat.Args{"take": "1s"}),
				chat.Button("Ask", "ask", nil), chat.Button("Secretly", "mine", nil),
			}, {chat.Button("Table", "table", nil), chat.Button("Turn to table", "turn", chat.Args{"take": "table"})}}}
			if title == "report" || req.Args["take"] == "table" {
				v.File = tableView(table).File
			}
			return chat.Reply{View: v, Replace: title == "turned"}, nil
		}
	}
	take := chat.Param{Name: "take", Summary: "How long it takes"}
	return []*chat.Command{
		{Name: "wait", Summary: "Wait", Params: []chat.Param{take}, Run: show("waited")},
		{Name: "mine", Summary: "Something private", Private: true, Params: []chat.Param{take}, Run: show("private")},
		{Name: "turn", Summary: "Turn", Hidden: true, Params: []chat.Param{take}, Run: show("turned")},
		{Name: "table", Summary: "A table", Private: true, Params: []chat.Param{take}, Run: show("report")},
		{Name: "nothing", Summary: "Say nothing", Params: []chat.Param{take}, Run: func(ctx context.Context, req *chat.Request) (chat.Response, error) {
			_, err := show("")(ctx, req)
			return chat.Notice{}, err
		}},
		{Name: "ask", Summary: "Ask", Params: []chat.Param{
			{Name: "take", Summary: "How long?", Required: true, Kind: chat.Rest},
			{Name: "more", Summary: "And more?", RequiredIf: func(a chat.Args) bool { return a["take"] == "3s" }},
		}, Run: show("asked")},
		{Name: "gpu", Summary: "A model", Params: []chat.Param{
			{Name: "model", Summary: "Which", Complete: func(_ context.Context, _ *chat.Request, typed string) ([]chat.Choice, error) {
				return []chat.Choice{{Label: typed + " — 73 free from 0.067 $/h", Value: "RTX 4090"}}, nil
			}},
			{Name: "count", Summary: "How many", Kind: chat.Number, Complete: func(context.Context, *chat.Request, string) ([]chat.Choice, error) {
				return []chat.Choice{{Label: "two", Value: "2"}, {Label: "no number", Value: "x"}}, nil
			}},
		}, Run: show("model")},
	}
}

func (f *fake) find(title string) *message {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range slices.Backward(f.messages) {
		if (len(m.Embeds) > 0 && m.Embeds[0].Title == title) || (title == "" && m.Content != "") {
			return m
		}
	}
	return nil
}

func (f *fake) count(method, path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, r := range f.requests {
		if (method == "" || r.method == method) && strings.Contains(r.path, path) {
			n++
		}
	}
	return n
}

func TestSlowCommandIsAcknowledgedAfterTwoSeconds(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		i := h.fake.command(place{channel: group, guild: guild, user: me}, "/mine take:10s")
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if i.answered != 5 || i.at.Sub(i.created) != 2*time.Second {
			t.Errorf("answer %d after %v", i.answered, i.at.Sub(i.created))
		}
		if m := h.fake.find("private"); m == nil || m.Owner != me || m.Flags&128 != 0 {
			t.Errorf("late answer: %+v", m)
		}
	})
}

func TestQuickCommandIsOneRequest(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		i := h.fake.command(h.home(), "/wait take:1s")
		time.Sleep(time.Minute)
		synctest.Wait()
		if i.answered != 4 || h.fake.count("PATCH", "") != 0 || h.fake.count("POST", "/webhooks") != 0 {
			t.Errorf("answer %d", i.answered)
		}
	})
}

func TestEmptyLateAnswerEndsThinking(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		i := h.fake.command(h.home(), "/nothing take:4s")
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if i.original == nil || i.original.Flags&128 != 0 || i.original.Content == "" {
			t.Errorf("still thinking: %+v", i.original)
		}
	})
}

// TestOnePersonInOrder: the second command waits for the first, but not its acknowledgement.
func TestOnePersonInOrder(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, d *chattest.Dispatcher) {
		h.fake.command(h.home(), "/wait take:20s")
		second := h.fake.command(h.home(), "/mine")
		other := h.fake.command(place{channel: "77", user: "8"}, "/wait")
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if second.answered != 5 || second.at.Sub(second.created) > 2*time.Second || other.answered != 4 {
			t.Errorf("second %d, other %d", second.answered, other.answered)
		}
		if len(d.Of("mine")) != 0 {
			t.Error("the second overtook the first")
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if h.fake.find("private") == nil {
			t.Error("the second was forgotten")
		}
	})
}

func TestPressDisablesAndRestores(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, d *chattest.Dispatcher) {
		h.Type("/wait")
		synctest.Wait()
		panel := h.fake.find("waited")
		stale := *panel // as another device still shows it
		h.Press("Wait")
		synctest.Wait()
		if !panel.Components[0].Components[0].Disabled {
			t.Error("the controls are not switched off while the press is worked on")
		}
		stale.Components = []componentRow{{1, slices.Clone(stale.Components[0].Components)}}
		h.fake.interact(h.home(), 3, stale.control("Wait"), &stale)
		h.fake.interact(h.home(), 3, map[string]any{"component_type": 2, "custom_id": panel.Components[0].Components[0].CustomID}, panel)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if n := len(d.Of("wait")); n != 2 {
			t.Errorf("%d requests, want the command and one press", n)
		}
		if panel.Components[0].Components[0].Disabled {
			t.Error("the controls stay off")
		}
		h.Press("Turn")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if h.fake.find("turned") == nil {
			t.Error("not replaced")
		}
	})
}

// TestEditDuringPress: a card that was edited while a press was worked on keeps its new controls.
func TestEditDuringPress(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		card := chat.View{Title: "card", Rows: [][]chat.Control{{chat.Button("Slow", "wait", chat.Args{"take": "3s"})}}}
		ref, err := h.front.Send(t.Context(), h.User().Direct(), card)
		if err != nil {
			t.Fatal(err)
		}
		h.Press("Slow")
		synctest.Wait()
		card.Rows[0][0].Label = "New"
		if err := h.front.Edit(t.Context(), ref, card); err != nil {
			t.Fatal(err)
		}
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if m := h.fake.find("card"); m.control("New") == nil {
			t.Errorf("controls: %+v", m.Components)
		}
	})
}

func TestFormFromMessageRestoresIt(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		h.Type("/wait")
		synctest.Wait()
		panel := h.fake.find("waited")
		h.Press("Ask")
		synctest.Wait()
		h.Answer("3s") // one more value is wanted then
		synctest.Wait()
		h.Press("Go on")
		synctest.Wait()
		h.Answer("yes")
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if h.fake.find("asked") == nil || panel.control("Wait") == nil {
			t.Errorf("panel %+v", panel.Components)
		}
	})
}

func TestAnotherUsersPress(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, d *chattest.Dispatcher) {
		h.TypeInGroup("/wait")
		synctest.Wait()
		h.fake.press(place{channel: group, guild: guild, user: "8"}, "Wait")
		synctest.Wait()
		if len(d.Of("wait")) != 1 {
			t.Error("somebody else's press was taken")
		}
		if m := h.fake.find(""); m == nil || m.Owner != "8" {
			t.Errorf("notice: %+v", m)
		}
		h.fake.press(place{channel: group, guild: guild, user: me}, "Secretly")
		synctest.Wait()
		if m := h.fake.find("private"); m == nil || m.Owner != me {
			t.Errorf("a private answer to a press in public: %+v", m)
		}
	})
}

func TestRefusedAnswers(t *testing.T) {
	for _, tt := range []struct {
		name   string
		on     string // part of the path
		times  int
		no     refusal
		direct bool // the answer goes by direct message
	}{
		{"too late", "/callback", 1, refusal{status: 404, code: 10062}, true},
		{"acknowledged already", "/callback", 1, refusal{status: 400, code: 40060}, false},
		{"Discord stumbles", "/callback", 2, refusal{status: 503}, false},
		{"bad gateway", "/callback", 1, refusal{status: 502}, false},
		{"token over", "/@original", 1, refusal{status: 401, code: 50027}, true},
		{"webhook gone", "/@original", 1, refusal{status: 404, code: 10015}, true},
		{"original dismissed", "/@original", 1, refusal{status: 404, code: 10008}, false},
		{"limited", "/@original", 2, refusal{status: 429, body: `{"message":"slow","retry_after":0.7,"global":false}`}, false},
		{"limited by the edge", "/@original", 1, refusal{status: 429, body: "<html>", header: map[string]string{"Retry-After": "2"}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				left := tt.times
				h.fake.mu.Lock()
				h.fake.refuse = func(r request) *refusal {
					if left > 0 && strings.Contains(r.path, tt.on) {
						left--
						if tt.no.code == 40060 {
							for _, i := range h.fake.interactions { // somebody did
								i.answered = 5
								i.original = &message{ID: "5", Channel: i.channel}
								h.fake.messages = append(h.fake.messages, i.original)
							}
						}
						return &tt.no
					}
					return nil
				}
				h.fake.mu.Unlock()
				h.Type("/wait take:5s")
				time.Sleep(30 * time.Second)
				synctest.Wait()
				if h.fake.find("waited") == nil {
					t.Error("the answer is lost")
				}
				if direct := h.fake.count("POST", "/channels/") == 1; direct != tt.direct {
					t.Errorf("by direct message: %v", direct)
				}
			})
		})
	}
}

func TestDeliveryErrors(t *testing.T) {
	form := `{"message":"Invalid Form Body","code":50035,"errors":{"embeds":{"0":{"title":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"m"}]}}}}}`
	for _, tt := range []struct {
		name string
		no   refusal
		kind chat.SendKind
		wait time.Duration
		text string
	}{
		{"closed", refusal{status: 403, code: 50007}, chat.Unreachable, 0, "50007"},
		{"no access", refusal{status: 403, code: 50001}, chat.Unreachable, 0, "50001"},
		{"channel gone", refusal{status: 404, code: 10003}, chat.Unreachable, 0, "10003"},
		{"bad form", refusal{status: 400, code: 50035, body: form}, chat.Rejected, 0, "embeds.0.title BASE_TYPE_MAX_LENGTH"},
		{"limited", refusal{status: 429, body: `{"message":"m","retry_after":3.5}`}, chat.RateLimited, 3500 * time.Millisecond, ""},
		{"edge", refusal{status: 429, body: "<html>"}, chat.RateLimited, time.Minute, ""},
		{"opening too fast", refusal{status: 429, code: 40003, body: `{"message":"m","code":40003,"retry_after":600}`}, chat.RateLimited, 10 * time.Minute, ""},
		{"stumbles", refusal{status: 500}, chat.Transient, 0, "500"},
		{"bad gateway", refusal{status: 502, body: "<html>"}, chat.Transient, 0, ""},
		{"no shared server", refusal{status: 403, code: 50278}, chat.Unreachable, 0, "50278"},
		{"something between forbids", refusal{status: 403, body: "<html>"}, chat.Transient, 0, "403"},
		{"something between finds nothing", refusal{status: 404, body: "<html>"}, chat.Transient, 0, "404"},
		{"something between does not like it", refusal{status: 400, body: "<html>"}, chat.Transient, 0, "400"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				h.fake.mu.Lock()
				h.fake.refuse = func(request) *refusal { return &tt.no }
				h.fake.mu.Unlock()
				_, err := h.front.Send(t.Context(), h.User().Direct(), chat.View{Title: "x"})
				var failed *chat.SendError
				if !errors.As(err, &failed) || failed.Kind != tt.kind || failed.RetryAfter != tt.wait || !strings.Contains(err.Error(), tt.text) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// TestBucketIsNotSleptIn: a bucket that is empty is a snooze, not a goroutine that cannot stop.
func TestBucketIsNotSleptIn(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		h.fake.mu.Lock()
		h.fake.refuse = func(r request) *refusal {
			if strings.HasSuffix(r.path, "/messages") {
				return &refusal{status: 200, body: `{"id":"1"}`, header: map[string]string{
					"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "4.000",
				}}
			}
			return nil
		}
		h.fake.mu.Unlock()
		to := h.User().Direct()
		if _, err := h.front.Send(t.Context(), to, chat.View{Title: "one"}); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, err := h.front.Send(t.Context(), to, chat.View{Title: "two"})
		var failed *chat.SendError
		if !errors.As(err, &failed) || failed.Kind != chat.RateLimited || failed.RetryAfter <= 3*time.Second || time.Since(began) > 0 {
			t.Errorf("got %v after %v", err, time.Since(began))
		}
	})
}

func TestClosedMessagesAreExplainedOnce(t *testing.T) {
	for _, code := range []int{50007, 50278} {
		testClosedMessages(t, code)
	}
}

func testClosedMessages(t *testing.T, code int) {
	t.Helper()
	inBubble(t, func(f *fake, _ *discord.Options) { f.closedCode = code }, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		to := h.User().Direct()
		h.fake.dm(me)
		h.fake.mu.Lock()
		h.fake.closed[me] = true
		h.fake.mu.Unlock()
		send := func() {
			if _, err := h.front.Send(t.Context(), to, chat.View{Title: "alert"}); err == nil {
				t.Error("sent")
			}
			synctest.Wait()
		}
		hints := func() int { return h.fake.count("POST", "/webhooks/") }
		send()
		if hints() != 0 {
			t.Error("a hint without an interaction")
		}
		h.TypeInGroup("/mine")
		synctest.Wait()
		send()
		h.TypeInGroup("/mine")
		synctest.Wait()
		if m := h.fake.find(""); hints() != 1 || m == nil || m.Owner != me || !strings.Contains(m.Content, "direct messages") {
			t.Errorf("%d hints: %+v", hints(), m)
		}
		h.fake.mu.Lock()
		h.fake.closed[me] = false
		h.fake.mu.Unlock()
		if _, err := h.front.Send(t.Context(), to, chat.View{Title: "alert"}); err != nil {
			t.Error(err)
		}
	})
}

func TestSendingTwiceMakesOneMessage(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		v := chat.View{Title: "paid once", Silent: true}
		first, err := h.front.Send(t.Context(), h.User().Direct(), v)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		again, err := h.front.Send(t.Context(), h.User().Direct(), v)
		if err != nil || again != first {
			t.Errorf("got %v, %v; want %v", again, err, first)
		}
		if m := h.fake.find("paid once"); m.Flags != 1<<12 {
			t.Errorf("flags %b of a silent message", m.Flags)
		}
		h.fake.mu.Lock()
		h.fake.message(first.MessageID[strings.Index(first.MessageID, "/")+1:]).Deleted = true
		h.fake.mu.Unlock()
		var failed *chat.SendError
		if err := h.front.Edit(t.Context(), first, v); !errors.As(err, &failed) || failed.Kind != chat.Rejected {
			t.Errorf("edit of a deleted message: %v", err)
		}
	})
}

func TestCommandsAreRegisteredOnce(t *testing.T) {
	kept := newStore()
	for run, want := range []int{1, 0} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(t)
			o := f.options()
			o.Store = kept
			front, err := discord.New(o)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- front.Run(ctx, chattest.NewDispatcher(commands()...)) }()
			f.gateway.first()
			synctest.Wait()
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
			f.close()
			if f.registered != want {
				t.Errorf("run %d: registered %d times", run, f.registered)
			}
		})
	}
}

func TestAutocomplete(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		ask := func(name string, value any) string {
			i := h.fake.interact(h.home(), 4, map[string]any{"id": "1", "name": "gpu", "type": 1, "options": []map[string]any{
				{"name": name, "type": 3, "value": value, "focused": true},
			}}, nil)
			synctest.Wait()
			var out struct {
				Choices []struct {
					Name  string
					Value any
				}
			}
			if err := json.Unmarshal(i.choices, &out); err != nil {
				t.Fatalf("%s: %v", i.choices, err)
			}
			if len(out.Choices) == 0 {
				return ""
			}
			return out.Choices[0].Name
		}
		if got := ask("model", "4090"); !strings.HasPrefix(got, "4090 — 73 free") {
			t.Errorf("got %q", got)
		}
		if got := ask("count", "2"); got != "two" {
			t.Errorf("got %q", got)
		}
		if got := ask("nonsense", "2"); got != "" {
			t.Errorf("got %q", got)
		}
	})
}

func TestRefusedTokenEndsRun(t *testing.T) {
	for _, on := range []string{"/applications", "/gateway/bot", "/messages"} {
		t.Run(on, func(t *testing.T) {
			inBubble(t, func(f *fake, _ *discord.Options) {
				refused := false
				f.refuse = func(r request) *refusal {
					if refused = refused || strings.Contains(r.path, on); refused {
						return &refusal{status: http.StatusUnauthorized}
					}
					return nil
				}
				if on != "/messages" {
					f.gateway.conns = []*conn{{}} // the test does not wait for one
				}
			}, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				if on == "/messages" {
					_, _ = h.front.Send(t.Context(), h.User().Direct(), chat.View{Title: "x"})
				}
				err := <-h.result
				h.result <- err
				if !errors.Is(err, discord.ErrToken) {
					t.Errorf("got %v", err)
				}
				before := h.fake.count("", "")
				var failed *chat.SendError
				_, err = h.front.Send(t.Context(), h.User().Direct(), chat.View{Title: "later"})
				if !errors.As(err, &failed) || failed.Kind != chat.Transient || !errors.Is(err, discord.ErrToken) {
					t.Errorf("an alert, later: %v", err)
				}
				if n := h.fake.count("", "") - before; n != 0 {
					t.Errorf("%d more requests with a refused token", n)
				}
				h.fake.mu.Lock()
				h.fake.gateway.conns = slices.DeleteFunc(h.fake.gateway.conns, func(c *conn) bool { return c.ws == nil })
				h.fake.mu.Unlock()
			})
		})
	}
}
