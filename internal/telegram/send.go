package telegram

import (
	"context"
	"errors"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// letter is something to be sent or edited.
type letter struct {
	to      place
	edit    int // the message to edit; 0 for a new one
	reply   int // the message that it answers
	body    rendered
	silent  bool
	guarded bool
	force   *models.ForceReply // in place of buttons
	file    *chat.File         // in place of a body
	class   class
	patient bool // somebody waits: tries again until the context ends
	guest   bool // to the private chat of somebody who asked in a group
}

// putOff reports that somebody's private chat stays closed to the bot. An answer to what was asked
// in a group does not wait for that: the group is told how to open it.
func (l *letter) putOff(failed *chat.SendError, failures int) bool {
	const few = 3
	return l.guest && says(failed.Err, passing) && failures >= few
}

// Send implements [chat.Sender].
func (f *Frontend) Send(ctx context.Context, to chat.Address, v chat.View) (chat.MessageRef, error) {
	p, err := placeOf(to)
	if err != nil {
		return chat.MessageRef{}, &chat.SendError{Kind: chat.Rejected, Err: err}
	}
	id, err := f.show(ctx, letter{to: p, class: alerts}, v, f.o.Phrases(""))
	if err != nil {
		return chat.MessageRef{}, err
	}
	p.Chat = f.moves.current(p.Chat)
	return chat.MessageRef{Address: p.address(), MessageID: decimal(id)}, nil
}

// Edit implements [chat.Editor].
func (f *Frontend) Edit(ctx context.Context, ref chat.MessageRef, v chat.View) error {
	p, err := placeOf(ref.Address)
	id := number(ref.MessageID)
	if err != nil || id == 0 {
		return &chat.SendError{Kind: chat.Rejected, Err: errAddress}
	}
	if v.Guarded || v.Hides() {
		// The message may not be protected, and cannot become so.
		return &chat.SendError{Kind: chat.Rejected, Err: errProtected}
	}
	v.File = nil // it came with the message, or would come with every edit
	_, err = f.show(ctx, letter{to: p, edit: id, class: alerts}, v, f.o.Phrases(""))
	return err
}

var errProtected = errors.New("what is to be protected needs a message of its own")

// show sends a view, or edits a message to show it, and sees to it that what it hides is hidden
// again. The error is a [*chat.SendError].
func (f *Frontend) show(ctx context.Context, l letter, v chat.View, say Phrases) (int, error) {
	if v.Locale != "" {
		say = f.o.Phrases(v.Locale)
	}
	l.silent, l.guarded = v.Silent, v.Guarded || v.Hides()
	if l.edit == 0 {
		return f.deliver(ctx, l, v, say)
	}
	s := f.fold(v, say)
	if s.hides && !l.to.group() {
		return l.edit, f.cover(ctx, l, s)
	}
	l.body = s.veiled
	id, err := f.post(ctx, &l)
	if err == nil {
		f.veils.drop(ctx, l.to, id)
		err = f.enclose(ctx, l, v.File)
	}
	return id, err
}

// cover puts what is hidden into a message, for a while.
func (f *Frontend) cover(ctx context.Context, l letter, s sheet) error {
	f.veils.add(ctx, l.to, l.edit, s.veiled)
	l.body = s.covered
	_, err := f.post(ctx, &l)
	return err
}

// movesAtOnce bounds how often a letter follows a group to another ID.
const movesAtOnce = 5

// post delivers a letter and returns the message's ID. The error is a [*chat.SendError].
func (f *Frontend) post(ctx context.Context, l *letter) (id int, err error) {
	defer func() {
		if err != nil && errors.Is(ctx.Err(), context.Canceled) {
			errandOf(ctx).cut = true
		}
	}()
	html := true
	for failures := 1; ; failures++ {
		if failed := f.follow(l); failed != nil {
			return 0, failed
		}
		if failed := f.hold(ctx, l); failed != nil {
			return 0, failed
		}
		id, err := f.call(ctx, l, html)
		failed := failure(err)
		var moved *bot.MigrateError
		switch {
		case failed == nil:
			return id, nil
		case errors.As(err, &moved) && failures < movesAtOnce:
			to := int64(moved.MigrateToChatID)
			f.moved(ctx, l.to.Chat, to)
			if failed := l.follow(to); failed != nil {
				return 0, failed
			}
			continue
		case html && says(err, badEntities):
			f.log.Error("Telegram cannot read our markup; the message goes without", "err", err)
			html = false
			continue
		case l.to.Thread != 0 && topicGone(err):
			l.to.Thread = 0 // the group itself
			continue
		case l.body.Markup != nil && badButton(err):
			f.log.Error("Telegram does not take our buttons; the message goes without", "err", err)
			l.body.Markup = nil
			continue
		case failed.Kind == chat.RateLimited:
			f.pacer.pause(l.to.Chat, failed.RetryAfter)
			f.log.Warn("Telegram asks to wait", "for", failed.RetryAfter)
		case l.putOff(failed, failures):
			return 0, failed
		case failed.Kind == chat.Transient && l.patient:
			if !sleep(ctx, min(time.Second<<min(failures-1, 5), 30*time.Second)) {
				return 0, failed
			}
		}
		if !l.patient || (failed.Kind != chat.RateLimited && failed.Kind != chat.Transient) {
			return 0, failed
		}
	}
}

// hold waits for the letter's turn. What nobody waits for is rather given back than held for
// longer than its sender has time.
func (f *Frontend) hold(ctx context.Context, l *letter) *chat.SendError {
	const soon = 5 * time.Second
	if pause := f.pacer.blocked(l.to.Chat); pause > soon && !l.patient {
		return &chat.SendError{Kind: chat.RateLimited, RetryAfter: pause, Err: errPaused}
	}
	if err := f.pacer.wait(ctx, l.to.Chat, l.class); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return &chat.SendError{Kind: chat.RateLimited, RetryAfter: soon, Err: err}
		}
		return &chat.SendError{Kind: chat.Transient, Err: err}
	}
	return nil
}

var errPaused = errors.New("this chat is paused, as Telegram asked")

// settleTime is how much longer than its context a call may take: were it cut, nobody would know
// whether the message arrived, and it would be sent again.
const settleTime = 3 * time.Second

// settling returns a context that ends a little later.
func settling(ctx context.Context) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { sleep(late, settleTime); cancel() })
	return late, func() { stop(); cancel() }
}

// call makes the one call of a letter.
func (f *Frontend) call(ctx context.Context, l *letter, html bool) (int, error) {
	ctx, cancel := settling(ctx)
	defer cancel()
	if l.file != nil {
		return f.sendFile(ctx, l)
	}
	text, mode := l.body.HTML, models.ParseModeHTML
	if !html && l.body.bare != nil {
		text, mode = l.body.bare(), ""
	}
	preview := &models.LinkPreviewOptions{IsDisabled: bot.True()}
	if l.edit != 0 {
		_, err := f.bot.EditMessageText(ctx, &bot.EditMessageTextParams{
			ChatID: l.to.Chat, MessageID: l.edit, Text: text, ParseMode: mode,
			LinkPreviewOptions: preview, ReplyMarkup: l.markup(),
		})
		return l.edit, err
	}
	params := &bot.SendMessageParams{
		ChatID: l.to.Chat, MessageThreadID: l.to.Thread, Text: text, ParseMode: mode,
		LinkPreviewOptions: preview, DisableNotification: l.silent, ProtectContent: l.guarded,
		ReplyMarkup: l.markup(),
	}
	if l.reply != 0 {
		params.ReplyParameters = &models.ReplyParameters{MessageID: l.reply, AllowSendingWithoutReply: true}
	}
	m, err := f.bot.SendMessage(ctx, params)
	if err != nil {
		return 0, err
	}
	return m.ID, nil
}

// markup returns the buttons, and an untyped nil without: a typed one would be sent as "null".
func (l *letter) markup() models.ReplyMarkup {
	switch {
	case l.force != nil && l.edit == 0:
		return l.force
	case l.body.Markup != nil:
		return l.body.Markup
	default:
		return nil
	}
}
