package commands

import (
	"context"
	"errors"
	"strings"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

// Errors of access.
var (
	errStranger = errors.New("not let in")
	errNotOwner = errors.New("for owners only")
)

// claimName is the one command that a stranger may use, as long as the bot has no owner.
const claimName = "claim"

// admit returns errStranger for people who may not use the bot.
func (c *Commands) admit(ctx context.Context, req *chat.Request, cmd *chat.Command) error {
	role, err := c.role(ctx, req)
	if err != nil || role != "" {
		return err
	}
	if cmd == nil || cmd.Name != claimName || c.Claim.Empty() {
		return errStranger
	}
	owned, err := c.owned(ctx)
	if err == nil && owned {
		return errStranger
	}
	return err
}

// Admits implements [chat.Doorkeeper]. When it cannot be known the request itself will tell.
func (c *Commands) Admits(ctx context.Context, req *chat.Request) bool {
	return !errors.Is(c.admit(ctx, req, c.byName[strings.ToLower(req.Command)]), errStranger)
}

// role returns what the asker may do, "" for nothing. Rights follow the person who acts and
// never the message that is acted on.
func (c *Commands) role(ctx context.Context, req *chat.Request) (account.Role, error) {
	if c.Local[req.User.Platform] {
		return account.Owner, nil
	}
	grants, err := c.Grants.Grants(ctx)
	if err != nil {
		return "", err
	}
	member := false
	for _, g := range grants {
		if g.Platform != req.User.Platform {
			continue
		}
		switch {
		case g.Space == "" && g.User == req.User.ID && g.User != "":
			if g.Role == account.Owner {
				return account.Owner, nil
			}
			member = true
		case g.User == "" && g.Space != "" && (g.Space == req.Space || (req.Direct && seen(grants, g, req.User))):
			member = true
			c.remember(ctx, grants, g, req)
		}
	}
	if member {
		return account.Member, nil
	}
	return "", nil
}

// seen reports whether the user once acted in the space of a grant. Alerts and cards go to the
// private chat, where their controls must work for somebody who was let in with a group; such a
// mark is worth nothing without the grant of its space.
func seen(grants []account.Grant, space account.Grant, u chat.User) bool {
	for _, g := range grants {
		if g.Platform == u.Platform && g.User == u.ID && g.Space == space.Space {
			return true
		}
	}
	return false
}

// remember marks that the user acted in the space of a grant.
func (c *Commands) remember(ctx context.Context, grants []account.Grant, space account.Grant, req *chat.Request) {
	if req.Space != space.Space || seen(grants, space, req.User) {
		return
	}
	err := c.Grants.SaveGrant(ctx, account.Grant{
		Platform: req.User.Platform, User: req.User.ID, Space: space.Space, Role: account.Member, At: c.Now(),
	})
	if err != nil {
		c.Log.WarnContext(ctx, "cannot remember a member of a group", "error", err)
	}
}

// own returns errNotOwner for people who may not let others in.
func (c *Commands) own(ctx context.Context, a *ask) error {
	role, err := c.role(ctx, a.Request)
	if err != nil {
		return err
	}
	if role != account.Owner {
		return errNotOwner
	}
	return nil
}

// refuse answers a stranger: politely once an hour, then not at all.
func (c *Commands) refuse(a *ask) chat.Response {
	if !c.refusals.allow(a.User.String(), a.now) {
		return chat.Notice{}
	}
	return chat.Reply{View: chat.View{
		Topic: "refused",
		Title: a.S("access.refused.title"),
		Body:  a.T("access.refused.body", "Line", chat.C("/access allow "+string(a.User.Platform)+":user:"+clip(a.User.ID, maxForeign))),
	}}
}
