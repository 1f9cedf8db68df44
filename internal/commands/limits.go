package commands

import (
	"context"
	"strconv"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// The names of limits, as people write them.
const (
	limitRental   = "rental"
	limitDay      = "day"
	limitMonth    = "month"
	limitHour     = "hour"
	limitParallel = "parallel"

	limitOff = "off" // removes one, or all
)

// The bounds of limits: beyond them is a slip of the finger.
const (
	maxLimit    = 1_000_000 * money.Coin // USD
	maxParallel = 200
)

// limitNames are all limits in the order in which they are listed.
func limitNames() []string {
	return []string{limitDay, limitMonth, limitRental, limitHour, limitParallel}
}

func (c *Commands) limitFamily() []*chat.Command {
	all := c.param("all", "param.limits.all")
	all.Choices = c.choices(limitOff, "limits.remove_all")
	day, month := c.option(limitDay, "param.limits.day"), c.option(limitMonth, "param.limits.month")
	one, hour := c.option(limitRental, "param.limits.rental"), c.option(limitHour, "param.limits.hour")
	day.Parse, month.Parse, one.Parse, hour.Parse = c.limitArg, c.limitArg, c.limitArg, c.limitArg
	parallel := c.option(limitParallel, "param.limits.parallel")
	parallel.Parse = c.parallelArg
	cmd := c.command("limits", "cmd.limits", c.limits, all, day, month, one, hour, parallel)
	cmd.Aliases = []string{"limit"}
	cmd.Examples = []string{"/limits", "/limits day:10 month:100", "/limits rental:5 hour:0.5 parallel:3", "/limits day:off", "/limits off"}

	which, value := c.param("which", ""), c.param("value", "param.limits.value")
	which.Required = true
	value.RequiredIf = func(args chat.Args) bool { return args["own"] != "" }
	return []*chat.Command{cmd, c.hidden("limit-of", c.limitOf, which, c.param("own", ""), value)}
}

// limitArg reads an amount of USD above nothing, or "off".
func (c *Commands) limitArg(text string) (string, error) {
	given := strings.ToLower(strings.ReplaceAll(text, " ", ""))
	if given == limitOff || given == untilStopped {
		return limitOff, nil
	}
	given = strings.TrimSuffix(strings.TrimPrefix(given, "$"), "usd")
	given = strings.TrimSuffix(given, "$")
	if strings.Count(given, ",") == 1 && !strings.Contains(given, ".") {
		given = decimalComma(given)
	}
	usd, err := money.Parse(given)
	if err != nil || usd <= 0 || usd > maxLimit {
		return "", c.wrong("limits.bad_amount", "Value", clip(text, maxLabel))
	}
	return usd.String(), nil
}

// decimalComma reads "0,5" as people write it; with three digits behind it the comma may part
// thousands, so that is left to be refused.
func decimalComma(text string) string {
	if whole, fraction, _ := strings.Cut(text, ","); len(fraction) != 3 {
		return whole + "." + fraction
	}
	return text
}

// parallelArg reads a number of rentals, or "off".
func (c *Commands) parallelArg(text string) (string, error) {
	given := strings.ToLower(strings.TrimSpace(text))
	if given == limitOff || given == untilStopped {
		return limitOff, nil
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 || n > maxParallel {
		return "", c.wrong("limits.bad_number", "Value", clip(text, maxLabel), "Max", maxParallel)
	}
	return strconv.Itoa(n), nil
}

// setLimit sets one limit to what limitArg or parallelArg returned.
func setLimit(m *rental.Limits, name, value string) {
	if name == limitParallel {
		m.Parallel, _ = strconv.Atoi(value) // "off" is zero, which is none
		return
	}
	usd := money.Amount(0)
	if value != limitOff {
		usd, _ = money.Parse(value) // it was read before
	}
	switch name {
	case limitRental:
		m.Rental = usd
	case limitDay:
		m.Day = usd
	case limitMonth:
		m.Month = usd
	case limitHour:
		m.Hour = usd
	}
}

// limits shows the limits of the active account, or sets those of all accounts of the asker:
// somebody who sets a limit does not want it to end at the next key.
func (c *Commands) limits(ctx context.Context, a *ask) (chat.Response, error) {
	given := map[string]string{}
	for _, name := range limitNames() {
		if a.arg("all") == limitOff {
			given[name] = limitOff
		}
		if value := a.arg(name); value != "" {
			given[name] = value
		}
	}
	return c.changeLimits(ctx, a, given)
}

func (c *Commands) changeLimits(ctx context.Context, a *ask, given map[string]string) (chat.Response, error) {
	accounts, err := c.Accounts.Accounts(ctx, a.User)
	if err != nil {
		return nil, err
	}
	change := func(m *rental.Limits) {
		for name, value := range given {
			setLimit(m, name, value)
		}
	}
	for i := 0; i < len(accounts) && len(given) > 0; i++ {
		if err := c.Desk.Limit(ctx, a.User, accounts[i].ID, change); err != nil {
			return nil, err
		}
	}
	v, err := c.limitsView(ctx, a)
	if err != nil {
		return nil, err
	}
	if len(given) > 0 {
		v.Body = lines(a.T("limits.saved"), v.Body)
	}
	return a.show(v)
}

// inheritLimits gives the limits and the freeze of the asker's other accounts to one that has
// none: a new key is no way around them.
func (c *Commands) inheritLimits(ctx context.Context, a *ask) error {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return err
	}
	var limits rental.Limits
	frozen := false
	for i := range ledgers {
		frozen = frozen || !ledgers[i].Frozen.IsZero()
		if limits == (rental.Limits{}) {
			limits = ledgers[i].Limits
		}
	}
	for i := range ledgers {
		l := &ledgers[i]
		if l.Limits == (rental.Limits{}) && limits != l.Limits {
			if err := c.Desk.Limit(ctx, a.User, l.Account.ID, func(m *rental.Limits) { *m = limits }); err != nil {
				return err
			}
		}
		if frozen && l.Frozen.IsZero() {
			if err := c.Desk.Freeze(ctx, a.User, l.Account.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
