package simulator

import (
	"maps"
	"slices"
	"time"
)

// noCode is the code of an answer that had none.
const noCode = -1

// Request is a request as it truly was.
type Request struct {
	At       time.Time `json:"at"` // its arrival at the service
	Method   string    `json:"method"`
	Endpoint string    `json:"endpoint"`
	Key      string    `json:"key,omitempty"`
	// Status, Code and Error are what the service meant to answer; a fault may have replaced it.
	// Status is 0 and Code -1 where a fault came before any answer.
	Status int    `json:"status"`
	Code   int    `json:"code"`
	Error  string `json:"error,omitempty"`
	// Violation is "request" or "create" when the limiter refused it.
	Violation string `json:"violation,omitempty"`
	Fault     string `json:"fault,omitempty"`
	Executed  bool   `json:"executed"`
	Late      bool   `json:"late,omitempty"` // executed after its connection died
}

// Order is an order as it truly is. Times are zero until they happen.
type Order struct {
	ID       int64     `json:"id"`
	Server   int64     `json:"server"`
	Key      string    `json:"key"`
	Kind     string    `json:"kind"`
	Currency string    `json:"currency"`
	Image    string    `json:"image"`
	Price    float64   `json:"price"`   // per day
	Highest  float64   `json:"highest"` // price that it ever had
	Seconds  int       `json:"seconds"`
	Spend    float64   `json:"spend"`   // base price only
	Charged  float64   `json:"charged"` // with fees
	Created  time.Time `json:"created"`
	Visible  time.Time `json:"visible"` // when my_orders began or will begin to list it
	Begun    time.Time `json:"begun"`   // when its container was started last
	Deployed time.Time `json:"deployed"`
	Shell    time.Time `json:"shell"` // when its sshd first answered
	App      time.Time `json:"app"`
	Ended    time.Time `json:"ended"`
	// Reason is why it ended: cancel, mrl, funds, host, outbid, or what a test gave.
	Reason string `json:"reason,omitempty"`
	Issue  string `json:"issue,omitempty"` // the complaint that it was cancelled with
	Late   bool   `json:"late,omitempty"`  // created by a request whose connection was dead
	Hidden bool   `json:"hidden,omitempty"`
	Active bool   `json:"active"`
	Host   string `json:"host"`
	Port   int    `json:"port,omitempty"` // of sshd
	Web    string `json:"web,omitempty"`
}

// Truth is what really happened.
type Truth struct {
	Now      time.Time                     `json:"now"`
	Requests []Request                     `json:"requests"` // the newest, as many as were kept
	Total    int                           `json:"total"`    // how many there were
	Orders   []Order                       `json:"orders"`   // by rising id
	Wallets  map[string]map[string]float64 `json:"wallets"`  // balances by key and currency
	// Violations counts what the limiter refused, by key; keyless requests are under "".
	Violations map[string]int `json:"violations"`
}

// diary remembers requests.
type diary struct {
	keep       int
	requests   []Request
	total      int
	violations map[string]int
}

func (d *diary) request(r Request) {
	d.total++
	if r.Violation != "" {
		d.violations[r.Key]++
	}
	if len(d.requests) >= 2*d.keep {
		d.requests = slices.Clone(d.requests[len(d.requests)-d.keep:])
	}
	d.requests = append(d.requests, r)
}

func (d *diary) newest() []Request {
	return slices.Clone(d.requests[max(0, len(d.requests)-d.keep):])
}

// Truth returns what really happened until now.
func (s *Simulator) Truth() Truth {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	s.world.advance(now)
	t := Truth{
		Now: now, Requests: s.log.newest(), Total: s.log.total, Orders: s.world.truth(now),
		Wallets: map[string]map[string]float64{}, Violations: maps.Clone(s.log.violations),
	}
	for key, a := range s.world.accounts {
		t.Wallets[key] = map[string]float64{}
		for _, c := range []string{btc, clore, usd} {
			t.Wallets[key][c] = a.balance(c, now)
		}
	}
	return t
}

func (w *world) truth(now time.Time) []Order {
	out := make([]Order, 0, len(w.orders))
	for _, o := range w.orders {
		out = append(out, o.truth(now))
	}
	slices.SortFunc(out, func(a, b Order) int { return int(a.ID - b.ID) })
	return out
}

func (o *order) truth(now time.Time) Order {
	t := Order{
		ID: o.id, Server: o.server.ID, Key: o.account.key, Kind: o.kind(), Currency: o.currency, Image: o.Image,
		Price: o.meter.price, Highest: max(o.meter.price, o.meter.highest), Seconds: o.meter.seconds(now), Spend: o.meter.spend(now), Charged: o.charge(now),
		Created: o.created, Begun: o.begun, Shell: o.ssh, Ended: o.ended, Reason: o.reason, Issue: o.issue, Late: o.late,
		Hidden: o.plan.hidden, Active: o.running(), Host: o.host, Port: o.port[22], Web: o.http,
	}
	if !o.plan.hidden {
		t.Visible = o.created.Add(o.plan.visible)
	}
	if o.passed(now, o.plan.deployed) {
		t.Deployed = o.begun.Add(o.plan.deployed)
	}
	if o.passed(now, o.plan.app) {
		t.App = o.begun.Add(o.plan.app)
	}
	return t
}
