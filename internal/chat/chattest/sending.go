package chattest

import (
	"errors"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

func (s *setup) send(t *testing.T, v chat.View) chat.MessageRef {
	t.Helper()
	ref, err := s.Frontend().Send(t.Context(), s.User().Direct(), v)
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return ref
}

func sentMessage(t *testing.T, s *setup) {
	first := s.send(t, chat.View{Title: "news one", Body: chat.Text{chat.B("bold"), chat.P(" and plain")}})
	s.Sees("news one", "bold and plain")
	second := s.send(t, chat.View{Title: "news two", Silent: true})
	s.Sees("news two")
	if first == second || first.MessageID == "" {
		t.Errorf("references %v and %v", first, second)
	}
}

func sentControl(t *testing.T, s *setup) {
	s.openPanel(t)
	s.send(t, chat.View{Title: "alert", Rows: [][]chat.Control{{
		chat.Button("Fix it", "turn", chat.Args{"to": "fixed"}), chat.Button("Order two", "order", chat.Args{"size": "s", "count": "2"}),
	}}})
	s.SeesControls("Fix it", "Order two")
	s.Press("Tell") // the panel's controls still work
	s.Sees("just so you know")
	s.Press("Order two")
	s.Sees("ordered 2 s")
	s.Press("Fix it")
	if x := s.Sees("page fixed"); x.Changed != s.Traits().Replaces {
		t.Errorf("replaced in place: %v", x.Changed)
	}
}

func editedMessage(t *testing.T, s *setup) {
	editor, ok := s.Frontend().(chat.Editor)
	if !ok {
		t.Skip("cannot edit")
	}
	v := chat.View{Title: "card", Body: chat.Text{chat.P("step one")}, Rows: [][]chat.Control{{chat.Button("Stop", "tell", nil)}}}
	ref := s.send(t, v)
	s.Sees("card", "step one")
	v.Body = chat.Text{chat.P("step one\nstep two")}
	if err := editor.Edit(t.Context(), ref, v); err != nil {
		t.Fatalf("edit: %v", err)
	}
	s.Sees("step two")
	if err := editor.Edit(t.Context(), ref, v); err != nil {
		t.Errorf("edit to the same: %v", err)
	}
	s.Press("Stop")
	s.Sees("just so you know")
	v.Rows = nil
	v.Body = chat.Text{chat.P("over")}
	if err := editor.Edit(t.Context(), ref, v); err != nil {
		t.Errorf("edit without controls: %v", err)
	}
	s.Sees("over")
}

func wrongAddress(t *testing.T, s *setup) {
	_, err := s.Frontend().Send(t.Context(), chat.Address{Platform: "elsewhere", ChatID: "1"}, chat.View{Title: "lost"})
	var failure *chat.SendError
	if !errors.As(err, &failure) || (failure.Kind != chat.Rejected && failure.Kind != chat.Unreachable) {
		t.Errorf("got %v", err)
	}
	s.NeverSaw("lost")
}

func slowCommand(t *testing.T, s *setup) {
	s.Type("/slow")
	<-s.gate.entered
	s.send(t, chat.View{Title: "meanwhile"})
	s.Sees("meanwhile")
	close(s.gate.open)
	s.Sees("at last")
}

func stopping(t *testing.T, s *setup) {
	s.Type("/slow")
	<-s.gate.entered
	ended := make(chan error, 1)
	go func() { ended <- s.Stop() }()
	close(s.gate.open)
	if err := <-ended; err != nil {
		t.Errorf("run: %v", err)
	}
	s.Sees("at last")
}
