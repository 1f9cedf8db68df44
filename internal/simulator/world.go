package simulator

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"
)

// world is everything that the service knows, without any network. It moves only by advance,
// under the simulator's lock, so that the same requests at the same times give the same world.
type world struct {
	opts     Options
	agenda   agenda
	now      time.Time
	rates    rates
	ticks    uint64
	list     []*server
	servers  map[int64]*server
	orders   map[int64]*order
	webs     map[string]*order // by web host name
	accounts map[string]*account
	last     int64 // the number of the newest order
	scripts  []*OrderScript
	doors    doors

	version int // of the marketplace; cached is the answer of that version
	cached  []byte
	cachedV int
}

// doors are the network ends of orders. The world calls them under its lock.
type doors interface {
	reserve(o *order) (host string, port int) // where its sshd will be
	web(o *order) string                      // its web host name
	open(o *order)                            // its sshd is up
	shut(o *order)                            // its container stopped, or its host is away
	release(o *order)                         // it is over
}

const firstOrder = 2_320_000 // about what Clore had reached in November 2026

func newWorld(opts Options) *world {
	w := &world{
		opts: opts, now: opts.Now(), rates: rates{64_060, 0.00125}, last: firstOrder,
		servers: map[int64]*server{}, orders: map[int64]*order{}, webs: map[string]*order{}, accounts: map[string]*account{}, version: 1,
	}
	w.list = newMarket(opts.Seed, opts.Servers, w.rates)
	for _, s := range w.list {
		w.servers[s.ID] = s
		w.settle(s, w.now)
	}
	w.invite()
	w.at(w.now.Add(opts.faster(tickEvery)), w.tick)
	return w
}

func (w *world) at(at time.Time, run func(at time.Time)) { w.agenda.add(at, run) }

// advance lets everything happen that is due. A clock that was set back is waited for.
func (w *world) advance(now time.Time) {
	for {
		a, ok := w.agenda.due(now)
		if !ok {
			break
		}
		w.now = a.at
		a.run(a.at)
	}
	w.now = now
}

// changed makes the next marketplace answer a new one.
func (w *world) changed() { w.version++ }

// market returns the list of servers as JSON.
func (w *world) market() []byte {
	if w.cachedV == w.version {
		return w.cached
	}
	parts := make([][]byte, 0, len(w.list))
	for _, s := range w.list {
		if s.listed() {
			parts = append(parts, s.json(w.rates))
		}
	}
	w.cached = slices.Concat([]byte("["), bytes.Join(parts, []byte(",")), []byte("]"))
	w.cachedV = w.version
	return w.cached
}

// encode writes JSON as the service does: without escaping what only HTML needs escaped.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // only a NaN could do it; the answer is then broken on purpose
		return json.RawMessage("null")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
