package discord

import (
	"container/list"
	"sync"
)

// recent is a map that holds a bounded number of entries and drops the oldest.
type recent[K comparable, V any] struct {
	mu      sync.Mutex
	most    int
	entries map[K]*list.Element
	order   list.List // of pair[K, V], oldest first
}

type pair[K comparable, V any] struct {
	key   K
	value V
}

func newRecent[K comparable, V any](most int) *recent[K, V] {
	return &recent[K, V]{most: most, entries: map[K]*list.Element{}}
}

func (r *recent[K, V]) get(k K) (v V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.entries[k]; e != nil {
		p, _ := e.Value.(pair[K, V])
		return p.value, true
	}
	return v, false
}

// put keeps a value, and reports whether the key is new.
func (r *recent[K, V]) put(k K, v V) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.entries[k]
	if old != nil {
		r.order.Remove(old)
	}
	r.entries[k] = r.order.PushBack(pair[K, V]{k, v})
	if r.order.Len() > r.most {
		p, _ := r.order.Remove(r.order.Front()).(pair[K, V])
		delete(r.entries, p.key)
	}
	return old == nil
}

// take removes and returns a value.
func (r *recent[K, V]) take(k K) (v V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.entries[k]
	if e == nil {
		return v, false
	}
	delete(r.entries, k)
	p, _ := r.order.Remove(e).(pair[K, V])
	return p.value, true
}
