package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

// offer shows one server.
func (c *Commands) offer(ctx context.Context, a *ask) (chat.Response, error) {
	id, err := strconv.ParseInt(a.arg("id"), 10, 64)
	if err != nil {
		return nil, c.wrong("rent.bad_server")
	}
	return c.offerOf(ctx, a, clore.ServerID(id), clore.Kind(a.arg("k")))
}

// offerOf shows one server, on demand if not as spot.
func (c *Commands) offerOf(ctx context.Context, a *ask, id clore.ServerID, kind clore.Kind) (chat.Response, error) {
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if kind != clore.Spot {
		kind = clore.OnDemand
	}
	pay := money.Currency("")
	if a.Direct {
		pay = a.pay()
	}
	o, obstacle := s.Offer(id, kind, pay)
	if obstacle == market.Unlisted {
		return nil, c.wrong("reason.unlisted", "Server", serverText(id)).with(chat.Button(a.S("button.market"), "market", nil))
	}
	return a.show(c.offerView(a, s, o))
}

func (c *Commands) offerView(a *ask, s *market.Snapshot, o market.Offer) chat.View {
	v := chat.View{
		Topic: "offer", Title: serverText(o.Server.ID) + " · " + a.cards(o.Server.GPUs, o.Server.GPUMemory),
		Body:   lines(plain(a.kindText(o.Kind)), plain(a.price(o.Price, o.USD)), plain(a.standing(s, o)), plain(a.obstacleText(o))),
		Fields: a.serverFields(o.Server), Footer: a.updated(s),
	}
	id := serverText(o.Server.ID)
	var row []chat.Control
	if !o.Obstacle.Rules() || o.Obstacle == market.CoinNotAccepted {
		args := chat.Args{"what": id}
		if o.Kind == clore.Spot {
			args["kind"] = string(clore.Spot)
		}
		row = append(row, chat.Button(a.S("button.rent_at", "Price", a.shortPrice(o.Price, o.USD)), "rent", args).Styled(chat.Good))
	}
	if other, ok := a.otherKind(s, o); ok {
		row = append(row, other)
	}
	back := chat.Args{}.With("q", a.arg("q")).With("p", a.arg("p"))
	v.Rows = [][]chat.Control{append(row, a.starButton(o.Server.ID), chat.Button(a.S("button.back"), "list", back))}
	return v
}

// otherKind offers the server as spot, or on demand.
func (a *ask) otherKind(s *market.Snapshot, o market.Offer) (chat.Control, bool) {
	kind, label := clore.Spot, "button.spot_from"
	if o.Kind == clore.Spot {
		kind, label = clore.OnDemand, "button.on_demand_at"
	}
	other, obstacle := s.Offer(o.Server.ID, kind, o.Price.Currency)
	if obstacle.Rules() {
		return chat.Control{}, false
	}
	return chat.Button(a.S(label, "Price", a.shortPrice(other.Price, other.USD)), "rent",
		chat.Args{"what": serverText(o.Server.ID), "kind": string(kind)}), true
}

func (a *ask) kindText(k clore.Kind) string {
	if k == clore.Spot {
		return a.S("kind.spot.warning")
	}
	return a.S("kind.on_demand")
}

// standing tells where the price stands among its like.
func (a *ask) standing(s *market.Snapshot, o market.Offer) string {
	if o.Kind == clore.Spot || o.USD == 0 || o.Model() == "" || o.Obstacle.Rules() {
		return ""
	}
	cheaper, of := s.Cheaper(o.Model(), len(o.Server.GPUs), o.USD)
	if of < 5 {
		return ""
	}
	if cheaper == 0 {
		return a.S("offer.cheapest", "Of", of)
	}
	return a.S("offer.standing", "Cheaper", cheaper, "Of", of)
}

func (a *ask) obstacleText(o market.Offer) string {
	switch o.Obstacle {
	case market.Rented:
		return a.S("obstacle.rented")
	case market.GigaSPOT:
		return a.S("reason.gigaspot")
	case market.Own:
		return a.S("reason.own_server")
	case market.NoPrice:
		return a.S("obstacle.no_price")
	case market.CoinNotAccepted:
		return a.S("obstacle.coin", "Coin", a.pay().Symbol())
	case market.PriceOddity:
		return a.S("obstacle.odd")
	default:
		return ""
	}
}

// serverFields describe the hardware. What an entry lacks is left out.
func (a *ask) serverFields(s *clore.Server) []chat.Field {
	var f []chat.Field
	add := func(name, value string) {
		if value != "" {
			f = append(f, field(name, value))
		}
	}
	cpu := clip(s.CPU, maxForeign)
	if s.Threads > 0 {
		cpu = strings.TrimSpace(cpu + " " + a.S("offer.threads", "Cores", s.Cores, "Threads", s.Threads))
	}
	add(a.S("offer.cpu"), cpu)
	if s.RAM > 0 {
		add(a.S("offer.ram"), a.S("unit.gb", "N", a.Decimal(s.RAM, 0)))
	}
	if s.DiskSize > 0 {
		add(a.S("offer.disk"), join(a.S("offer.disk.value", "Size", a.Decimal(s.DiskSize, 0), "Speed", a.Decimal(s.DiskSpeed, 0)), clip(s.DiskModel, maxLabel)))
	}
	if s.Down > 0 || s.Up > 0 {
		add(a.S("offer.net"), a.S("offer.net.value", "Down", a.Decimal(s.Down, 0), "Up", a.Decimal(s.Up, 0)))
	}
	if s.PCIeVersion > 0 {
		add(a.S("offer.pcie"), fmt.Sprintf("%d.0 ×%d", s.PCIeVersion, s.PCIeLanes))
	}
	add(a.S("offer.cuda"), clip(s.CUDA, 12))
	add(a.S("offer.country"), clip(s.Country, 8))
	add(a.S("offer.reliability"), strings.TrimSpace(a.Percent(s.Reliability)+"  "+a.rating(s.Rating)))
	if s.MaxRental > 0 {
		add(a.S("offer.longest"), a.Duration(s.MaxRental))
	}
	add(a.S("offer.coins"), symbols(s.Coins))
	return f
}

func (a *ask) rating(r clore.Rating) string {
	if r.Count == 0 {
		return ""
	}
	return a.stars(r) + " (" + a.Int(r.Count) + ")"
}

func symbols(coins []money.Currency) string {
	var out []string
	for _, c := range coins {
		out = append(out, clip(c.Symbol(), 16))
	}
	return strings.Join(out, ", ")
}
