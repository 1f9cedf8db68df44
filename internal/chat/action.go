package chat

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Action is a command to run when a control is used. It re-enters the dispatcher as if it had
// been typed, so there is one path for all that people do.
type Action struct {
	Command string
	Args    Args
}

// MaxAction is the most bytes an encoded action may have: Telegram's callback_data. Longer
// state is stored and referred to.
const MaxAction = 64

// Errors of encoding and decoding actions.
var (
	ErrActionTooLong   = errors.New("action longer than 64 bytes")
	ErrActionMalformed = errors.New("malformed action")
)

// Encode writes the action as "command|name=value|…", names sorted, in at most [MaxAction]
// bytes.
func (a Action) Encode() (string, error) {
	var b strings.Builder
	escape(&b, a.Command)
	for _, name := range slices.Sorted(maps.Keys(a.Args)) {
		b.WriteByte('|')
		escape(&b, name)
		b.WriteByte('=')
		escape(&b, a.Args[name])
	}
	if b.Len() > MaxAction {
		return "", fmt.Errorf("%w: %s", ErrActionTooLong, a.Command)
	}
	return b.String(), nil
}

func escape(b *strings.Builder, s string) {
	for i := range len(s) {
		if c := s[i]; c == '|' || c == '=' || c == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
}

// DecodeAction reads what [Action.Encode] wrote. Anything else is [ErrActionMalformed]: a
// button's data comes back from the outside and may be forged.
func DecodeAction(s string) (Action, error) {
	if len(s) > MaxAction {
		return Action{}, ErrActionTooLong
	}
	parts, ok := split(s)
	if !ok || len(parts)%2 != 1 || parts[0] == "" {
		return Action{}, ErrActionMalformed
	}
	a := Action{Command: parts[0]}
	for i := 1; i < len(parts); i += 2 {
		name, value := parts[i], parts[i+1]
		if _, twice := a.Args[name]; twice || name == "" {
			return Action{}, ErrActionMalformed
		}
		if a.Args == nil {
			a.Args = Args{}
		}
		a.Args[name] = value
	}
	return a, nil
}

// split undoes the escapes and returns the command, then names and values in turn.
func split(s string) ([]string, bool) {
	var parts []string
	var b strings.Builder
	separator := byte('|') // what must come next; names end with '=', the rest with '|'
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\\':
			i++
			if i == len(s) || !strings.ContainsRune(`|=\`, rune(s[i])) {
				return nil, false
			}
			b.WriteByte(s[i])
		case separator:
			parts = append(parts, b.String())
			b.Reset()
			if separator == '|' {
				separator = '='
			} else {
				separator = '|'
			}
		case '|', '=':
			return nil, false
		default:
			b.WriteByte(c)
		}
	}
	return append(parts, b.String()), true
}
