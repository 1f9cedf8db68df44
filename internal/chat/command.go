package chat

import "context"

// Command is something a person can ask for.
type Command struct {
	Name    string // lower case, 1 to 32 letters
	Summary string // one line for menus, at most 100 characters
	// ShownAs is the name in the language of the summary, for menus that show another one than
	// requests carry; "" is Name. Limits as of Name, letters of any script.
	ShownAs string
	Aliases []string
	// Private commands are answered to the asker alone, from the first acknowledgement on.
	Private bool
	Params  []Param
	// Examples are complete lines, shown by /help.
	Examples []string
	// Hidden commands work as actions and typed lines but stand in no menu.
	Hidden bool
	Run    HandlerFunc
}

// ParamKind says how a typed line fills a parameter.
type ParamKind int

// The kinds of parameters.
const (
	Word   ParamKind = iota // one word
	Rest                    // all words that no other parameter took
	Number                  // one word that is a number; front-ends may offer a numeric field
)

// Param is a value that a command takes.
type Param struct {
	Name     string // lower case, 1 to 32 letters
	Summary  string // at most 100 characters
	ShownAs  string // as of a command
	Kind     ParamKind
	Required bool
	// RequiredIf makes the parameter required for some values of the others. It must be pure:
	// what will be asked has to be known before anything slow is done.
	RequiredIf func(Args) bool
	// Secret values are accepted from forms only: in private, unechoed, the user's own
	// message deleted where the platform allows it.
	Secret bool
	// FormOnly values may hold a secret or need room: a front-end with typed options has none
	// for them and asks in a form, also for those that may be left empty, beside one that is
	// missing. Lines that are typed whole may contain them.
	FormOnly bool
	// Positional parameters can be typed without their name, in the order they stand in.
	Positional bool
	Choices    []Choice
	// Parse checks a value and returns its normal form. The error's text is shown to people.
	Parse func(string) (string, error)
	// Complete suggests values, at most 25, within a second.
	Complete func(ctx context.Context, req *Request, typed string) ([]Choice, error)
}

// Choice is one offered value of a parameter.
type Choice struct {
	Label string // what people see, at most 100 characters
	Value string
}

// Param returns the parameter of that name, or nil.
func (c *Command) Param(name string) *Param {
	for i := range c.Params {
		if c.Params[i].Name == name {
			return &c.Params[i]
		}
	}
	return nil
}

// Missing returns the parameters that must be asked for before the command can run with
// these arguments. It is pure.
func (c *Command) Missing(args Args) []Param {
	var missing []Param
	for _, p := range c.Params {
		if _, given := args[p.Name]; given {
			continue
		}
		if p.Required || (p.RequiredIf != nil && p.RequiredIf(args)) {
			missing = append(missing, p)
		}
	}
	return missing
}
