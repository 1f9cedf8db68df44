package app_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/secret"
)

const (
	goodTelegram = "123456:GOOD-CANARY-1"
	goodDiscord  = "GOOD-CANARY-2"
)

// platforms answers for Clore, Telegram and Discord as far as a check asks them.
func platforms(w http.ResponseWriter, r *http.Request) {
	answers := map[string]string{
		"/v1/marketplace":                `{"code":0,"servers":[]}`,
		"/bot" + goodTelegram + "/getMe": `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"x","username":"rent_bot"}}`,
	}
	if r.Header.Get("Authorization") == "Bot "+goodDiscord {
		answers["/api/v9/applications/@me"] = `{"id":"9000","name":"Renter"}`
	}
	w.Header().Set("Content-Type", "application/json")
	if body, ok := answers[r.URL.Path]; ok {
		_, _ = io.WriteString(w, body)
		return
	}
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = io.WriteString(w, `{"ok":false,"error_code":401,"description":"Unauthorized","message":"401: Unauthorized","code":0}`)
}

func TestCheckAsksThePlatforms(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(platforms))
	defer server.Close()
	for name, tt := range map[string]struct {
		telegram, discord string
		want              []string
	}{
		"well":          {goodTelegram, goodDiscord, []string{"ok     telegram as @rent_bot\n", "ok     discord as Renter\n"}},
		"both refused":  {"123456:BAD-CANARY", "BAD-CANARY", []string{"WRONG  telegram: ", "@BotFather", "WRONG  discord: ", "developer portal"}},
		"no token":      {"CANARY", "", []string{"WRONG  telegram: ", "like 123456:ABC"}},
		"no front-ends": {"", "", []string{"WRONG  front-ends: "}},
	} {
		t.Run(name, func(t *testing.T) {
			c := config.Default()
			c.Clore.BaseURL = server.URL + "/v1"
			c.Storage.Path = filepath.Join(t.TempDir(), "bot.db")
			c.Vault.KeyFile = filepath.Join(t.TempDir(), "bot.json")
			c.Telegram.APIURL, c.Discord.APIURL = server.URL, server.URL
			c.Telegram.Token, c.Discord.Token = secret.New(tt.telegram), secret.New(tt.discord)
			var out bytes.Buffer
			err := app.Check(t.Context(), c, "test", &out)
			if bad := strings.Contains(tt.want[0], "WRONG"); errors.Is(err, app.ErrNotReady) != bad {
				t.Errorf("got %v", err)
			}
			for _, part := range tt.want {
				if !strings.Contains(out.String(), part) {
					t.Errorf("no %q", part)
				}
			}
			if t.Failed() {
				t.Logf("%s", &out)
			}
			if strings.Contains(out.String(), "CANARY") {
				t.Error("a token is shown")
			}
		})
	}
}

// TestCheckTriesTheFirstStart: what the first start would make is tried, and nothing is left of it.
func TestCheckTriesTheFirstStart(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(platforms))
	defer server.Close()
	nowhere := filepath.Join(t.TempDir(), "nowhere") // in which no folder can be made, not even by root
	if err := os.Symlink(filepath.Join(t.TempDir(), "missing"), nowhere); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		data, keys, want string
	}{
		"well":           {"a/b/bot.db", "k/bot.json", "ok     data file: none yet"},
		"data nowhere":   {filepath.Join(nowhere, "x/bot.db"), "k/bot.json", "WRONG  data file: none yet"},
		"keyset nowhere": {"a/bot.db", filepath.Join(nowhere, "bot.json"), "WRONG  keyset: none yet"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c := config.Default()
			c.Clore.BaseURL, c.Terminal.Enabled = server.URL+"/v1", true
			c.Storage.Path, c.Vault.KeyFile = within(dir, tt.data), within(dir, tt.keys)
			var out bytes.Buffer
			err := app.Check(t.Context(), c, "test", &out)
			if bad := strings.HasPrefix(tt.want, "WRONG"); errors.Is(err, app.ErrNotReady) != bad || !strings.Contains(out.String(), tt.want) {
				t.Errorf("%v\n%s", err, &out)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v %v", left, err)
			}
		})
	}
}

// within puts a relative path into a folder.
func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
