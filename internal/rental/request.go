package rental

import (
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/secret"
)

// meets compares the terms with what a server costs now: a nil server is not listed. It returns
// the present price where that is the obstacle, and a Reason constant or "".
func (t *Terms) meets(s *clore.Server) (money.Money, string) {
	coin := t.Price.Currency
	switch {
	case s == nil:
		return money.Money{}, ReasonUnlisted
	case s.GigaSPOT:
		return money.Money{}, ReasonGigaSPOT
	case s.Rented && t.Kind == clore.OnDemand:
		return money.Money{}, ReasonRented
	case !s.Accepts(coin):
		return money.Money{}, ReasonCoin
	}
	prices := s.OnDemand
	if t.Kind == clore.Spot {
		prices = s.SpotFloor
	}
	price, ok := prices.In(coin)
	switch {
	case !ok && t.Kind == clore.Spot:
		return money.Money{}, "" // no floor is known; Clore judges the bid
	case !ok || price.Amount <= 0 && t.Kind == clore.OnDemand:
		return money.Money{}, ReasonNoPrice
	case price.Amount > t.Price.Amount:
		return price, ReasonDearer
	}
	return money.Money{}, ""
}

// Credentials open a rental. Each may be empty.
type Credentials struct {
	Password secret.Text // of root, by SSH
	Token    secret.Text // of the web page
}

// web reports whether the container has a page on the web.
func (t *Terms) web() bool {
	for _, protocol := range t.Preset.Ports {
		if protocol == "http" {
			return true
		}
	}
	return false
}

// request words the terms for Clore. Clore itself refuses a price above the one that was agreed.
func request(t *Terms, c Credentials) clore.OrderRequest {
	r := clore.OrderRequest{
		Server: t.Server, Kind: t.Kind, Currency: t.Price.Currency, Image: t.Preset.Image,
		Ports: t.Preset.Ports, Env: t.Preset.Env, Command: t.Preset.Command,
		AutoSSH: t.Preset.AutoSSH, SSHKey: t.SSHKey.Line, SSHPassword: c.Password.Reveal(),
		JupyterToken: c.Token.Reveal(),
	}
	if t.Kind == clore.Spot {
		r.Bid = t.Price.Amount
	} else {
		r.Limit = t.Price.Amount
	}
	return r
}
