package terminal

import (
	"errors"
	"fmt"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// order is what a line asks for: to run a command, to show what is hidden, to save a file, or
// nothing but an explanation.
type order struct {
	origin    chat.Origin
	command   *chat.Command
	args      chat.Args
	from      *message // whose control was pressed
	show      bool
	save      bool
	complaint string
	secret    bool // the line must not be repeated or kept
}

// resolve finds out what a line means. A slash makes it a command. Otherwise numbers come
// first, then the word that the newest reply asks for, whole labels, commands, and beginnings of
// labels. A label that equals the name of
// a command counts only in the newest reply: other messages come at any moment, and must not
// change what a word does that is just being typed.
func (t *Terminal) resolve(line string) order {
	t.mu.Lock()
	defer t.mu.Unlock()
	if chat.RevealsKey(line) {
		return order{complaint: t.options.Phrases.KeyTyped, secret: true}
	}
	o := t.meaning(line)
	if o.complaint != "" && chat.HoldsKey(line) {
		return order{complaint: t.options.Phrases.KeyTyped, secret: true}
	}
	return o
}

// meaning is resolve for a line without a key.
func (t *Terminal) meaning(line string) order {
	commands := t.dispatcher.Commands()
	if strings.HasPrefix(line, "/") {
		return t.typed(commands, line)
	}
	if isRef(line) && chat.Find(commands, line) == nil {
		found, ok := t.board.byRef(line)
		if !ok {
			return order{complaint: fmt.Sprintf(t.options.Phrases.Gone, strings.Trim(line, "[]"))}
		}
		return t.press(found)
	}
	if found, ok := t.board.wanting(line); ok {
		return t.press(found)
	}
	exact := t.board.exactly(line)
	if len(exact) > 0 && (exact[0].message.letter == "" || chat.Find(commands, line) == nil) {
		return t.pressOne(line, exact)
	}
	o := t.typed(commands, line)
	if o.command == nil && !o.secret {
		if found := t.board.beginning(line); len(found) > 0 {
			return t.pressOne(line, found)
		}
	}
	return o
}

func (t *Terminal) pressOne(line string, found []target) order {
	if len(found) == 1 {
		return t.press(found[0])
	}
	refs := make([]string, len(found))
	for i, f := range found {
		refs[i] = f.message.ref(f.handle)
	}
	return order{complaint: fmt.Sprintf(t.options.Phrases.Ambiguous, line, strings.Join(refs, ", "))}
}

func (t *Terminal) press(p target) order {
	if p.handle.show {
		return order{from: p.message, show: true}
	}
	if p.handle.save {
		return order{from: p.message, save: true}
	}
	command := chat.Find(t.dispatcher.Commands(), p.handle.action.Command)
	if command == nil {
		return order{complaint: t.options.Phrases.Stale}
	}
	return order{origin: chat.Pressed, command: command, args: p.handle.action.Args, from: p.message}
}

// typed reads a line as a command.
func (t *Terminal) typed(commands []*chat.Command, line string) order {
	command, args, err := chat.ParseLine(commands, line)
	if err == nil {
		return order{origin: chat.Typed, command: command, args: args}
	}
	o := order{command: command, complaint: err.Error()}
	var unknown *chat.UnknownCommandError
	var arg *chat.ArgError
	switch {
	case errors.As(err, &unknown):
		o.complaint = fmt.Sprintf(t.options.Phrases.Unknown, unknown.Name)
		if unknown.Nearest != "" {
			o.complaint += " " + fmt.Sprintf(t.options.Phrases.Nearest, unknown.Nearest)
		}
	case errors.As(err, &arg) && arg.Reason == chat.SecretTyped:
		o.complaint, o.secret = fmt.Sprintf(t.options.Phrases.NoSecrets, arg.Param), true
	case errors.Is(err, chat.ErrLineTooLong):
		o.complaint = t.options.Phrases.TooLong
	}
	return o
}

// showHidden reveals what is hidden in the newest message that hides something, or in the one
// whose letter is given.
func (t *Terminal) showHidden(letter string) error {
	t.mu.Lock()
	var m *message
	for _, candidate := range t.board.visible() {
		if candidate.view.Hides() && (letter == "" || candidate.letter == strings.ToLower(letter)) {
			m = candidate
			break
		}
	}
	t.mu.Unlock()
	if m == nil {
		return t.say(t.options.Phrases.NoneHidden)
	}
	return t.reveal(m)
}
