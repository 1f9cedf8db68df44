package telegram_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// table is a view with a file of so many bytes.
func table(size int) chat.View {
	return chat.View{Title: "the table", Key: "k1", File: &chat.File{Name: "t.csv", Type: "text/csv", Data: []byte(strings.Repeat("a", size))}}
}

// documents returns what files a chat has, and how often it has the view.
func (r *rig) documents() (files []telegramtest.Message, views int) {
	for _, m := range r.api.Messages(me) {
		if m.Document != nil {
			files = append(files, m)
		}
		if strings.Contains(m.Text, "the table") {
			views++
		}
	}
	return files, views
}

func TestFilesComeBelowTheirView(t *testing.T) {
	r := newRig(t, chattest.NewDispatcher())
	r.run()
	v := table(chat.MaxFile)
	v.Guarded = true
	if _, err := r.front.Send(t.Context(), r.User().Direct(), v); err != nil {
		t.Fatal(err)
	}
	files, views := r.documents()
	if len(files) != 1 || views != 1 || !files[0].Silent || !files[0].Protected || len(files[0].Document.Data) != chat.MaxFile {
		t.Errorf("%d views, files %d", views, len(files))
	}
}

// TestFileAfterAFailure tries an alert again whose file did not get through: the view is not said
// twice.
func TestFileAfterAFailure(t *testing.T) {
	for name, fault := range map[string]telegramtest.Fault{
		"told to wait": {Code: 429, Text: "retry after 7", RetryAfter: 7},
		"broken":       {Code: 502, Raw: "<html>Bad Gateway"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, chattest.NewDispatcher())
				r.run()
				failed := false
				r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
					if method != "sendDocument" || failed {
						return nil
					}
					failed = true
					return &fault
				})
				to := r.User().Direct()
				if _, err := r.front.Send(t.Context(), to, table(9)); err == nil {
					t.Fatal("the file did not arrive, and nobody learns of it")
				}
				var err error
				for range 20 {
					if _, err = r.front.Send(t.Context(), to, table(9)); err == nil {
						break
					}
					wait(time.Second) // the chat is paused
				}
				if files, views := r.documents(); err != nil || len(files) != 1 || views != 1 {
					t.Errorf("%d views, %d files, %v", views, len(files), err)
				}
				if err := r.Stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestRefusedFile gives a file up that a chat does not take: the view has arrived.
func TestRefusedFile(t *testing.T) {
	r := newRig(t, chattest.NewDispatcher())
	r.run()
	r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
		if method == "sendDocument" {
			return &telegramtest.Fault{Code: 400, Text: "not enough rights to send documents to the chat"}
		}
		return nil
	})
	if _, err := r.front.Send(t.Context(), r.User().Direct(), table(9)); err != nil {
		t.Error(err)
	}
	if _, views := r.documents(); views != 1 || !strings.Contains(r.log.String(), "refuses a file") {
		t.Errorf("%d views\n%s", views, r.log)
	}
}

// TestEditsRepeatNoFile edits a message that came with a file.
func TestEditsRepeatNoFile(t *testing.T) {
	r := newRig(t, chattest.NewDispatcher())
	r.run()
	ref, err := r.front.Send(t.Context(), r.User().Direct(), table(9))
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"one", "two"} {
		v := table(9)
		v.Body = chat.Text{chat.P(body)}
		if err := r.front.Edit(t.Context(), ref, v); err != nil {
			t.Fatal(err)
		}
	}
	if files, views := r.documents(); len(files) != 1 || views != 1 {
		t.Errorf("%d views, %d files", views, len(files))
	}
}

// TestFileOfAPatientAnswer waits for its turn as long as somebody waits for it.
func TestFileOfAPatientAnswer(t *testing.T) {
	d := chattest.NewDispatcher(&chat.Command{Name: "table", Summary: "A table", Run: func(context.Context, *chat.Request) (chat.Response, error) {
		return chat.Reply{View: table(9)}, nil
	}})
	r := newRig(t, d)
	failures := 0
	r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
		if failures++; method == "sendDocument" && failures < 3 {
			return &telegramtest.Fault{Code: 502, Raw: "<html>"}
		}
		return nil
	})
	r.run()
	p := chattest.NewPerson(t, r)
	p.Type("/table")
	p.SeesFile("the table", table(9).File)
	if files, views := r.documents(); len(files) != 1 || views != 1 {
		t.Errorf("%d views, %d files", views, len(files))
	}
}
