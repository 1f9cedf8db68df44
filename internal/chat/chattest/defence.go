package chattest

import (
	"slices"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

func panicking(t *testing.T, s *setup) {
	s.Type("/boom")
	s.SeesAnything()
	s.settle(t)
}

func longText(t *testing.T, s *setup) {
	s.Type("/long")
	s.Sees("beginning")
	offered := func(x Shown) bool { return slices.Contains(x.Labels, "After all") }
	if _, _, ok := s.Screen().Find(0, offered, patience); !ok { // perhaps under the last of several messages
		t.Fatalf("the button is not in sight:\n%s", s.Screen())
	}
	s.Press("After all")
	s.Sees("pong")
	if err := s.Sanitized(); err != nil {
		t.Error(err)
	}
}

func hostileText(t *testing.T, s *setup) {
	s.Type("/hostile")
	s.Sees("end")
	s.Reveal()
	s.Type("/echo " + Hostile)
	s.Sees("you said", "end")
	s.send(t, hostileView())
	s.Sees("end")
	s.Type("/" + Hostile)
	s.SeesAnything()
	if err := s.Sanitized(); err != nil {
		t.Error(err)
	}
}

func hiddenText(_ *testing.T, s *setup) {
	s.Type("/hidden")
	s.Sees("password", "It is")
	s.NeverSaw(Canary)
	s.Reveal()
	s.Sees(Canary)
}

// group returns the harness of a platform with groups, or skips the test.
func (s *setup) group(t *testing.T) GroupHarness {
	t.Helper()
	g, ok := s.Harness.(GroupHarness)
	if !ok {
		t.Skip("no groups")
	}
	return g
}

func privateInGroup(t *testing.T, s *setup) {
	g := s.group(t)
	g.TypeInGroup("/ping")
	if _, _, ok := g.GroupScreen().Find(0, withText("pong"), patience); !ok {
		t.Errorf("a public answer did not reach the group:\n%s", g.GroupScreen())
	}
	if r := s.one(t, "ping"); r.Direct || r.Chat == s.User().Direct() {
		t.Errorf("request from a group: %+v", r)
	}
	g.TypeInGroup("/hidden")
	s.Sees("password", "It is")
	s.settle(t)
	for _, x := range g.GroupScreen().All() {
		if strings.Contains(x.Text+x.Hidden, "It is") || strings.Contains(x.Text+x.Hidden, Canary) {
			t.Errorf("a private answer reached the group: %+v", x)
		}
	}
}

func secretInGroup(t *testing.T, s *setup) {
	g := s.group(t)
	g.TypeInGroup("/key name:lab secret:" + Canary)
	s.settle(t)
	s.none(t, "key")
	for _, x := range g.GroupScreen().All() {
		if strings.Contains(x.Text+x.Hidden, Canary) {
			t.Errorf("a secret was repeated in the group: %+v", x)
		}
	}
}

func withText(part string) func(Shown) bool {
	return func(x Shown) bool { return strings.Contains(x.Text, part) }
}

var _ chat.Dispatcher = (*Dispatcher)(nil)
