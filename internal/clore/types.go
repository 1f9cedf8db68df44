package clore

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

// ServerID is Clore's number of a server.
type ServerID int64

// OrderID is Clore's number of an order. Later orders have higher numbers.
type OrderID int64

// Kind is the kind of an order, by the names of create_order.
type Kind string

// The kinds of orders.
const (
	OnDemand Kind = "on-demand"
	Spot     Kind = "spot"
)

// Prices holds a price per day for the whole server in each currency that has one.
type Prices []money.Money

// In returns the price in a currency, or false when there is none.
func (p Prices) In(c money.Currency) (money.Money, bool) {
	for _, m := range p {
		if m.Currency == c {
			return m, true
		}
	}
	return money.Money{}, false
}

// Server is an entry of the marketplace. Fields that an entry lacks are zero.
type Server struct {
	ID        ServerID
	Owner     int64
	MaxRental time.Duration // mrl: the longest rental
	OnDemand  Prices        // without the renter's fee
	SpotFloor Prices        // the least bid
	// USD holds the site's own USD equivalents per day by the currency they were made from
	// (price.usd.on_demand_btc, …); nil on old entries. It is what rates are derived from.
	USD      map[money.Currency]money.Amount
	Coins    []money.Currency // allowed_coins: what create_order accepts; narrower than prices
	Rented   bool             // taken on demand; a server held by a spot bid may show false
	GigaSPOT bool             // refuses normal orders
	// GPUs has the model of each card ("RTX 3090"), without the maker's name.
	GPUs        []string
	GPUMemory   int // GB a card, rounded
	CPU         string
	Cores       int
	Threads     int
	RAM         float64 // GB
	Board       string
	DiskModel   string
	DiskSize    float64 // GB
	DiskSpeed   float64 // MB/s
	Up, Down    float64 // Mbit/s
	Country     string  // ISO 3166 two letters, upper case
	PCIeVersion int
	PCIeLanes   int
	PowerLimits []int   // W a card
	CUDA        string  // "12.4": what the driver supports
	Reliability float64 // 0 to 1
	Rating      Rating
}

// Accepts reports whether create_order takes the currency for this server.
func (s *Server) Accepts(c money.Currency) bool { return slices.Contains(s.Coins, c) }

// Rating is what renters gave a server; a Count of zero means none.
type Rating struct {
	Average float64 // 0 to 5
	Count   int
}

// Marketplace is an answer of GET /marketplace.
type Marketplace struct {
	Servers []Server
	Mine    []ServerID // my_servers; empty without a key
	Skipped int        // entries that could not be read
}

// Order is an entry of my_orders.
type Order struct {
	ID          OrderID
	Server      ServerID
	Kind        Kind
	Price       money.Money // per day; the bid of a spot order
	CreationFee money.Money
	Spend       money.Money // base price only, without renter's and creation fee
	Created     time.Time
	Ended       time.Time     // zero while it lives
	MaxRental   time.Duration // from Created
	Expired     bool          // true on ended orders
	Image       string
	Container   int      // mon_container: 0 and 1 deploying, 2 deployed
	Online      bool     // the host is connected
	Hosts       []string // pub_cluster; may be empty early
	Ports       []PortMap
	HTTPPort    int    // container port behind HTTPHost, 0 when there is none
	HTTPHost    string // http_pub: the web address is https://HTTPHost
	GPUs        []string
	GPUMemory   int
	CUDA        string
	Country     string
	Reliability float64
	Rating      Rating
}

// Deployed is the value of [Order.Container] for a running container.
const Deployed = 2

// PortMap is a forwarded TCP port.
type PortMap struct{ Container, Public int }

// SSH returns the host and port at which the order's port 22 answers, or false while there is
// none or the host's name could not safely stand in a command line.
func (o *Order) SSH() (host string, port int, ok bool) {
	if len(o.Hosts) == 0 || !SafeHost(o.Hosts[0]) {
		return "", 0, false
	}
	for _, p := range o.Ports {
		if p.Container == 22 && p.Public > 0 && p.Public <= 65535 {
			return o.Hosts[0], p.Public, true
		}
	}
	return "", 0, false
}

// SafeHost reports whether a host name from Clore may be put into a command line or an address:
// letters, digits, dots and inner hyphens only, as the published names have.
func SafeHost(h string) bool {
	if h == "" || len(h) > 253 || h[0] == '-' || h[0] == '.' {
		return false
	}
	for _, c := range []byte(h) {
		ok := c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-'
		if !ok {
			return false
		}
	}
	return true
}

// SafeWebHost reports whether the host of a web address from Clore may be put behind https://. A
// port is taken only below localhost, where a simulator's pages are.
func SafeWebHost(h string) bool {
	if name, port, ok := strings.Cut(h, ":"); ok {
		n, err := strconv.Atoi(port)
		return err == nil && n > 0 && n <= 65535 && strings.HasSuffix(name, ".localhost") && SafeHost(name)
	}
	return SafeHost(h)
}

// Wallet is an entry of GET /wallets.
type Wallet struct {
	Balance       money.Money
	Deposit       string       // address for deposits, often empty
	WithdrawalFee money.Amount // zero when not given
}

// OrderRequest is the body of POST /create_order.
type OrderRequest struct {
	Server       ServerID
	Kind         Kind
	Currency     money.Currency
	Image        string
	Bid          money.Amount   // spot only: spotprice, per day
	Limit        money.Amount   // required_price: refuse when the base price per day is higher; 0 for none
	Ports        map[int]string // container port to "tcp" or "http"; at most one http
	Env          map[string]string
	Command      string // shell text run once after creation
	SSHKey       string // OpenSSH public key
	SSHPassword  string // [A-Za-z0-9], at most 32; never logged
	JupyterToken string // as SSHPassword
	AutoSSH      bool   // autossh_entrypoint: Clore's supervisor with sshd in place of the image's entrypoint
	// Before, when not nil, is called once, after the wait for the pace and right before the
	// request goes out. Its error keeps the request back and comes out wrapped in [ErrNotSent].
	Before func(context.Context) error
}

// SpotMarket is an answer of GET /spot_marketplace.
type SpotMarket struct {
	Exists  bool
	Offers  []SpotOffer
	Floor   Prices // least bid per day
	MaxRent time.Duration
	Online  bool
	Public  bool
	Rates   money.Rates
}

// SpotOffer is a bid on a server.
type SpotOffer struct {
	Order  OrderID     // offer_id
	Bid    money.Money // per day; the currency is empty on old answers
	Active bool        // runs now
	Mine   bool
}

// HostServer is an entry of GET /my_servers.
type HostServer struct {
	ID        ServerID // zero when not given
	Name      string
	Connected bool
	Online    bool
	Public    bool
	Prices    Prices
	SpotFloor Prices
	Coins     []money.Currency
}

// ServerConfig is the answer of GET /server_config.
type ServerConfig struct {
	HostServer
	MaxRental time.Duration
	Rental    RentalStatus
	Complete  bool // creation_completed
}

// RentalStatus tells how a host's server is rented.
type RentalStatus int

// The values of rental_status.
const (
	NotRented RentalStatus = iota
	RentedSpot
	RentedOnDemand
)

// ServerSettings is the body of POST /set_server_settings, in its newer form.
type ServerSettings struct {
	Name      string
	Available bool
	MaxRental time.Duration // whole hours
	OnDemand  Prices
	SpotFloor Prices
}
