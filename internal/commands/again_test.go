package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
)

// past is an ended rental with everything of its own: image, run time, label, login.
func past(id clore.OrderID) rental.Rental {
	r := running(id)
	r.Stage, r.EndedAt, r.Reason = rental.Ended, start.Add(-time.Hour), rental.ByUser
	r.Terms.Preset = account.Preset{
		Name: "vllm", Title: "vllm", Image: "vllm/vllm-openai:v1", Ports: map[int]string{22: "tcp", 8000: "http"},
		Env: map[string]string{"A": "1"}, Command: "run.sh",
	}
	r.Terms.RunFor = 3 * time.Hour
	return r
}

// lastQuote returns the quote that was made last.
func (w *world) lastQuote() rental.Quote {
	w.t.Helper()
	var last rental.Quote
	for _, q := range w.mem.quotes {
		if q.ID > last.ID {
			last = q
		}
	}
	return last
}

// withSecond gives ana one more account.
func (w *world) withSecond() *world {
	w.t.Helper()
	a := account.Account{ID: "acct-2", User: ana, Label: "Second", Tail: "9999", Added: start}
	if err := w.mem.SaveAccount(w.t.Context(), a, secret.New("x")); err != nil {
		w.t.Fatal(err)
	}
	return w
}

func TestAgainCarriesEverythingOver(t *testing.T) {
	w := newWorld(t).withKey()
	w.mem.history = []rental.Rental{past(1939000)}
	quote := w.says("/again")
	golden(t, "again", quote)
	got, want := w.lastQuote().Terms, past(1939000).Terms
	if got.Server != 88411 || got.RunFor != want.RunFor || got.Label != "lora-run" || got.Median != money.Coin*3/16 {
		t.Errorf("terms %+v", got)
	}
	if p := got.Preset; p.Image != want.Preset.Image || p.Command != "run.sh" || p.Env["A"] != "1" || p.Ports[8000] != "http" {
		t.Errorf("preset %+v", got.Preset)
	}
	if len(w.intents()) != 0 {
		t.Fatal("asking again has rented")
	}
	w.press(quote, "Rent")
	if in := w.intents(); len(in) != 1 || in[0].Label != "lora-run" {
		t.Errorf("intents %+v", in)
	}
}

func TestAgainTakesTheLikeOfWhatIsGone(t *testing.T) {
	w := newWorld(t).withKey()
	gone, hopeless, sold := past(1), past(2), past(3)
	gone.Order.Server, gone.Terms.Server = 60001, 60001 // rented by somebody else
	hopeless.Order.Server, hopeless.Terms.GPU = 5, "RTX 6090"
	sold.Order.Server, sold.Terms.GPU, sold.Terms.Count = 6, "", 0
	sold.Order.GPUs = nil
	coin := past(4)
	coin.Order.Server, coin.Order.Price.Currency = 60002, money.BTC
	w.mem.history = []rental.Rental{gone, hopeless, sold, coin}
	golden(t, "again-other", w.says("/again 1"), w.says("/again 2"), w.says("/again 3"), w.says("/again 4"))
	if len(w.intents()) != 0 {
		t.Fatal("asking again has rented")
	}
}

func TestAgainOfOrdersMadeElsewhere(t *testing.T) {
	w := newWorld(t).withKey()
	r := running(7)
	r.Intent, r.Terms, r.Label = "", rental.Terms{}, ""
	r.Order.Image = "someone/tool:1"
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{r} })
	w.says("/again 7")
	p := w.lastQuote().Terms.Preset
	if p.Image != "someone/tool:1" || p.Ports[22] != "tcp" || p.Ports[8888] != "http" {
		t.Errorf("preset %+v", p)
	}
}

func TestAgainWithoutAnythingBefore(t *testing.T) {
	w := newWorld(t)
	if v := w.says("/again"); v.Topic == "quote" {
		t.Error(dump(v))
	}
	w.withKey()
	golden(t, "again-none", w.says("/again"), w.says("/again 5"), w.says("/again lora"))
}

func TestAgainDropsADeletedSSHKey(t *testing.T) {
	w := newWorld(t).withKey()
	old := past(1)
	old.Terms.SSHKey = account.SSHKey{Name: "laptop", Line: "ssh-ed25519 AAAA", Fingerprint: "SHA256:stolen"}
	w.mem.history = []rental.Rental{old}
	w.says("/again")
	if key := w.lastQuote().Terms.SSHKey; key.Name != "" {
		t.Errorf("logs in with %+v", key)
	}
	w.says("/sshkey add " + edKey + " ana@desk")
	p := w.mem.profiles[ana]
	old.Terms.SSHKey = p.SSHKeys[0]
	w.mem.history = []rental.Rental{old}
	w.says("/again")
	if key := w.lastQuote().Terms.SSHKey; key.Name != "desk" {
		t.Errorf("logs in with %+v", key)
	}
}

func TestAgainIsPaidFromTheSameAccount(t *testing.T) {
	w := newWorld(t).withKey().withSecond()
	old := past(1)
	old.Account = "acct-2"
	w.mem.history = []rental.Rental{old}
	w.says("/again")
	if q := w.lastQuote(); q.Account != "acct-2" {
		t.Errorf("paid from %s", q.Account)
	}
	acct := w.mem.ledgers["acct-2"]
	acct.Account.Rejected = start
	w.mem.ledgers["acct-2"] = acct
	w.says("/again")
	if q := w.lastQuote(); q.Account != "acct-1" {
		t.Errorf("paid from %s", q.Account)
	}
}

func TestLabelsStandForNumbers(t *testing.T) {
	w := newWorld(t).withKey()
	other := running(1940002)
	other.Label = "lora two"
	digits := running(1940003)
	digits.Label = "2024"
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941), other, digits} })
	ended := past(1939000)
	ended.Label = "old one"
	w.mem.history = []rental.Rental{ended}
	for line, want := range map[string]string{
		"/cancel lora-run": "1939941", "/cancel LORA two": "1940002", "/order “lora-run”": "1939941", "/order 2024": "1940003",
		"/order old one": "1939000", "/again Old One": "",
		"/x #1940002": "1940002",
	} {
		if v := w.says(line); !strings.Contains(v.Title, want) || v.Topic == "error" {
			t.Errorf("%s: %s", line, dump(v))
		}
	}
	w.says("/label lora-run first try")
	if v := w.says("/order first try"); !strings.HasPrefix(v.Title, "1939941") {
		t.Error(dump(v))
	}
	w.says("/label 1939941 none")
	if got := w.mem.ledgers["acct-1"].Rentals[0].Label; got != "" {
		t.Errorf("label %q is left", got)
	}
	if v := w.says("/order first try"); v.Topic != "error" {
		t.Error(dump(v))
	}
}

func TestTwoRentalsOfALabel(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941), running(1939942)} })
	v := w.says("/cancel lora-run")
	golden(t, "label-many", v, w.view(w.press(v, "1939942")), w.says("/label lora-run "+strings.Repeat("x", 60)))
}

func TestLabelOfAQuote(t *testing.T) {
	w := newWorld(t).withPreset()
	q := w.says("/rent 4090 label:\"my run\"")
	named := w.view(w.dispatch(w.request(ana, chat.Filled, "quotename", chat.Args{"quote": w.lastQuote().ID, "name": "night shift"})))
	later := w.view(w.press(named, "24h"))
	for v, want := range map[*chat.View]string{&q: "“my run”", &named: "“night shift”", &later: "“night shift”"} {
		if !strings.Contains(dump(*v), want) {
			t.Errorf("no %s in\n%s", want, dump(*v))
		}
	}
	w.press(later, "Rent")
	if in := w.intents(); in[0].Label != "night shift" {
		t.Errorf("%+v", in[0])
	}
}

// TestPastOrdersComplete suggests what ended for /again and only what runs for /cancel.
func TestPastOrdersComplete(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	w.mem.history = []rental.Rental{past(1939000)}
	for command, want := range map[string]int{"again": 2, "cancel": 1} {
		got := w.c.Complete(t.Context(), w.request(ana, chat.Typed, command, nil), "order", "lora")
		if len(got) != want {
			t.Errorf("%s: %v", command, got)
		}
	}
}
