package commands

import (
	"context"
	"slices"
	"strconv"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/words"
)

// maxFavourites bounds how many servers a user can star.
const maxFavourites = 50

// favouriteRows is how many servers a page of them has: as many as there are buttons in a row.
const favouriteRows = chat.MaxRow

func (c *Commands) favouriteFamily() []*chat.Command {
	list := c.command("favourites", "cmd.favourites", c.favourites)
	list.Aliases = []string{"favorites", "stars"}
	list.Examples = []string{"/favourites"}
	id, kind, query, page := c.param("id", ""), c.param("k", ""), c.param("q", ""), c.param("p", "")
	id.Required = true
	fav := c.hidden("fav", c.star, id, kind, query, page)
	unfav := c.hidden("unfav", c.unstar, id, kind, query, page)
	fav.Private, unfav.Private = false, false // they stand below offers, which groups may see
	return []*chat.Command{list, c.hidden("favs", c.favourites, page), c.hidden("favdrop", c.dropFavourite, id, page), fav, unfav}
}

// starButton stars the server of an offer, or takes the star away. A group's view says nothing of
// anybody's favourites.
func (a *ask) starButton(id clore.ServerID) chat.Control {
	args := chat.Args{"id": strconv.FormatInt(int64(id), 10)}.With("k", a.arg("k")).With("q", a.arg("q")).With("p", a.arg("p"))
	if a.Direct && a.starred(id) {
		return chat.Button(a.S("button.unstar"), "unfav", args)
	}
	return chat.Button(a.S("button.star"), "fav", args)
}

func (a *ask) starred(id clore.ServerID) bool {
	return slices.Contains(a.profile.Favourites, int64(id))
}

// serverArg returns the server in the argument "id".
func (c *Commands) serverArg(a *ask) (clore.ServerID, error) {
	id, err := strconv.ParseInt(a.arg("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, c.wrong("rent.bad_server")
	}
	return clore.ServerID(id), nil
}

func (c *Commands) star(ctx context.Context, a *ask) (chat.Response, error) {
	id, err := c.serverArg(a)
	if err != nil {
		return nil, err
	}
	err = c.setFavourites(ctx, a, func(all []int64) ([]int64, error) {
		switch {
		case slices.Contains(all, int64(id)):
			return all, nil
		case len(all) >= maxFavourites:
			return nil, c.wrong("fav.full", "Max", maxFavourites).with(chat.Button(a.S("button.favourites"), "favourites", nil))
		default:
			return append(all, int64(id)), nil
		}
	})
	if err != nil {
		return nil, err
	}
	if !a.Direct {
		return a.say(a.S("fav.starred", "Server", serverText(id)))
	}
	return c.offer(ctx, a)
}

func (c *Commands) unstar(ctx context.Context, a *ask) (chat.Response, error) {
	id, err := c.unfavour(ctx, a)
	if err != nil {
		return nil, err
	}
	if !a.Direct {
		return a.say(a.S("fav.unstarred", "Server", serverText(id)))
	}
	if resp, err := c.offer(ctx, a); err == nil {
		return resp, nil
	}
	return a.say(a.S("fav.unstarred", "Server", serverText(id))) // it is not in the market any more
}

// dropFavourite takes a star away from within the list.
func (c *Commands) dropFavourite(ctx context.Context, a *ask) (chat.Response, error) {
	if _, err := c.unfavour(ctx, a); err != nil {
		return nil, err
	}
	return c.favourites(ctx, a)
}

func (c *Commands) unfavour(ctx context.Context, a *ask) (clore.ServerID, error) {
	id, err := c.serverArg(a)
	if err != nil {
		return 0, err
	}
	return id, c.setFavourites(ctx, a, func(all []int64) ([]int64, error) {
		return slices.DeleteFunc(all, func(other int64) bool { return other == int64(id) }), nil
	})
}

// setFavourites changes which servers the asker has starred.
func (c *Commands) setFavourites(ctx context.Context, a *ask, change func([]int64) ([]int64, error)) error {
	return c.Profiles.UpdateProfile(ctx, a.User, func(p *account.Profile) error {
		next, err := change(slices.Clone(p.Favourites))
		if err != nil {
			return err
		}
		p.Favourites, a.profile.Favourites = next, next
		return nil
	})
}

// favourites lists the starred servers, the newest star first, as they stand in the market now.
func (c *Commands) favourites(ctx context.Context, a *ask) (chat.Response, error) {
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(a.profile.Favourites)
	slices.Reverse(all)
	v := chat.View{Topic: "favourites", Title: a.S("fav.title", "Count", len(all)), Footer: a.updated(s)}
	if len(all) == 0 {
		v.Body = a.T("fav.none")
		return a.show(then(v, chat.Button(a.S("button.market"), "market", nil)))
	}
	page := min(a.page(), (len(all)-1)/favouriteRows)
	shown := all[page*favouriteRows : min((page+1)*favouriteRows, len(all))]
	var rent, drop []chat.Control
	for i, id := range shown {
		o, _ := s.Offer(clore.ServerID(id), clore.OnDemand, a.pay())
		v.Fields = append(v.Fields, a.favouriteField(s, i+1, clore.ServerID(id), o))
		if o.Server != nil && (!o.Obstacle.Rules() || o.Obstacle == market.CoinNotAccepted) {
			rent = append(rent, chat.Button(a.S("button.rent_number", "Number", i+1), "rent", chat.Args{"what": serverText(clore.ServerID(id))}))
		}
		drop = append(drop, chat.Button(a.S("button.drop_number", "Number", i+1), "favdrop",
			chat.Args{"id": strconv.FormatInt(id, 10), "p": strconv.Itoa(page)}))
	}
	if len(rent) > 0 {
		v.Rows = append(v.Rows, rent)
	}
	more := len(all) > (page+1)*favouriteRows
	last := append(turns("favs", page, more), chat.Button(a.S("button.refresh"), "favs", chat.Args{"p": strconv.Itoa(page)}))
	v.Rows = append(v.Rows, drop, append(last, chat.Button(a.S("button.market"), "market", nil)))
	return a.show(v)
}

// favouriteField tells what a starred server is, whether it is free, and what it asks beside its
// like.
func (a *ask) favouriteField(s *market.Snapshot, number int, id clore.ServerID, o market.Offer) chat.Field {
	name := a.Int(number) + " · " + serverText(id)
	if o.Server == nil {
		return field(name, a.S("fav.unlisted"))
	}
	state := a.S("fav.free")
	if o.Obstacle != market.Free {
		state = a.obstacleText(o)
	}
	price := a.shortPrice(o.Price, o.USD)
	if o.Price.Amount > 0 && o.USD > 0 {
		price = a.compared(price, words.Hourly(o.USD), s.Median(o.Model(), len(o.Server.GPUs)))
	}
	return field(join(name, a.cards(o.Server.GPUs, o.Server.GPUMemory)), join(state, price, clip(o.Server.Country, 8), a.Percent(o.Server.Reliability)))
}
