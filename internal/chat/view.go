package chat

import "time"

// Tone colours a view, a control or a span by meaning.
type Tone int

// The tones.
const (
	Neutral Tone = iota
	Good         // success, the way forward
	Warning      // something to look at
	Danger       // loss of money or data
	Muted        // background
)

// View is a message as data. Renderers show its parts in the order of the fields.
type View struct {
	// Topic names what the view shows ("quote", "card", "ready") for scripts and tests. It is
	// not rendered.
	Topic  string
	Tone   Tone
	Title  string
	Body   Text
	Fields []Field
	Footer string
	Rows   [][]Control
	// File comes with the view; nil for none.
	File *File
	// Key names a delivery, the same at each attempt: a front-end that has shown a part of it goes
	// on with the rest. It is not rendered.
	Key string
	// Locale (BCP 47) and Zone (IANA) are what its reader has set, for what a front-end says and
	// dates by itself; "" for nothing set.
	Locale, Zone string
	// Silent asks for delivery without a sound; it concerns new messages only.
	Silent bool
	// Guarded views hold secrets: front-ends protect them against forwarding where they can.
	Guarded bool
}

// Field is a labelled value.
type Field struct {
	Name  string
	Value Text
}

// Text is rich text. Foreign text goes into a span as it is; renderers escape it.
type Text []Span

// SpanKind says how a span is shown.
type SpanKind int

// The kinds of spans.
const (
	Plain  SpanKind = iota
	Bold            // emphasis
	Code            // monospaced, copyable, within a line
	Block           // monospaced lines of their own: tables, configuration
	Hidden          // shown only after a tap, e.g. a password
	Link            // Text with the address in URL
	When            // a moment, relative or local as the platform can
)

// Span is a piece of [Text].
type Span struct {
	Kind SpanKind
	Text string
	URL  string    // Link only; https, or http on a loopback host
	Time time.Time // When only
}

// P makes plain text.
func P(s string) Span { return Span{Kind: Plain, Text: s} }

// B makes bold text.
func B(s string) Span { return Span{Kind: Bold, Text: s} }

// C makes code within a line.
func C(s string) Span { return Span{Kind: Code, Text: s} }

// Pre makes a monospaced block.
func Pre(s string) Span { return Span{Kind: Block, Text: s} }

// Spoiler makes text that is shown after a tap.
func Spoiler(s string) Span { return Span{Kind: Hidden, Text: s} }

// A makes a link.
func A(label, url string) Span { return Span{Kind: Link, Text: label, URL: url} }

// At makes a moment.
func At(t time.Time) Span { return Span{Kind: When, Time: t} }

// Control is a button or, with Choices, a menu.
type Control struct {
	Label  string // a verb, at most 80 characters
	Style  Tone
	Action Action // pressed: dispatched like a typed command
	// URL makes the control a link and Copy one that copies text; Action is then unused.
	URL  string
	Copy string
	// Choices make it a menu: choosing dispatches Action with the argument Param set.
	Choices []Choice
	Param   string
	// Word is what Action asks for, under Param, once it is pressed. A front-end in which people type
	// takes a line that is this word as both, while the view is the newest answer.
	Word string
}

// Button makes a control that dispatches a command.
func Button(label, command string, args Args) Control {
	return Control{Label: label, Action: Action{Command: command, Args: args}}
}

// Styled returns the control in another tone.
func (c Control) Styled(t Tone) Control {
	c.Style = t
	return c
}

// Said returns the action of a control with a word, with the word.
func (c Control) Said() Action {
	return Action{Command: c.Action.Command, Args: c.Action.Args.With(c.Param, c.Word)}
}

// Chosen returns the action of one of a menu's choices.
func (c Control) Chosen(choice Choice) Action {
	return Action{Command: c.Action.Command, Args: c.Action.Args.With(c.Param, choice.Value)}
}

// Controls returns all controls of the view in reading order.
func (v View) Controls() []Control {
	var all []Control
	for _, row := range v.Rows {
		all = append(all, row...)
	}
	return all
}
