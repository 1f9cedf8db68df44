package discord

import "sync"

// turns lets the requests of one person run one after the other, and those of different people
// at once.
type turns struct {
	mu   sync.Mutex
	last map[string]*turn
}

type turn struct {
	over  chan struct{}
	depth int // how many stand in line, this one included
}

// maxTurns is how many requests of one person may wait.
const maxTurns = 20

// next stands in line for a person. It returns what to wait for (nil for nothing) and what to
// call in the end; ok is false when the line is too long.
func (t *turns) next(user string) (before <-chan struct{}, done func(), ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine := &turn{over: make(chan struct{}), depth: 1}
	if previous := t.last[user]; previous != nil {
		if previous.depth >= maxTurns {
			return nil, nil, false
		}
		before, mine.depth = previous.over, previous.depth+1
	}
	if t.last == nil {
		t.last = map[string]*turn{}
	}
	t.last[user] = mine
	return before, func() { t.end(user, mine) }, true
}

func (t *turns) end(user string, mine *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(mine.over)
	switch last := t.last[user]; {
	case last == mine:
		delete(t.last, user)
	case last != nil:
		last.depth--
	}
}
