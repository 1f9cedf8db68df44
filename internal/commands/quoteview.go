package commands

import (
	"strconv"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// quoteView is the card of the last step before money moves.
func (c *Commands) quoteView(a *ask, q rental.Quote, balances []money.Money) chat.View {
	t := q.Terms
	v := chat.View{
		Topic: "quote", Title: a.S("quote.title", "Server", serverText(t.Server), "Hardware", t.Hardware),
		Body: lines(plain(join(a.kindText(t.Kind), t.Country, a.cuda(t.CUDA)))),
		Fields: []chat.Field{
			field(a.S("quote.price"), a.price(t.Price, t.USD)),
			field(a.S("quote.total"), a.total(q)),
			field(a.S("quote.fees"), a.fees(q)),
			field(a.S("quote.stops"), a.stopText(t)),
			field(a.S("quote.balance"), a.after(q)),
			{Name: a.S("quote.image"), Value: a.T("quote.image.value", "Name", t.Preset.Name, "Image", chat.C(clip(t.Preset.Image, maxForeign)), "Ports", portList(t.Preset.Ports))},
			field(a.S("quote.login"), a.loginText(t)),
		},
		Footer: join(a.S("quote.valid", "Time", a.Duration(q.Expires.Sub(q.Made).Round(time.Second))), c.demoNote(a)),
	}
	if name := a.paidBy(q.Account); name != "" {
		v.Fields = append(v.Fields, field(a.S("quote.account"), name))
	}
	if t.Label != "" {
		v.Fields = append(v.Fields, field(a.S("quote.label"), quoted(t.Label)))
	}
	v.Rows = append(v.Rows, a.quoteMoney(&v, q, balances), a.quoteTimes(q), a.quotePresets(q), a.quoteLogins(q))
	return v
}

// join joins parts with a middle dot, leaving out what is empty.
func join(parts ...string) string {
	out := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if out != "" {
			out += " · "
		}
		out += p
	}
	return out
}

func (a *ask) cuda(version string) string {
	if version == "" {
		return ""
	}
	return "CUDA " + version
}

// total writes what the planned time costs at most.
func (a *ask) total(q rental.Quote) string {
	sum := a.atMost().sum(money.Money{Amount: q.Cost.Total, Currency: q.Terms.Price.Currency}, quoteUSD(&q, q.Cost.Total))
	if q.Terms.RunFor == 0 {
		return a.S("quote.total.open", "Sum", sum)
	}
	return a.S("quote.total.value", "Sum", sum, "For", a.Duration(q.Cost.For))
}

func (a *ask) fees(q rental.Quote) string {
	most := a.atMost()
	in := func(m money.Amount) string {
		return most.Money(money.Money{Amount: m, Currency: q.Terms.Price.Currency})
	}
	if q.Cost.Partial {
		return a.S("quote.fees.partial", "Fee", in(q.Cost.Fee))
	}
	return a.S("quote.fees.value", "Fee", in(q.Cost.Fee), "Creation", in(q.Cost.Creation))
}

func (a *ask) stopText(t rental.Terms) string {
	switch {
	case t.RunFor == 0:
		return a.stopsAt(time.Time{})
	case t.Kind == clore.Spot:
		return a.S("run.once_won", "For", a.Duration(t.RunFor))
	default:
		return a.stopsAt(a.now.Add(t.RunFor))
	}
}

// after writes the balance before and after.
func (a *ask) after(q rental.Quote) string {
	if q.Balance == nil {
		return a.S("quote.balance.unknown")
	}
	left := *q.Balance
	left.Amount -= q.Cost.Total
	if left.Amount < 0 {
		return a.S("quote.balance.short", "Before", a.Money(*q.Balance))
	}
	return a.S("quote.balance.value", "Before", a.Money(*q.Balance), "After", a.AtLeast().Money(left))
}

func (a *ask) loginText(t rental.Terms) string {
	if t.SSHKey.Name == "" {
		return a.S("quote.login.password")
	}
	return a.S("quote.login.key", "Name", clip(t.SSHKey.Name, maxLabel))
}

// least is what must be in the wallet to begin at all: an hour and the creation fee.
func least(q rental.Quote) money.Amount {
	return rental.Cost(q.Terms.Price, q.Terms.Kind, hour, q.Rates).Total
}

// quoteMoney is the row that spends money, or what can be done instead when there is too little.
func (a *ask) quoteMoney(v *chat.View, q rental.Quote, balances []money.Money) []chat.Control {
	leave := chat.Button(a.S("button.not_now"), "market", nil)
	rent := chat.Button(a.S("button.rent_at", "Price", a.shortPrice(q.Terms.Price, q.Terms.USD)), "take", chat.Args{"quote": q.ID}).Styled(chat.Good)
	if q.Balance == nil || q.Balance.Amount >= q.Cost.Total {
		return []chat.Control{rent, leave}
	}
	v.Tone = chat.Warning
	if q.Balance.Amount >= least(q) {
		v.Body = lines(v.Body, a.T("quote.short"))
		return []chat.Control{rent, leave}
	}
	v.Topic = "blocked"
	v.Body = lines(v.Body, a.T("quote.too_little", "Need", money.Money{Amount: least(q), Currency: q.Terms.Price.Currency}, "Have", *q.Balance))
	return append(a.otherWallets(q, balances), chat.Button(a.S("button.wallet"), "wallet", nil), leave)
}

// otherWallets offers to pay from a wallet that holds something.
func (a *ask) otherWallets(q rental.Quote, balances []money.Money) []chat.Control {
	var row []chat.Control
	for _, b := range balances {
		if b.Currency == q.Terms.Price.Currency || b.Amount <= 0 || len(row) == 2 {
			continue
		}
		row = append(row, chat.Button(a.S("button.pay_in", "Coin", b.Currency.Symbol()), "quote", chat.Args{"quote": q.ID, "pay": b.Currency.Symbol()}))
	}
	return row
}

func (a *ask) quoteTimes(q rental.Quote) []chat.Control {
	var row []chat.Control
	for _, text := range runChoices() {
		label := text
		if text == untilStopped {
			label = "∞"
		}
		row = append(row, chat.Button(label, "quote", chat.Args{"quote": q.ID, "run": text}))
	}
	return row
}

// quotePresets is the menu of what else the server could start with.
func (a *ask) quotePresets(q rental.Quote) []chat.Control {
	menu := chat.Control{
		Label: a.S("quote.preset"), Param: "preset",
		Action: chat.Action{Command: "quote", Args: chat.Args{"quote": q.ID}},
	}
	for _, p := range a.presets()[:min(len(a.presets()), chat.MaxChoices)] {
		menu.Choices = append(menu.Choices, presetChoice(p))
	}
	return []chat.Control{menu}
}

// quoteLogins lets the login and the label be changed, and the price be looked up again.
func (a *ask) quoteLogins(q rental.Quote) []chat.Control {
	details := chat.Args{"id": strconv.FormatInt(int64(q.Terms.Server), 10)}
	if q.Terms.Kind == clore.Spot {
		details["k"] = string(clore.Spot)
	}
	row := []chat.Control{
		chat.Button(a.S("button.refresh"), "quote", chat.Args{"quote": q.ID}),
		chat.Button(a.S("button.details"), "offer", details),
		chat.Button(a.S("button.label"), "quotename", chat.Args{"quote": q.ID}),
	}
	if q.Terms.SSHKey.Name != "" {
		row = append(row, chat.Button(a.S("button.use_password"), "quote", chat.Args{"quote": q.ID, "login": passwordLogin}))
	}
	for _, k := range a.profile.SSHKeys {
		if k.Name != q.Terms.SSHKey.Name && len(row) < chat.MaxRow {
			row = append(row, chat.Button(a.S("button.use", "Name", k.Name), "quote", chat.Args{"quote": q.ID, "login": k.Name}))
		}
	}
	return row
}

// blockedView shows a server that cannot be had as wished, and what can.
func (c *Commands) blockedView(a *ask, s *market.Snapshot, o market.Offer, w wish) chat.View {
	v := chat.View{
		Topic: "blocked", Tone: chat.Warning, Title: serverText(w.server), Footer: a.updated(s),
	}
	if o.Server == nil {
		v.Body = a.T("reason.unlisted", "Server", serverText(w.server))
		return then(v, chat.Button(a.S("button.market"), "market", nil))
	}
	v.Title = join(v.Title, a.cards(o.Server.GPUs, o.Server.GPUMemory))
	terms := a.terms(o, w)
	if o.Obstacle != market.CoinNotAccepted {
		v.Body = plain(a.obstacleText(o))
		return then(v, append(a.nextButton(terms), chat.Button(a.S("button.market"), "market", nil))...)
	}
	v.Body = lines(a.T("blocked.coin", "Coin", w.pay.Symbol(), "Price", a.price(o.Price, o.USD)))
	args := chat.Args{"what": serverText(w.server), "pay": o.Price.Currency.Symbol(), "preset": w.preset.Name}
	if w.kind == clore.Spot {
		args = args.With("kind", string(w.kind)).With("bid", w.bid)
	}
	return then(v, append([]chat.Control{
		chat.Button(a.S("button.pay_in", "Coin", o.Price.Currency.Symbol()), "rent", args).Styled(chat.Good),
	}, a.nextButton(terms)...)...)
}
