package telegram

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// commandWord is a message that begins with a command: "/market@gpu_bot 4090 <0.40".
type commandWord struct {
	name string
	bot  string // whom it was addressed to, "" for nobody
	rest string
}

// The library's own matcher counts UTF-16 as bytes and ends the process on some messages.
var commandForm = regexp.MustCompile(`(?s)^/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?:\s+(.*))?$`)

func splitCommand(text string) (commandWord, bool) {
	m := commandForm.FindStringSubmatch(text)
	if m == nil {
		return commandWord{}, false
	}
	return commandWord{name: strings.ToLower(m[1]), bot: m[2], rest: m[3]}, true
}

// forUs reports whether a command is not addressed to another bot.
func (f *Frontend) forUs(w commandWord) bool {
	return w.bot == "" || f.name() == "" || strings.EqualFold(w.bot, f.name())
}

// deepLink reads what a link to the bot asks for. Everything but a command that only shows
// something is as good as nothing.
func (f *Frontend) deepLink(payload string) (*chat.Command, chat.Args, bool) {
	b, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return nil, nil, false
	}
	a, err := chat.DecodeAction(string(b))
	if err != nil || !slices.Contains(f.o.Links, a.Command) {
		return nil, nil, false
	}
	c := chat.Find(f.dispatcher.Commands(), a.Command)
	if c == nil || secretIn(c, a.Args) {
		return nil, nil, false
	}
	args, err := c.Accept(a.Args)
	return c, args, err == nil
}

// link returns an address that opens the private chat, with the command if that may be; "" when
// the bot does not know its name yet.
func (f *Frontend) link(c *chat.Command, args chat.Args) string {
	const most = 64
	if f.name() == "" {
		return ""
	}
	payload := "private"
	if slices.Contains(f.o.Links, c.Name) {
		data, err := chat.Action{Command: c.Name, Args: args}.Encode()
		coded := base64.RawURLEncoding.EncodeToString([]byte(data))
		if err == nil && len(coded) <= most {
			payload = coded
		}
	}
	return "https://t.me/" + f.name() + "?start=" + payload
}

// secretIn reports whether arguments have a value that must come by a form.
func secretIn(c *chat.Command, args chat.Args) bool {
	for name := range args {
		if p := c.Param(name); p != nil && p.Secret {
			return true
		}
	}
	return false
}

// takesSecrets reports whether a typed line for the command may hold a secret in a wrong place.
func takesSecrets(c *chat.Command) bool {
	return c != nil && slices.ContainsFunc(c.Params, func(p chat.Param) bool { return p.Secret })
}

// complaint says what is wrong with a line. When a secret may be in it, nothing is repeated.
func (in *incoming) complaint(c *chat.Command, err error) (text string, secret bool) {
	var unknown *chat.UnknownCommandError
	var arg *chat.ArgError
	switch {
	case errors.Is(err, chat.ErrLineTooLong):
		return in.say.TooLong, takesSecrets(c)
	case errors.As(err, &unknown):
		text = fmt.Sprintf(in.say.Unknown, cut(unknown.Name, chat.MaxLabel))
		if unknown.Nearest != "" {
			text += " " + fmt.Sprintf(in.say.Nearest, unknown.Nearest)
		}
		return text, false
	case errors.As(err, &arg) && arg.Reason == chat.SecretTyped:
		return fmt.Sprintf(in.say.NoSecrets, arg.Param), true
	case takesSecrets(c):
		return in.say.Refused, true
	}
	return err.Error(), false
}
