package clore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

// MyOrders returns the orders of the account, with completed also ended ones; how far back
// those reach is not documented. An answer in which the ID or the server of any entry cannot
// be read is an error as a whole: an entry left out would look ended.
func (c *Client) MyOrders(ctx context.Context, completed bool) ([]Order, error) {
	x := get("my_orders")
	x.limit = ordersAnswer
	x.query = "return_completed=" + strconv.FormatBool(completed)
	w, err := call[wireOrders](ctx, c, x)
	if err != nil {
		return nil, err
	}
	out := make([]Order, 0, len(w.Orders))
	texts := make(interner)
	for i := range w.Orders {
		out = append(out, w.Orders[i].order(texts))
	}
	return out, nil
}

// CancelOrder ends an order, also a spot bid that waits. issue, when not empty, is a complaint
// about the host of at most 2048 characters. It may be repeated: of an order that has ended
// already the error is [OrderNotActive], and the caller has what it wanted. Success is Clore's
// word only; the order list is the proof.
func (c *Client) CancelOrder(ctx context.Context, id OrderID, issue string) error {
	if err := checkCancel(id, issue); err != nil {
		return err
	}
	x, err := post("cancel_order", struct {
		ID    OrderID `json:"id"`
		Issue string  `json:"issue,omitempty"`
	}{id, issue})
	if err != nil {
		return err
	}
	x.rank, x.repeat = rankCancel, true
	_, err = call[envelope](ctx, c, x)
	return err
}

type wireOrders struct {
	envelope
	Orders []wireOrder `json:"orders"`
}

func (w *wireOrders) check() error {
	if w.Orders == nil {
		return errors.New("no orders in the answer")
	}
	for i := range w.Orders {
		if w.Orders[i].ID <= 0 || w.Orders[i].Server <= 0 {
			return fmt.Errorf("order %d of %d cannot be read", i+1, len(w.Orders))
		}
	}
	return nil
}

// wireOrder is an entry of my_orders. The price is per day, mrl is in seconds.
type wireOrder struct {
	ID          wireInt    `json:"id"`
	Server      wireInt    `json:"si"`
	Spot        bool       `json:"spot"`
	Currency    string     `json:"currency"`
	Price       wireAmount `json:"price"`
	CreationFee wireAmount `json:"creation_fee"`
	Spend       wireAmount `json:"spend"`
	Created     float64    `json:"ct"`
	Ended       float64    `json:"order_end"`
	MRL         float64    `json:"mrl"`
	Expired     bool       `json:"expired"`
	Image       string     `json:"image"`
	Container   float64    `json:"mon_container"`
	Online      bool       `json:"online"`
	Hosts       wireList   `json:"pub_cluster"`
	Ports       wireList   `json:"tcp_ports"`
	HTTPPort    wireInt    `json:"http_port"`
	HTTPHost    string     `json:"http_pub"`
	Specs       wireSpecs  `json:"specs"`
	Reliability float64    `json:"reliability"`
	wireStanding
}

func (w *wireOrder) order(texts interner) Order {
	in := func(a wireAmount) money.Money {
		return money.Money{Amount: a.positive(), Currency: currency(w.Currency)}
	}
	kind := OnDemand
	if w.Spot {
		kind = Spot
	}
	o := Order{
		ID: OrderID(w.ID), Server: ServerID(w.Server), Kind: kind,
		Price: in(w.Price), CreationFee: in(w.CreationFee), Spend: in(w.Spend),
		Created: moment(w.Created), Ended: moment(w.Ended), MaxRental: seconds(w.MRL, longestRental),
		Expired: w.Expired, Image: clean(w.Image, 255),
		Container: int(upTo(w.Container, 100)), Online: w.Online,
		Hosts: hosts(w.Hosts), Ports: ports(w.Ports),
		GPUs: w.Specs.cards(w.GPUs, texts), GPUMemory: w.Specs.memory(),
		CUDA: cudaVersion(w.CUDA, texts), Country: country(w.Specs.Net.Country),
		Reliability: upTo(w.Reliability, 1), Rating: w.rating(),
	}
	if p := w.HTTPPort; p > 0 && p <= 65535 {
		o.HTTPPort = int(p)
	}
	// An address is made of it, so it must be a name and nothing else.
	if h := strings.ToLower(w.HTTPHost); SafeWebHost(h) {
		o.HTTPHost = h
	}
	return o
}

// moment is a Unix time in whole seconds; zero when absent or absurd.
func moment(f float64) time.Time {
	const year2200 = 7_258_118_400
	if f = upTo(f, year2200); f == 0 {
		return time.Time{}
	}
	return time.Unix(int64(f), 0).UTC()
}

// hosts cleans names but keeps odd ones: [Order.SSH] refuses them, and people may see them.
func hosts(l wireList) []string {
	const most = 16
	var out []string
	for _, h := range l {
		if h = strings.ToLower(clean(h, 253)); h != "" && len(out) < most {
			out = append(out, h)
		}
	}
	return out
}

// ports reads "<container>:<public>".
func ports(l wireList) []PortMap {
	var out []PortMap
	for _, s := range l {
		a, b, _ := strings.Cut(s, ":")
		inner, err := strconv.ParseUint(strings.TrimSpace(a), 10, 16)
		outer, err2 := strconv.ParseUint(strings.TrimSpace(b), 10, 16)
		if err == nil && err2 == nil && inner > 0 && outer > 0 {
			out = append(out, PortMap{int(inner), int(outer)})
		}
	}
	return out
}
