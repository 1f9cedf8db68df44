package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// firstSteps are the commands of somebody new.
func (c *Commands) firstSteps() []*chat.Command {
	where := c.param("go", "param.start.go")
	where.Kind = chat.Rest
	start := c.command("start", "cmd.start", c.start, where)
	help := c.command("help", "cmd.help", c.help, c.param("command", "param.command"))
	help.Private = false
	help.Examples = []string{"/help", "/help rent"}
	return []*chat.Command{start, help}
}

func (c *Commands) start(ctx context.Context, a *ask) (chat.Response, error) {
	if link := a.arg("go"); link != "" && link != directLink {
		return c.follow(ctx, a, link)
	}
	v := chat.View{Topic: "start", Title: a.S("start.title"), Footer: c.demoNote(a)}
	acct, err := c.account(ctx, a)
	switch {
	case errors.Is(err, errNoKey):
		v.Body = a.T("start.new")
		v.Rows = [][]chat.Control{{
			chat.Button(a.S("button.add_key"), "key", chat.Args{"do": "add"}).Styled(chat.Good),
			chat.Button(a.S("button.look_around"), "market", nil),
		}, {chat.Button(a.S("button.help"), "help", nil)}}
	case err != nil:
		return nil, err
	default:
		v.Body = a.T("start.known", "Key", chat.C(tail(acct)))
		v.Rows = [][]chat.Control{{
			chat.Button(a.S("button.market"), "market", nil).Styled(chat.Good),
			chat.Button(a.S("button.orders"), "orders", nil),
			chat.Button(a.S("button.wallet"), "wallet", nil),
		}, {chat.Button(a.S("button.help"), "help", nil)}}
	}
	return a.show(v)
}

// demoNote says that no real money is spent, where that is so.
func (c *Commands) demoNote(a *ask) string {
	if c.Demo {
		return a.S("demo.note")
	}
	return ""
}

func (c *Commands) help(_ context.Context, a *ask) (chat.Response, error) {
	name := strings.TrimPrefix(strings.ToLower(a.arg("command")), "/")
	if name == "" {
		return a.show(c.helpAll(a))
	}
	cmd := c.byName[name]
	if cmd == nil || cmd.Hidden {
		return nil, &chat.UnknownCommandError{Name: name}
	}
	return a.show(c.helpOne(a, cmd))
}

func (c *Commands) helpAll(a *ask) chat.View {
	var body chat.Text
	for _, cmd := range c.list {
		if !cmd.Hidden {
			body = append(body, chat.C("/"+cmd.Name), chat.P("  "+a.S(c.about[cmd.Name])+"\n"))
		}
	}
	body = append(body, a.T("help.more")...)
	return chat.View{
		Topic: "help", Title: a.S("help.title"), Body: body, Footer: c.demoNote(a),
		Rows: [][]chat.Control{{
			chat.Button(a.S("help.market"), "market", nil).Styled(chat.Good),
			chat.Button(a.S("help.orders"), "orders", nil),
		}},
	}
}

// helpOne tells what one command takes.
func (c *Commands) helpOne(a *ask, cmd *chat.Command) chat.View {
	v := chat.View{Topic: "help", Title: "/" + cmd.Name, Body: chat.Text{chat.P(a.S(c.about[cmd.Name]))}}
	if own := chat.Find(c.Menu(a.Language()), cmd.Name); own != nil {
		cmd = own // with parameters in the reader's language
	}
	v.Body = append(v.Body, paramLines(cmd)...)
	if len(cmd.Aliases) > 0 {
		v.Body = append(v.Body, chat.P("\n"+a.S("help.aliases", "Names", "/"+strings.Join(cmd.Aliases, ", /"))))
	}
	if len(cmd.Examples) > 0 {
		v.Fields = []chat.Field{{Name: a.S("help.examples"), Value: codeLines(cmd.Examples)}}
	}
	if text := a.family(cmd.Name); text != nil {
		v.Fields = append(v.Fields, chat.Field{Name: a.S("help.notes"), Value: text})
	}
	v.Rows = [][]chat.Control{{chat.Button(a.S("help.all"), "help", nil)}}
	return v
}

// family is what there is to know of a command beyond its parameters.
func (a *ask) family(name string) chat.Text {
	switch name {
	case "market":
		return a.T("help.notes.market")
	case "rent":
		return a.T("help.notes.rent")
	case "key":
		return a.T("help.notes.key")
	case "cancel":
		return a.T("help.notes.cancel")
	default:
		return nil
	}
}

// paramLines lists what can be given: "gpu  the model of the cards".
func paramLines(cmd *chat.Command) chat.Text {
	var t chat.Text
	for _, p := range cmd.Params {
		if p.Summary == "" || p.Secret {
			continue
		}
		t = append(t, chat.P("\n"), chat.C(p.Name), chat.P(" "+p.Summary))
		if len(p.Choices) > 0 {
			t = append(t, chat.P(fmt.Sprintf(" (%s)", strings.Join(values(p.Choices), ", "))))
		}
	}
	return t
}

func values(choices []chat.Choice) []string {
	out := make([]string, len(choices))
	for i, c := range choices {
		out[i] = c.Value
	}
	return out
}

func codeLines(lines []string) chat.Text {
	var t chat.Text
	for i, line := range lines {
		if i > 0 {
			t = append(t, chat.P("\n"))
		}
		t = append(t, chat.C(line))
	}
	return t
}
