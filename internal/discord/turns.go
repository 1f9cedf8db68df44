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

// presses knows the messages whose controls are being worked on.
type presses struct {
	mu   sync.Mutex
	busy map[string]*press
}

type press struct{ edited bool }

// begin reports false when a press on the message is in work already.
func (p *presses) begin(message string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy[message] != nil {
		return false
	}
	if p.busy == nil {
		p.busy = map[string]*press{}
	}
	p.busy[message] = &press{}
	return true
}

// end reports whether the message was edited meanwhile: its controls are not those that were
// pressed then.
func (p *presses) end(message string) (edited bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.busy[message]
	delete(p.busy, message)
	return b != nil && b.edited
}

func (p *presses) noteEdit(message string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := p.busy[message]; b != nil {
		b.edited = true
	}
}
