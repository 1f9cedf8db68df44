package terminal

import (
	"context"
	"errors"
	"fmt"

	"github.com/clorebot/clorebot/internal/chat"
)

// Errors that [chat.SendError] wraps.
var (
	errElsewhere = errors.New("not an address of this terminal")
	errStranger  = errors.New("another person than the one at this terminal")
)

// bell makes the terminal ring for messages that are not silent.
const bell = "\a"

// Send implements [chat.Sender]. The message appears at once, above the line that is being
// typed.
func (t *Terminal) Send(_ context.Context, to chat.Address, v chat.View) (chat.MessageRef, error) {
	if err := t.reachable(to); err != nil {
		return chat.MessageRef{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.messages++
	ref := chat.MessageRef{Address: to, MessageID: fmt.Sprintf("%d-%d", t.started, t.messages)}
	return ref, t.pushed(ref.MessageID, v)
}

// Edit implements [chat.Editor]. Only the lines that changed are printed. A message that this
// run does not know, of an earlier one perhaps, is shown anew.
func (t *Terminal) Edit(_ context.Context, ref chat.MessageRef, v chat.View) error {
	if err := t.reachable(ref.Address); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.board.sent(ref.MessageID)
	if m == nil {
		return t.pushed(ref.MessageID, v)
	}
	if m.view.Topic != v.Topic {
		t.topics.saw(v.Topic)
	}
	r := t.renderer() // one for both, or the passing of time would look like a change
	before := r.message(m)
	m.setView(v, t.ownLabels())
	changed := changes(before, r.message(m))
	for i := range changed {
		changed[i] = marked(m, changed[i])
	}
	return t.printed(changed, "")
}

func (t *Terminal) reachable(to chat.Address) error {
	id, direct := to.DirectUser()
	switch {
	case to.Platform != chat.Terminal || !direct:
		return &chat.SendError{Kind: chat.Rejected, Err: errElsewhere}
	case id != t.options.User.ID:
		return &chat.SendError{Kind: chat.Unreachable, Err: errStranger}
	default:
		return nil
	}
}

// pushed shows a new message that nobody asked for at this moment. t.mu is held.
func (t *Terminal) pushed(id string, v chat.View) error {
	m := t.board.push(id, v, t.ownLabels())
	t.topics.saw(v.Topic)
	ring := ""
	if t.options.Interactive && !v.Silent {
		ring = bell
	}
	return t.printed(t.whole(m), ring)
}

// printed prints rows in one piece. t.mu is held.
func (t *Terminal) printed(rows []row, before string) error {
	if len(rows) == 0 {
		return nil
	}
	if err := t.console.print(before + lines(rows, t.options.Color)); err != nil {
		return &chat.SendError{Kind: chat.Transient, Err: err}
	}
	return nil
}

// changes returns the rows that were not there before, in their order.
func changes(before, after []row) []row {
	count := map[string]int{}
	for _, r := range before {
		count[r.text()]++
	}
	var changed []row
	for _, r := range after {
		if count[r.text()]--; count[r.text()] < 0 {
			changed = append(changed, r)
		}
	}
	return changed
}

func (t *Terminal) renderer() renderer {
	return renderer{
		phrases: t.options.Phrases,
		now:     t.options.Now(),
		zone:    t.options.Zone,
		width:   t.console.width(),
		sample:  t.options.Interactive,
		savable: t.options.Files != "",
	}
}

// ownLabels returns the labels of the terminal's own controls.
func (t *Terminal) ownLabels() ownLabels {
	own := ownLabels{show: t.options.Phrases.Show}
	if t.options.Files != "" {
		own.save = t.options.Phrases.Save
	}
	return own
}

// answer shows what a command returned. from is the message whose control was pressed, or nil.
func (t *Terminal) answer(resp chat.Response, from *message) error {
	switch r := resp.(type) {
	case chat.Reply:
		return t.reply(r, from)
	case chat.Notice:
		return t.notice(r)
	default:
		return t.say(t.options.Phrases.Failed)
	}
}

// reply shows a view. A replaced message keeps its letter; a terminal cannot change what has
// been printed, so it is printed as a whole.
func (t *Terminal) reply(r chat.Reply, from *message) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.topics.saw(r.View.Topic)
	m := from
	if r.Replace && from != nil && from.letter != "" {
		m.setView(r.View, t.ownLabels())
	} else {
		m = t.board.answer(r.View, t.ownLabels())
	}
	return t.printed(t.whole(m), "")
}

// whole returns the rows of a message with its letter before the first and a gap at the end.
func (t *Terminal) whole(m *message) []row {
	rows := t.renderer().message(m)
	if len(rows) > 0 {
		rows[0] = marked(m, rows[0])
	}
	return append(rows, row{})
}

func (t *Terminal) notice(n chat.Notice) error {
	tone := chat.Neutral
	if n.Loud {
		tone = chat.Warning
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.printed(append(t.renderer().content(chat.View{Tone: tone, Title: n.Text}), row{}), "")
}

// say prints a sentence of the terminal's own.
func (t *Terminal) say(text string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.printed(append(t.renderer().text(chat.Text{chat.P(text)}, 0), row{}), "")
}

// reveal prints the lines of a message that hold hidden text, once.
func (t *Terminal) reveal(m *message) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	veiled, open := t.renderer(), t.renderer()
	open.reveal = true
	return t.printed(append(changes(veiled.message(m), open.message(m)), row{}), "")
}
