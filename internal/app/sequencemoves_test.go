package app_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/simulator"
)

// confirm takes a quote, at most the one that its view shows.
func (s *sequence) confirm(v chat.View) {
	c, ok := button(v, "take")
	if !ok {
		s.note("no quote: %s", v.Title)
		return
	}
	s.quotes[c.Action.Args["quote"]] = true
	if s.IntN(6) == 0 {
		s.pass(time.Duration(s.IntN(120)) * time.Second)
	}
	s.tap(v, "take")
}

func (s *sequence) span() string { return []string{"20m", "1h", "2h"}[s.IntN(3)] }

func (s *sequence) gpu() string { return []string{"3090", "4090", "3080", "gpu"}[s.IntN(3)] }

func (s *sequence) rent() {
	line := fmt.Sprintf("/rent %s run:%s%s", s.gpu(), s.span(), []string{"", " pay:CLORE"}[s.IntN(2)])
	s.note("%s", line)
	s.confirm(s.see(s.phone.do(line)))
}

func (s *sequence) again() {
	s.note("/again")
	s.confirm(s.phone.do("/again"))
}

// best lets the bot rent up to three times, to end up with one rental.
func (s *sequence) best(alone bool) {
	n := 2 + s.IntN(2)
	line := fmt.Sprintf("/rent %s run:%s tries:%d patience:5m", s.gpu(), s.span(), n)
	s.note("%s", line)
	if s.tap(s.phone.do(line), "do") {
		s.tries += n
		if alone {
			s.alone = 1
		}
	}
	if s.IntN(2) == 0 { // the best one never answers
		s.sim.Script(simulator.OrderScript{Count: 1, Shell: simulator.Never})
	}
}

// arm lets a watch rent by itself.
func (s *sequence) arm(alone bool) {
	count, total := 1+s.IntN(2), []float64{0.5, 1, 4}[s.IntN(3)]
	s.phone.do("/watch " + s.gpu())
	line := fmt.Sprintf("/arm 1 max:%v count:%d run:%s total:%v for:1d", []float64{0.06, 0.1, 0.3}[s.IntN(3)], count, s.span(), total)
	s.note("%s", line)
	c, ok := button(s.phone.do(line), "confirm")
	if !ok {
		return
	}
	v := s.phone.request(chat.Filled, "confirm", c.Action.Args.With("word", "arm"))
	s.note("armed: %s", v.Title)
	const spare = 2 // orders more than rentals that an armed watch may make
	s.tries += count + spare
	if alone {
		s.alone, s.total = count, total
	}
}

// bid makes a spot order.
func (s *sequence) bid() {
	id, bid := s.server(), s.perDay()
	line := fmt.Sprintf("/rent #%d spot bid:%v/day run:%s", id, bid, s.span())
	s.note("%s", line)
	v := s.phone.do(line)
	if _, ok := button(v, "take"); ok {
		s.bids[id] = append(s.bids[id], bid)
	}
	s.confirm(v)
}

func (s *sequence) perDay() float64 { return float64(100+s.IntN(500)) / 100 }

func (s *sequence) rebid() {
	o, ok := s.pick("spot")
	if !ok {
		return
	}
	bid := s.perDay()
	s.note("bid %v for %d", bid, o.ID)
	v := s.phone.request(chat.Pressed, "bid", chat.Args{"order": strconv.FormatInt(o.ID, 10), "to": fmt.Sprintf("%v/day", bid)})
	s.bids[o.Server] = append(s.bids[o.Server], bid)
	s.tap(v, "do")
}

func (s *sequence) pilot() {
	o, ok := s.pick("spot")
	if !ok {
		return
	}
	most, mode := s.perDay(), []string{"defend", "save"}[s.IntN(2)]
	s.note("%s %d up to %v", mode, o.ID, most)
	v := s.phone.request(chat.Pressed, "autopilot", chat.Args{
		"order": strconv.FormatInt(o.ID, 10), "mode": mode, "to": fmt.Sprintf("%v/day", most),
	})
	if s.tap(v, "do") {
		s.bids[o.Server] = append(s.bids[o.Server], most)
	}
}

// fallback lets an order on demand take the place of a bid that is lost.
func (s *sequence) fallback() {
	if o, ok := s.pick("spot"); ok {
		s.note("fallback of %d", o.ID)
		if s.tap(s.phone.request(chat.Pressed, "fallback", chat.Args{"order": strconv.FormatInt(o.ID, 10)}), "do") {
			const tries = 3
			s.tries += tries
		}
	}
}

func (s *sequence) extend() {
	if o, ok := s.pick(""); ok {
		s.note("extend %d", o.ID)
		s.longer[o.ID] += time.Hour
		s.phone.do(fmt.Sprintf("/extend %d 1h", o.ID))
	}
}

func (s *sequence) cancel() {
	if o, ok := s.pick(""); ok {
		s.note("cancel %d", o.ID)
		s.tap(s.phone.do(fmt.Sprintf("/cancel %d", o.ID)), "do")
	}
}

func (s *sequence) freeze() {
	line := []string{"/freeze", "/unfreeze"}[s.IntN(2)]
	s.note("%s", line)
	s.tap(s.phone.do(line), "do")
}

// stopAll types the word that the view asks for, now and then a wrong one.
func (s *sequence) stopAll() {
	c, ok := button(s.phone.do("/stopall"), "confirm")
	if !ok {
		return
	}
	word := fmt.Sprintf("stop %d", 1+s.IntN(3))
	s.note("/stopall, %q", word)
	s.phone.request(chat.Filled, "confirm", c.Action.Args.With("word", word))
}

// spending are the commands of buttons that cost or allow something that a sequence must count.
func spending() []string {
	return []string{
		"take", "do", "confirm", "bid", "autopilot", "extend", "longer", "limits", "limit-of", "forget", "key", "access", "retry", "settings",
		"presets", "sshkey", "claim", "rent", "next", "fallback",
	}
}

// press uses any button that was ever shown and costs nothing.
func (s *sequence) press() {
	views := []chat.View{s.phone.do([]string{"/orders", "/spot", "/permissions", "/wallet", "/limits", "/start"}[s.IntN(6)])}
	s.phone.mu.Lock()
	for _, m := range s.phone.messages {
		views = append(views, m.view)
	}
	s.phone.mu.Unlock()
	controls := views[s.IntN(len(views))].Controls()
	if len(controls) == 0 {
		return
	}
	c := controls[s.IntN(len(controls))]
	if c.Action.Command == "" || slices.Contains(spending(), strings.TrimPrefix(c.Action.Command, "new-")) || len(c.Choices) > 0 {
		return
	}
	s.note("press %q: %s", c.Label, c.Action.Command)
	v := s.phone.request(chat.Pressed, c.Action.Command, c.Action.Args)
	if strings.Contains(show(v), "went wrong") {
		s.t.Errorf("%q: %s", c.Label, show(v))
	}
}

// market changes a server.
func (s *sequence) market() {
	id := s.server()
	if o, ok := s.pick(""); ok && s.IntN(3) == 0 {
		id = o.Server
	}
	switch s.IntN(3) {
	case 0:
		by := 0.5 + s.Float64()
		s.note("price of %d x %.2f", id, by)
		_ = s.sim.ScalePrice(id, by)
	case 1:
		s.note("%d is rented", id)
		_ = s.sim.SetRented(id, s.IntN(2) == 0)
	default:
		s.note("%d is cut off", id)
		_ = s.sim.SetOnline(id, s.IntN(2) == 0)
	}
}

// beat outbids the person.
func (s *sequence) beat() {
	if o, ok := s.pick("spot"); ok {
		s.note("%d is outbid", o.ID)
		_ = s.sim.Beat(o.ID, []simulator.Outbid{simulator.Vanish, simulator.Frozen}[s.IntN(2)])
	}
}

// fault lets a few requests go wrong, before or after Clore acts on them.
func (s *sequence) fault() {
	kinds := []simulator.Fault{
		{Kind: simulator.FaultRate},
		{Kind: simulator.FaultStatus, Status: 503},
		{Kind: simulator.FaultHTML},
		{Kind: simulator.FaultCode1},
		{Kind: simulator.FaultHang, Delay: 20 * time.Second},
		{Kind: simulator.FaultReset},
		{Kind: simulator.FaultLate, Delay: 10 * time.Second},
		{Kind: simulator.FaultTruncated},
		{Kind: simulator.FaultResetBody},
		{Kind: simulator.FaultEmpty},
	}
	f := kinds[s.IntN(len(kinds))]
	f.Endpoint = []string{
		"my_orders", "create_order", "create_order", "cancel_order", "marketplace", "set_spot_price", "spot_marketplace", "wallets",
	}[s.IntN(8)]
	f.Count = 1 + s.IntN(3)
	if f.Kind == simulator.FaultEmpty { // for long enough to think that all orders are gone
		f.Endpoint, f.Count = "my_orders", 1+s.IntN(40)
		s.blind = true
	}
	f.Executed = f.Kind != simulator.FaultRate && s.IntN(2) == 0
	s.note("fault %s on %s x%d, executed %v", f.Kind, f.Endpoint, f.Count, f.Executed)
	if err := s.sim.Inject(f); err != nil {
		s.t.Fatal(err)
	}
}
