package chat

import "strings"

// Find returns the command of that name or alias, whatever the case, or nil.
func Find(commands []*Command, name string) *Command {
	for _, c := range commands {
		if strings.EqualFold(c.Name, name) {
			return c
		}
	}
	for _, c := range commands {
		for _, alias := range c.Aliases {
			if strings.EqualFold(alias, name) {
				return c
			}
		}
	}
	return nil
}

// ParseLine reads a typed line such as
//
//	/market 4090 <0.40/h sort:price
//	rent 88411 image:pytorch label:"my run"
//
// The slash may be left out; a caller that wants one checks for it. A word "name:value" whose
// name the command declares sets that parameter, with quotes around a value of several words.
// The other words fill the positional parameters in their order, and all that is left goes to
// the [Rest] parameter as it was typed. The values are checked as by [Param.Accept]; required
// ones may still be missing.
//
// The error is [ErrLineTooLong], an [*UnknownCommandError] or an [*ArgError], the latter with
// the command.
func ParseLine(commands []*Command, line string) (*Command, Args, error) {
	if len(line) > MaxLine {
		return nil, nil, ErrLineTooLong
	}
	line = strings.TrimPrefix(strings.TrimSpace(CleanLine(line)), "/")
	name, rest, _ := strings.Cut(line, " ")
	c := Find(commands, name)
	if c == nil {
		return nil, nil, &UnknownCommandError{name, nearest(commands, name)}
	}
	given := assignment{command: c, args: Args{}}
	for _, w := range words(rest) {
		if err := given.take(w); err != nil {
			return c, nil, err
		}
	}
	args, err := given.finish()
	return c, args, err
}

// assignment collects the raw values of one line.
type assignment struct {
	command *Command
	args    Args
	free    []word // words without a parameter's name
}

func (a *assignment) take(w word) error {
	p := a.command.Param(strings.ToLower(w.name))
	if w.name == "" || p == nil {
		a.free = append(a.free, w)
		return nil
	}
	return a.set(p, w.value)
}

func (a *assignment) set(p *Param, value string) error {
	if p.Secret {
		return &ArgError{Param: p.Name, Reason: SecretTyped}
	}
	if _, twice := a.args[p.Name]; twice {
		return &ArgError{Param: p.Name, Value: value, Reason: Twice}
	}
	a.args[p.Name] = value
	return nil
}

// finish hands the free words to the parameters and checks all values.
func (a *assignment) finish() (Args, error) {
	for i := range a.command.Params {
		p := &a.command.Params[i]
		if _, named := a.args[p.Name]; named || p.Secret || len(a.free) == 0 {
			continue
		}
		if text, n := p.label(a.free); n > 1 {
			a.args[p.Name], a.free = text, a.free[n:]
			continue
		}
		switch {
		case p.Kind == Rest:
			a.args[p.Name] = joined(a.free)
			a.free = nil
		case p.Positional && a.free[0].name != "" && p.takesOnly() && !p.takes(a.free[0].plain()):
			return nil, a.unknown(a.free[0]) // "foo:3" is no bad value of this one
		case p.Positional && p.takesOnly() && !p.takes(a.free[0].plain()) && a.command.Param(a.free[0].plain()) != nil:
			return nil, &ArgError{Param: a.free[0].plain(), Reason: Empty} // "/limits day", with "day:10" in mind
		case p.Positional:
			a.args[p.Name] = a.free[0].plain()
			a.free = a.free[1:]
		}
	}
	if len(a.free) > 0 && a.free[0].name != "" {
		return nil, a.unknown(a.free[0])
	}
	if len(a.free) > 0 {
		return nil, &ArgError{Value: a.free[0].raw, Reason: Unexpected}
	}
	return a.command.Accept(a.args)
}

// label returns the choice that is written out in the first words, and how many these are: most
// labels are of several words.
func (p Param) label(free []word) (text string, n int) {
	if !p.Positional || p.Kind == Rest {
		return "", 0
	}
	for i := len(free); i > 1; i-- {
		if text := joined(free[:i]); p.takes(text) {
			return text, i
		}
	}
	return "", 0
}

// unknown refuses a word by a name that the command does not have.
func (a *assignment) unknown(w word) error {
	e := &ArgError{Param: w.name, Value: w.value, Reason: Unknown}
	for i := range a.command.Params {
		if p := &a.command.Params[i]; !p.Secret {
			e.Known = append(e.Known, p.Name)
		}
	}
	e.Nearest = Nearest(w.name, e.Known...)
	return e
}

// joined returns the words as they were typed; a single quoted one without its quotes.
func joined(free []word) string {
	if len(free) == 1 {
		return free[0].plain()
	}
	raw := make([]string, len(free))
	for i, w := range free {
		raw[i] = w.raw
	}
	return strings.Join(raw, " ")
}

// nearest returns the listed command that a mistyped name is closest to, or "".
func nearest(commands []*Command, name string) string {
	var candidates []string
	for _, c := range commands {
		if !c.Hidden {
			candidates = append(append(candidates, c.Name), c.Aliases...)
		}
	}
	if c := Find(commands, Nearest(name, candidates...)); c != nil {
		return c.Name
	}
	return ""
}

// Nearest returns the first of the candidates that a mistyped name is closest to, or "" when it is
// close to none.
func Nearest(name string, candidates ...string) string {
	const far = 3
	best, least := "", far
	for _, candidate := range candidates {
		d := distance(strings.ToLower(name), candidate, far)
		// A word of two letters is two edits away from everything.
		if d < least && d < len(candidate) && 2*d <= len(name) {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the edits between two words, neighbours swapped being one edit. Words whose
// lengths already differ by limit are not compared.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var before, prev []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, prev, row = prev, row, make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := prev[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, prev[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
