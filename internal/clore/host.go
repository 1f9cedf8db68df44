package clore

import (
	"context"
	"errors"
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

// MyServers returns the servers that the account rents out. Entries without a name are left
// out.
func (c *Client) MyServers(ctx context.Context) ([]HostServer, error) {
	w, err := call[wireHostServers](ctx, c, get("my_servers"))
	if err != nil {
		return nil, err
	}
	out := make([]HostServer, 0, len(w.Servers))
	for i := range w.Servers {
		if s := w.Servers[i].server(); s.Name != "" {
			out = append(out, s)
		}
	}
	return out, nil
}

// ServerConfig returns the settings of an own server. The endpoint wants its parameter in the
// body of a GET, which some proxies drop.
func (c *Client) ServerConfig(ctx context.Context, name string) (*ServerConfig, error) {
	if err := checkName(name, "server_name"); err != nil {
		return nil, err
	}
	x := get("server_config")
	var err error
	if x.body, err = encode(map[string]string{"server_name": name}); err != nil {
		return nil, err
	}
	w, err := call[wireServerConfig](ctx, c, x)
	if err != nil {
		return nil, err
	}
	return w.config(), nil
}

// SetServerSettings replaces the settings of an own server. Currencies of Clore without a price
// in s are switched off. Clore ignores the prices while its own pricing is on.
func (c *Client) SetServerSettings(ctx context.Context, s ServerSettings) error {
	if err := s.check(); err != nil {
		return err
	}
	x, err := post("set_server_settings", s.wire())
	if err != nil {
		return err
	}
	_, err = call[envelope](ctx, c, x)
	return err
}

func (s *ServerSettings) wire() map[string]any {
	w := map[string]any{
		"name": s.Name, "availability": s.Available, "mrl": int64(s.MaxRental / time.Hour),
	}
	for _, c := range money.Currencies() {
		onDemand, a := s.OnDemand.In(c)
		if a {
			w[string(c)+"_on_demand"] = onDemand.Amount
		}
		spot, b := s.SpotFloor.In(c)
		if b {
			w[string(c)+"_spot"] = spot.Amount
		}
		w["enabled-"+string(c)] = a || b
	}
	return w
}

type wireHostServers struct {
	envelope
	Servers []wireHostServer `json:"servers"`
}

func (w *wireHostServers) check() error {
	if w.Servers == nil {
		return errors.New("no servers in the answer")
	}
	return nil
}

// wireHostServer has the fields of my_servers and of server_config, which name some of them
// differently.
type wireHostServer struct {
	ID         wireInt    `json:"id"`
	Name       string     `json:"name"`
	Connected  bool       `json:"connected"`
	Online     bool       `json:"online"`
	Visibility string     `json:"visibility"`
	Pricing    wirePrices `json:"pricing"`
	MinSpot    wirePrices `json:"min_spot_pricing"`
	Spot       wirePrices `json:"spot_pricing"`
	Currencies wireList   `json:"allowed_currencies"`
	Coins      wireList   `json:"allowed_coins"`
}

func (w *wireHostServer) server() HostServer {
	return HostServer{
		ID: ServerID(max(w.ID, 0)), Name: clean(w.Name, textLimit),
		Connected: w.Connected, Online: w.Online, Public: w.Visibility == "public",
		Prices: w.Pricing.prices(), SpotFloor: append(w.MinSpot.prices(), w.Spot.prices()...),
		Coins: currencies(append(w.Currencies, w.Coins...)),
	}
}

type wireServerConfig struct {
	envelope
	Config *struct {
		wireHostServer
		MRL    float64 `json:"mrl"` // h
		Rental int     `json:"rental_status"`
	} `json:"config"`
	Complete bool `json:"creation_completed"`
}

func (w *wireServerConfig) check() error {
	if w.Config == nil {
		return errors.New("no config in the answer")
	}
	return nil
}

func (w *wireServerConfig) config() *ServerConfig {
	status := RentalStatus(w.Config.Rental)
	if status < NotRented || status > RentedOnDemand {
		status = NotRented
	}
	return &ServerConfig{
		HostServer: w.Config.server(), MaxRental: hours(w.Config.MRL, longestRental),
		Rental: status, Complete: w.Complete,
	}
}
