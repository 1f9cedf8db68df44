package chattest

import (
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

// Run checks that a front-end does what commands rely on.
func Run(t *testing.T, start Start) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, s *setup)
	}{
		{"typed command", typedCommand},
		{"request", requestFields},
		{"arguments", arguments},
		{"refused argument", refusedArgument},
		{"unknown command", unknownCommand},
		{"missing values", missingValues},
		{"wrong answer", wrongAnswer},
		{"abandoned", abandoned},
		{"secret", secretValue},
		{"pressed control", pressedControl},
		{"pressed control asks", pressedControlAsks},
		{"menu", menu},
		{"links", links},
		{"replaced and new", replacedAndNew},
		{"notice", notice},
		{"forged control", forgedControl},
		{"sent message", sentMessage},
		{"control of a sent message", sentControl},
		{"edited message", editedMessage},
		{"wrong address", wrongAddress},
		{"slow command", slowCommand},
		{"panic", panicking},
		{"long text", longText},
		{"files", files},
		{"hostile text", hostileText},
		{"hidden text", hiddenText},
		{"private in a group", privateInGroup},
		{"secret in a group", secretInGroup},
		{"stop", stopping},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, newSetup(t, start)) })
	}
}

// setup is what each test of the suite works with.
type setup struct {
	*Person
	dispatcher *Dispatcher
	gate       *gate
}

func newSetup(t *testing.T, start Start) *setup {
	s := &setup{gate: newGate()}
	s.dispatcher = NewDispatcher(commands(s.gate)...)
	s.Person = NewPerson(t, start(t, s.dispatcher))
	return s
}

// settle makes sure that all done before has had its effect: front-ends answer a person in
// order.
func (s *setup) settle(t *testing.T) {
	t.Helper()
	s.Type("/ping")
	s.Sees("pong")
}

// one returns the only request for a command.
func (s *setup) one(t *testing.T, command string) chat.Request {
	t.Helper()
	found := s.dispatcher.Of(command)
	if len(found) != 1 {
		t.Fatalf("%d requests for %q, want 1", len(found), command)
	}
	return found[0]
}

// none fails when there was a request for a command.
func (s *setup) none(t *testing.T, command string) {
	t.Helper()
	if found := s.dispatcher.Of(command); len(found) > 0 {
		t.Fatalf("request for %q: %+v", command, found[0])
	}
}
