package commands

import (
	"context"
	"strconv"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

// pageSize is how many offers a page has: as many as there are buttons in a row.
const pageSize = chat.MaxRow

func (c *Commands) marketFamily() []*chat.Command {
	query := c.param("query", "param.query")
	query.Kind = chat.Rest
	gpu := c.option("gpu", "param.gpu")
	gpu.Complete = c.completeGPU
	count, most, vram := c.option("count", "param.count"), c.option("max", "param.max"), c.option("vram", "param.vram")
	count.Kind, most.Kind, vram.Kind = chat.Number, chat.Number, chat.Number
	country := c.option("country", "param.country")
	kind := c.option("kind", "param.kind")
	kind.Choices = c.choices("on-demand", "kind.on_demand", "spot", "kind.spot")
	sort := c.option("sort", "param.sort")
	sort.Choices = c.choices(sorts()...)
	// The query language knows more words for them, and explains better what it does not know.
	sort.Parse = func(word string) (string, error) { return word, nil }
	cmd := c.command("market", "cmd.market", c.market, query, gpu, count, most, vram, country, kind, sort)
	cmd.Private = false
	cmd.Aliases = []string{"gpus"}
	cmd.Examples = []string{"/market", "/market 4090", "/market 2x4090 <0.60/h rel>98", "/market vram>=48 cc=DE,NL sort:gb$", "/market 3090 spot"}
	list := c.hidden("list", c.page, c.param("q", ""), c.param("p", ""), c.param("s", ""))
	offer := c.hidden("offer", c.offer, c.param("id", ""), c.param("k", ""), c.param("q", ""), c.param("p", ""))
	list.Private, offer.Private = false, false
	return []*chat.Command{cmd, list, offer, c.filterCommand()}
}

// option builds a parameter that is given by name.
func (c *Commands) option(name, about string) chat.Param {
	p := c.param(name, about)
	p.Positional = false
	return p
}

// snapshot returns the marketplace; an old one is better than none.
func (c *Commands) snapshot(ctx context.Context) (*market.Snapshot, error) {
	s, err := c.Board.Snapshot(ctx)
	if s == nil && err != nil {
		return nil, err
	}
	return s, nil
}

func (c *Commands) market(ctx context.Context, a *ask) (chat.Response, error) {
	if id, ok := serverNumber(a.arg("query")); ok {
		return c.offerOf(ctx, a, id, clore.Kind(a.arg("kind")))
	}
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	q, err := c.readQuery(a, s)
	if err != nil {
		return nil, err
	}
	if q.Empty() {
		return a.show(c.overview(a, s, q))
	}
	return a.show(c.offers(ctx, a, s, q, 0))
}

// readQuery joins the free query and the typed options, which win.
func (c *Commands) readQuery(a *ask, s *market.Snapshot) (market.Query, error) {
	text := a.arg("query")
	if sort := a.arg("sort"); sort != "" {
		text += " sort:" + sort
	}
	if country := a.arg("country"); country != "" {
		text += " cc=" + strings.Join(fields(country), ",")
	}
	if gpu := a.arg("gpu"); gpu != "" {
		text += " " + gpu
	}
	q, err := market.ParseQuery(strings.TrimSpace(text), s.Names()...)
	if err != nil {
		return q, err
	}
	if n, err := strconv.ParseFloat(a.arg("count"), 64); err == nil && n > 0 {
		q = q.With(market.GPUs, market.Exactly(n))
	}
	if n, err := strconv.ParseFloat(a.arg("vram"), 64); err == nil && n > 0 {
		q = q.With(market.VRAM, market.AtLeast(n))
	}
	if usd, err := money.Parse(a.arg("max")); err == nil && usd > 0 && usd < 1e6*money.Coin {
		q.Price = market.UpTo(usd)
	}
	if a.arg("kind") == string(clore.Spot) {
		q.Kind = clore.Spot
	}
	return q, nil
}

// priced returns the query with the coins in the order in which the asker would pay with them. In
// a group nobody's settings matter.
func (a *ask) priced(q market.Query) market.Query {
	if len(q.Pay) == 0 && a.Direct {
		q.Pay = market.PayFirst(a.pay())
	}
	return q
}

// page shows another page or order of a search.
func (c *Commands) page(ctx context.Context, a *ask) (chat.Response, error) {
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	text, ok := c.searches.query(a.arg("q"))
	if !ok {
		return nil, c.wrong("market.forgotten").with(chat.Button(a.S("button.market"), "market", nil))
	}
	q, err := market.ParseQuery(text, s.Names()...)
	if err != nil {
		return nil, err
	}
	if word := a.arg("s"); word != "" {
		sorted, err := market.ParseQuery("sort:" + word)
		if err != nil {
			return nil, err
		}
		q.Sort = sorted.Sort
	}
	page, err := strconv.Atoi(a.arg("p"))
	if err != nil || page < 0 {
		page = 0
	}
	if q.Empty() && a.arg("q") == "" && a.arg("s") == "" {
		return a.show(c.overview(a, s, q))
	}
	return a.show(c.offers(ctx, a, s, q, page))
}

// listButton makes a control that shows a page of a search.
func (c *Commands) listButton(label string, q market.Query, page int) chat.Control {
	return chat.Button(label, "list", c.place(q, page))
}

// place names a page of a search in arguments.
func (c *Commands) place(q market.Query, page int) chat.Args {
	args := chat.Args{}.With("q", c.searches.name(q.String()))
	if page > 0 {
		args["p"] = strconv.Itoa(page)
	}
	return args
}
