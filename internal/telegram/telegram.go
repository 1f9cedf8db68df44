package telegram

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/secret"
)

// Options are what a Frontend is made from.
type Options struct {
	Token secret.Text
	// APIURL is a Bot API server other than Telegram's own; "" for that.
	APIURL string
	// Webhook has updates delivered instead of asking for them. The zero value asks.
	Webhook Webhook
	Store   Store
	// Phrases returns the texts of a language (BCP 47, may be empty). Nil: English.
	Phrases func(locale string) Phrases
	// Languages are those with a command menu of their own, as two-letter codes, and Summary
	// returns a command's line in one. Everybody else gets the commands' own summaries.
	Languages []string
	Summary   func(language, command string) string
	// Links are the commands that a link to the bot may open. Anybody can make such a link and
	// have somebody tap it, so they must be commands that only show something.
	Links []string
	Pace  Pace
	// Queue is how many updates wait in memory; 20,000. More wait in the store.
	Queue int
	// Transport replaces the network in tests.
	Transport http.RoundTripper
	// Listen replaces the network for a webhook's listener in tests.
	Listen func(ctx context.Context, network, address string) (net.Listener, error)
	Log    *slog.Logger
	Now    func() time.Time
}

// Frontend connects Telegram. It implements [chat.Frontend] and [chat.Editor].
type Frontend struct {
	o          Options
	log        *slog.Logger
	bot        *bot.Bot
	inbox      *inbox
	pacer      *pacer
	lanes      *lanes
	prompts    *prompts
	veils      *veils
	erasures   *erasures
	moves      *moves
	courses    *courses
	leftovers  leftovers
	asides     asides
	hook       hook
	absence    *absence
	excuses    excuses
	dispatcher chat.Dispatcher
	username   atomic.Pointer[string]
	known      atomic.Pointer[map[string]bool] // the commands
	complained atomic.Int64                    // when a failure of polling was last logged
	fatal      chan error                      // the platform refused for good
}

var _ chat.Editor = (*Frontend)(nil)

// errToken is returned for a token that cannot be one.
var errToken = errors.New("the Telegram token is not like 123456:ABC…; @BotFather gives it")

// New makes a front-end. It does not use the network.
func New(o Options) (*Frontend, error) {
	o = o.withDefaults()
	id, rest, ok := strings.Cut(o.Token.Reveal(), ":")
	if !ok || id == "" || rest == "" || strings.Trim(id, "0123456789") != "" {
		return nil, errToken
	}
	f := &Frontend{
		o: o, log: o.Log, pacer: newPacer(o.Pace, o.Now), lanes: newLanes(o.Queue),
		moves: newMoves(o.Store), courses: newCourses(), fatal: make(chan error, 1),
	}
	f.prompts = newPrompts(o.Store, o.Now, f.moves.current)
	f.veils = newVeils(f)
	f.erasures = newErasures(f)
	f.absence = newAbsence(o.Store, o.Now)
	f.inbox = &inbox{store: o.Store, log: o.Log, relevant: f.relevant, heard: f.absence.polled}
	b, err := bot.New(o.Token.Reveal(),
		bot.WithSkipGetMe(),
		bot.WithServerURL(strings.TrimSuffix(o.APIURL, "/")),
		bot.WithHTTPClient(pollTime+time.Second, &client{
			transport: o.Transport, token: o.Token, inbox: f.inbox, revoked: f.revoked,
		}),
		bot.WithAllowedUpdates(allowedUpdates()),
		bot.WithNotAsyncHandlers(),
		bot.WithErrorsHandler(f.pollFailed),
		bot.WithDefaultHandler(func(_ context.Context, _ *bot.Bot, u *models.Update) { f.take(u, arrival{unsure: f.absence.old(u.ID)}) }),
	)
	if err != nil {
		return nil, fmt.Errorf("telegram: %w", err)
	}
	f.bot, f.inbox.bot = b, b.ID()
	return f, nil
}

func (o Options) withDefaults() Options {
	o.APIURL = cmp.Or(o.APIURL, "https://api.telegram.org")
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.Pace = o.Pace.withDefaults()
	o.Queue = cmp.Or(o.Queue, lanesTotal)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Phrases == nil {
		o.Phrases = func(string) Phrases { return English() }
	}
	if o.Transport == nil {
		o.Transport = defaultTransport()
	}
	if o.Listen == nil {
		o.Listen = (&net.ListenConfig{}).Listen
	}
	if o.Webhook.URL != "" && o.Webhook.Secret.Empty() {
		o.Webhook.Secret = derivedSecret(o.Token, o.Webhook.URL)
	}
	return o
}

// derivedSecret makes the secret of a webhook from the token, for those who set none: it stays
// the same over restarts and tells nothing of the token.
func derivedSecret(token secret.Text, url string) secret.Text {
	mac := hmac.New(sha256.New, []byte(token.Reveal()))
	mac.Write([]byte("webhook " + url))
	return secret.New(hex.EncodeToString(mac.Sum(nil)))
}

// Platform implements [chat.Frontend].
func (*Frontend) Platform() chat.Platform { return chat.Telegram }

func allowedUpdates() []string {
	return []string{models.AllowedUpdateMessage, models.AllowedUpdateEditedMessage, models.AllowedUpdateCallbackQuery, models.AllowedUpdateMyChatMember}
}

// name returns the bot's user name, "" until Telegram has told it.
func (f *Frontend) name() string {
	if p := f.username.Load(); p != nil {
		return *p
	}
	return ""
}
