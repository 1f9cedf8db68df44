package telegram

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// When the webhook is looked at: a minute after the start, when Telegram has tried to deliver what
// waited, and then every few minutes.
const (
	hookFirst = time.Minute
	hookLook  = 12 * time.Minute
)

// hook knows whether Telegram still calls the webhook. Nothing else would tell: without calls the
// bot is only quiet.
type hook struct {
	ours *models.WebhookInfo // as Telegram writes down what we set; it may change an address or a number
	seen int                 // the date of the last failed call that is known
	told string              // the last failure that was logged

	mu  sync.Mutex
	ail error
}

var (
	errHookTaken   = errors.New("somebody else changes this bot's webhook, and it was set again: stop that program, or have @BotFather give a new token")
	errHookRefused = errors.New("Telegram does not take the webhook; mend telegram.webhook_url") //nolint:staticcheck // a name
)

// Health says what keeps Telegram from being served, as far as it is known; nil for nothing.
func (f *Frontend) Health() error {
	f.hook.mu.Lock()
	defer f.hook.mu.Unlock()
	return f.hook.ail
}

func (h *hook) is(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ail = err
}

// setWebhook has Telegram call us.
func (f *Frontend) setWebhook(ctx context.Context) error {
	_, err := f.bot.SetWebhook(ctx, &bot.SetWebhookParams{
		URL: f.o.Webhook.URL, SecretToken: f.o.Webhook.Secret.Reveal(), AllowedUpdates: allowedUpdates(),
		MaxConnections: webhookConnections,
	})
	if errors.Is(err, bot.ErrorBadRequest) {
		return fmt.Errorf("%w: %w", errHookRefused, err)
	}
	if err != nil {
		return err
	}
	info, err := f.bot.GetWebhookInfo(ctx)
	if err != nil {
		return err
	}
	f.hook.ours = info
	f.hook.seen = max(f.hook.seen, info.LastErrorDate) // what failed before does not count
	return nil
}

// watchWebhook looks at the webhook until the context ends.
func (f *Frontend) watchWebhook(ctx context.Context) {
	if f.o.Webhook.URL == "" {
		return
	}
	for wait := hookFirst; sleep(ctx, wait); wait = hookLook {
		info, err := f.bot.GetWebhookInfo(ctx)
		if err != nil {
			f.log.Debug("the webhook could not be looked at", "err", err)
			continue
		}
		f.hook.is(f.mendWebhook(ctx, info))
	}
}

// mendWebhook sets the webhook again when it is not ours any more, and returns what is wrong.
func (f *Frontend) mendWebhook(ctx context.Context, info *models.WebhookInfo) error {
	failed := ""
	if info.LastErrorDate > f.hook.seen {
		f.hook.seen = info.LastErrorDate
		failed = cut(chat.CleanLine(info.LastErrorMessage), chat.MaxValue)
	}
	switch {
	case info.URL != f.hook.ours.URL:
		f.log.Error("somebody else changed the webhook of this bot; it is set again", "to", cmp.Or(host(info.URL), "removed"))
	case says(errors.New(failed), "401 unauthorized"):
		f.log.Error("Telegram was refused with 401: somebody else set this webhook with another secret, or a proxy asks for a password; it is set again")
	case info.MaxConnections != f.hook.ours.MaxConnections, !slices.Equal(info.AllowedUpdates, f.hook.ours.AllowedUpdates):
		f.log.Error("somebody else set this webhook with other settings; it is set again")
	case failed != "":
		if failed != f.hook.told {
			f.log.Error("Telegram cannot deliver to the webhook", "reason", failed, "waiting", info.PendingUpdateCount)
		}
		f.hook.told = failed
		return fmt.Errorf("Telegram cannot deliver to the webhook: %s", failed) //nolint:staticcheck // a name
	default:
		return nil
	}
	if err := f.setWebhook(ctx); err != nil {
		f.log.Error("the webhook could not be set", "err", err)
		return err
	}
	return errHookTaken
}

// host is what of an address may be logged: the rest of it may be a secret.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
