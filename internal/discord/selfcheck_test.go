package discord_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/discord"
	"github.com/clorebot/clorebot/internal/secret"
)

func TestCheck(t *testing.T) {
	key := strings.Repeat("ab", 32)
	if _, err := spec(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change func(*fake, *discord.Options)
		want   string // part of the error
	}{
		{"well", func(*fake, *discord.Options) {}, ""},
		{"application named", func(_ *fake, o *discord.Options) { o.ApplicationID = application }, ""},
		{"other application", func(_ *fake, o *discord.Options) { o.ApplicationID = "9001" }, "discord.application_id"},
		{"bad token", func(_ *fake, o *discord.Options) { o.Token = secret.New("wrong-CANARY") }, "discord.token is refused"},
		{"stumbles", func(f *fake, _ *discord.Options) {
			f.refuse = func(request) *refusal { return &refusal{status: 503} }
		}, "not reached: discord: HTTP 503"},
		{"not reached", func(f *fake, _ *discord.Options) { f.pipes.Close() }, "not reached: request: "},
		{"silent", func(_ *fake, o *discord.Options) {
			o.Dial = silence
		}, "not reached: request: "},
		{"endpoint in the way", func(f *fake, _ *discord.Options) { f.endpoint = "https://other.example/" }, "nothing comes by the gateway"},
		{"endpoint missing", func(f *fake, o *discord.Options) {
			f.verifyKey, o.PublicKey, o.Listen = key, key, "127.0.0.1:0"
		}, "nothing comes to discord.listen"},
		{"key of another", func(f *fake, o *discord.Options) {
			f.verifyKey, o.PublicKey, o.Listen = strings.Repeat("cd", 32), key, "127.0.0.1:0"
		}, "discord.public_key"},
		{"endpoint", func(f *fake, o *discord.Options) {
			f.verifyKey, f.endpoint, o.PublicKey, o.Listen = key, "https://bot.example/", strings.ToUpper(key), "127.0.0.1:0"
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				o := f.options()
				o.Store = nil
				tt.change(f, &o)
				front, err := discord.New(o)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				name, err := front.Check(ctx)
				if tt.want == "" && (err != nil || name != "clorebot") {
					t.Errorf("%q, %v", name, err)
				}
				if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "CANARY")) {
					t.Errorf("got %v", err)
				}
				if errors.Is(err, discord.ErrToken) != (tt.name == "bad token") {
					t.Errorf("got %v", err)
				}
				time.Sleep(time.Minute) // for a connection that is still waited for
				f.close()
				judge(t, f.requests)
			})
		})
	}
}

// silence is a network where nothing answers.
func silence(ctx context.Context, _, _ string) (net.Conn, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(30 * time.Second):
		return nil, context.DeadlineExceeded
	}
}
