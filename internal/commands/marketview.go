package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

// overviewSize is how many models an overview lists; as many fit a menu.
const overviewSize = 20

// overview lists the models of the market.
func (c *Commands) overview(a *ask, s *market.Snapshot, q market.Query) chat.View {
	v := chat.View{Topic: "overview", Title: a.S("market.overview"), Footer: a.updated(s)}
	menu := chat.Control{Label: a.S("market.choose_model"), Param: "q", Action: chat.Action{Command: "list"}}
	var table [][]string
	for _, g := range s.Overview(a.priced(q)) {
		if g.Model == "" || g.Free == 0 || len(table) == overviewSize {
			continue
		}
		table = append(table, []string{clip(g.Model, 22), a.Int(g.Free), a.S("unit.gb", "N", g.VRAM), a.hourly(g.Min), a.hourly(g.Median)})
		menu.Choices = append(menu.Choices, chat.Choice{
			Label: a.S("market.model", "Model", clip(g.Model, maxLabel), "Free", g.Free, "From", a.hourly(g.Min)),
			Value: c.searches.name(market.Query{Models: []string{g.Model}}.String()),
		})
	}
	if len(table) == 0 {
		v.Body = a.T("market.empty")
		v.Rows = [][]chat.Control{{c.listButton(a.S("button.refresh"), q, 0)}}
		return v
	}
	head := []string{a.S("market.col.model"), a.S("market.col.free"), a.S("market.col.vram"), a.S("market.col.from"), a.S("market.col.median")}
	v.Body = append(a.T("market.overview.body"), chat.Pre(columns(head, table)))
	v.Rows = [][]chat.Control{{menu}, {c.listButton(a.S("button.refresh"), q, 0), c.filterButton(a, q), chat.Button(a.S("button.help_command", "Name", "market"), "help", chat.Args{"command": "market"})}}
	return v
}

// hourly writes a price an hour, a dash for none.
func (a *ask) hourly(usd money.Amount) string {
	if usd == 0 {
		return "–"
	}
	return a.Rate(usd)
}

func (a *ask) updated(s *market.Snapshot) string {
	return a.S("market.updated", "Time", a.Seconds(s.At(), a.zone))
}

// offers lists a page of what fits a query.
func (c *Commands) offers(ctx context.Context, a *ask, s *market.Snapshot, q market.Query, page int) chat.View {
	found := s.Find(a.priced(q))
	if len(found.Offers) == 0 {
		return c.nothing(a, s, q, found)
	}
	pages := (len(found.Offers) + pageSize - 1) / pageSize
	page = min(page, pages-1)
	shown := found.Offers[page*pageSize : min(len(found.Offers), (page+1)*pageSize)]
	v := chat.View{
		Topic: "market", Title: a.S("market.title", "Query", queryTitle(a, q)), Footer: a.updated(s),
		Body: append(a.T("market.summary", "Free", found.Free, "Total", found.Total,
			"Min", a.hourly(found.Min), "Max", a.hourly(found.Max), "Median", a.hourly(found.Median)),
			chat.Pre(columns(nil, a.offerRows(shown, page*pageSize)))),
	}
	_, keyless := c.account(ctx, a)
	var numbers []chat.Control
	for i, o := range shown {
		b := chat.Button(fmt.Sprint(page*pageSize+i+1), "offer", c.offerArgs(o, q, page))
		if keyless == nil && !o.Obstacle.Rules() {
			b = a.rentButton(o, page*pageSize+i+1)
		}
		numbers = append(numbers, b)
	}
	v.Rows = append(v.Rows, numbers, c.pager(a, q, page, pages), c.sorter(a, q))
	last := []chat.Control{c.filterButton(a, q)}
	if b, ok := c.watchButton(a.S("button.watch_this"), q); ok {
		last = append(last, b)
	}
	v.Rows = append(v.Rows, last)
	return v
}

func queryTitle(a *ask, q market.Query) string {
	if q.Empty() {
		return a.S("market.everything")
	}
	return clip(q.String(), 80)
}

// offerRows are the lines of a list: number, server, cards, price an hour, and what tells them
// apart.
func (a *ask) offerRows(offers []market.Offer, from int) [][]string {
	var table [][]string
	for i, o := range offers {
		table = append(table, []string{
			fmt.Sprint(from + i + 1), serverText(o.Server.ID), a.cards(o.Server.GPUs, o.Server.GPUMemory),
			a.shortPrice(o.Price, o.USD), o.Server.Country, a.Percent(o.Server.Reliability), a.stars(o.Server.Rating), a.flag(o),
		})
	}
	return table
}

func (a *ask) stars(r clore.Rating) string {
	if r.Count == 0 {
		return ""
	}
	return "★" + a.Decimal(r.Average, 1)
}

// flag names what stands in the way of an offer.
func (a *ask) flag(o market.Offer) string {
	switch o.Obstacle {
	case market.Free, market.CoinNotAccepted:
		return ""
	case market.PriceOddity:
		return a.S("market.flag.odd")
	case market.Rented:
		return a.S("market.flag.rented")
	default:
		return a.S("market.flag.unavailable")
	}
}

// rentButton leads from a line of the list to its quote, which leads on to the server's card.
func (a *ask) rentButton(o market.Offer, number int) chat.Control {
	args := chat.Args{"what": serverText(o.Server.ID), "pay": o.Price.Currency.Symbol()}
	if o.Kind == clore.Spot {
		args["kind"] = string(clore.Spot)
	}
	return chat.Button(a.S("button.rent_number", "Number", number), "rent", args)
}

// offerArgs lead to the card of an offer and from there back to the list.
func (c *Commands) offerArgs(o market.Offer, q market.Query, page int) chat.Args {
	args := c.place(q, page).With("id", fmt.Sprint(o.Server.ID))
	if o.Kind == clore.Spot {
		args["k"] = string(clore.Spot)
	}
	return args
}

func (c *Commands) pager(a *ask, q market.Query, page, pages int) []chat.Control {
	var row []chat.Control
	if page > 0 {
		row = append(row, c.listButton("◀", q, page-1))
	}
	row = append(row, c.listButton(a.S("market.page", "Page", page+1, "Pages", pages), q, page))
	if page+1 < pages {
		row = append(row, c.listButton("▶", q, page+1))
	}
	return append(row, chat.Button(a.S("market.overview"), "market", nil))
}

func (c *Commands) sorter(a *ask, q market.Query) []chat.Control {
	q.Sort = market.Sort{}
	return []chat.Control{{
		Label: a.S("market.sort"), Param: "s", Choices: a.sortChoices(),
		Action: chat.Action{Command: "list", Args: c.place(q, 0)},
	}}
}

// sorts are the orders of a list, each with the text that names it.
func sorts() []string {
	return []string{
		market.ByPrice.Word(), "sort.price",
		market.ByPerformance.Word(), "sort.perf",
		market.ByPricePerGB.Word(), "sort.gb",
		market.ByReliability.Word(), "sort.rel",
		market.ByVRAM.Word(), "sort.vram",
		market.ByDownload.Word(), "sort.net",
		market.ByRating.Word(), "sort.rating",
		market.ByDisk.Word(), "sort.disk",
		market.ByNewest.Word(), "sort.new",
	}
}

// sortChoices offers them in a view.
func (a *ask) sortChoices() []chat.Choice {
	var out []chat.Choice
	for pair := range slices.Chunk(sorts(), 2) {
		out = append(out, chat.Choice{Label: a.S(pair[1]), Value: pair[0]})
	}
	return out
}

// nothing says that nothing fits, and what nearly does: a search never ends at a wall.
func (c *Commands) nothing(a *ask, s *market.Snapshot, q market.Query, found market.Result) chat.View {
	v := chat.View{
		Topic: "market", Tone: chat.Warning, Title: a.S("market.title", "Query", queryTitle(a, q)),
		Body: a.T("market.nothing"), Footer: a.updated(s),
	}
	if found.Total > 0 {
		v.Body = a.T("market.nothing.rented", "Total", found.Total)
	}
	closest := found.Closest
	if len(closest) == 0 {
		closest = a.furthest(s, q)
	}
	var near []chat.Control
	for _, n := range closest[:min(len(closest), 4)] {
		if len(q.Pay) == 0 && n.Kind != market.OtherCoin {
			n.Query.Pay = nil // it only stood for the asker's own preference
		}
		v.Body = append(v.Body, chat.P("\n• "+a.nearText(n)+" · "+a.shortPrice(n.Best.Price, n.Best.USD)))
		near = append(near, c.listButton(clip(a.nearText(n), chat.MaxLabel-1), n.Query, 0))
	}
	last := []chat.Control{chat.Button(a.S("market.overview"), "market", nil), c.filterButton(a, q)}
	if b, ok := c.watchButton(a.S("button.watch_for_it"), q); ok {
		last = append(last, b)
	}
	v.Rows = append(rows(near, 2), last)
	return v
}

// furthest gives up all conditions but the model, and then the model, too.
func (a *ask) furthest(s *market.Snapshot, q market.Query) []market.Near {
	for _, open := range []market.Query{{Models: q.Models, Kind: q.Kind}, {Kind: q.Kind}, {}} {
		found := s.Find(a.priced(open))
		if found.Free > 0 {
			return []market.Near{{Query: open, Free: found.Free, Best: found.Offers[0]}}
		}
	}
	return nil
}

// nearText says in what a near query differs.
func (a *ask) nearText(n market.Near) string {
	o := n.Best
	switch n.Kind {
	case market.OtherPrice:
		return a.S("near.price", "Percent", n.Percent, "Free", n.Free)
	case market.OtherKind:
		if o.Kind == clore.Spot {
			return a.S("near.spot", "Free", n.Free)
		}
		return a.S("near.on_demand", "Free", n.Free)
	case market.OtherCountry:
		return a.S("near.country", "Free", n.Free)
	case market.OtherHost:
		return a.S("near.host", "Free", n.Free)
	case market.OtherCoin:
		return a.S("near.coin", "Free", n.Free)
	case market.Without:
		return a.S("near.without", "Field", string(n.Field), "Free", n.Free)
	case "":
		if len(n.Query.Models) == 0 {
			return a.S("near.cheapest", "Cards", a.cards(o.Server.GPUs, 0))
		}
		return a.S("near.other", "Cards", a.cards(o.Server.GPUs, 0), "Free", n.Free)
	default:
		return a.S("near.other", "Cards", a.cards(o.Server.GPUs, 0), "Free", n.Free)
	}
}

// columns aligns a table. Characters of double width are rare here and cost a space at most.
func columns(head []string, table [][]string) string {
	all := table
	if head != nil {
		all = append([][]string{head}, table...)
	}
	var width []int
	for _, row := range all {
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for _, row := range all {
		var line strings.Builder
		for i, cell := range row {
			if width[i] == 0 {
				continue
			}
			line.WriteString(cell + strings.Repeat(" ", width[i]-len([]rune(cell))+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}
