package commands

import (
	"context"
	"strconv"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/watch"
)

const (
	// doArm is what the confirmation of an armed watch does, armWord the word that it wants: the
	// bot will spend while nobody looks.
	doArm   = "arm"
	armWord = "ARM"
	// armFor is how long a watch is armed unless something else is asked for.
	armFor = 3 * 24 * time.Hour
	// spareTries are how many orders more than rentals an armed watch may make, for hosts that
	// do not answer.
	spareTries = 2
)

func (c *Commands) armFamily() []*chat.Command {
	which := c.param("watch", "param.arm.watch")
	which.Required, which.Complete = true, c.completeWatch
	params := []chat.Param{which}
	for _, p := range []struct{ name, about string }{
		{"max", "param.arm.max"},
		{"count", "param.arm.count"},
		{"run", "param.rent.run"},
		{"total", "param.arm.total"},
		{"for", "param.arm.for"},
		{"preset", "param.rent.preset"},
	} {
		params = append(params, c.option(p.name, p.about))
	}
	cmd := c.command("arm", "cmd.arm", c.arm, params...)
	cmd.Examples = []string{"/arm 1 max:0.08", "/arm 1 max:0.30 count:2 run:6h total:4 for:7d"}
	return []*chat.Command{cmd}
}

// arm shows the bounds within which a watch would rent by itself, and asks for the word.
func (c *Commands) arm(ctx context.Context, a *ask) (chat.Response, error) {
	w, err := c.whichWatch(a, a.arg("watch"))
	if err != nil {
		return nil, err
	}
	acct, err := c.account(ctx, a)
	if err != nil {
		return nil, err
	}
	if !acct.Rejected.IsZero() {
		return nil, rental.ErrKeyRejected
	}
	if armed, err := c.armed(ctx, a); err != nil {
		return nil, err
	} else if armed[w.ID] != nil {
		return nil, c.wrong("arm.already").with(watchSet(a.S("button.disarm"), w.ID, "disarm", ""),
			chat.Button(a.S("button.watch"), "watch-card", chat.Args{"id": w.ID}))
	}
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	m, err := c.armMandate(a, s, w)
	if err != nil {
		return nil, err
	}
	id, err := c.proposeWith(ctx, a, Confirmation{Do: doArm, Account: acct.ID, Word: armWord}, m)
	if err != nil {
		return nil, err
	}
	v := c.armView(a, w, &m, id)
	v.Body = lines(v.Body, a.armingNow(s, &m))
	c.judgeBounds(ctx, a, acct.ID, &m, &v)
	return a.show(v)
}

// whichWatch finds a watch of the asker by its ID or by its number in the list.
func (c *Commands) whichWatch(a *ask, name string) (watch.Watch, error) {
	const digits = 3 // an ID is longer
	if n, err := strconv.Atoi(name); err == nil && len(name) <= digits {
		all := c.Watches.List(a.User)
		if n < 1 || n > len(all) {
			return watch.Watch{}, watch.ErrUnknown
		}
		return all[n-1], nil
	}
	return c.Watches.Watch(a.User, name)
}

// armMandate makes the bounds of what was asked for, with defaults for what was not, but for the
// price: that comes from the asker or from the search.
func (c *Commands) armMandate(a *ask, s *market.Snapshot, w watch.Watch) (rental.Mandate, error) {
	q, err := market.ParseQuery(w.Query)
	if err != nil {
		return rental.Mandate{}, err
	}
	m := rental.Mandate{
		Cause: rental.ForWatch, Watch: w.ID, Query: w.Query, Pay: w.Pay, Count: 1, Patience: defaultPatience, RunFor: a.runFor(),
	}
	if len(q.Pay) > 0 {
		m.Pay = q.Pay
	}
	if k := findSSHKey(a.profile, a.profile.SSHKey); k != nil {
		m.SSHKey = *k
	}
	if m.Preset, err = c.startWith(a); err != nil {
		return m, err
	}
	if m.Hour, err = c.armPrice(a, s, q, w); err != nil {
		return m, err
	}
	if text := a.arg("count"); text != "" {
		m.Count, err = strconv.Atoi(text)
		if err != nil || m.Count < 1 || m.Count > rental.MaxMandateCount {
			return m, c.wrong("arm.bad_count", "Most", rental.MaxMandateCount)
		}
	}
	m.Tries = m.Count + spareTries
	if text := a.arg("run"); text != "" {
		if m.RunFor, err = c.readRun(text); err != nil {
			return m, err
		}
	}
	if m.RunFor == 0 {
		return m, c.wrong("best.no_end").with(a.endButtons()...)
	}
	life := armFor
	if text := a.arg("for"); text != "" {
		life, err = readSpan(text)
		if err != nil || life < shortestWatch || life > rental.MaxMandateFor {
			return m, c.wrong("arm.bad_life", "Max", int(rental.MaxMandateFor/(24*time.Hour)))
		}
	}
	if m.Until = a.now.Add(life); m.Until.After(w.Expires) {
		m.Until = w.Expires
	}
	m.Total = ceiling(m.Enough(q.Kind), cent) // what is shown is what is allowed
	if text := a.arg("total"); text != "" {
		if m.Total, err = money.Parse(text); err != nil || m.Total <= 0 || m.Total > maxArm {
			return m, c.wrong("arm.bad_total", "Max", a.Amount(maxArm))
		}
	}
	return m, nil
}

// maxArm is the most USD that a watch can be armed with: more is a slip of the finger.
const maxArm = 100_000 * money.Coin

// armPrice returns the highest price in USD an hour: the one that was given, else that of the
// search. Without either it offers some by what the market has.
func (c *Commands) armPrice(a *ask, s *market.Snapshot, q market.Query, w watch.Watch) (money.Amount, error) {
	const hours = 24
	if text := a.arg("max"); text != "" {
		day, ok := market.ParsePrice(text) // as prices are written everywhere: "0.08", "0,08/h", "1.9/day"
		hour := day.Amount / hours
		if !ok || day.Currency != money.USD || hour <= 0 || hour > maxArm {
			return 0, c.wrong("arm.bad_price")
		}
		return hour, nil
	}
	if hour := askedHour(q); hour > 0 {
		return hour, nil
	}
	refusal := c.wrong("arm.no_price")
	if len(q.Pay) == 0 {
		q.Pay = w.Pay
	}
	if o, ok := best(s.Find(q).Offers, 0); ok && o.USD > 0 {
		var row []chat.Control
		for _, percent := range []int64{90, 100, 110} {
			hour := (o.USD.MulDiv(percent, 100*hours)/(cent/10) + 1) * (cent / 10)
			row = append(row, chat.Button(a.S("button.arm_at", "Price", a.PerHour(hour*hours)), "arm", a.Args.With("max", hour.String())))
		}
		refusal = refusal.with(row...)
	}
	return 0, refusal
}

// armView is the card of all bounds, with the word that agrees to them.
func (c *Commands) armView(a *ask, w watch.Watch, m *rental.Mandate, id string) chat.View {
	v := c.boundsView(a, m)
	v.Topic, v.Title = "arm", a.S("arm.title", "Watch", watchName(w))
	v.Body = a.T("arm.body", "Word", chat.C(armWord))
	v.Rows = [][]chat.Control{{
		a.wordButton(a.S("button.arm_word", "Word", armWord), id, armWord),
		chat.Button(a.S("button.not_now"), "watch-card", chat.Args{"id": w.ID}),
	}}
	args := a.Args.With("watch", w.ID) // a number may mean another watch tomorrow
	other := func(name string, label func(string) string, values ...string) {
		var row []chat.Control
		for _, value := range values {
			ctl := chat.Button(label(value), "arm", args.With(name, value))
			if _, err := ctl.Action.Encode(); err == nil && value != args[name] {
				row = append(row, ctl) // what does not fit can be typed
			}
		}
		if len(row) > 0 {
			v.Rows = append(v.Rows, row)
		}
	}
	other("count", func(n string) string { return a.S("button.arm_count", "N", n) }, "1", "2", "3")
	other("run", func(d string) string { return a.S("button.arm_run", "For", d) }, "2h", "6h", "24h")
	other("for", func(d string) string { return a.S("button.arm_for", "For", d) }, "1d", "3d", "7d")
	return v
}
