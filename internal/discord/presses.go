package discord

import (
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

// presses knows the messages whose controls are being worked on, and what was edited lately.
type presses struct {
	mu    sync.Mutex
	busy  map[string]bool
	edits *recent[string, edit]
}

// edit is what a message's controls were changed to.
type edit struct {
	at       time.Time
	controls []discordgo.MessageComponent
}

func newPresses() *presses {
	const most = 5000
	return &presses{busy: map[string]bool{}, edits: newRecent[string, edit](most)}
}

// begin reports false when a press on the message is in work already.
func (p *presses) begin(message string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy[message] {
		return false
	}
	p.busy[message] = true
	return true
}

func (p *presses) end(message string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, message)
}

// noteEdit notes an edit that Discord has taken.
func (p *presses) noteEdit(message string, controls []discordgo.MessageComponent) {
	p.edits.put(message, edit{time.Now(), controls})
}

// editMargin is how long an edit may have been on its way to whoever pressed.
const editMargin = 10 * time.Second

// controls returns what the pressed message has for controls now: those that it came with, unless
// it was edited since or so shortly before that the press may not know.
func (p *presses) controls(e *event) []discordgo.MessageComponent {
	if last, ok := p.edits.get(e.Message.ID); ok && last.at.After(e.arrived.Add(-editMargin)) {
		return last.controls
	}
	return e.Message.Components
}
