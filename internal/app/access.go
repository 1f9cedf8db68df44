package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/secret"
)

// grantAccess lets in whom the configuration lists. When nobody owns the bot and there is a
// network to claim it from, it returns the code by which the first owner does.
func (a *App) grantAccess(ctx context.Context) (secret.Text, error) {
	for _, g := range listed(a.o.Config.Access) {
		g.At = a.o.Now()
		if err := a.store.SaveGrant(ctx, g); err != nil {
			return secret.Text{}, err
		}
	}
	grants, err := a.store.Grants(ctx)
	if err != nil {
		return secret.Text{}, err
	}
	for _, g := range grants {
		if g.Role == account.Owner {
			return secret.Text{}, nil
		}
	}
	if a.o.Config.Telegram.Token.Empty() && a.o.Config.Discord.Token.Empty() && len(a.o.Frontends) == 0 {
		return secret.Text{}, nil
	}
	code := secret.New(rand.Text()[:12])
	_, err = fmt.Fprintf(a.o.Notice, "Nobody owns this bot yet. Send it /claim %s to become its owner.\n", code.Reveal())
	return code, err
}

// listed turns the configuration's lists into grants.
func listed(c config.Access) []account.Grant {
	var grants []account.Grant
	add := func(entries []string, make func(chat.Platform, string) account.Grant) {
		for _, entry := range entries {
			platform, id, _ := strings.Cut(entry, ":")
			grants = append(grants, make(chat.Platform(platform), id))
		}
	}
	add(c.Owners, func(p chat.Platform, id string) account.Grant {
		return account.Grant{Platform: p, User: id, Role: account.Owner}
	})
	add(c.Users, func(p chat.Platform, id string) account.Grant {
		return account.Grant{Platform: p, User: id, Role: account.Member}
	})
	add(c.Spaces, func(p chat.Platform, id string) account.Grant {
		return account.Grant{Platform: p, Space: id, Role: account.Member}
	})
	return grants
}
