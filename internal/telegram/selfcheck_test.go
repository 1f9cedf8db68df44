package telegram_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// answers is a network that answers everything alike.
type answers struct {
	status int
	body   string
	err    error
}

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.err != nil {
		return nil, &urlError{r.URL.String(), a.err}
	}
	return &http.Response{
		StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body)), Request: r,
	}, nil
}

// urlError says where the request went, token included, as errors of the network do.
type urlError struct {
	url string
	err error
}

func (e *urlError) Error() string { return e.url + ": " + e.err.Error() }

func (e *urlError) Unwrap() error { return e.err }

func TestCheck(t *testing.T) {
	for name, tt := range map[string]struct {
		network http.RoundTripper
		want    string // part of the error
	}{
		"well":        {answers{200, `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"x","username":"clorebot"}}`, nil}, ""},
		"bad token":   {answers{401, `{"ok":false,"error_code":401,"description":"Unauthorized"}`, nil}, "@BotFather"},
		"no such bot": {answers{404, `{"ok":false,"error_code":404,"description":"Not Found"}`, nil}, "@BotFather"},
		"not reached": {answers{err: errors.New("no route to host")}, "not reached"},
		"a proxy":     {answers{502, `<html>`, nil}, "not Telegram's"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := telegram.New(telegram.Options{Token: secret.New(telegramtest.Token), Transport: tt.network})
			if err != nil {
				t.Fatal(err)
			}
			username, err := f.Check(t.Context())
			if tt.want == "" && (err != nil || username != "clorebot") {
				t.Errorf("%q, %v", username, err)
			}
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), telegramtest.Token)) {
				t.Errorf("got %v", err)
			}
		})
	}
}
