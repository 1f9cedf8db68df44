package rental_test

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// FuzzObserve shows lists of orders that an honest Clore would not send: whatever is in them,
// nothing panics, no intent is forgotten, and what is stored is what is read.
func FuzzObserve(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x00\x0a\xe9\x03\x00\x02\x01\xff\x00\x00\x00\x00\x00\x00\x00\x01"))
	f.Add([]byte("a list of orders, and another list that lacks some of them, and time that passes"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l := ready(t)
		q := quote("second")
		q.Expires = at(time.Hour)
		now := at(5 * time.Minute)
		if _, err := l.Take(q, now); err != nil {
			t.Fatal(err)
		}
		if err := l.BeginSend("second", 1001, now); err != nil {
			t.Fatal(err)
		}
		l.Doubt("second", now)
		for range 20 {
			var p rental.Poll
			p, data = hostile(data, now)
			prev := store(encode(*l)).ledger
			l.Observe(p, now)
			l.Tick(now)
			if err := wrong(&prev, l, now); err != nil {
				t.Fatalf("%v after %+v", err, p)
			}
			l.Ended = nil
			if len(data) == 0 {
				return
			}
			now = now.Add(time.Duration(int8(data[0])) * time.Second) // clocks are set back, too
		}
	})
}

// hostile reads a list of orders from the data and returns the rest.
func hostile(data []byte, now time.Time) (rental.Poll, []byte) {
	p := rental.Poll{At: now}
	if len(data) == 0 {
		return p, nil
	}
	n := int(data[0] % 8)
	p.Completed = data[0]&8 != 0
	data = data[1:]
	for range n {
		var raw [16]byte
		used := copy(raw[:], data)
		data = data[used:]
		p.Orders = append(p.Orders, hostileOrder(raw, now))
	}
	return p, data
}

func hostileOrder(raw [16]byte, now time.Time) clore.Order {
	word := func(i int) int64 { return int64(int16(binary.LittleEndian.Uint16(raw[i:]))) }
	o := deployed(clore.OrderID(word(0)))
	o.Server = server + clore.ServerID(raw[2]%2)
	o.Container, o.Expired, o.Online = int(int8(raw[3])), raw[4]&1 != 0, raw[4]&2 != 0
	if raw[4]&4 != 0 {
		o.Kind = clore.Spot
	}
	if raw[4]&8 != 0 {
		o.Hosts, o.Ports = nil, nil
	}
	if raw[4]&16 != 0 {
		o.Price.Currency = money.BTC
	}
	if raw[4]&32 != 0 {
		o.Hosts = []string{"-oProxyCommand=evil\n"}
	}
	// The least amount of all has no opposite, and no text reads as it.
	o.Price.Amount = max(money.Amount(word(6))<<48, -math.MaxInt64)
	o.Spend.Amount = max(money.Amount(word(8))<<48, -math.MaxInt64)
	o.Created = now.Add(time.Duration(word(10)) * time.Hour)
	o.MaxRental = time.Duration(word(12)) * time.Hour
	if raw[4]&64 != 0 {
		o.Ended = now.Add(time.Duration(word(14)) * time.Hour)
	}
	o.Ports = append(o.Ports, clore.PortMap{Container: int(raw[5]), Public: int(word(14))})
	return o
}
