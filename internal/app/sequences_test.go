package app_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/simulator"
)

// TestSequences has a person, a market and bad luck do anything in any order, and holds what
// truly happened against what was agreed to. CLOREBOT_TEST_SEQUENCES is how many there are, and
// CLOREBOT_TEST_SEQUENCE runs a single one again.
func TestSequences(t *testing.T) {
	first, n := sequences(8)
	for seed := first; seed < first+n; seed++ {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			o := simulator.Options{
				Seed: seed, NoGuard: true, Latency: 500 * time.Millisecond, Accidents: 2, KeepRequests: 1000, Servers: 70,
			}
			inWorld(t, o, func(w *world) { newSequence(w, seed).run() })
		})
	}
}

// sequences returns the first seed and how many follow, unless the environment says otherwise.
func sequences(usual uint64) (first, n uint64) {
	first, n = 1, usual
	if s := os.Getenv("CLOREBOT_TEST_SEQUENCES"); s != "" {
		n, _ = strconv.ParseUint(s, 10, 32)
	}
	if s := os.Getenv("CLOREBOT_TEST_SEQUENCE"); s != "" {
		first, _ = strconv.ParseUint(s, 10, 32)
		n = 1
	}
	if testing.Short() || racing {
		n = min(n, 2)
	}
	return first, n
}

// sequence is what happens to a person, and what they agreed to on the way.
type sequence struct {
	*world
	*rand.Rand
	caps    caps
	servers []int64
	steps   []string // what happened, for whoever looks into a failure

	quotes   map[string]bool     // those that were confirmed
	tries    int                 // orders that permissions allow in all
	alone    int                 // nothing is rented but under one permission, for so many rentals; 0: anything goes
	total    float64             // what that permission may cost
	bids     map[int64][]float64 // by server: what was offered or allowed per day
	longer   map[int64]time.Duration
	midnight map[time.Time]map[int64]float64 // what each order had cost at the beginning of a day
	looked   time.Time
	blind    bool // Clore's list was empty for a while: a person may have rented anew what ran on
}

// caps are the limits of a sequence, in USD.
type caps struct {
	rental, day, hour float64
	parallel          int
}

const (
	longest = 2 * time.Hour    // that a rental is asked for
	slack   = 15 * time.Minute // that a cancellation may take when Clore is well
)

func newSequence(w *world, seed uint64) *sequence {
	s := &sequence{
		world: w, Rand: rand.New(rand.NewPCG(seed, 5)), quotes: map[string]bool{}, bids: map[int64][]float64{},
		longer: map[int64]time.Duration{}, midnight: map[time.Time]map[int64]float64{},
	}
	s.caps = caps{
		rental: []float64{0.4, 1, 3}[s.IntN(3)], day: []float64{0.8, 2, 6}[s.IntN(3)],
		hour: []float64{0.15, 0.3, 1}[s.IntN(3)], parallel: 1 + s.IntN(4),
	}
	return s
}

// run is one sequence: things happen, then all is well again for an hour.
func (s *sequence) run() {
	if s.IntN(3) == 0 { // there is money in one coin alone
		for _, coin := range []string{"CLORE-Blockchain", "bitcoin"} {
			s.must(s.sim.SetBalance(s.key, coin, 0))
		}
	}
	s.note("limits %+v", s.caps)
	s.phone.do(fmt.Sprintf("/limits rental:%v day:%v hour:%v parallel:%d", s.caps.rental, s.caps.day, s.caps.hour, s.caps.parallel))
	if s.IntN(2) == 0 {
		s.pass(22*time.Hour + time.Duration(s.IntN(100))*time.Minute)
	}
	switch s.IntN(4) {
	case 0:
		s.arm(true)
	case 1:
		s.best(true)
	}
	for range 25 + s.IntN(25) {
		s.step()
		if s.t.Failed() {
			break
		}
	}
	s.sim.ClearFaults()
	s.note("all is well")
	s.pass(longest + time.Hour)
	s.end()
	orders := s.orders()
	failed := 0
	for _, o := range orders {
		if o.Reason != "" && o.Reason != "cancel" {
			failed++
		}
	}
	s.t.Logf("%d steps, %d orders (%d ended by others) for %d quotes and %d tries", len(s.steps), len(orders), failed, len(s.quotes), s.tries)
	if s.t.Failed() {
		s.t.Logf("what happened:\n%s\nwhat was said:\n%s", strings.Join(s.steps, "\n"), s.phone.transcript())
	}
}

func (s *sequence) note(format string, args ...any) {
	s.steps = append(s.steps, time.Now().Format("02 15:04:05 ")+fmt.Sprintf(format, args...))
}

// pass lets time pass and looks at the truth every minute.
func (s *sequence) pass(d time.Duration) {
	for end := time.Now().Add(d); ; {
		left := time.Until(end)
		if left <= 0 || s.t.Failed() {
			return
		}
		s.wait(min(left, time.Minute, time.Until(time.Now().Truncate(day).Add(day))))
		s.look()
	}
}

const day = 24 * time.Hour

// step is one thing that happens, and the time until the next.
func (s *sequence) step() {
	type move struct {
		weight int
		do     func()
	}
	moves := []move{
		{2, s.extend},
		{1, s.freeze},
		{6, s.press},
		{5, s.market},
		{5, s.fault},
		{2, func() { s.note("restart"); s.restart() }},
		{1, func() { s.note("accidents stop"); s.sim.ClearFaults() }},
	}
	if s.alone == 0 {
		moves = append(moves, []move{
			{4, s.rent},
			{3, func() { s.best(false) }},
			{3, func() { s.arm(false) }},
			{4, s.bid},
			{3, s.rebid},
			{3, s.pilot},
			{2, s.fallback},
			{2, s.cancel},
			{1, s.stopAll},
			{3, s.beat},
			{3, s.again},
		}...)
	}
	sum := 0
	for _, m := range moves {
		sum += m.weight
	}
	at := s.IntN(sum)
	for _, m := range moves {
		if at -= m.weight; at < 0 {
			m.do()
			break
		}
	}
	s.look()
	s.pass([]time.Duration{
		time.Duration(s.IntN(5000)) * time.Millisecond, time.Duration(s.IntN(60)) * time.Second,
		time.Duration(s.IntN(20)) * time.Minute, time.Duration(s.IntN(6)) * time.Second,
	}[s.IntN(4)])
}

// pick returns one of the person's living orders.
func (s *sequence) pick(kind string) (simulator.Order, bool) {
	var all []simulator.Order
	for _, o := range s.orders() {
		if o.Ended.IsZero() && (kind == "" || o.Kind == kind) {
			all = append(all, o)
		}
	}
	if len(all) == 0 {
		return simulator.Order{}, false
	}
	return all[s.IntN(len(all))], true
}

// button finds a control of a view by its command.
func button(v chat.View, command string) (chat.Control, bool) {
	for _, c := range v.Controls() {
		if c.Action.Command == command {
			return c, true
		}
	}
	return chat.Control{}, false
}

// tap presses the button of a command if the view has one, sometimes twice.
func (s *sequence) tap(v chat.View, command string) bool {
	c, ok := button(v, command)
	if !ok {
		return false
	}
	for range 1 + s.IntN(5)/4 {
		s.note("tap %q: %s", c.Label, s.phone.request(chat.Pressed, c.Action.Command, c.Action.Args).Title)
	}
	return true
}

// see remembers the servers that a view offers.
func (s *sequence) see(v chat.View) chat.View {
	for _, c := range v.Controls() {
		for _, a := range append([]chat.Args{c.Action.Args}, choices(c)...) {
			for _, name := range []string{"what", "id"} {
				if id, err := strconv.ParseInt(strings.TrimPrefix(a[name], "#"), 10, 64); err == nil && c.Action.Command != "order" {
					s.servers = append(s.servers, id)
				}
			}
		}
	}
	return v
}

func choices(c chat.Control) []chat.Args {
	var all []chat.Args
	for _, o := range c.Choices {
		all = append(all, c.Chosen(o).Args)
	}
	return all
}

func (s *sequence) server() int64 {
	if len(s.servers) == 0 || s.IntN(4) == 0 {
		s.see(s.phone.do([]string{"/market 3090", "/market 4090", "/market gpu"}[s.IntN(2)]))
	}
	if len(s.servers) == 0 {
		return 1
	}
	return s.servers[s.IntN(len(s.servers))]
}
