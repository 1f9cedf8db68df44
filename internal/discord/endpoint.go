package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"
)

const (
	maxInteraction = 1 << 20
	maxSkew        = 5 * time.Minute
)

// serveHTTP serves the endpoint for interactions, in place of the gateway.
func (f *Frontend) serveHTTP(ctx context.Context) error {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", f.o.Listen)
	if err != nil {
		return fmt.Errorf("discord.listen: %w", err)
	}
	server := &http.Server{
		Handler: http.HandlerFunc(f.interaction), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 15 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(f.o.Log.Handler(), slog.LevelDebug),
	}
	stop := context.AfterFunc(ctx, func() {
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		_ = server.Shutdown(short)
	})
	defer stop()
	f.o.Log.InfoContext(ctx, "waiting for interactions", "address", l.Addr().String())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// interaction takes one interaction. Nothing in it is looked at before its signature has been
// verified.
func (f *Frontend) interaction(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxInteraction))
	if err != nil {
		http.Error(w, "cannot read", http.StatusBadRequest)
		return
	}
	if !f.verified(r, body) {
		http.Error(w, "invalid request signature", http.StatusUnauthorized)
		return
	}
	var in discordgo.Interaction
	if err := json.Unmarshal(body, &in); err != nil {
		http.Error(w, "no interaction", http.StatusBadRequest)
		return
	}
	if in.Type == discordgo.InteractionPing {
		writeJSON(w, response{Type: discordgo.InteractionResponsePong})
		return
	}
	f.answerHTTP(w, r, &in)
}

// answerHTTP gives the first answer in the body.
func (f *Frontend) answerHTTP(w http.ResponseWriter, r *http.Request, in *discordgo.Interaction) {
	first, gone, dropped := make(chan response), make(chan struct{}), make(chan int, 1)
	defer close(gone)
	e := &event{Interaction: in, drop: func(status int) { dropped <- status }} // once an interaction
	e.first = func(ctx context.Context, a response) error {
		select {
		case first <- a:
			<-gone // what follows must not overtake it
			return nil
		case <-gone:
			return errTooLate
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	f.handle(e)
	select {
	case a := <-first:
		writeJSON(w, a)
	case status := <-dropped:
		http.Error(w, "nothing to be answered: not known, or taken already", status)
	case <-r.Context().Done():
	case <-time.After(answerTime):
		http.Error(w, "no answer", http.StatusServiceUnavailable)
	}
}

// errTooLate is the failure of a first answer for which nobody waits any more.
var errTooLate = errors.New("too late for an answer")

// verified checks the signature over the time and the body, and that it is not an old one.
func (f *Frontend) verified(r *http.Request, body []byte) bool {
	stamp := r.Header.Get("X-Signature-Timestamp")
	signature, err := hex.DecodeString(r.Header.Get("X-Signature-Ed25519"))
	if err != nil || len(signature) != ed25519.SignatureSize {
		return false
	}
	if !ed25519.Verify(f.key, append([]byte(stamp), body...), signature) {
		return false
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	return err == nil && f.o.Now().Sub(time.Unix(seconds, 0)).Abs() <= maxSkew
}

func writeJSON(w http.ResponseWriter, a response) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(a); err != nil {
		http.Error(w, "cannot encode", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b.Bytes())
	_ = http.NewResponseController(w).Flush()
}
