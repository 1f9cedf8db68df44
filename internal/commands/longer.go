package commands

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// timeButtons move the stop time, or set one where there is none. Each carries the stop time that
// it was shown for: pressed twice it moves it once, and an old one asks first.
func (a *ask) timeButtons(r *rental.Rental) []chat.Control {
	var row []chat.Control
	for _, by := range []string{"1h", "6h"} {
		id := "button.longer"
		if r.StopAt.IsZero() {
			id = "button.stop_in"
		}
		row = append(row, chat.Button(a.S(id, "By", by), "longer",
			chat.Args{"order": orderText(r.Order.ID), "by": by, "from": stopMark(r.StopAt)}))
	}
	return row
}

// stopMark names a stop time in a button.
func stopMark(at time.Time) string {
	if at.IsZero() {
		return untilStopped
	}
	return strconv.FormatInt(at.Unix(), 10)
}

// longer is a button that moves the stop time in small steps, at one tap. What it sets is counted
// from the stop time that it was shown for, so that two taps at the same moment set the same.
func (c *Commands) longer(ctx context.Context, a *ask) (chat.Response, error) {
	r, err := c.findLive(ctx, a, a.order())
	if err != nil {
		return nil, err
	}
	by, err := c.readRun(a.arg("by"))
	if err != nil {
		return nil, err
	}
	if !r.StopAt.IsZero() && a.arg("from") != stopMark(r.StopAt) {
		return c.askExtend(ctx, a, &r, by, a.T("extend.since", "Stops", a.stopsAt(r.StopAt)))
	}
	if s := c.extendStake(a, &r, by); ends(&r) && (by == 0 || by > extendAtOnce || a.dear(s)) {
		return c.askExtend(ctx, a, &r, by, nil)
	}
	text, err := c.moveStop(ctx, a, &r, a.stopAfter(&r, by))
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(a.Command, again) { // an alert stays as it was
		return a.say(text)
	}
	if r, err = c.findLive(ctx, a, r.Order.ID); err != nil {
		return nil, err
	}
	v := c.orderView(ctx, a, &r)
	v.Body = lines(plain(text), v.Body)
	return a.show(v)
}

// moveStop moves a stop time from where it was read, and says what follows from it.
func (c *Commands) moveStop(ctx context.Context, a *ask, r *rental.Rental, at time.Time) (string, error) {
	l, err := c.Books.Ledger(ctx, r.Account)
	if err != nil {
		return "", err
	}
	buyer := buyer(&l, r)
	if err := c.Desk.StopAt(ctx, a.User, r.Account, r.Order.ID, r.StopAt, at); err != nil {
		return "", err
	}
	text := a.stopSet(r, at)
	if l.SetStop(r.Order.ID, at, a.now) == nil && buyer != "" { // as the desk did
		text += " " + a.counted(&l, buyer)
	}
	return text, nil
}
