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

// What a control of the filters changes.
const (
	byCount  = "gpus"
	byPrice  = "price"
	byVRAM   = "vram"
	byRel    = "rel"
	byPlace  = "cc"
	byKind   = "kind"
	byNone   = "clear"
	anyValue = "any" // takes the condition off
)

// filterCommand is what the controls of a market list and of its filters run: with f and v it
// changes one condition of the search first.
func (c *Commands) filterCommand() *chat.Command {
	cmd := c.hidden("filter", c.filter, c.param("q", ""), c.param("f", ""), c.param("v", ""))
	cmd.Private = false
	return cmd
}

func (c *Commands) filter(ctx context.Context, a *ask) (chat.Response, error) {
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
	if by := a.arg("f"); by != "" {
		changed, ok := filtered(q, by, a.arg("v"))
		if !ok {
			return nil, c.wrong("market.filter.unknown").with(c.filterButton(a, q))
		}
		q = changed
	}
	if _, err := market.ParseQuery(q.String()); err != nil { // it has grown too long
		return nil, err
	}
	return a.show(c.filters(a, s, q))
}

// filterButton makes the control that opens the filters of a search.
func (c *Commands) filterButton(a *ask, q market.Query) chat.Control {
	return chat.Button(a.S("button.filters"), "filter", chat.Args{}.With("q", c.searches.name(q.String())))
}

// filtered returns the query with one condition changed; false for a value that is none. The
// words come from controls, which may be forged.
func filtered(q market.Query, by, value string) (market.Query, bool) {
	off := value == anyValue
	switch by {
	case byCount, byVRAM, byRel:
		if off {
			return q.Without(market.Field(by)), true
		}
		n, err := strconv.Atoi(value)
		r := market.AtLeast(float64(n))
		if by == byCount {
			r = market.Exactly(float64(n))
		}
		return q.With(market.Field(by), r), err == nil && n > 0 && n <= maxFilter
	case byPrice:
		usd, err := money.Parse(value)
		q.Price = market.UpTo(usd)
		if off {
			q.Price, err = market.PriceRange{}, nil
		}
		return q, off || err == nil && usd > 0 && usd <= maxFilter*money.Coin
	case byPlace:
		if q.In = nil; off {
			return q, true
		}
		place, err := market.ParseQuery("cc=" + value)
		q.In = place.In
		return q, err == nil && len(place.In) == 1 && value == place.In[0]
	case byKind:
		if q.Kind = clore.Spot; off {
			q.Kind = ""
		}
		return q, true
	case byNone:
		return market.Query{Models: q.Models, Pay: q.Pay, Sort: q.Sort}, true
	default:
		return q, false
	}
}

// holds reports whether the query has the condition already, and no other of its sort.
func holds(q market.Query, by, value string) bool {
	after, ok := filtered(q, by, value)
	return ok && after.String() == q.String()
}

// maxFilter is beyond any number and price that is offered.
const maxFilter = 100_000

// filterOption is a value that a filter offers.
type filterOption struct{ label, value string }

// filterRow makes the controls of one condition. The one that holds is marked, and takes itself off;
// one that was typed and cannot be offered, such as a range, stands before the others.
func (c *Commands) filterRow(q market.Query, by, typed string, options []filterOption) []chat.Control {
	ref := c.searches.name(q.String())
	control := func(label, value string, chosen bool) chat.Control {
		if chosen {
			label, value = chosenMark+label, anyValue
		}
		b := chat.Button(label, "filter", chat.Args{"f": by, "v": value}.With("q", ref))
		if chosen {
			b = b.Styled(chat.Good)
		}
		return b
	}
	var row []chat.Control
	found := typed == ""
	for _, o := range options {
		chosen := holds(q, by, o.value)
		found = found || chosen
		row = append(row, control(o.label, o.value, chosen))
	}
	if !found {
		row = append([]chat.Control{control(clip(typed, maxFilterLabel), "", true)}, row...)
	}
	return row
}

const (
	chosenMark     = "✓ "
	maxFilterLabel = 30
)

// placeMenu offers the Union and the countries with most servers; anywhere when some are chosen.
func (c *Commands) placeMenu(a *ask, q market.Query, counts []market.CountryCount) []chat.Control {
	const most = 7
	menu := chat.Control{
		Label: a.S("market.filter.place"), Param: "v",
		Action: chat.Action{Command: "filter", Args: chat.Args{"f": byPlace}.With("q", c.searches.name(q.String()))},
	}
	chosen := strings.Join(q.In, ",")
	add := func(label, value string) {
		if value == chosen {
			label = chosenMark + label
		}
		menu.Choices = append(menu.Choices, chat.Choice{Label: label, Value: value})
	}
	if chosen != "" {
		add(a.S("market.filter.anywhere"), anyValue)
	}
	add(a.S("market.filter.eu"), market.EU)
	for _, n := range counts[:min(len(counts), most)] {
		add(a.S("market.filter.country", "Country", n.Country, "Free", n.Free), n.Country)
	}
	return []chat.Control{menu}
}
