package terminal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// maxPushed is how many pushed messages keep their controls and can be edited.
const maxPushed = 200

// board knows what is on the screen and which control a number means. The controls of the
// newest reply have plain numbers; every pushed message has a letter of its own before its
// numbers. So a message that arrives between reading and typing changes the meaning of nothing.
type board struct {
	reply   *message
	pushed  []*message // oldest first
	letters int
}

// message is a view on the screen.
type message struct {
	id      string // of a pushed message
	letter  string // "" for a reply
	view    chat.View
	handles []handle // in reading order
	last    int      // the highest number ever given
}

// handle is a control that can be pressed, or one choice of a menu.
type handle struct {
	number int
	label  string
	action chat.Action
	show   bool // reveals the hidden text; no action
	save   bool // writes the view's file; no action
}

// ownLabels are those of the controls that the terminal adds to a view.
type ownLabels struct{ show, save string }

// ref returns what is typed to press the handle.
func (m *message) ref(h handle) string { return m.letter + strconv.Itoa(h.number) }

// setView gives the controls of a new version their numbers. A control that was there before
// keeps its number and no number is used again: in a message that is edited while somebody
// types, 1 never becomes another thing.
func (m *message) setView(v chat.View, own ownLabels) {
	old := m.handles
	m.view, m.handles = v, nil
	for _, h := range pressable(v, own) {
		i := slices.IndexFunc(old, func(o handle) bool { return o.same(h) })
		if i >= 0 {
			h.number = old[i].number
			old = slices.Delete(slices.Clone(old), i, i+1)
		} else {
			m.last++
			h.number = m.last
		}
		m.handles = append(m.handles, h)
	}
}

func (h handle) same(o handle) bool {
	return h.label == o.label && h.show == o.show && h.save == o.save && fmt.Sprint(h.action) == fmt.Sprint(o.action)
}

// pressable returns the handles of a view, without numbers.
func pressable(v chat.View, own ownLabels) []handle {
	var all []handle
	for _, c := range v.Controls() {
		switch {
		case c.URL != "" || c.Copy != "":
		case len(c.Choices) > 0:
			for _, choice := range c.Choices {
				all = append(all, handle{label: chat.CleanLine(choice.Label), action: c.Chosen(choice)})
			}
		default:
			all = append(all, handle{label: chat.CleanLine(c.Label), action: c.Action})
		}
	}
	if v.Hides() {
		all = append(all, handle{label: own.show, show: true})
	}
	if sendable(v.File) && own.save != "" {
		all = append(all, handle{label: fmt.Sprintf(own.save, v.File.Name), save: true})
	}
	return all
}

// numbers returns a function that gives the numbers of the handles in reading order.
func (m *message) numbers() func() int {
	i := -1
	return func() int {
		i++
		return m.handles[i].number
	}
}

// answer puts a new reply on the board; the numbers of the one before are dead.
func (b *board) answer(v chat.View, own ownLabels) *message {
	b.reply = &message{}
	b.reply.setView(v, own)
	return b.reply
}

// push puts a message of its own on the board.
func (b *board) push(id string, v chat.View, own ownLabels) *message {
	m := &message{id: id, letter: letters(b.letters)}
	b.letters++
	m.setView(v, own)
	b.pushed = append(b.pushed, m)
	if len(b.pushed) > maxPushed {
		b.pushed = slices.Delete(b.pushed, 0, 1)
	}
	return m
}

// sent returns the pushed message of that ID, or nil.
func (b *board) sent(id string) *message {
	for _, m := range b.pushed {
		if m.id == id {
			return m
		}
	}
	return nil
}

// letters counts a, b, … z, aa, ab, ….
func letters(n int) string {
	s := string(rune('a' + n%26))
	if n < 26 {
		return s
	}
	return letters(n/26-1) + s
}

// visible returns the newest reply and the pushed messages, newest first.
func (b *board) visible() []*message {
	var all []*message
	if b.reply != nil {
		all = append(all, b.reply)
	}
	for _, m := range slices.Backward(b.pushed) {
		all = append(all, m)
	}
	return all
}

// target is a handle with its message.
type target struct {
	message *message
	handle  handle
}

// isRef reports whether a word has the form of a number: "2", "a1", "[b3]".
func isRef(word string) bool {
	letter, number := splitRef(word)
	return number != "" && strings.Trim(number, "0123456789") == "" &&
		strings.Trim(letter, "abcdefghijklmnopqrstuvwxyz") == "" && len(letter) <= 3
}

func splitRef(word string) (letter, number string) {
	word = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(word, "["), "]"))
	i := strings.IndexAny(word, "0123456789")
	if i < 0 {
		return word, ""
	}
	return word[:i], word[i:]
}

// byRef finds the control of a number, or false when it is not there any more.
func (b *board) byRef(word string) (target, bool) {
	letter, number := splitRef(word)
	for _, m := range b.visible() {
		if m.letter != letter {
			continue
		}
		for _, h := range m.handles {
			if strconv.Itoa(h.number) == number {
				return target{m, h}, true
			}
		}
	}
	return target{}, false
}
