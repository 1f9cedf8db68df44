package discord

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"github.com/clorebot/clorebot/internal/chat"
)

// Limits of forms.
const (
	maxInputs     = 5
	maxModalTitle = 45
	maxInputLabel = 45
	maxHint       = 100
	maxInput      = 4000
)

// keptForm is a form that is too large for a custom_id, or is shown again. It lives in memory
// only, because it may hold a secret.
type keptForm struct {
	user    string
	command string
	args    chat.Args // known so far
	tried   chat.Args // filled in, but not good
}

// modal is the data of a response that opens a form.
type modal struct {
	CustomID   string                       `json:"custom_id"`
	Title      string                       `json:"title"`
	Components []discordgo.MessageComponent `json:"components"`
}

// ask asks for what the command misses: a value out of a list by a menu, others by a form. It
// has to be the first answer.
func (f *Frontend) ask(ctx context.Context, e *event, c *chat.Command, args, tried chat.Args) {
	c = f.shown(c, string(e.Locale))
	for _, p := range c.Missing(args) {
		if m := askMenu(c, p, args, f.phrases(string(e.Locale)).Choose); m != nil {
			f.respond(ctx, e, f.askKind(e), m.private(true))
			return
		}
		if m := f.suggestMenu(ctx, e, c, p, args); m != nil {
			f.respond(ctx, e, f.askKind(e), m.private(true))
			return
		}
	}
	if e.Type == discordgo.InteractionModalSubmit { // Discord opens no form from a form
		f.offerForm(ctx, e, f.phrases(string(e.Locale)).MoreText, f.phrases(string(e.Locale)).More, keptForm{e.user, c.Name, args, tried})
		return
	}
	f.respond(ctx, e, discordgo.InteractionResponseModal, f.form(e, c, args, tried))
}

// askKind lets a chain of menus change one message.
func (f *Frontend) askKind(e *event) discordgo.InteractionResponseType {
	if e.Type == discordgo.InteractionMessageComponent {
		if kind, _, _ := parseID(e.MessageComponentData().CustomID); kind == asked {
			return discordgo.InteractionResponseUpdateMessage
		}
	}
	return discordgo.InteractionResponseChannelMessageWithSource
}

// askMenu returns a message with a menu of the parameter's choices, or nil where a menu cannot
// hold them.
func askMenu(c *chat.Command, p chat.Param, args chat.Args, placeholder string) *message {
	if len(p.Choices) == 0 || len(p.Choices) > chat.MaxChoices || p.Secret || p.Parse != nil {
		return nil
	}
	component := choosing(c, p, args, p.Choices, placeholder)
	if len(component.Options) != len(p.Choices) {
		return nil // some action is too long
	}
	m := plain(capital(p.Summary))
	m.Components = []discordgo.MessageComponent{oneRow(component)}
	return m
}

// choosing returns a menu whose options are the command with each choice that a custom_id can hold.
func choosing(c *chat.Command, p chat.Param, args chat.Args, choices []chat.Choice, placeholder string) discordgo.SelectMenu {
	l := layout{}
	component := l.menu(chat.Control{
		Label: placeholder, Choices: choices, Param: p.Name, Action: chat.Action{Command: c.Name, Args: args},
	})
	component.CustomID = l.id(asked, c.Name)
	return component
}

func oneRow(c discordgo.MessageComponent) discordgo.ActionsRow {
	return discordgo.ActionsRow{Components: []discordgo.MessageComponent{c}}
}

// suggestMenu returns a message with a menu of what is suggested for a parameter, such as the
// rentals there are, and a button for those who mean something else. It returns nil where nothing
// is suggested.
func (f *Frontend) suggestMenu(ctx context.Context, e *event, c *chat.Command, p chat.Param, args chat.Args) *message {
	if p.Complete == nil || p.Secret || p.FormOnly {
		return nil
	}
	ctx, cancel := context.WithDeadline(ctx, e.arrived.Add(thinkTime))
	defer cancel()
	say := f.phrases(string(e.Locale))
	found := f.dispatcher.Complete(ctx, e.request(c, args, chat.Typed, f.o.Now()), p.Name, "")
	component := choosing(c, p, args, found, say.Choose)
	if len(component.Options) == 0 {
		return nil
	}
	f.kept.put(e.ID, keptForm{user: e.user, command: c.Name, args: args})
	m := plain(capital(p.Summary))
	m.Components = []discordgo.MessageComponent{oneRow(component), oneRow(discordgo.Button{
		Label: label(say.Other, chat.MaxLabel), Style: discordgo.SecondaryButton, CustomID: customID(kept, 0, e.ID),
	})}
	return m
}

// offerForm answers with a text and a button that opens a form.
func (f *Frontend) offerForm(ctx context.Context, e *event, text, button string, k keptForm) {
	f.kept.put(e.ID, k)
	m := plain(text).private(true)
	m.Components = []discordgo.MessageComponent{oneRow(
		discordgo.Button{Label: label(button, chat.MaxLabel), Style: discordgo.PrimaryButton, CustomID: customID(kept, 0, e.ID)},
	)}
	f.respond(ctx, e, discordgo.InteractionResponseChannelMessageWithSource, m)
}

// form returns the form for what is missing, with values that were tried before. Secrets are
// not shown again.
func (f *Frontend) form(e *event, c *chat.Command, args, tried chat.Args) modal {
	c = f.shown(c, string(e.Locale))
	m := modal{Title: formTitle(c), Components: []discordgo.MessageComponent{}}
	for _, w := range wanted(c, args) {
		if len(m.Components) == maxInputs {
			break
		}
		t := input(w.Param, tried)
		t.Required = w.missing
		m.Components = append(m.Components, discordgo.ActionsRow{Components: []discordgo.MessageComponent{t}})
	}
	m.CustomID = f.formID(e, c, args)
	return m
}

// formTitle returns what the command is for, or its name where that is too long for a title.
func formTitle(c *chat.Command) string {
	if chat.Units(c.Summary) > maxModalTitle {
		return label("/"+cmp.Or(c.ShownAs, c.Name), maxModalTitle)
	}
	return label(c.Summary, maxModalTitle)
}

// want is a parameter that a form asks for.
type want struct {
	chat.Param
	missing bool // it must be filled in
}

// wanted returns what a form asks for: what is missing and, if that is a matter for forms, the
// other things that only forms take. What is missing comes first, should there not be room for all.
func wanted(c *chat.Command, args chat.Args) []want {
	var all []want
	more := false
	for _, p := range c.Missing(args) {
		all = append(all, want{p, true})
		more = more || p.FormOnly
	}
	for _, p := range c.Params {
		_, given := args[p.Name]
		asked := slices.ContainsFunc(all, func(w want) bool { return w.Name == p.Name })
		if more && p.FormOnly && !given && !asked {
			all = append(all, want{p, false})
		}
	}
	return all
}

// formID carries the known arguments, or where they are kept.
func (f *Frontend) formID(e *event, c *chat.Command, args chat.Args) string {
	secret := false
	for name := range args {
		p := c.Param(name)
		secret = secret || p == nil || p.Secret || p.FormOnly
	}
	data, err := chat.Action{Command: c.Name, Args: args}.Encode()
	if err != nil || secret {
		f.kept.put(e.ID, keptForm{user: e.user, command: c.Name, args: args})
		return customID(kept, 0, e.ID)
	}
	return customID(form, 0, data)
}

// capital begins a label with a capital letter. Summaries are written for the lists of options.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func input(p chat.Param, tried chat.Args) discordgo.TextInput {
	t := discordgo.TextInput{
		CustomID: p.Name, Label: capital(label(p.Summary, maxInputLabel)), Style: discordgo.TextInputShort,
		Required: true, MaxLength: maxInput,
	}
	if p.Kind == chat.Rest {
		t.Style = discordgo.TextInputParagraph
	}
	switch {
	case len(p.Choices) > 0:
		labels := make([]string, len(p.Choices))
		for i, c := range p.Choices {
			labels[i] = c.Label
		}
		t.Placeholder = label(strings.Join(labels, ", "), maxHint)
	case chat.Units(p.Summary) > maxInputLabel:
		t.Placeholder = label(p.Summary, maxHint)
	}
	if !p.Secret && chat.Units(tried[p.Name]) <= maxInput {
		t.Value = tried[p.Name]
	}
	return t
}

// filled handles a form that was sent.
func (f *Frontend) filled(e *event) {
	data := e.ModalSubmitData()
	c, args := f.formAction(e, data.CustomID)
	if c == nil {
		f.notify(e, f.phrases(string(e.Locale)).Stale)
		return
	}
	given := inputs(c, data.Components)
	accepted, err := c.Accept(given)
	if err != nil {
		k := keptForm{e.user, c.Name, args, given}
		f.admitted(e, c, func(ctx context.Context) { f.offerForm(ctx, e, err.Error(), f.phrases(string(e.Locale)).Again, k) })
		return
	}
	for name, value := range args {
		if _, again := accepted[name]; !again {
			accepted[name] = value
		}
	}
	if len(c.Missing(accepted)) > 0 {
		f.admitted(e, c, func(ctx context.Context) { f.ask(ctx, e, c, accepted, given) })
		return
	}
	f.run(e, c, accepted, chat.Filled, false)
}

// formAction returns the command of a form and what was known before it was filled in.
func (f *Frontend) formAction(e *event, id string) (*chat.Command, chat.Args) {
	kind, data, ok := parseID(id)
	switch {
	case ok && kind == form:
		return f.action(data)
	case ok && kind == kept:
		if k, found := f.kept.take(data); found && k.user == e.user {
			return chat.Find(f.dispatcher.Commands(), k.command), k.args
		}
	}
	return nil, nil
}

// inputs returns what was filled in, without what the command does not know.
func inputs(c *chat.Command, rows []discordgo.MessageComponent) chat.Args {
	args := chat.Args{}
	for _, row := range rows {
		r, ok := row.(*discordgo.ActionsRow)
		if !ok {
			continue
		}
		for _, component := range r.Components {
			t, ok := component.(*discordgo.TextInput)
			if ok && c.Param(t.CustomID) != nil && strings.TrimSpace(t.Value) != "" {
				args[t.CustomID] = t.Value
			}
		}
	}
	return args
}
