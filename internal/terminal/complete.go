package terminal

import (
	"context"
	"slices"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// complete is called by the line editor for each key that it does not know itself. It serves
// TAB: commands, names of parameters and their values.
func (t *Terminal) complete(line string, pos int, key rune) (string, int, bool) {
	if key != '\t' || t.dispatcher == nil {
		return "", 0, false
	}
	head, tail := line[:pos], line[pos:]
	start := wordStart(head)
	word := head[start:]
	found := t.candidates(head[:start], word)
	common := commonStart(found)
	if len(found) > 1 && len(common) <= len(word) {
		t.list(found)
		return line, pos, true
	}
	if len(found) == 0 || !begins(common, word) {
		return line, pos, true
	}
	if len(found) == 1 && !strings.HasSuffix(common, ":") {
		common += " "
	}
	return head[:start] + common + tail, start + len(common), true
}

// wordStart returns where the last word begins; a quote that is open belongs to it.
func wordStart(head string) int {
	start, quoted := 0, false
	for i := range len(head) {
		switch head[i] {
		case '"':
			quoted = !quoted
		case ' ':
			if !quoted {
				start = i + 1
			}
		}
	}
	return start
}

// candidates returns what the word could become, sorted by what is offered first.
func (t *Terminal) candidates(before, word string) []string {
	if t.asked != nil {
		return starting(values(t.suggest(t.asked.command, t.asked.param, word), "", false), word)
	}
	commands := t.dispatcher.Commands()
	before = strings.TrimSpace(before)
	if before == "" {
		return t.commandNames(commands, word)
	}
	name, rest, _ := strings.Cut(strings.TrimPrefix(before, "/"), " ")
	c := chat.Find(commands, name)
	if c == nil {
		return nil
	}
	if option, typed, named := strings.Cut(word, ":"); named {
		p := c.Param(strings.ToLower(option))
		if p == nil || p.Secret {
			return nil
		}
		prefix := option + ":"
		return starting(values(t.suggest(c, *p, strings.Trim(typed, `"`)), prefix, true), word)
	}
	return t.arguments(c, rest, word)
}

func (t *Terminal) commandNames(commands []*chat.Command, word string) []string {
	slash := ""
	if strings.HasPrefix(word, "/") {
		slash = "/"
	}
	var names []string
	for _, c := range commands {
		if !c.Hidden {
			names = append(names, slash+c.Name)
		}
	}
	return starting(names, word)
}

// arguments returns the names of the parameters that are still free, and values for the next
// one that needs no name.
func (t *Terminal) arguments(c *chat.Command, rest, word string) []string {
	var names, offered []string
	position := len(strings.Fields(rest))
	for _, p := range c.Params {
		if p.Secret {
			continue
		}
		if !strings.Contains(" "+rest, " "+p.Name+":") {
			names = append(names, p.Name+":")
		}
		if p.Positional || p.Kind == chat.Rest {
			if position == 0 || p.Kind == chat.Rest {
				offered = append(offered, values(t.suggest(c, p, word), "", p.Kind != chat.Rest)...)
			}
			position--
		}
	}
	return starting(append(offered, names...), word)
}

// suggest returns the choices of a parameter or asks for suggestions.
func (t *Terminal) suggest(c *chat.Command, p chat.Param, typed string) []chat.Choice {
	if len(p.Choices) > 0 || p.Complete == nil {
		return p.Choices
	}
	ctx, cancel := context.WithTimeout(context.Background(), slow)
	defer cancel()
	req := &chat.Request{
		User: t.options.User, Chat: t.options.User.Direct(), Direct: true,
		Locale: t.options.Locale, Command: c.Name, At: t.options.Now(),
	}
	return t.dispatcher.Complete(ctx, req, p.Name, typed)
}

// values returns the choices' values as they are typed behind a prefix; with quotes, those of
// several words have them.
func values(choices []chat.Choice, prefix string, quotes bool) []string {
	all := make([]string, 0, len(choices))
	for _, c := range choices {
		value := chat.CleanLine(c.Value)
		if strings.Contains(value, " ") && quotes {
			value = `"` + value + `"`
		}
		all = append(all, prefix+value)
	}
	return all
}

// starting keeps the words that begin with what was typed, each once.
func starting(words []string, typed string) []string {
	var kept []string
	for _, w := range words {
		if begins(w, typed) && !slices.Contains(kept, w) {
			kept = append(kept, w)
		}
	}
	return kept
}

// begins reports whether a word begins with what was typed, whatever the case and the quotes.
func begins(word, typed string) bool {
	bare := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, `"`, "")) }
	return strings.HasPrefix(bare(word), bare(typed))
}

// commonStart returns the longest beginning that all words share.
func commonStart(words []string) string {
	if len(words) == 0 {
		return ""
	}
	common := []rune(words[0])
	for _, w := range words[1:] {
		n := 0
		for i, r := range []rune(w) {
			if i >= len(common) || common[i] != r {
				break
			}
			n++
		}
		common = common[:n]
	}
	return string(common)
}

// list prints the candidates above the line that is being typed.
func (t *Terminal) list(words []string) {
	var line row
	for _, w := range words {
		line = append(line, piece{w, accent}, piece{"  ", plain})
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = t.printed(line.wrapped(t.console.width(), 0), "")
}
