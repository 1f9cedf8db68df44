package commands

import (
	"context"
	"strconv"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/watch"
)

const (
	watchPage = 8 // watches of a list
	watchNow  = 3 // offers that a watch shows as the cheapest now
)

// watchName is what a watch is called.
func watchName(w watch.Watch) string { return searchName(w.Label, w.Query) }

func searchName(label, query string) string {
	if label != "" {
		return clip(label, maxForeign)
	}
	return clip(query, maxForeign)
}

// watchList lists the asker's watches.
func (c *Commands) watchList(ctx context.Context, a *ask) (chat.Response, error) {
	all := c.Watches.List(a.User)
	armed, err := c.armed(ctx, a)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return a.show(chat.View{
			Topic: "watches", Title: a.S("watch.none.title"), Body: a.T("watch.none.body"),
			Rows: [][]chat.Control{{
				chat.Button(a.S("button.market"), "market", nil).Styled(chat.Good),
				chat.Button(a.S("button.help_command", "Name", "watch"), "help", chat.Args{"command": "watch"}),
			}},
		})
	}
	pages := (len(all) + watchPage - 1) / watchPage
	page := min(a.page(), pages-1)
	v := chat.View{Topic: "watches", Title: a.S("watch.list.title", "Count", a.N("count.watches", len(all))), Footer: a.S("watch.footer", "Away", a.Duration(watch.Away))}
	var numbers []chat.Control
	for i, w := range all[page*watchPage : min(len(all), (page+1)*watchPage)] {
		number := a.Int(page*watchPage + i + 1)
		v.Fields = append(v.Fields, field(number+" · "+watchName(w), a.watchLine(w, armed[w.ID])))
		numbers = append(numbers, chat.Button(clip(number+" · "+watchName(w), maxHardware), "watch-card", chat.Args{"id": w.ID}))
	}
	v.Rows = rows(numbers, 4)
	var last []chat.Control
	if page > 0 {
		last = append(last, chat.Button("◀", "watch-list", chat.Args{"p": strconv.Itoa(page - 1)}))
	}
	if pages > 1 {
		last = append(last, chat.Button(a.S("market.page", "Page", page+1, "Pages", pages), "watch-list", chat.Args{"p": strconv.Itoa(page)}))
	}
	if page+1 < pages {
		last = append(last, chat.Button("▶", "watch-list", chat.Args{"p": strconv.Itoa(page + 1)}))
	}
	v.Rows = append(v.Rows, append(last, chat.Button(a.S("button.market"), "market", nil)))
	return a.show(v)
}

// watchLine sums a watch up.
func (a *ask) watchLine(w watch.Watch, armed *given) string {
	asleep := ""
	if w.Asleep(a.now) {
		asleep = a.S("watch.asleep", "At", a.Moment(w.Snoozed, a.now, a.zone))
		if armed != nil {
			asleep = join(asleep, a.S("watch.asleep.armed"))
		}
	}
	found := a.S("watch.found.none")
	if w.Hits > 0 {
		found = a.S("watch.found", "Count", a.N("count.hits", w.Hits), "At", a.Moment(w.Fired, a.now, a.zone))
	}
	arms := ""
	if armed != nil {
		arms = a.armedLine(armed)
	}
	return join(found, asleep, arms, a.S("watch.until", "At", a.Moment(w.Expires, a.now, a.zone)))
}

// watchView is the card of a watch: what it looks for, what is there now, and what can be changed.
func (c *Commands) watchView(a *ask, s *market.Snapshot, w watch.Watch, armed *given, first chat.Text) chat.View {
	v := chat.View{
		Topic: "watch", Title: a.S("watch.title", "Watch", watchName(w)),
		Body:   lines(first, c.watchNow(a, s, w)),
		Footer: a.S("watch.footer", "Away", a.Duration(watch.Away)),
	}
	if w.Label != "" {
		v.Fields = append(v.Fields, field(a.S("watch.query"), clip(w.Query, maxQueryShown)))
	}
	v.Fields = append(v.Fields,
		field(a.S("watch.tells"), a.S("watch.tells.value", "Drop", w.Drop)),
		field(a.S("watch.state"), a.watchLine(w, armed)))
	v.Rows = c.watchRows(a, w, armed != nil)
	return v
}

// watchNow says what the market has for a watch.
func (c *Commands) watchNow(a *ask, s *market.Snapshot, w watch.Watch) chat.Text {
	q, err := market.ParseQuery(w.Query)
	if err != nil {
		return nil
	}
	if len(q.Pay) == 0 {
		q.Pay = w.Pay
	}
	found := s.Find(q)
	if len(found.Offers) == 0 {
		return a.T("watch.now.none", "Time", a.Seconds(s.At(), a.zone))
	}
	shown := found.Offers[:min(len(found.Offers), watchNow)]
	return append(a.T("watch.now", "Free", found.Free, "Min", a.hourly(found.Min), "Time", a.Seconds(s.At(), a.zone)),
		chat.Pre(columns(nil, a.offerRows(shown, 0))))
}

// watchSet makes a control that changes a watch.
func watchSet(label, id, do, value string) chat.Control {
	return chat.Button(label, "watch-set", chat.Args{}.With("id", id).With("do", do).With("v", value))
}

func (c *Commands) watchRows(a *ask, w watch.Watch, armed bool) [][]chat.Control {
	menu := func(label, do string, choices ...chat.Choice) []chat.Control {
		return []chat.Control{{
			Label: label, Param: "v", Choices: choices,
			Action: chat.Action{Command: "watch-set", Args: chat.Args{"id": w.ID, "do": do}},
		}}
	}
	var sleep []chat.Control
	if w.Asleep(a.now) {
		sleep = append(sleep, watchSet(a.S("button.wake"), w.ID, "wake", ""))
	}
	for _, h := range []int{1, 8, 24} {
		d := time.Duration(h) * hour
		sleep = append(sleep, watchSet(a.S("button.snooze", "For", a.Duration(d)), w.ID, "snooze", strconv.Itoa(h)+"h"))
	}
	var drops, lives []chat.Choice
	for _, n := range []int{2, 5, 10, 20, 50} {
		drops = append(drops, chat.Choice{Label: a.S("watch.drop.choice", "Drop", n), Value: strconv.Itoa(n)})
	}
	for _, d := range []int{1, 3, 7, 14, 30, 90} {
		lives = append(lives, chat.Choice{Label: a.Duration(time.Duration(d) * 24 * hour), Value: strconv.Itoa(d) + "d"})
	}
	arm := chat.Button(a.S("button.arm"), "arm", chat.Args{"watch": w.ID})
	if armed {
		arm = watchSet(a.S("button.disarm"), w.ID, "disarm", "")
	}
	last := []chat.Control{
		arm, chat.Button(a.S("button.market"), "watch-fits", chat.Args{"id": w.ID}),
		watchSet(a.S("button.unwatch_ask"), w.ID, "remove", "").Styled(chat.Danger),
		chat.Button(a.S("button.watches"), "watch-list", nil),
	}
	return [][]chat.Control{sleep, menu(a.S("watch.drop.menu"), "drop", drops...), menu(a.S("watch.life.menu"), "life", lives...), last}
}

// watchButton makes a control that saves a search, none for a search of everything.
func (c *Commands) watchButton(label string, q market.Query) (chat.Control, bool) {
	q.Sort, q.All = market.Sort{}, false
	return chat.Button(label, "watch-this", chat.Args{"q": c.searches.name(q.String())}), !q.Empty()
}
