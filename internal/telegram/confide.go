package telegram

import (
	"context"
	"errors"

	"github.com/clorebot/clorebot/internal/chat"
)

// confide answers a member of a group in the private chat, and tells the group so.
func (f *Frontend) confide(ctx context.Context, in *incoming, origin chat.Origin, c *chat.Command, args chat.Args) {
	e := errandOf(ctx)
	earlier := f.leftovers.of(e.id)
	if person := in.to.Chat; !earlier.ran() && f.lanes.crowded(person, person) { // its answer would have no room
		f.log.Warn("a command was dropped: too many answers wait for one person", "update", e.update)
		return
	}
	told := earlier.told()
	do := f.bring
	switch {
	case !f.asks(ctx, in, origin, c, args):
		if !f.carryOut(ctx, in, in.request(origin, c.Name, args)) || f.whispered(in, e.left) {
			return
		}
	case f.askedBy(in):
		do = func(context.Context, *incoming) error { return nil } // in an earlier run
	default:
		do = func(ctx context.Context, in *incoming) error { return f.begin(ctx, in, c, args) }
	}
	if e.left == nil {
		e.left = &left{}
	}
	e.left.Told = told
	a, wait := f.setAside(ctx, in, do)
	if a == nil {
		return
	}
	text := in.say.Moved
	ended := a.within(ctx, e, wait)
	switch {
	case !ended:
		text = in.say.Coming
		a.failed = func(err error) { f.failedLate(in, c, args, err) }
	case a.err != nil:
		f.log.Info("no private answer", "err", a.err)
		text, told = in.say.NotStarted, false
	}
	if !told {
		f.meanwhile(e)
		f.point(ctx, in, c, args, text, ended && a.err != nil)
		e.left.Told = !e.cut
	}
}

// told reports whether a group was told of the answer.
func (l *left) told() bool { return l != nil && l.Told }

// askedBy reports whether the open question to a person was put because of this very request.
func (f *Frontend) askedBy(in *incoming) bool {
	p := f.prompts.of(in.user, in.to)
	return p != nil && p.Used == in.id
}

// whispered shows whoever pressed a button an answer that is only a word, and reports whether that
// was all.
func (f *Frontend) whispered(in *incoming, l *left) bool {
	if l.Done || l.Notice == nil {
		return false
	}
	l.Done = l.Notice.Text == "" || (in.press != nil && in.press.answer(l.Notice.Text, l.Notice.Loud))
	return l.Done
}

// failedLate tells a group that somebody was not reached in private, after it was told that they
// would be.
func (f *Frontend) failedLate(in *incoming, c *chat.Command, args chat.Args, err error) {
	f.undelivered(err)
	var failed *chat.SendError
	if !errors.As(err, &failed) || (failed.Kind != chat.Unreachable && !says(failed.Err, passing)) {
		return
	}
	back := *in
	back.press = nil
	f.lanes.pass(in.from.Chat, in.to.Chat, func(ctx context.Context) {
		f.point(ctx, &back, c, args, in.say.NotStarted, true)
	})
}

// point tells a group that somebody is answered in private, or how to let that happen when it
// failed.
func (f *Frontend) point(ctx context.Context, in *incoming, c *chat.Command, args chat.Args, text string, failed bool) {
	e := errandOf(ctx)
	if e.cut {
		return // the next start goes on
	}
	link := f.link(c, args)
	if in.press != nil {
		if (failed && link != "" && in.press.open(link)) || in.press.answer(text, failed) {
			return
		}
	}
	v := textView(text)
	v.Silent = true
	if link != "" {
		v.Rows = [][]chat.Control{{{Label: in.say.Open, URL: link}}}
	}
	back := *in
	back.to = in.from
	word := &errand{} // what arrives is not the answer
	f.undelivered(f.reply(word.in(ctx), &back, chat.Reply{View: v}))
	e.cut = e.cut || word.cut
}
