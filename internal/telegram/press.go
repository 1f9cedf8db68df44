package telegram

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// pressTime is how long a button may turn before it is answered without words: Telegram forgets
// the press a little later.
const pressTime = 2 * time.Second

// maxNotice is the most units of text in the answer to a press.
const maxNotice = 200

// press is a pressed button that wants one answer.
type press struct {
	f     *Frontend
	id    string
	timer *time.Timer

	mu      sync.Mutex
	done    bool
	settled chan struct{} // closed when the answer was given
	over    bool          // it came too late, in the words of Telegram
	failed  error         // the answer did not arrive, for another reason
}

// newPress returns a press; a mute one has had its answer.
func (f *Frontend) newPress(id string, mute bool) *press {
	p := &press{f: f, id: id, done: mute, settled: make(chan struct{})}
	if mute {
		close(p.settled)
		return p
	}
	p.mu.Lock() // the timer may fire before its field is set
	defer p.mu.Unlock()
	p.timer = time.AfterFunc(pressTime, func() { p.answer("", false) })
	return p
}

// answer shows a text to whoever pressed, loudly in a window, and reports whether it was the
// first answer and fits.
func (p *press) answer(text string, loud bool) bool {
	return p.send(bot.AnswerCallbackQueryParams{Text: text, ShowAlert: loud})
}

// open answers with a link to the bot, which the app opens.
func (p *press) open(link string) bool { return p.send(bot.AnswerCallbackQueryParams{URL: link}) }

func (p *press) send(params bot.AnswerCallbackQueryParams) bool {
	// What is cleaned away altogether would be an empty window.
	params.Text = strings.TrimSpace(chat.Clean(params.Text))
	if units(params.Text) > maxNotice {
		return false
	}
	p.mu.Lock()
	first := !p.done
	p.done = true
	p.mu.Unlock()
	if !first {
		return false
	}
	p.timer.Stop()
	err := p.give(params)
	close(p.settled)
	return err == nil
}

// give makes the call of an answer.
func (p *press) give(params bot.AnswerCallbackQueryParams) error {
	ctx, cancel := context.WithTimeout(context.Background(), callTime)
	defer cancel()
	params.CallbackQueryID = p.id
	_, err := p.f.bot.AnswerCallbackQuery(ctx, &params)
	p.over = err != nil && says(err, "query is too old", "query id is invalid")
	if p.failed = err; p.over {
		p.failed = nil
	}
	if p.failed != nil {
		p.f.log.Warn("a press was not answered", "err", err)
	}
	return err
}

// forgotten answers the press, if nobody did, and reports whether Telegram has forgotten it. When
// Telegram does not say so either way for a while, it may have.
func (p *press) forgotten(ctx context.Context) bool {
	p.answer("", false)
	<-p.settled
	for wait := time.Second; p.failed != nil && wait <= 8*time.Second && sleep(ctx, wait); wait *= 2 {
		_ = p.give(bot.AnswerCallbackQueryParams{})
	}
	return p.over || p.failed != nil
}

// pressedIn returns where the message of a pressed button stands; zero when it is in no chat.
func pressedIn(q *models.CallbackQuery) place {
	switch {
	case q.Message.Message != nil:
		return placeOfMessage(q.Message.Message)
	case q.Message.InaccessibleMessage != nil:
		return place{Chat: q.Message.InaccessibleMessage.Chat.ID}
	default:
		return place{}
	}
}

// pressedOn returns the message of a pressed button, 0 for none.
func pressedOn(q *models.CallbackQuery) (id int, protected bool) {
	switch {
	case q.Message.Message != nil:
		return q.Message.Message.ID, q.Message.Message.HasProtectedContent
	case q.Message.InaccessibleMessage != nil:
		return q.Message.InaccessibleMessage.MessageID, false
	default:
		return 0, false
	}
}

func placeOfMessage(m *models.Message) place {
	p := place{Chat: m.Chat.ID}
	if m.IsTopicMessage && p.group() {
		p.Thread = m.MessageThreadID
	}
	return p
}
