package commands

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

func (c *Commands) accessFamily() []*chat.Command {
	do := c.param("do", "param.access.do")
	do.Choices = c.choices("list", "choice.list", "allow", "choice.allow", "revoke", "choice.revoke")
	who := c.param("who", "param.access.who")
	who.RequiredIf = func(args chat.Args) bool { return args["do"] == "allow" || args["do"] == "revoke" }
	access := c.command("access", "cmd.access", c.access, do, who)
	access.Examples = []string{"/access", "/access allow user:123456789", "/access allow here", "/access revoke user:123456789"}
	code := c.param("code", "param.claim.code")
	code.Required, code.FormOnly = true, true
	claim := c.command(claimName, "cmd.claim", c.claim, code)
	claim.Examples = []string{"/claim 7K3F-9QXD"}
	return []*chat.Command{access, claim}
}

// claim makes the first to know the code an owner.
func (c *Commands) claim(ctx context.Context, a *ask) (chat.Response, error) {
	if !c.claims.allow(a.User.String(), a.now) {
		return nil, c.wrong("claim.later")
	}
	owned, err := c.owned(ctx)
	if err != nil {
		return nil, err
	}
	if owned || c.Claim.Empty() || !same(a.arg("code"), c.Claim.Reveal()) {
		return nil, c.wrong("claim.wrong")
	}
	err = c.Grants.SaveGrant(ctx, account.Grant{
		Platform: a.User.Platform, User: a.User.ID, Role: account.Owner, At: a.now,
	})
	if err != nil {
		return nil, err
	}
	return a.show(chat.View{
		Topic: "claimed", Tone: chat.Good, Title: a.S("claim.title"), Body: a.T("claim.body"),
		Rows: [][]chat.Control{{chat.Button(a.S("button.start"), "start", nil).Styled(chat.Good)}},
	})
}

// owned reports whether there is an owner already.
func (c *Commands) owned(ctx context.Context) (bool, error) {
	grants, err := c.Grants.Grants(ctx)
	for _, g := range grants {
		if g.Role == account.Owner {
			return true, nil
		}
	}
	return false, err
}

// same compares in a time that tells nothing of where two texts differ.
func same(given, want string) bool {
	g, w := sha256.Sum256([]byte(strings.TrimSpace(given))), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(g[:], w[:]) == 1
}

func (c *Commands) access(ctx context.Context, a *ask) (chat.Response, error) {
	if err := c.own(ctx, a); err != nil {
		return nil, err
	}
	switch a.arg("do") {
	case "allow":
		g, err := c.grant(a, a.arg("who"))
		if err != nil {
			return nil, err
		}
		if a.arg("who") != "here" && !exists(g) {
			return nil, c.wrong("access.unclear", "Who", chat.C(clip(a.arg("who"), maxForeign)))
		}
		if err := c.Grants.SaveGrant(ctx, g); err != nil {
			return nil, err
		}
	case "revoke":
		if err := c.revoke(ctx, a); err != nil {
			return nil, err
		}
	}
	return c.showGrants(ctx, a)
}

// grant reads "user:ID", "group:ID", "telegram:user:ID", a bare user ID or "here".
func (c *Commands) grant(a *ask, who string) (account.Grant, error) {
	g := account.Grant{Platform: a.User.Platform, Role: account.Member, At: a.now}
	if who == "here" {
		g.Space = a.Space
		if g.Space == "" {
			return g, c.wrong("access.not_here")
		}
		return g, nil
	}
	parts := strings.Split(who, ":")
	if len(parts) == 3 {
		g.Platform, parts = chat.Platform(parts[0]), parts[1:]
	}
	if len(parts) == 1 {
		parts = []string{"user", parts[0]}
	}
	id := parts[len(parts)-1]
	switch {
	case len(parts) == 2 && parts[0] == "user" && wellFormed(id):
		g.User = id
	case len(parts) == 2 && parts[0] == "group" && wellFormed(id):
		g.Space = id
	default:
		return g, c.wrong("access.unclear", "Who", chat.C(clip(who, maxForeign)))
	}
	return g, nil
}

// exists reports whether there can be such a person or group: IDs of Telegram and Discord are
// numbers, and at the terminal there is only who sits there.
func exists(g account.Grant) bool {
	number := func(id string) bool { return id != "" && strings.Trim(id, "0123456789") == "" }
	switch g.Platform {
	case chat.Telegram, chat.Discord:
		return number(g.User) || g.User == "" && number(strings.TrimPrefix(g.Space, "-"))
	default:
		return g.Platform != chat.Terminal
	}
}

func wellFormed(id string) bool {
	return id != "" && len(id) <= 64 && !strings.ContainsAny(id, " \t\r\n:|/")
}

// revoke takes a grant back; of a group also the marks of those who used the bot there. The
// asker's own right stays, so that nobody is locked out by a slip.
func (c *Commands) revoke(ctx context.Context, a *ask) error {
	g, err := c.grant(a, a.arg("who"))
	if err != nil {
		return err
	}
	if g.Platform == a.User.Platform && g.User == a.User.ID {
		return c.wrong("access.self")
	}
	grants, err := c.Grants.Grants(ctx)
	if err != nil {
		return err
	}
	found := false
	for _, have := range grants {
		mine := have.Platform == g.Platform && have.Space == g.Space && (have.User == g.User || g.User == "")
		if !mine {
			continue
		}
		found = true
		if err := c.Grants.DropGrant(ctx, have); err != nil {
			return err
		}
	}
	if !found {
		return c.wrong("access.unknown", "Who", chat.C(clip(a.arg("who"), maxForeign)))
	}
	return nil
}

func (c *Commands) showGrants(ctx context.Context, a *ask) (chat.Response, error) {
	grants, err := c.Grants.Grants(ctx)
	if err != nil {
		return nil, err
	}
	v := chat.View{Topic: "access", Title: a.S("access.title"), Footer: a.S("access.footer")}
	for _, g := range grants {
		if g.User != "" && g.Space != "" {
			continue // only marks that somebody of a group was here
		}
		v.Body = append(v.Body, grantLine(a, g)...)
	}
	if v.Body == nil {
		v.Body = a.T("access.nobody")
	}
	return a.show(v)
}

func grantLine(a *ask, g account.Grant) chat.Text {
	name, role := "user:"+g.User, a.S("access.member")
	if g.Space != "" {
		name = "group:" + g.Space
	}
	if g.Role == account.Owner {
		role = a.S("access.owner")
	}
	return append(a.T("access.line", "Who", chat.C(string(g.Platform)+":"+name), "Role", role, "At", g.At), chat.P("\n"))
}
