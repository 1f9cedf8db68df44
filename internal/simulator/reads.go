package simulator

import (
	"bytes"
	"encoding/json"
	"slices"
)

type wallet struct {
	Name    string   `json:"name"`
	Deposit string   `json:"deposit,omitempty"`
	Balance float64  `json:"balance"`
	Fee     *float64 `json:"withdrawal_fee,omitempty"`
}

func wallets(_ *world, c *call) answer {
	fee := 0.0001
	list := []wallet{
		{Name: btc, Deposit: deposit(c.account), Fee: &fee},
		{Name: clore},
		{Name: usd},
	}
	for i := range list {
		list[i].Balance = round(c.account.balance(list[i].Name, c.at), 8)
	}
	return ok(map[string]any{"wallets": list, "code": codeOK})
}

// deposit makes up an address on the test network.
func deposit(a *account) string {
	return "tb1q" + newDice(uint64(a.number), streamKey, 1).word(38, "023456789acdefghjklmnpqrstuvwxyz")
}

func marketplace(w *world, c *call) answer {
	mine := []int64{}
	if c.account != nil {
		for _, s := range c.account.hosts {
			mine = append(mine, s.ID)
		}
	}
	var b bytes.Buffer
	b.WriteString(`{"servers":`)
	b.Write(w.market())
	b.WriteString(`,"my_servers":`)
	b.Write(encode(mine))
	b.WriteString(`,"code":0}`)
	return answer{status: 200, code: codeOK, body: json.RawMessage(b.Bytes())}
}

func myServers(_ *world, c *call) answer {
	list := []map[string]any{}
	for _, s := range c.account.hosts {
		e := s.host()
		e["min_spot_pricing"], e["allowed_currencies"] = s.Price.Spot, s.Coins
		list = append(list, e)
	}
	return ok(map[string]any{"servers": list, "limit": orderLimit, "code": codeOK})
}

// host returns what both host-side reads tell of a server.
func (s *server) host() map[string]any {
	visibility := "public"
	if s.hidden {
		visibility = "hidden"
	}
	e := map[string]any{
		"id": s.ID, "name": s.name, "connected": !s.offline, "online": !s.offline,
		"visibility": visibility, "pricing": s.Price.OnDemand,
	}
	if !s.offline {
		e["specs"] = s.Specs
	}
	return e
}

func serverConfig(_ *world, c *call) answer {
	var b struct {
		Name string `json:"server_name"`
	}
	if !object(c.body, &b) || b.Name == "" {
		return badInput()
	}
	s := c.account.host(b.Name)
	if s == nil {
		return refuse("server_dont_exist")
	}
	e := s.host()
	e["spot_pricing"], e["mrl"], e["initialized"] = s.Price.Spot, s.MRL, true
	e["rental_status"], e["allowed_coins"], e["autoprice"] = s.rental(), s.Coins, s.follows
	if s.follows {
		e["usd_pricing"] = s.Price.Original
	}
	e["background_job"] = map[string]any{"times_updated": 0, "image": "", "command": "", "env": map[string]string{}}
	return ok(map[string]any{"config": e, "creation_completed": true, "code": codeOK})
}

// rental returns rental_status: 0 free, 1 spot, 2 on demand.
func (s *server) rental() int {
	switch {
	case s.rented():
		return 2
	case slices.ContainsFunc(s.book.bids, func(b *bid) bool { return b.active }):
		return 1
	default:
		return 0
	}
}

func (a *account) host(name string) *server {
	i := slices.IndexFunc(a.hosts, func(s *server) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	return a.hosts[i]
}
