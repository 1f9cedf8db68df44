package chattest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clorebot/clorebot/internal/chat"
)

func typedCommand(t *testing.T, s *setup) {
	s.Type("/ping")
	s.Sees("pong")
	if r := s.one(t, "ping"); r.Origin != chat.Typed {
		t.Errorf("origin %v", r.Origin)
	}
}

func requestFields(t *testing.T, s *setup) {
	s.Type("/ping")
	s.Sees("pong")
	s.Type("/ping")
	s.Sees("pong")
	all := s.dispatcher.Of("ping")
	if len(all) != 2 {
		t.Fatalf("%d requests", len(all))
	}
	first, second := all[0], all[1]
	if first.ID == "" || first.ID == second.ID {
		t.Errorf("IDs %q and %q", first.ID, second.ID)
	}
	if first.User != s.User() {
		t.Errorf("user %v, want %v", first.User, s.User())
	}
	if !first.Direct || first.Space != "" {
		t.Errorf("private chat: direct %v, space %q", first.Direct, first.Space)
	}
	if first.Chat.Platform != s.Frontend().Platform() || first.Chat.ChatID == "" {
		t.Errorf("chat %v", first.Chat)
	}
	if first.At.IsZero() || second.At.Sub(first.At) > time.Minute {
		t.Errorf("times %v and %v", first.At, second.At)
	}
}

func arguments(t *testing.T, s *setup) {
	s.Type(`/echo loud:very two  words and:more`)
	s.Sees("you said", "two words and:more", "very.")
	want := chat.Args{"loud": "very", "text": "two words and:more"}
	if diff := cmp.Diff(want, s.one(t, "echo").Args, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func refusedArgument(t *testing.T, s *setup) {
	s.Type("/order l 12")
	s.Sees(errNumber.Error())
	s.settle(t)
	s.none(t, "order")
}

func unknownCommand(t *testing.T, s *setup) {
	s.Type("/pnig")
	s.SeesAnything()
	s.settle(t)
}

func missingValues(t *testing.T, s *setup) {
	s.Type("/order")
	s.Sees("Which size?")
	s.Answer("Large")
	if !s.Traits().FormAtOnce {
		s.Sees("How many?")
	}
	s.Answer("3")
	s.Sees("ordered 3 l")
	r := s.one(t, "order")
	if r.Origin != chat.Filled {
		t.Errorf("origin %v", r.Origin)
	}
	if diff := cmp.Diff(chat.Args{"size": "l", "count": "3"}, r.Args); diff != "" {
		t.Error(diff)
	}
}

func wrongAnswer(t *testing.T, s *setup) {
	s.Type("/order s")
	s.Sees("How many?")
	s.Answer("ten")
	s.Sees(errNumber.Error())
	s.none(t, "order")
	if s.Traits().AsksAgain {
		s.Answer("9")
		s.Sees("ordered 9 s")
	}
}

func abandoned(t *testing.T, s *setup) {
	s.Type("/order")
	s.Sees("Which size?")
	s.Abandon()
	s.settle(t)
	s.none(t, "order")
	s.Type("/order")
	s.Sees("Which size?")
	s.settle(t) // another command is a way out too
	s.none(t, "order")
}

func secretValue(t *testing.T, s *setup) {
	s.Type("/key")
	s.Sees("Its name?")
	s.Answer("lab")
	if !s.Traits().FormAtOnce {
		s.Sees("The key?")
	}
	s.Answer(Canary)
	s.Sees("stored")
	r := s.one(t, "key")
	if r.Args["secret"] != Canary || r.Args["name"] != "lab" || r.Origin != chat.Filled {
		t.Errorf("got %+v", r)
	}
	s.Type("/key name:lab secret:" + Canary)
	s.SeesAnything()
	s.Abandon()
	s.settle(t)
	s.one(t, "key")
	s.NeverSaw(Canary)
}
