package simulator

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// orderLimit is the limit that my_orders tells; what it means is not documented.
const orderLimit = 50

// listing is an order as my_orders writes it. Live on-demand orders have exactly the keys of a
// capture of July 2026; expired, spot, order_end and the counts appear on others only.
type listing struct {
	ID          int64    `json:"id"`
	CreationFee float64  `json:"creation_fee"`
	Price       float64  `json:"price"`
	MRL         int      `json:"mrl"` // seconds
	Image       string   `json:"image"`
	Currency    string   `json:"currency"`
	Spend       float64  `json:"spend"`
	Created     int64    `json:"ct"`
	Ended       int64    `json:"order_end,omitempty"`
	Expired     bool     `json:"expired,omitempty"`
	Spot        bool     `json:"spot,omitempty"`
	Specs       specs    `json:"specs"`
	Server      int64    `json:"si"`
	Container   int      `json:"mon_container"`
	Online      bool     `json:"online"`
	Cluster     []string `json:"pub_cluster,omitempty"`
	TCP         []string `json:"tcp_ports"`
	HTTPPort    string   `json:"http_port,omitempty"`
	HTTPHost    string   `json:"http_pub,omitempty"`
	Rating      rating   `json:"rating"`
	Reliability float64  `json:"reliability"`
	Owner       int64    `json:"owner"`
	CUDA        string   `json:"cuda_version"`
	GPUs        []string `json:"gpu_array,omitempty"`
	Count       int      `json:"gpu_count,omitempty"`
	Total       int      `json:"total_gpus,omitempty"`
}

// list returns the order's entry at a time.
func (o *order) list(at time.Time) json.RawMessage {
	s := o.server
	l := listing{
		ID: o.id, CreationFee: o.creation, Price: o.meter.price, MRL: s.MRL * 3600, Image: o.Image,
		Currency: o.currency, Spend: o.meter.spend(at), Created: o.ct().Unix(), Spot: o.kind() == spot,
		Specs: s.Specs, Server: s.ID, Container: o.deploying(at), Online: !s.offline, TCP: []string{},
		Rating: s.Rating, Reliability: s.Reliability, Owner: s.Owner, CUDA: s.CUDA, GPUs: s.GPUs,
	}
	l.Specs.Power, l.Specs.Overclock, l.Specs.Count = nil, nil, 0
	if o.addressed(at) {
		l.Cluster, l.TCP, l.HTTPHost = []string{o.host}, o.tcpPorts(), o.http
		if o.web != 0 {
			l.HTTPPort = strconv.Itoa(o.web)
		}
	}
	if !o.live() && !at.Before(o.lingers) {
		l.Expired, l.Ended, l.Count, l.Total = true, o.ended.Unix(), s.cards, s.cards
	}
	return encode(l)
}

func myOrders(_ *world, c *call) answer {
	list := []json.RawMessage{}
	for _, o := range c.account.orders {
		if o.visible(c.at) {
			list = append(list, o.list(c.at))
		}
	}
	completed := strings.EqualFold(c.query.Get("return_completed"), "true")
	for _, o := range c.account.past {
		if lingers := c.at.Before(o.lingers); !o.plan.hidden && (lingers && o.visible(c.at) || completed && !lingers) {
			list = append(list, o.list(c.at))
		}
	}
	return ok(map[string]any{"orders": list, "limit": orderLimit, "code": codeOK})
}

func cancelOrder(w *world, c *call) answer {
	var b struct {
		ID    *int64  `json:"id"`
		Issue *string `json:"issue"`
	}
	if !object(c.body, &b) || b.ID == nil {
		return badInput()
	}
	o := w.orders[*b.ID]
	switch {
	case b.Issue != nil && len(*b.Issue) > maxIssue:
		return refuse("issue_description_too_long")
	case o == nil:
		return refuse("order_not_found")
	case o.account != c.account:
		return refuse("you_dont_own_this_order")
	case !o.live():
		return refuse("order_not_active")
	}
	if b.Issue != nil {
		o.issue = *b.Issue
	}
	w.end(o, c.at, "cancel")
	return done()
}
