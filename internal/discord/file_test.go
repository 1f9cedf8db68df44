package discord_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
)

const table = "order;USD\n1939941;0,42\n"

// tableView is a view with a file; the same words twice, but for the data.
func tableView(data string) chat.View {
	return chat.View{Title: "report", File: &chat.File{Name: "report-2026-11.csv", Type: "text/csv", Data: []byte(data)}}
}

func (m *message) has(data string) bool {
	return m != nil && m.File != nil && *m.File == file{"report-2026-11.csv", "text/csv", data}
}

func TestAnswersWithAFile(t *testing.T) {
	for name, line := range map[string]string{"at once": "/table", "late": "/table take:5s"} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				i := h.fake.command(place{channel: group, guild: guild, user: me}, line)
				time.Sleep(10 * time.Second)
				synctest.Wait()
				if m := h.fake.find("report"); !m.has(table) || m.Owner != me || m.Flags&128 != 0 || m != i.original {
					t.Errorf("answer: %+v", m)
				}
				if h.fake.count("PATCH", "/@original") != 1 || h.fake.count("POST", "/webhooks") != 0 {
					t.Error("not one deferred answer and its change")
				}
			})
		})
	}
}

// TestPressForAFile: the answer to a press is a follow-up, or takes the place of what was pressed.
func TestPressForAFile(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		h.Type("/wait")
		synctest.Wait()
		h.Press("Table")
		synctest.Wait()
		if m := h.fake.find("report"); !m.has(table) {
			t.Errorf("follow-up: %+v", m)
		}
		h.Press("Turn to table")
		synctest.Wait()
		turned := h.fake.find("turned")
		if !turned.has(table) {
			t.Errorf("in place: %+v", turned)
		}
		h.Press("Turn")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if turned.File != nil {
			t.Errorf("the file stays with a view that has none: %+v", turned)
		}
	})
}

func TestTooLateAnswerWithAFile(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		h.fake.mu.Lock()
		h.fake.refuse = func(r request) *refusal {
			if r.method == "POST" && len(r.path) > 9 && r.path[:9] == "/interact" {
				return &refusal{status: 404, code: 10062}
			}
			return nil
		}
		h.fake.mu.Unlock()
		h.Type("/table")
		synctest.Wait()
		if m := h.fake.find("report"); !m.has(table) || m.Channel != h.fake.channels[me] {
			t.Errorf("by direct message: %+v", m)
		}
	})
}

func TestAlertsWithAFile(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		send := func(v chat.View) chat.MessageRef {
			t.Helper()
			ref, err := h.front.Send(t.Context(), h.User().Direct(), v)
			if err != nil {
				t.Fatal(err)
			}
			return ref
		}
		first := send(tableView(table))
		if m := h.fake.find("report"); !m.has(table) {
			t.Errorf("sent: %+v", m)
		}
		if again := send(tableView(table)); again != first {
			t.Error("sent twice, shown twice")
		}
		if other := send(tableView(table + "1939942;0,10\n")); other == first {
			t.Error("another table was taken for the first")
		}
		if err := h.front.Edit(t.Context(), first, chat.View{Title: "no report"}); err != nil {
			t.Fatal(err)
		}
		m := h.fake.find("no report")
		if m == nil || m.File != nil {
			t.Errorf("changed: %+v", m)
		}
		if err := h.front.Edit(t.Context(), first, tableView(table)); err != nil {
			t.Fatal(err)
		}
		if !m.has(table) {
			t.Errorf("changed again: %+v", m)
		}
		send(chat.View{Title: "bad file", File: &chat.File{Name: "../x", Type: "text/csv", Data: []byte("x")}})
		if m = h.fake.find("bad file"); m == nil || m.File != nil {
			t.Errorf("a file that cannot be sent: %+v", m)
		}
	})
}
