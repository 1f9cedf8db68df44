package app_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/secret"
)

func TestLogHidesSecrets(t *testing.T) {
	const (
		clore    = "ab12CD34ef56GH78ij90KL12mn34OP56"
		telegram = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"
		discord  = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
	)
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		log := app.NewLogger(&out, config.Log{Level: "debug", Format: format})
		log.With("token", telegram).WithGroup("g").Debug("sent "+discord,
			"key", secret.New(clore), "err", errors.New("get https://x/bot"+telegram+"/getMe: refused"),
			slog.Group("inner", "auth", clore), "server", 88411)
		for _, s := range []string{clore, telegram, discord, "AAHdq"} {
			if strings.Contains(out.String(), s) {
				t.Errorf("%s log shows %q:\n%s", format, s, out.String())
			}
		}
		if !strings.Contains(out.String(), "88411") || !strings.Contains(out.String(), "refused") {
			t.Errorf("%s log lost what is no secret:\n%s", format, out.String())
		}
	}
}

func TestLogLevel(t *testing.T) {
	var out bytes.Buffer
	app.NewLogger(&out, config.Log{Level: "warn", Format: "text"}).Info("quiet")
	if out.Len() != 0 {
		t.Errorf("logged %q", out.String())
	}
}
