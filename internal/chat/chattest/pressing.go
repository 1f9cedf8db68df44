package chattest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/chat"
)

func (s *setup) openPanel(t *testing.T) {
	t.Helper()
	s.Type("/panel")
	s.SeesControls("Turn", "Tell", "Order", "Third page")
}

func pressedControl(t *testing.T, s *setup) {
	s.openPanel(t)
	s.Press("Turn")
	s.Sees("page two")
	r := s.one(t, "turn")
	if r.Origin != chat.Pressed || r.User != s.User() {
		t.Errorf("origin %v, user %v", r.Origin, r.User)
	}
	if diff := cmp.Diff(chat.Args{"to": "two"}, r.Args); diff != "" {
		t.Error(diff)
	}
	if panel := s.one(t, "panel"); panel.ID == r.ID {
		t.Error("the press has the ID of the command")
	}
}

func pressedControlAsks(t *testing.T, s *setup) {
	s.openPanel(t)
	s.Press("Order")
	s.Sees("How many?")
	s.Answer("2")
	s.Sees("ordered 2 l")
	if r := s.one(t, "order"); r.Origin != chat.Filled {
		t.Errorf("origin %v", r.Origin)
	}
}

func menu(t *testing.T, s *setup) {
	s.openPanel(t)
	s.Press("Fourth page")
	s.Sees("page four")
	if r := s.one(t, "turn"); r.Args["to"] != "four" || r.Origin != chat.Pressed {
		t.Errorf("got %+v", r)
	}
}

func links(_ *testing.T, s *setup) {
	s.Type("/panel")
	if s.Traits().Links {
		s.SeesControls("Home", "Copy it")
	} else {
		s.Sees("Home", "https://clore.ai/", "Copy it", "ssh root@host")
	}
}

func replacedAndNew(t *testing.T, s *setup) {
	s.openPanel(t)
	s.Press("Turn")
	if x := s.Sees("page two"); x.Changed != s.Traits().Replaces {
		t.Errorf("replaced in place: %v", x.Changed)
	}
	s.Press("Back from two")
	s.Sees("page one")
	s.openPanel(t)
	s.Press("Another")
	if x := s.Sees("pong"); x.Changed {
		t.Error("a new reply took the place of the panel")
	}
}

func notice(t *testing.T, s *setup) {
	s.openPanel(t)
	s.Press("Tell")
	s.Sees("just so you know")
	s.Press("Turn") // the panel is still there
	s.Sees("page two")
}

func forgedControl(t *testing.T, s *setup) {
	for _, data := range []string{"gone|x=1", "turn|", "\x00", "key|secret=" + Canary} {
		s.Forge(data)
		s.SeesAnything()
	}
	s.settle(t)
	s.none(t, "turn")
	s.none(t, "key")
	s.NeverSaw(Canary)
}
