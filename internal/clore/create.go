package clore

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"

	"github.com/clorebot/clorebot/internal/money"
)

// CreateOrder rents a server or places a spot bid. Clore's success has no order ID: it has to
// be found in [Client.MyOrders], by server and time, some seconds later. After an error that
// is not [OutcomeKnown] the order may exist or may still come into being.
func (c *Client) CreateOrder(ctx context.Context, r OrderRequest) error {
	if err := r.check(); err != nil {
		return err
	}
	x, err := post("create_order", r.wire())
	if err != nil {
		return err
	}
	x.rank, x.before = rankCreate, r.Before
	_, err = call[envelope](ctx, c, x)
	return err
}

type wireOrderRequest struct {
	Currency     money.Currency    `json:"currency"`
	Image        string            `json:"image"`
	Server       ServerID          `json:"renting_server"`
	Kind         Kind              `json:"type"`
	Bid          money.Amount      `json:"spotprice,omitempty"`
	Limit        money.Amount      `json:"required_price,omitempty"`
	Ports        map[string]string `json:"ports,omitempty"`
	Env          map[string]string `json:"env,omitempty"`
	JupyterToken string            `json:"jupyter_token,omitempty"`
	SSHPassword  string            `json:"ssh_password,omitempty"`
	SSHKey       string            `json:"ssh_key,omitempty"`
	Command      string            `json:"command,omitempty"`
	AutoSSH      bool              `json:"autossh_entrypoint,omitempty"`
}

func (r *OrderRequest) wire() wireOrderRequest {
	w := wireOrderRequest{
		Currency: r.Currency, Image: r.Image, Server: r.Server, Kind: r.Kind, Bid: r.Bid,
		Limit: r.Limit, Env: r.Env, JupyterToken: r.JupyterToken, SSHPassword: r.SSHPassword,
		SSHKey: r.SSHKey, Command: r.Command, AutoSSH: r.AutoSSH,
	}
	if len(r.Ports) > 0 {
		w.Ports = make(map[string]string, len(r.Ports))
		for p, protocol := range r.Ports {
			w.Ports[strconv.Itoa(p)] = protocol
		}
	}
	return w
}

// Format implements [fmt.Formatter]: whatever the verb, a request prints without its secrets.
func (r OrderRequest) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "%s order of server %d with %s", r.Kind, r.Server, r.Image)
}

// LogValue implements [slog.LogValuer], without the secrets.
func (r OrderRequest) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("server", int64(r.Server)), slog.String("kind", string(r.Kind)),
		slog.String("currency", string(r.Currency)), slog.String("image", r.Image))
}
