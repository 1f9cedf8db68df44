package chat_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/chat"
)

func TestPrompt(t *testing.T) {
	p := chat.NewPrompt(chat.Find(commands(), "rent"), chat.Args{"image": "pytorch"}, time.Time{})
	if param, asked := p.Next(); !asked || param.Name != "server" {
		t.Fatalf("asks %q, %v", param.Name, asked)
	}
	if err := p.Answer("abc"); err == nil {
		t.Fatal("a word was taken for a number")
	}
	if param, _ := p.Next(); param.Name != "server" {
		t.Fatalf("after a wrong answer it asks %q", param.Name)
	}
	if err := p.Answer(" 88411 "); err != nil {
		t.Fatal(err)
	}
	if param, asked := p.Next(); asked {
		t.Fatalf("still asks %q", param.Name)
	}
	if err := p.Answer("more"); !errors.Is(err, chat.ErrAnswered) {
		t.Errorf("answer to nothing: %v", err)
	}
	if diff := cmp.Diff(chat.Args{"image": "pytorch", "server": "88411"}, p.Args()); diff != "" {
		t.Error(diff)
	}
}

func TestPrompt_leavesTheGivenArgsAlone(t *testing.T) {
	given := chat.Args{}
	p := chat.NewPrompt(chat.Find(commands(), "rent"), given, time.Time{})
	if err := p.Answer("1"); err != nil {
		t.Fatal(err)
	}
	p.Args()["server"] = "2"
	if len(given) != 0 || p.Args()["server"] != "1" {
		t.Errorf("given %v, args %v", given, p.Args())
	}
}

func TestPrompt_asksSecretsLastAndStoresNone(t *testing.T) {
	all := commands()
	p := chat.NewPrompt(chat.Find(all, "key"), chat.Args{"do": "add"}, time.Time{})
	if param, _ := p.Next(); param.Name != "name" {
		t.Fatalf("asks %q first", param.Name)
	}
	if err := p.Answer("lab"); err != nil {
		t.Fatal(err)
	}
	param, _ := p.Next()
	if !param.Secret {
		t.Fatalf("%q is not marked as secret", param.Name)
	}
	if err := p.Answer("CANARY"); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "CANARY") {
		t.Errorf("secret in %s", data)
	}
	loaded, err := chat.LoadPrompt(all, data)
	if err != nil {
		t.Fatal(err)
	}
	if param, asked := loaded.Next(); !asked || param.Name != "key" {
		t.Errorf("after a restart it asks %q, %v", param.Name, asked)
	}
}

func TestLoadPrompt(t *testing.T) {
	all := commands()
	deadline := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	data, err := json.Marshal(chat.NewPrompt(chat.Find(all, "rent"), chat.Args{"image": "x"}, deadline))
	if err != nil {
		t.Fatal(err)
	}
	p, err := chat.LoadPrompt(all, data)
	if err != nil {
		t.Fatal(err)
	}
	if p.Command().Name != "rent" || p.Args()["image"] != "x" {
		t.Errorf("got %s %v", p.Command().Name, p.Args())
	}
	if p.Expired(deadline) || !p.Expired(deadline.Add(time.Second)) {
		t.Error("the deadline is not kept")
	}
	for _, bad := range []string{"", "[]", `{"command":"gone"}`} {
		if _, err := chat.LoadPrompt(all, []byte(bad)); !errors.Is(err, chat.ErrPrompt) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
