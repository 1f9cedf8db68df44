package simulator

import (
	"encoding/json"
	"maps"
	"slices"
)

// settings is the body of set_server_settings. Prices come in an older form for bitcoin alone
// or one field a currency, so the fields are looked up by name.
type settings map[string]json.RawMessage

func setServerSettings(w *world, c *call) answer {
	var b settings
	if json.Unmarshal(c.body, &b) != nil || b == nil { // its names have capitals
		return badInput()
	}
	var name string
	var available bool
	var mrl int
	for field, into := range map[string]any{"name": &name, "availability": &available, "mrl": &mrl} {
		raw, there := b[field]
		if !there {
			return refuse("not_all_parameters_present")
		}
		if json.Unmarshal(raw, into) != nil {
			return refuse("invalid_input")
		}
	}
	s := c.account.host(name)
	switch {
	case s == nil:
		return refuse("server_dont_exist")
	case mrl < 1 || mrl > 3000:
		return refuse("invalid_mrl")
	}
	next, good := b.apply(s)
	if !good {
		return refuse("invalid_input")
	}
	s.Price, s.Coins, s.follows = next.Price, next.Coins, next.follows
	s.MRL, s.hidden = mrl, !available
	if s.follows {
		s.reprice(w.rates)
	}
	w.changed()
	w.settle(s, c.at)
	return done()
}

// apply returns the server with the prices and coins of the body.
func (b settings) apply(s *server) (next server, good bool) {
	next = *s
	next.Price.OnDemand, next.Price.Spot = maps.Clone(s.Price.OnDemand), maps.Clone(s.Price.Spot)
	next.Coins = slices.Clone(s.Coins)
	if raw, there := b["autoprice"]; there {
		next.follows = string(raw) != "false" && string(raw) != "null"
	}
	for _, c := range []string{btc, clore, usd} {
		if !b.price(c+"_on_demand", c, next.Price.OnDemand) || !b.price(c+"_spot", c, next.Price.Spot) || !b.enable(c, &next) {
			return next, false
		}
	}
	return next, b.price("on_demand", btc, next.Price.OnDemand) && b.price("spot", btc, next.Price.Spot)
}

func (b settings) price(field, currency string, into map[string]float64) bool {
	raw, there := b[field]
	if !there {
		return true
	}
	var x float64
	if json.Unmarshal(raw, &x) != nil || x <= 0 {
		return false
	}
	into[currency] = x
	return true
}

func (b settings) enable(currency string, s *server) bool {
	raw, there := b["enabled-"+currency]
	if !there {
		return true
	}
	var on bool
	if json.Unmarshal(raw, &on) != nil {
		return false
	}
	s.Coins = slices.DeleteFunc(s.Coins, func(c string) bool { return c == currency })
	if on {
		s.Coins = append(s.Coins, currency)
	}
	return true
}
