package rental_test

import (
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// t0 is when the stories of the tests begin.
var t0 = time.Date(2026, 7, 10, 17, 18, 0, 0, time.UTC)

var ana = chat.User{Platform: chat.Terminal, ID: "ana"}

const (
	acc    = account.ID("acc")
	server = clore.ServerID(88411)
)

func usd(s string) money.Money {
	a, err := money.Parse(s)
	if err != nil {
		panic(err)
	}
	return money.Money{Amount: a, Currency: money.USD}
}

func terms() rental.Terms {
	return rental.Terms{
		Server: server, Hardware: "1× RTX 4090 24 GB", GPU: "RTX 4090", Count: 1,
		Kind: clore.OnDemand, Price: usd("2"), USD: 2 * money.Coin, MaxRent: 7 * 24 * time.Hour,
		Preset: account.Preset{Image: "cloreai/jupyter", Ports: map[int]string{22: "tcp"}},
	}
}

func quote(id string) rental.Quote {
	return rental.Quote{
		ID: id, User: ana, Account: acc, Terms: terms(), Made: t0, Expires: t0.Add(rental.QuoteTTL),
	}
}

// ledger returns one whose account has been looked at before.
func ledger() rental.Ledger {
	return rental.Ledger{
		Account: account.Account{ID: acc, User: ana}, Polled: t0.Add(-time.Hour),
	}
}

// sending returns a ledger whose intent "q" was sent at t0.
func sending(t *testing.T) *rental.Ledger {
	t.Helper()
	l := ledger()
	if _, err := l.Take(quote("q"), t0); err != nil {
		t.Fatal(err)
	}
	if err := l.BeginSend("q", 1000, t0); err != nil {
		t.Fatal(err)
	}
	return &l
}

// running returns a ledger with order 1001 of intent "q", seen at t0 + 5 s.
func running(t *testing.T) *rental.Ledger {
	t.Helper()
	l := sending(t)
	l.Accept("q", at(time.Second))
	l.Observe(list(5*time.Second, order(1001)), at(5*time.Second))
	if l.Rental(1001) == nil {
		t.Fatal("the order was not recognised")
	}
	return l
}

// ready returns running with SSH answering since t0 + 2 min.
func ready(t *testing.T) *rental.Ledger {
	t.Helper()
	l := running(t)
	l.Observe(list(time.Minute, deployed(1001)), at(time.Minute))
	l.Reached(1001, banner, at(2*time.Minute))
	if l.Rental(1001).Stage != rental.Ready {
		t.Fatal("not ready")
	}
	return l
}

func at(d time.Duration) time.Time { return t0.Add(d) }

func order(id clore.OrderID) clore.Order {
	return clore.Order{
		ID: id, Server: server, Kind: clore.OnDemand, Price: usd("2"), CreationFee: usd("0.1"),
		Spend: usd("0.001388889"), Created: at(2 * time.Second), MaxRental: 7 * 24 * time.Hour,
		Online: true, GPUs: []string{"RTX 4090"}, GPUMemory: 24,
	}
}

const host = "n1.us.clorecloud.net"

func deployed(id clore.OrderID) clore.Order {
	o := order(id)
	o.Container, o.Hosts = clore.Deployed, []string{host}
	o.Ports = []clore.PortMap{{Container: 22, Public: 1972}}
	return o
}

func expired(id clore.OrderID, end time.Duration) clore.Order {
	o := order(id)
	o.Expired, o.Ended, o.Container = true, at(end), clore.Deployed
	return o
}

func list(d time.Duration, orders ...clore.Order) rental.Poll {
	return rental.Poll{At: at(d), Orders: orders}
}

func completed(d time.Duration, orders ...clore.Order) rental.Poll {
	return rental.Poll{At: at(d), Orders: orders, Completed: true}
}

var banner = rental.ProbeResult{Host: host, Port: 1972}

func miss(failure string) rental.ProbeResult {
	return rental.ProbeResult{Host: host, Port: 1972, Failure: failure}
}

func observe(l *rental.Ledger, p rental.Poll) { l.Observe(p, p.At) }

func state(t *testing.T, l *rental.Ledger, intent string) rental.IntentState {
	t.Helper()
	in := l.Intent(intent)
	if in == nil {
		t.Fatalf("intent %q is gone", intent)
	}
	return in.State
}
