package simulator

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of create_order's texts.
const (
	maxPassword = 32
	maxSSHKey   = 3072
	maxIssue    = 2048
)

// createBody is the body of create_order, with the types that Clore documents.
type createBody struct {
	Currency string            `json:"currency"`
	Image    string            `json:"image"`
	Server   *int64            `json:"renting_server"`
	Type     string            `json:"type"`
	Bid      float64           `json:"spotprice"`
	Ports    map[string]string `json:"ports"`
	Env      map[string]string `json:"env"`
	Token    string            `json:"jupyter_token"`
	Password string            `json:"ssh_password"`
	SSHKey   string            `json:"ssh_key"`
	Command  string            `json:"command"`
	Required *float64          `json:"required_price"`
	AutoSSH  bool              `json:"autossh_entrypoint"`

	forwarded []int // the tcp ports, 22 first
	web       int   // the http port, 0 without one
}

// object decodes a body that must be one JSON object. Names count to the letter, which the
// decoder alone would not see to.
func object(body []byte, into any) bool {
	var fields map[string]json.RawMessage
	if !utf8.Valid(body) || json.Unmarshal(body, &fields) != nil || fields == nil {
		return false
	}
	for name := range fields {
		if name != strings.ToLower(name) {
			delete(fields, name)
		}
	}
	return json.Unmarshal(encode(fields), into) == nil
}

// readCreate decodes and checks a body as far as that is possible without looking at the market.
func readCreate(body []byte) (createBody, bool) {
	var b createBody
	if !object(body, &b) || b.Server == nil || b.Image == "" || !b.kinds() || !b.lengths() {
		return b, false
	}
	return b, b.readPorts()
}

func (b *createBody) kinds() bool {
	switch b.Type {
	case onDemand:
	case spot:
		if b.Bid <= 0 || math.IsInf(b.Bid, 0) {
			return false
		}
	default:
		return false
	}
	if b.Required != nil && *b.Required < 0 {
		return false
	}
	return slices.Contains([]string{btc, clore, usd}, b.Currency)
}

func (b *createBody) lengths() bool {
	return len(b.Password) <= maxPassword && len(b.Token) <= maxPassword && len(b.SSHKey) <= maxSSHKey
}

func (b *createBody) readPorts() bool {
	for text, protocol := range b.Ports {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != text {
			return false
		}
		switch {
		case protocol == "tcp":
			b.forwarded = append(b.forwarded, n)
		case protocol == "http" && b.web == 0:
			b.web = n
		default:
			return false
		}
	}
	slices.Sort(b.forwarded)
	if i := slices.Index(b.forwarded, 22); i > 0 {
		b.forwarded = slices.Insert(slices.Delete(b.forwarded, i, i+1), 0, 22)
	}
	return true
}

// poisoned reports what the real service answers with a database error: an & in a value.
func (b *createBody) poisoned() bool {
	for _, v := range b.Env {
		if strings.Contains(v, "&") {
			return true
		}
	}
	return false
}

func createOrder(w *world, c *call) answer {
	b, ok := readCreate(c.body)
	if !ok {
		return badInput()
	}
	s := w.servers[*b.Server]
	if no := w.objection(c.account, s, &b, c); no.body != nil {
		return no
	}
	if b.poisoned() {
		return database()
	}
	o := w.create(c.account, s, b, c.at)
	o.late = c.late
	return done()
}

// objection returns the refusal of a well-formed request, or an answer without a body.
func (w *world) objection(a *account, s *server, b *createBody, c *call) answer {
	switch {
	case s == nil:
		return refuse("server-dont-exist")
	case slices.Contains(a.hosts, s):
		return refuse("cant_rent_from_yourself")
	case s.GigaSPOT:
		return refuse("machine-is-on-gigaspot")
	case s.offline || s.hidden:
		return refuse("server-offline")
	case !s.accepts(b.Currency):
		no := refuse("currency-not-allowed")
		no.status = 500 // as seen in captures
		return no
	}
	price := s.Price.OnDemand[b.Currency]
	if b.Type == spot {
		price = b.Bid
		if no := w.spotObjection(a, s, b); no.body != nil {
			return no
		}
	} else if s.stranger || len(s.tenants) > 0 && !w.opts.NoGuard {
		return refuse("server-already-rented", "status", "rented")
	}
	if b.Required != nil && price > *b.Required {
		return refuse("required_price_exceeded") // the real name was never seen
	}
	if a.balance(b.Currency, c.at) < creationFeeUSD/w.rates.of(b.Currency)+price*prepaid/day {
		return refuse("not_enough_balance")
	}
	return answer{}
}

func (w *world) spotObjection(a *account, s *server, b *createBody) answer {
	if floor := s.Price.Spot[b.Currency]; b.Bid < floor {
		return refuse("too_low_price", "min_price", floor)
	}
	for _, x := range s.book.bids {
		if x.order != nil && x.order.account == a {
			return refuse("you_already_have_spot_order")
		}
	}
	return answer{}
}
