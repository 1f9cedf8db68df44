package simulator

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// The currencies by the service's own names.
const (
	btc   = "bitcoin"
	clore = "CLORE-Blockchain"
	usd   = "USD-Blockchain"
)

// entry is a server as marketplace writes it. Key sets differ between generations of hosts.
type entry struct {
	ID          int64    `json:"id"`
	Owner       int64    `json:"owner"`
	MRL         int      `json:"mrl"` // hours
	Price       pricing  `json:"price"`
	Rented      bool     `json:"rented"`
	Specs       specs    `json:"specs"`
	Reliability float64  `json:"reliability"`
	Coins       []string `json:"allowed_coins"`
	Rating      rating   `json:"rating"`
	OC          bool     `json:"oc,omitempty"`
	CUDA        string   `json:"cuda_version"`
	GPUs        []string `json:"gpu_array,omitempty"`
	Autoprice   string   `json:"autoprice,omitempty"`
	GigaSPOT    bool     `json:"gigaspot,omitempty"`
	Partial     any      `json:"partial_gpu_rental,omitempty"` // an object or a bool
}

type pricing struct {
	OnDemand map[string]float64   `json:"on_demand"` // per day, whole server
	Spot     map[string]float64   `json:"spot"`      // least bid per day
	USD      *equivalents         `json:"usd,omitempty"`
	Original map[string]usdPrices `json:"original_usd,omitempty"`
}

type equivalents struct {
	BTC   float64 `json:"on_demand_btc"`
	Clore float64 `json:"on_demand_clore"`
	USD   float64 `json:"on_demand_usd"`
	Spot  float64 `json:"spot"`
}

type usdPrices struct {
	OnDemand float64 `json:"on_demand"`
	Spot     float64 `json:"spot"`
}

type specs struct {
	Board     string  `json:"mb"`
	CPU       string  `json:"cpu"`
	CPUs      string  `json:"cpus"`
	RAM       float64 `json:"ram"`
	Disk      string  `json:"disk"`
	DiskSpeed float64 `json:"disk_speed"`
	GPU       string  `json:"gpu"`
	Memory    float64 `json:"gpuram"`
	Net       network `json:"net"`
	Backend   int     `json:"backend_version"`
	PCIeRev   int     `json:"pcie_rev"`
	PCIeWidth int     `json:"pcie_width"`
	Power     []int   `json:"pl,omitempty"`
	XFS       int     `json:"xfs,omitempty"`
	Overclock any     `json:"stock_oc,omitempty"` // an array or "default"
	Count     int     `json:"gpu_count,omitempty"`
}

type network struct {
	Up      float64  `json:"up"`
	Down    float64  `json:"down"`
	Country string   `json:"cc"`
	History []string `json:"test_history,omitempty"`
}

type rating struct {
	Average float64 `json:"avg"`
	Count   int     `json:"cnt"`
}

// server is a host's machine with what the marketplace does not tell.
type server struct {
	entry
	name    string   // the host's own name for it
	usd     float64  // what the host wants per day; 0 when it is priced in coins
	floor   float64  // the least bid as a part of the price
	follows bool     // autopriced: coin prices follow usd at every move
	refused []string // listed coins that create_order refuses all the same
	cards   int
	hidden  bool // the host does not offer it
	offline bool
	away    time.Time // since when, while offline
	gone    bool      // offline long enough to be off the list
	pinned  bool      // a test has set its state: strangers and chance leave it alone
	// stranger is true while somebody outside the simulation rents it on demand.
	stranger bool
	// tenants are the on-demand orders that hold it: one, or more without the guard.
	tenants []*order
	book    book
	web     float64 // how likely the app of a new order comes up by itself
}

// accepts reports whether create_order takes the currency. A few hosts list one and refuse it.
func (s *server) accepts(currency string) bool {
	_, priced := s.Price.OnDemand[currency]
	return priced && slices.Contains(s.Coins, currency) && !slices.Contains(s.refused, currency)
}

func (s *server) rented() bool { return s.stranger || len(s.tenants) > 0 }

// renters returns the accounts' orders whose container is on it.
func (s *server) renters() []*order {
	out := slices.Clone(s.tenants)
	for _, b := range s.book.bids {
		if b.active && b.order != nil {
			out = append(out, b.order)
		}
	}
	return out
}

func (s *server) listed() bool { return !s.gone && !s.hidden }

// json returns the marketplace's entry at the given rates.
func (s *server) json(r rates) json.RawMessage {
	e := s.entry
	e.Rented = s.rented()
	if e.Price.USD != nil {
		e.Price.USD = &equivalents{
			BTC:   e.Price.OnDemand[btc] * r.btc,
			Clore: e.Price.OnDemand[clore] * r.clore,
			USD:   e.Price.OnDemand[usd],
		}
	}
	return encode(e)
}

// cluster returns the public host name of the region's proxy.
func (s *server) cluster() string {
	switch s.Specs.Net.Country {
	case "US", "CA", "AR", "BR":
		return "n1.us.clorecloud.net"
	case "RU", "BY", "KZ":
		return "n1.msk.cloreai.ru"
	case "DE", "NL", "FR", "CZ":
		return "n1.de.clorecloud.net"
	default:
		return "n1.c1.clorecloud.net"
	}
}

// domain returns where the web addresses of the region's orders live.
func (s *server) domain() string {
	if strings.Contains(s.cluster(), ".us.") {
		return "us.clorecloud.net"
	}
	return "clorecloud.net"
}

// scale multiplies every price, as a host does that changes its mind.
func (s *server) scale(factor float64) {
	s.usd *= factor
	s.Price = s.Price.scaled(factor)
}

func (p pricing) scaled(factor float64) pricing {
	out := p
	out.OnDemand, out.Spot = map[string]float64{}, map[string]float64{}
	for c, x := range p.OnDemand {
		out.OnDemand[c] = round(x*factor, decimals(c))
	}
	for c, x := range p.Spot {
		out.Spot[c] = round(x*factor, decimals(c))
	}
	return out
}

// decimals returns how fine prices in a currency are published.
func decimals(currency string) int {
	if currency == btc {
		return 8
	}
	return 2
}

// rates is the worth of one coin in USD.
type rates struct{ btc, clore float64 }

func (r rates) of(currency string) float64 {
	switch currency {
	case btc:
		return r.btc
	case clore:
		return r.clore
	default:
		return 1
	}
}

func (r rates) json() map[string]float64 {
	return map[string]float64{btc: r.btc, clore: r.clore, usd: 1}
}

// tickEvery is how often the service computes prices anew.
const tickEvery = 10 * time.Minute
