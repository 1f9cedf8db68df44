package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"regexp"

	"github.com/clorebot/clorebot/internal/config"
)

// NewLogger returns a logger that writes to w as the configuration says. Secrets are types that
// log redacted; as a second wall everything that looks like a token is blotted out of messages
// and attributes, since texts of libraries pass here too.
func NewLogger(w io.Writer, c config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(blotter{slog.NewJSONHandler(w, o)})
	}
	return slog.New(blotter{slog.NewTextHandler(w, o)})
}

// blotter hides what looks like a secret from the handler below.
type blotter struct{ below slog.Handler }

func (b blotter) Enabled(ctx context.Context, l slog.Level) bool { return b.below.Enabled(ctx, l) }

func (b blotter) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, blot(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(blotAttr(a))
		return true
	})
	return b.below.Handle(ctx, clean)
}

func (b blotter) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = blotAttr(a)
	}
	return blotter{b.below.WithAttrs(clean)}
}

func (b blotter) WithGroup(name string) slog.Handler { return blotter{b.below.WithGroup(name)} }

func blotAttr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, blot(v.String()))
	case slog.KindGroup:
		inner := v.Group()
		clean := make([]slog.Attr, len(inner))
		for i, g := range inner {
			clean[i] = blotAttr(g)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(clean...)}
	case slog.KindAny:
		return slog.String(a.Key, blot(fmt.Sprint(v.Any())))
	default:
		return slog.Attr{Key: a.Key, Value: v}
	}
}

// blot hides bot tokens of Telegram and Discord, Clore's 32-character keys, and whatever else is
// one unbroken run of that length.
func blot(s string) string {
	if len(s) < 24 {
		return s
	}
	return regexp.MustCompile(`\d{6,12}:[A-Za-z0-9_-]{30,}|[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{20,}|[A-Za-z0-9_]{32,}`).
		ReplaceAllString(s, "[redacted]")
}
