package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/clorebot/clorebot/internal/secret"
)

// Webhook says where Telegram delivers updates.
type Webhook struct {
	// URL is what Telegram calls: https, on port 443, 80, 88 or 8443.
	URL string
	// Listen is the address of the listener behind it, such as "127.0.0.1:8080". TLS is the
	// proxy's business.
	Listen string
	// Secret is what Telegram shows with each call; 1 to 256 letters, digits, _ and -. An empty
	// one is derived from the token.
	Secret secret.Text
}

const (
	webhookConnections = 40 // that Telegram opens
	webhookPlaces      = 4 * webhookConnections
	webhookHeader      = "X-Telegram-Bot-Api-Secret-Token"
)

// serveWebhook listens until the context ends.
func (f *Frontend) serveWebhook(ctx context.Context) error {
	listener, err := f.o.Listen(ctx, "tcp", f.o.Webhook.Listen)
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	server := &http.Server{
		Handler: f.WebhookHandler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(f.log.Handler(), slog.LevelDebug),
	}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		done <- server.Shutdown(late)
	}()
	if err := server.Serve(newDoor(listener, webhookPlaces)); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("webhook: %w", err)
	}
	return <-done
}

// WebhookHandler takes updates from Telegram: it stores one before it says so.
func (f *Frontend) WebhookHandler() http.Handler {
	want := "/"
	if u, err := url.Parse(f.o.Webhook.URL); err == nil && u.Path != "" {
		want = u.Path
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != want:
			w.Header().Set("Connection", "close") // a stranger keeps no place
			http.NotFound(w, r)
		case !f.fromTelegram(r):
			w.Header().Set("Connection", "close")
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method != http.MethodPost:
			w.WriteHeader(http.StatusMethodNotAllowed)
		default:
			w.WriteHeader(f.accept(r))
		}
	})
}

// fromTelegram compares hashes, so that the time taken tells neither length nor content.
func (f *Frontend) fromTelegram(r *http.Request) bool {
	given, want := sha256.Sum256([]byte(r.Header.Get(webhookHeader))), sha256.Sum256([]byte(f.o.Webhook.Secret.Reveal()))
	return !f.o.Webhook.Secret.Empty() && subtle.ConstantTimeCompare(given[:], want[:]) == 1
}

// accept returns the status to answer with. Telegram tries again after a failure.
func (f *Frontend) accept(r *http.Request) int {
	body, err := readCapped(r.Body, maxUpdates)
	switch {
	case errors.Is(err, errTooLarge):
		// No update is as large as that: a message and the one that it answers may have 32,768
		// characters each, of up to 12 bytes when they are escaped. Whatever it is stays with
		// Telegram, and the operator learns of it.
		f.log.Error("what came by the webhook is larger than any update, and was refused", "bytes", r.ContentLength, "most", maxUpdates)
		return http.StatusRequestEntityTooLarge
	case err != nil:
		return http.StatusBadRequest
	case f.lanes.closed():
		return http.StatusServiceUnavailable
	}
	u, id := f.inbox.decode(body)
	if u == nil || !f.relevant(u) {
		return http.StatusOK // it will not get better by being sent again
	}
	fresh, err := f.o.Store.Admit(r.Context(), f.bot.ID(), []Update{{ID: id, Raw: body}})
	if err != nil {
		f.log.Error("an update could not be stored", "update", id, "err", err)
		return http.StatusInternalServerError
	}
	if len(fresh) > 0 {
		var sent time.Time
		if u.Message != nil {
			sent = time.Unix(int64(u.Message.Date), 0)
		}
		f.absence.called(r.Context(), id, sent)
		f.bot.ProcessUpdate(r.Context(), u)
	}
	return http.StatusOK
}
