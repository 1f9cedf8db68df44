package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/secret"
)

var bySecret = cmp.Comparer(func(a, b secret.Text) bool { return a.Reveal() == b.Reveal() })

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func problems(err error) []string {
	var list []string
	for line := range strings.SplitSeq(fmt.Sprint(err), "\n") {
		list = append(list, line)
	}
	return list
}

func TestLoadWithoutFileIsDefault(t *testing.T) {
	got, err := config.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Default(), got, bySecret); diff != "" {
		t.Error(diff)
	}
}

// TestExampleNamesEverySetting reads config.example.toml with its defaults switched on: it must
// name each setting once and show the default that the code has.
func TestExampleNamesEverySetting(t *testing.T) {
	b, err := os.ReadFile("../../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	live := regexp.MustCompile(`(?m)^#([a-z_]+ = )`).ReplaceAllString(string(b), "$1")
	got, err := config.Load(write(t, live), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Default(), got, bySecret, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the example's defaults are not the code's:\n%s", diff)
	}
	sections := reflect.TypeFor[config.Config]()
	for section := range sections.Fields() {
		_, body, found := strings.Cut(live, "["+section.Tag.Get("toml")+"]")
		if !found {
			t.Errorf("no section [%s]", section.Tag.Get("toml"))
			continue
		}
		body, _, _ = strings.Cut(body, "\n[")
		for field := range section.Type.Fields() {
			key := field.Tag.Get("toml")
			if n := strings.Count(body, "\n"+key+" = "); n != 1 {
				t.Errorf("%s.%s stands there %d times", section.Tag.Get("toml"), key, n)
			}
		}
	}
}

func TestEnvironmentWins(t *testing.T) {
	path := write(t, "[clore]\nbase_url = \"https://example.org/v1\"\n[log]\nlevel = \"warn\"\n")
	got, err := config.Load(path, []string{
		"CLOREBOT_CLORE_BASE_URL=http://127.0.0.1:9/v1", "CLOREBOT_TERMINAL_ENABLED=true",
		"CLOREBOT_ACCESS_USERS=telegram:1, discord:2", "CLOREBOT_RENTAL_QUARANTINE=50s",
		"CLOREBOT_TELEGRAM_TOKEN=123:abc", "CLOREBOT_STORAGE_MAX_SIZE=7",
		"CLOREBOT_CONFIG=elsewhere.toml", "HOME=/",
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Clore.BaseURL != "http://127.0.0.1:9/v1" || !got.Terminal.Enabled || got.Log.Level != "warn" ||
		len(got.Access.Users) != 2 || got.Telegram.Token.Reveal() != "123:abc" || got.Storage.MaxSize != 7 {
		t.Errorf("got %+v", got)
	}
}

func TestProblemsAreReportedTogether(t *testing.T) {
	path := write(t, `
[clore]
base_url = "http://example.org/v1"
colour = "red"
[telegram]
token = "a"
token_file = "b"
webhook_url = "https://example.org:1234/x"
webhook_listen = "8443"
webhook_secret = "no spaces"
[discord]
public_key = "12ab"
shards = -1
[access]
users = ["bob"]
owners = ["telegram:abc"]
[storage]
path = "here/x.db"
[vault]
key_file = "here/keys.json"
[rental]
quarantine = "19s"
[log]
level = "loud"
`)
	_, err := config.Load(path, []string{"CLOREBOT_LOG_LEVELS=x", "CLOREBOT_TERMINAL_ENABLED=perhaps"})
	got := strings.Join(problems(err), "\n")
	for _, want := range []string{
		"clore.base_url:", "clore.colour:", "telegram.token:", "telegram.webhook_url:", "telegram.webhook_listen:",
		"telegram.webhook_secret:", "discord.public_key:", "discord.listen:", "discord.shards:", `access.users: "bob"`, `access.owners: "telegram:abc"`, "vault.key_file:",
		"rental.quarantine:", `log.level: "loud"`, "CLOREBOT_LOG_LEVELS:", "terminal.enabled:",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no word of %s in\n%s", want, got)
		}
	}
	if _, ok := errors.AsType[*config.Problem](err); !ok {
		t.Error("the error holds no *Problem")
	}
}

func TestSecretFromFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("123:abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := config.Load("", []string{"CLOREBOT_TELEGRAM_TOKEN_FILE=" + file})
	if err != nil || got.Telegram.Token.Reveal() != "123:abc" {
		t.Errorf("got %q, %v", got.Telegram.Token.Reveal(), err)
	}
	if text := fmt.Sprintf("%+v %#v", got, got); strings.Contains(text, "123:abc") {
		t.Error("the configuration prints its secret")
	}
}

func TestSyntaxErrorNamesTheLine(t *testing.T) {
	_, err := config.Load(write(t, "[log]\nlevel = \n"), nil)
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v", err)
	}
}

func TestMissingFile(t *testing.T) {
	if _, err := config.Load("no-such.toml", nil); err == nil {
		t.Error("a missing file was accepted")
	}
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true, "::ffff:127.0.0.1": true,
		"10.0.0.1": false, "example.org": false, "": false, "localhost.example.org": false,
	} {
		if got := config.Loopback(host); got != want {
			t.Errorf("Loopback(%q) = %v", host, got)
		}
	}
}
