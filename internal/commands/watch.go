package commands

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/watch"
)

// shortestWatch is the least time that a watch can be made for.
const shortestWatch = time.Hour

func (c *Commands) watchFamily() []*chat.Command {
	query := c.param("query", "param.watch.query")
	query.Kind, query.Complete = chat.Rest, c.completeGPU
	drop, life := c.option("drop", "param.watch.drop"), c.option("for", "param.watch.for")
	drop.Parse, life.Parse = c.dropArg, c.lifeArg
	cmd := c.command("watch", "cmd.watch", c.doWatch, query, drop, life)
	cmd.Examples = []string{"/watch 4090 <0.30/h rel>98", "/watch 2x3090 cc=DE drop:10 for:7d", "/watch"}
	id := c.param("id", "")
	id.Required = true
	return []*chat.Command{
		cmd,
		c.hidden("watch-this", c.watchThis, c.param("q", "")),
		c.hidden("watch-list", c.watchList, c.param("p", "")),
		c.hidden("watch-card", c.watchCard, id),
		c.hidden("watch-fits", c.watchFits, id),
		c.hidden("watch-set", c.setWatch, id, c.param("do", ""), c.param("v", "")),
	}
}

// dropArg reads a share of a price: "5" or "5%".
func (c *Commands) dropArg(text string) (string, error) {
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%")))
	if err != nil || n < 1 || n > watch.MaxDrop {
		return "", c.wrong("watch.bad_drop", "Max", watch.MaxDrop)
	}
	return strconv.Itoa(n), nil
}

// lifeArg reads for how long a watch is: "7d", "12h". It returns minutes.
func (c *Commands) lifeArg(text string) (string, error) {
	d, err := c.readRun(text)
	if err != nil || d < shortestWatch || d > watch.MaxLife {
		return "", c.wrong("watch.bad_life", "Max", int(watch.MaxLife/(24*time.Hour)))
	}
	return strconv.Itoa(int(d/time.Minute)) + "m", nil
}

// doWatch saves a search, or lists those that are saved.
func (c *Commands) doWatch(ctx context.Context, a *ask) (chat.Response, error) {
	if a.arg("query") == "" {
		return c.watchList(ctx, a)
	}
	return c.addWatch(ctx, a, a.arg("query"))
}

// watchThis saves a search whose list is looked at.
func (c *Commands) watchThis(ctx context.Context, a *ask) (chat.Response, error) {
	text, ok := c.searches.query(a.arg("q"))
	if !ok {
		return nil, c.wrong("market.forgotten").with(chat.Button(a.S("button.market"), "market", nil))
	}
	return c.addWatch(ctx, a, text)
}

func (c *Commands) addWatch(ctx context.Context, a *ask, text string) (chat.Response, error) {
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	q, err := market.ParseQuery(text, s.Names()...)
	if err != nil {
		return nil, err
	}
	q.Sort, q.All = market.Sort{}, false
	if q.Empty() {
		return nil, c.wrong("watch.everything")
	}
	w := watch.Watch{User: a.User, Query: q.String(), Pay: a.priced(q).Pay}
	for _, old := range c.Watches.List(a.User) {
		if old.Query == w.Query {
			return c.watchAgain(ctx, a, s, old)
		}
	}
	if acct, err := c.account(ctx, a); err == nil {
		w.Account = acct.ID
	} else if !errors.Is(err, errNoKey) { // looking needs no key
		return nil, err
	}
	a.watchOptions(&w)
	if w, err = c.Watches.Add(ctx, w); err != nil {
		return nil, err
	}
	return c.presentWatch(ctx, a, s, w, a.T("watch.saved"))
}

// watchOptions sets what was given beside the search.
func (a *ask) watchOptions(w *watch.Watch) {
	if n, err := strconv.Atoi(a.arg("drop")); err == nil {
		w.Drop = n
	}
	if d, err := time.ParseDuration(a.arg("for")); err == nil {
		w.Expires = a.now.Add(d)
	}
}

// watchAgain answers the wish to watch what is watched: what is new about the wish is taken over.
func (c *Commands) watchAgain(ctx context.Context, a *ask, s *market.Snapshot, old watch.Watch) (chat.Response, error) {
	if a.arg("drop")+a.arg("for") != "" {
		var err error
		old, err = c.Watches.Edit(ctx, a.User, old.ID, func(w *watch.Watch) error {
			a.watchOptions(w)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return c.presentWatch(ctx, a, s, old, a.T("watch.again"))
}

// watchCard shows one watch.
func (c *Commands) watchCard(ctx context.Context, a *ask) (chat.Response, error) {
	w, err := c.Watches.Watch(a.User, a.arg("id"))
	if err != nil {
		return nil, err
	}
	return c.showWatch(ctx, a, w)
}

// watchFits lists what the market has for a watch: also after a restart, when long searches that
// controls refer to are forgotten.
func (c *Commands) watchFits(ctx context.Context, a *ask) (chat.Response, error) {
	w, err := c.Watches.Watch(a.User, a.arg("id"))
	if err != nil {
		return nil, err
	}
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	q, err := market.ParseQuery(w.Query)
	if err != nil {
		return nil, err
	}
	return a.show(c.offers(ctx, a, s, q, 0))
}

func (c *Commands) showWatch(ctx context.Context, a *ask, w watch.Watch) (chat.Response, error) {
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return c.presentWatch(ctx, a, s, w, nil)
}

// presentWatch answers with the card of a watch, below what is said first.
func (c *Commands) presentWatch(ctx context.Context, a *ask, s *market.Snapshot, w watch.Watch, first chat.Text) (chat.Response, error) {
	armed, err := c.armed(ctx, a)
	if err != nil {
		return nil, err
	}
	return a.show(c.watchView(a, s, w, armed[w.ID], first))
}

// explainWatch speaks of watches.
func explainWatch(a *ask, err error) (chat.View, bool) {
	all := chat.Button(a.S("button.watches"), "watch-list", nil)
	switch {
	case errors.Is(err, watch.ErrUnknown):
		return then(a.trouble("watch.unknown"), all), true
	case errors.Is(err, watch.ErrTooMany):
		return then(a.trouble("watch.too_many", "Max", watch.MaxPerUser), all), true
	case errors.Is(err, watch.ErrInvalid):
		return then(a.trouble("watch.invalid"), all), true
	default:
		return chat.View{}, false
	}
}
