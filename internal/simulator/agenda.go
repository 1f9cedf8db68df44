package simulator

import (
	"container/heap"
	"time"
)

// agenda holds what will happen, earliest first; equal times keep their order of entry.
type agenda struct {
	items []appointment
	count uint64
}

type appointment struct {
	at    time.Time
	order uint64
	run   func(at time.Time)
}

func (a *agenda) add(at time.Time, run func(at time.Time)) {
	a.count++
	heap.Push(a, appointment{at, a.count, run})
}

// next returns when the earliest appointment is, or false when there is none.
func (a *agenda) next() (time.Time, bool) {
	if len(a.items) == 0 {
		return time.Time{}, false
	}
	return a.items[0].at, true
}

// due takes the earliest appointment that is not later than now.
func (a *agenda) due(now time.Time) (appointment, bool) {
	if len(a.items) == 0 || a.items[0].at.After(now) {
		return appointment{}, false
	}
	return heap.Pop(a).(appointment), true
}

func (a *agenda) Len() int { return len(a.items) }

func (a *agenda) Less(i, j int) bool {
	x, y := &a.items[i], &a.items[j]
	if x.at.Equal(y.at) {
		return x.order < y.order
	}
	return x.at.Before(y.at)
}

func (a *agenda) Swap(i, j int) { a.items[i], a.items[j] = a.items[j], a.items[i] }

func (a *agenda) Push(x any) { a.items = append(a.items, x.(appointment)) }

func (a *agenda) Pop() any {
	last := len(a.items) - 1
	x := a.items[last]
	a.items[last] = appointment{}
	a.items = a.items[:last]
	return x
}
