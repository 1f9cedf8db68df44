package watch

import (
	"cmp"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

// Judge compares the offers of a snapshot, at most [Most] of them and the cheapest first, with
// what the watch knows. It returns the news in the order of the offers, and whether the watch has
// changed and is to be stored. Seen is replaced rather than altered, so that a copy of the watch
// made before stays what it was. An expired watch has no news.
func (w *Watch) Judge(offers []market.Offer, now time.Time) (hits []Hit, changed bool) {
	var list []market.Brief
	for _, o := range offers {
		list = append(list, market.Brief{Server: o.Server.ID, USD: o.USD, Sound: o.Sound()})
	}
	return w.judge(list, now, func(i int) market.Offer { return offers[i] })
}

// judge is Judge with the offers in short; whole returns one of them.
func (w *Watch) judge(offers []market.Brief, now time.Time, whole func(int) market.Offer) (hits []Hit, changed bool) {
	if !w.Live(now) {
		return nil, false
	}
	const room = Most + mostGone // more can neither come from here nor be told apart
	offers = offers[:min(len(offers), Most)]
	l := look{watch: w, now: now, first: w.Since.IsZero(), seen: w.Seen[:min(len(w.Seen), room)]}
	var last money.Amount
	full := len(offers) >= Most
	for i := range offers {
		o := &offers[i]
		if !o.Sound {
			full = false // the sound ones come first: all of them are in view
			continue
		}
		l.meet(i, o)
		last = o.USD
	}
	l.miss()
	changed = l.changed()
	w.Seen = l.result()
	if !full {
		last = 0
	}
	if w.Horizon != last {
		w.Horizon, changed = last, true
	}
	if l.first {
		w.Since, changed = now, true
	}
	for _, n := range l.news {
		hits = append(hits, newHit(whole(n.offer), n.was))
	}
	if len(hits) > 0 {
		w.Fired = now
		w.Hits += len(hits)
	}
	return hits, changed
}

// look is a judgement under way.
type look struct {
	watch *Watch
	now   time.Time
	first bool
	seen  []Sight // the watch's own until something changes
	own   bool    // seen is a copy
	there [(Most + mostGone + 63) / 64]uint64
	fresh []Sight // servers that are not in seen
	drop  bool    // something of seen is to be forgotten
	news  []news
}

// news is an offer, by its place in the list, and its known price.
type news struct {
	offer int
	was   money.Amount
}

// meet takes in an offer.
func (l *look) meet(at int, o *market.Brief) {
	i, known := find(l.seen, o.Server)
	if !known {
		l.discover(at, o)
		return
	}
	if l.there[i/64]&(1<<(i%64)) != 0 {
		return // listed twice; this is the dearer one
	}
	l.there[i/64] |= 1 << (i % 64)
	s := l.seen[i]
	if !s.Gone.IsZero() && l.now.Sub(s.Gone) > Away {
		s = l.arrival(o)
	}
	s.Gone = time.Time{}
	s.USD = l.price(at, o, s.USD)
	if s != l.seen[i] {
		l.edit(i, s)
	}
}

// discover takes in an offer of a server that is not known.
func (l *look) discover(at int, o *market.Brief) {
	for _, s := range l.fresh {
		if s.Server == o.Server {
			return
		}
	}
	s := l.arrival(o)
	s.USD = l.price(at, o, s.USD)
	l.fresh = append(l.fresh, s)
}

// arrival returns what is known of a server that just came: nothing, or its price when it is no
// news that it is there.
func (l *look) arrival(o *market.Brief) Sight {
	s := Sight{Server: o.Server}
	if h := l.watch.Horizon; l.first || h > 0 && o.USD >= h {
		s.USD = o.USD
	}
	return s
}

// price compares an offer with the known price and returns the one that is known now.
func (l *look) price(at int, o *market.Brief, known money.Amount) money.Amount {
	switch {
	case o.USD == known:
		return known
	case known == 0, l.watch.fell(o.USD, known):
		if l.watch.Asleep(l.now) {
			return known
		}
		l.news = append(l.news, news{at, known})
		return o.USD
	case l.watch.rose(o.USD, known):
		return o.USD
	default:
		return known
	}
}

// miss marks what is not there any more, and finds what was away for too long.
func (l *look) miss() {
	for i, s := range l.seen {
		switch {
		case l.there[i/64]&(1<<(i%64)) != 0:
		case s.Gone.IsZero():
			s.Gone = l.now
			l.edit(i, s)
		case l.now.Sub(s.Gone) > Away:
			l.drop = true
		}
	}
}

// edit replaces a sight in a copy of those seen.
func (l *look) edit(i int, s Sight) {
	if !l.own {
		l.seen, l.own = slices.Clone(l.seen), true
	}
	l.seen[i] = s
}

func (l *look) changed() bool { return l.own || l.drop || len(l.fresh) > 0 }

// result returns what the watch knows from now on.
func (l *look) result() []Sight {
	if !l.drop && len(l.fresh) == 0 {
		return l.seen
	}
	next := make([]Sight, 0, len(l.seen)+len(l.fresh))
	for _, s := range l.seen {
		if s.Gone.IsZero() || l.now.Sub(s.Gone) <= Away {
			next = append(next, s)
		}
	}
	next = bounded(append(next, l.fresh...))
	slices.SortFunc(next, func(a, b Sight) int { return cmp.Compare(a.Server, b.Server) })
	return next
}

// bounded forgets those that are away the longest when there are too many.
func bounded(seen []Sight) []Sight {
	gone := func(s Sight) bool { return !s.Gone.IsZero() }
	there, away := 0, 0
	for _, s := range seen {
		if gone(s) {
			away++
		} else {
			there++
		}
	}
	if away <= mostGone {
		return seen
	}
	slices.SortStableFunc(seen, func(a, b Sight) int {
		if gone(a) != gone(b) {
			if gone(a) {
				return 1
			}
			return -1
		}
		return b.Gone.Compare(a.Gone)
	})
	return seen[:there+mostGone]
}

// find returns the place of a server among those seen. It is slices.BinarySearch without a
// function to call, because this is where most of the time goes.
func find(seen []Sight, id clore.ServerID) (int, bool) {
	low, high := 0, len(seen)
	for low < high {
		mid := (low + high) / 2
		if seen[mid].Server < id {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, low < len(seen) && seen[low].Server == id
}
