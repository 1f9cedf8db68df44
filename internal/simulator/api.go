package simulator

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// call is a request that reached the service.
type call struct {
	endpoint string
	account  *account // nil without a key
	query    url.Values
	body     []byte
	at       time.Time
	late     bool // executed after its connection died
}

// endpoint is an entry of the API. Only the marketplace answers without a key.
type endpoint struct {
	method string
	public bool
	run    func(*world, *call) answer
}

func endpoints() map[string]endpoint {
	return map[string]endpoint{
		"wallets":             {http.MethodGet, false, wallets},
		"my_servers":          {http.MethodGet, false, myServers},
		"server_config":       {http.MethodGet, false, serverConfig},
		"marketplace":         {http.MethodGet, true, marketplace},
		"my_orders":           {http.MethodGet, false, myOrders},
		"spot_marketplace":    {http.MethodGet, false, spotMarketplace},
		"set_spot_price":      {http.MethodPost, false, setSpotPrice},
		"cancel_order":        {http.MethodPost, false, cancelOrder},
		"create_order":        {http.MethodPost, false, createOrder},
		"set_server_settings": {http.MethodPost, false, setServerSettings},
	}
}

const maxRequest = 1 << 20

// Handler returns the API, to be served under /v1.
func (s *Simulator) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Simulator) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			http.Error(w, "Payload Too Large", http.StatusRequestEntityTooLarge)
		}
		return
	}
	half := s.latency() / 2
	s.wait(half)
	a, f := s.handle(r, body)
	s.wait(half)
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	if f != nil {
		s.spoil(w, r, a, f)
		return
	}
	write(w, a)
}

// handle decides about a request at the moment in which it arrives.
func (s *Simulator) handle(r *http.Request, body []byte) (answer, *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kick()
	at := s.opts.Now()
	s.world.advance(at)
	name := strings.TrimPrefix(r.URL.Path, "/v1/")
	rec := Request{At: at, Method: r.Method, Endpoint: name, Key: r.Header.Get("auth")}
	a, f := s.decide(r, &rec, body)
	rec.Status, rec.Code, rec.Error = a.status, a.code, a.text
	if f != nil {
		rec.Fault = string(f.Kind)
	}
	s.log.request(rec)
	if rec.Violation != "" || f != nil {
		s.opts.Log.Debug("spoiled request", "endpoint", name, "violation", rec.Violation, "fault", rec.Fault)
	}
	return a, f
}

// decide passes a request through the edge, the key, the limiter and the faults.
func (s *Simulator) decide(r *http.Request, rec *Request, body []byte) (answer, *Fault) {
	if s.banned(r.UserAgent()) {
		return answer{status: http.StatusForbidden, code: noCode}, &Fault{Kind: FaultPlain}
	}
	e, known := s.endpoints[rec.Endpoint]
	if !known || e.method != r.Method {
		return badEndpoint(), nil
	}
	a := s.world.accounts[rec.Key]
	if a != nil && a.revoked {
		a = nil
	}
	if a == nil && !e.public {
		return badKey(), nil
	}
	g := &s.anonymous // requests without a key come from one machine
	if a != nil {
		g = &a.limit
	}
	rec.Violation = g.allow(s.opts.Limiter, rec.Endpoint == "create_order", rec.At)
	if rec.Violation != "" {
		return tooFast(), nil
	}
	c := &call{rec.Endpoint, a, r.URL.Query(), body, rec.At, false}
	f := s.faults.take(s.opts.Seed, rec.Endpoint, rec.Key)
	if f != nil && !f.executes() {
		if f.Kind == FaultLate {
			s.later(e, c, f.Delay)
		}
		return answer{code: noCode}, f
	}
	rec.Executed = true
	out := e.run(s.world, c)
	out.body = poison(out.body, s.hostile, rec.Endpoint)
	return out, f
}

// later executes a request whose connection is dead by then.
func (s *Simulator) later(e endpoint, c *call, d time.Duration) {
	s.world.at(c.at.Add(d), func(at time.Time) {
		late := *c
		late.at, late.late = at, true
		out := e.run(s.world, &late)
		s.log.request(Request{At: at, Method: e.method, Endpoint: c.endpoint, Key: keyOf(c.account), Status: out.status, Code: out.code, Error: out.text, Executed: true, Late: true})
	})
}

func keyOf(a *account) string {
	if a == nil {
		return ""
	}
	return a.key
}

// banned reports whether the edge refuses a client for its name.
func (s *Simulator) banned(agent string) bool {
	return strings.HasPrefix(agent, "Python-urllib") ||
		s.opts.Limiter == Strict && strings.HasPrefix(agent, "Go-http-client")
}

// latency draws how long an answer takes.
func (s *Simulator) latency() time.Duration {
	if s.opts.Latency <= 0 {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.delays.span(s.opts.Latency/4, s.opts.Latency)
}

// wait sleeps; a client that leaves does not call back what it has sent.
func (s *Simulator) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.done:
	}
}
