package commands

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

// Bounds of SSH keys: what a user can store, and the longest key that Clore takes.
const (
	maxSSHKeys = 10
	maxSSHLine = 3072
)

func (c *Commands) sshKeyFamily() []*chat.Command {
	do := c.param("do", "param.sshkey.do")
	do.Choices = c.choices("list", "choice.list", "add", "choice.add", "use", "choice.use", "delete", "choice.delete")
	name := c.param("name", "param.sshkey.name")
	name.RequiredIf = func(args chat.Args) bool { return args["do"] == "delete" }
	line := c.param("line", "param.sshkey.line")
	line.Kind, line.FormOnly = chat.Rest, true // the private half is pasted by mistake
	line.RequiredIf = func(args chat.Args) bool { return args["do"] == "add" }
	cmd := c.command("sshkey", "cmd.sshkey", c.sshKey, do, name, line)
	cmd.Examples = []string{"/sshkey add laptop ssh-ed25519 AAAAC3… you@laptop", "/sshkey", "/sshkey use laptop", "/sshkey delete laptop"}
	return []*chat.Command{cmd}
}

func (c *Commands) sshKey(ctx context.Context, a *ask) (chat.Response, error) {
	name, line := a.arg("name"), a.arg("line")
	switch a.arg("do") {
	case "add":
		return c.addSSHKey(ctx, a, name, line)
	case "use":
		return c.changeSSHKeys(ctx, a, func(p *account.Profile) error {
			if name != "" && findSSHKey(*p, name) == nil {
				return c.wrong("sshkey.unknown", "Name", clip(name, maxLabel))
			}
			p.SSHKey = name
			return nil
		})
	case "delete":
		return c.changeSSHKeys(ctx, a, func(p *account.Profile) error {
			if findSSHKey(*p, name) == nil {
				return c.wrong("sshkey.unknown", "Name", clip(name, maxLabel))
			}
			p.SSHKeys = slices.DeleteFunc(p.SSHKeys, func(k account.SSHKey) bool { return k.Name == name })
			if p.SSHKey == name {
				p.SSHKey = ""
			}
			return nil
		})
	default:
		return a.show(sshKeysView(a))
	}
}

// errPrivateKey says that somebody pasted the wrong half of a key.
var errPrivateKey = errors.New("a private key")

// readSSHKey reads a public key and returns it without options and comment.
func readSSHKey(text string) (line, fingerprint, comment string, err error) {
	if strings.Contains(text, "PRIVATE KEY") {
		return "", "", "", errPrivateKey
	}
	key, comment, _, _, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil {
		return "", "", "", err
	}
	line = strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
	return line, ssh.FingerprintSHA256(key), comment, nil
}

func (c *Commands) addSSHKey(ctx context.Context, a *ask, name, text string) (chat.Response, error) {
	if strings.HasPrefix(name, "ssh-") || strings.HasPrefix(name, "ecdsa-") || strings.HasPrefix(name, "sk-") {
		name, text = "", name+" "+text // no name was given: the key began in its place
	}
	line, fingerprint, comment, err := readSSHKey(text)
	switch {
	case errors.Is(err, errPrivateKey):
		return nil, c.wrong("sshkey.private")
	case err != nil:
		return nil, c.wrong("sshkey.malformed")
	case len(line) > maxSSHLine:
		return nil, c.wrong("sshkey.too_long", "Max", maxSSHLine)
	}
	if name = slug(name, maxName); name == "" {
		name = keyName(comment)
	}
	return c.changeSSHKeys(ctx, a, func(p *account.Profile) error {
		p.SSHKeys = slices.DeleteFunc(p.SSHKeys, func(k account.SSHKey) bool { return k.Name == name })
		if len(p.SSHKeys) >= maxSSHKeys {
			return c.wrong("sshkey.too_many", "Max", maxSSHKeys)
		}
		p.SSHKeys = append(p.SSHKeys, account.SSHKey{Name: name, Line: line, Fingerprint: fingerprint, Added: a.now})
		if len(p.SSHKeys) == 1 || p.SSHKey == "" {
			p.SSHKey = name
		}
		return nil
	})
}

// keyName makes a name of a key's comment: "laptop" of "ana@laptop".
func keyName(comment string) string {
	if _, host, ok := strings.Cut(comment, "@"); ok && host != "" {
		comment = host
	}
	return cmp.Or(slug(comment, maxName), "default")
}

func findSSHKey(p account.Profile, name string) *account.SSHKey {
	for i := range p.SSHKeys {
		if p.SSHKeys[i].Name == name {
			return &p.SSHKeys[i]
		}
	}
	return nil
}

// changeSSHKeys alters the asker's keys and shows them.
func (c *Commands) changeSSHKeys(ctx context.Context, a *ask, change func(*account.Profile) error) (chat.Response, error) {
	if err := c.changeProfile(ctx, a, change); err != nil {
		return nil, err
	}
	return a.show(sshKeysView(a))
}

func sshKeysView(a *ask) chat.View {
	v := chat.View{Topic: "sshkeys", Title: a.S("sshkey.title"), Body: a.T("sshkey.body"), Footer: a.S("sshkey.footer")}
	var use []chat.Control
	for _, k := range a.profile.SSHKeys {
		name := clip(k.Name, maxLabel)
		if k.Name == a.profile.SSHKey {
			name = a.S("sshkey.in_use", "Name", name)
		} else if len(use) < chat.MaxRow {
			use = append(use, chat.Button(a.S("button.use", "Name", name), "sshkey", chat.Args{"do": "use", "name": k.Name}))
		}
		v.Fields = append(v.Fields, chat.Field{Name: name, Value: chat.Text{chat.C(k.Fingerprint)}})
	}
	if len(use) > 0 {
		v.Rows = append(v.Rows, use)
	}
	row := []chat.Control{chat.Button(a.S("button.add_sshkey"), "sshkey", chat.Args{"do": "add"}).Styled(chat.Good)}
	if a.profile.SSHKey != "" {
		row = append(row, chat.Button(a.S("button.use_password"), "sshkey", chat.Args{"do": "use"}))
	}
	v.Rows = append(v.Rows, row)
	if len(a.profile.SSHKeys) == 0 {
		v.Body = a.T("sshkey.none")
	}
	return v
}
