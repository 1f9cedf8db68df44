package rental_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// machine drives a ledger through whatever people, Clore and crashes may do to it, in any order,
// beside a model of what Clore really holds.
type machine struct {
	ledger rental.Ledger
	prev   rental.Ledger // as last committed
	now    time.Time
	last   clore.OrderID
	orders []clore.Order  // what lives at Clore
	sends  map[string]int // create_order by intent
	made   map[string]int // orders by intent
	taken  int
}

func TestLedgerMachine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{
			ledger: ledger(), now: t0, last: 1000,
			sends: map[string]int{}, made: map[string]int{},
		}
		m.commit(t)
		step := func(do func(*rapid.T)) func(*rapid.T) {
			return func(t *rapid.T) {
				do(t)
				m.commit(t)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"take":    step(m.take),
			"create":  step(m.create),
			"restart": step(func(*rapid.T) { m.ledger.Restart(m.now) }),
			"poll":    step(m.poll),
			"polls":   step(m.poll), // twice as often
			"probe":   step(m.probe),
			"pass":    step(m.pass),
			"tick":    step(m.tick),
			"fund":    step(m.fund),
			"cancel":  step(m.cancel),
			"stop":    step(m.stop),
			"deploy":  step(m.deploy),
			"end":     step(m.end),
			"web":     step(m.web),
			"dismiss": step(m.dismiss),
			"calloff": step(m.callOff),
			"":        m.check,
		})
	})
}

// commit checks the ledger against the one before, and stores it.
func (m *machine) commit(t *rapid.T) {
	if err := wrong(&m.prev, &m.ledger, m.now); err != nil {
		t.Fatal(err)
	}
	m.ledger.Ended = nil
	raw := encode(m.ledger)
	m.prev, m.ledger = store(raw).ledger, store(raw).ledger
}

func (m *machine) server(t *rapid.T) clore.ServerID {
	return clore.ServerID(rapid.IntRange(1, 3).Draw(t, "server"))
}

func (m *machine) order(t *rapid.T) clore.OrderID {
	return clore.OrderID(rapid.Int64Range(1001, int64(m.last)+1).Draw(t, "order"))
}

func (m *machine) take(t *rapid.T) {
	m.taken++
	q := quote(fmt.Sprint("q", m.taken))
	q.Terms.Server, q.Expires = m.server(t), m.now.Add(time.Minute)
	q.Terms.RunFor = time.Duration(rapid.IntRange(0, 2).Draw(t, "hours")) * time.Hour
	if _, err := m.ledger.Take(q, m.now); err != nil && !errors.Is(err, rental.ErrManyIntents) {
		t.Fatal(err)
	}
}

// create sends the first pending intent, if it may be; with any outcome and any answer.
func (m *machine) create(t *rapid.T) {
	for i := range m.ledger.Intents {
		in := m.ledger.Intents[i]
		if in.State != rental.Pending {
			continue
		}
		err := m.ledger.BeginSend(in.ID, m.last, m.now)
		if errors.Is(err, rental.ErrUnsettled) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		m.send(t, &in)
		return
	}
}

func (m *machine) send(t *rapid.T, in *rental.Intent) {
	m.commit(t)
	m.sends[in.ID]++
	m.now = m.now.Add(time.Second)
	executed := rapid.Bool().Draw(t, "executed")
	if executed {
		m.made[in.ID]++
		m.add(in.Terms.Server)
	}
	switch rapid.IntRange(0, 2).Draw(t, "answer") {
	case 0:
		m.ledger.Doubt(in.ID, m.now)
	case 1: // killed before the answer was recorded
	default:
		if executed {
			m.ledger.Accept(in.ID, m.now)
		} else {
			m.ledger.Refuse(in.ID, string(clore.ServerRented), m.now)
		}
	}
}

func (m *machine) add(id clore.ServerID) {
	m.last++
	o := order(m.last)
	o.Server, o.Created = id, m.now.Truncate(time.Second)
	m.orders = append(m.orders, o)
}

// web is an order made elsewhere.
func (m *machine) web(t *rapid.T) { m.add(m.server(t)) }

// poll looks at the orders. Each time that is after a possible restart of the bot.
func (m *machine) poll(t *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "seconds")) * time.Second)
	m.ledger.Restart(m.now)
	p := rental.Poll{At: m.now, Completed: rapid.Bool().Draw(t, "completed")}
	if rapid.IntRange(0, 9).Draw(t, "empty") > 0 {
		p.Orders = append(p.Orders, m.orders...)
		defer m.complete(t)
	}
	m.now = m.now.Add(time.Second)
	m.ledger.Observe(p, m.now)
}

// complete checks that a good list leaves no live order unknown.
func (m *machine) complete(t *rapid.T) {
	for _, o := range m.orders {
		if m.ledger.Rental(o.ID) == nil {
			t.Fatalf("order %d is listed and not known", o.ID)
		}
	}
}

func (m *machine) probe(t *rapid.T) {
	id := m.order(t)
	res := rental.ProbeResult{Host: host, Port: 1972}
	if rapid.Bool().Draw(t, "miss") {
		res.Failure = "refused"
	}
	m.ledger.Reached(id, res, m.now)
}

func (m *machine) pass(t *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(0, 3600).Draw(t, "seconds")) * time.Second)
}

// tick must leave nothing undone, or the bot would tick for ever.
func (m *machine) tick(t *rapid.T) {
	m.ledger.Tick(m.now)
	m.ledger.Prune(m.now)
	v := rental.Volatile{Polled: m.now, Funded: m.now, PlaceAt: m.now.Add(time.Hour)}
	s := rental.Next(&m.ledger, v, rental.DefaultPace(), m.now)
	if s.Do == rental.DoTick && !s.At.After(m.now) {
		t.Fatalf("after a tick: %+v", s)
	}
}

func (m *machine) fund(t *rapid.T) {
	m.ledger.Fund([]clore.Wallet{{Balance: usd(fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "usd")))}}, m.now)
}

func (m *machine) cancel(t *rapid.T) {
	id := m.order(t)
	_ = m.ledger.AskCancel(id, rental.ByUser, "", m.now)
	if rapid.Bool().Draw(t, "accepted") {
		m.ledger.CancelAccepted(id, m.now)
	} else {
		m.ledger.CancelFailed(id, m.now)
	}
}

func (m *machine) stop(t *rapid.T) {
	after := time.Duration(rapid.IntRange(0, 120).Draw(t, "minutes")) * time.Minute
	_ = m.ledger.SetStop(m.order(t), m.now.Add(after), m.now)
}

func (m *machine) deploy(t *rapid.T) {
	id := m.order(t)
	for i := range m.orders {
		if o := &m.orders[i]; o.ID == id {
			d := deployed(id)
			o.Container, o.Hosts, o.Ports = d.Container, d.Hosts, d.Ports
		}
	}
}

func (m *machine) end(t *rapid.T) {
	id := m.order(t)
	kept := m.orders[:0:0]
	for _, o := range m.orders {
		if o.ID != id {
			kept = append(kept, o)
		}
	}
	m.orders = kept
}

func (m *machine) dismiss(t *rapid.T) {
	_ = m.ledger.Dismiss(fmt.Sprint("q", rapid.IntRange(1, m.taken+1).Draw(t, "intent")))
}

func (m *machine) callOff(t *rapid.T) {
	_, _ = m.ledger.CallOff(fmt.Sprint("q", rapid.IntRange(1, m.taken+1).Draw(t, "intent")), m.now)
}

func (m *machine) check(t *rapid.T) {
	for id, n := range m.sends {
		if n > 1 || m.made[id] > 1 {
			t.Fatalf("intent %s was sent %d times", id, n)
		}
	}
}
