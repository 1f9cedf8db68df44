package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/vault"
)

// ErrNotReady is returned by [Check] after a report in which something is wrong.
var ErrNotReady = errors.New("not ready to run; see above")

// report writes the lines of a check.
type report struct {
	out    io.Writer
	failed bool
}

func (r *report) line(err error, format string, args ...any) {
	mark := "ok   "
	if err != nil {
		mark, r.failed = "WRONG", true
	}
	_, _ = fmt.Fprintf(r.out, "%s  %s", mark, fmt.Sprintf(format, args...))
	if err != nil {
		_, _ = fmt.Fprintf(r.out, ": %v", err)
	}
	_, _ = fmt.Fprintln(r.out)
}

// Check tries everything that a run of the bot depends on and says in words what is wrong: the
// keyset, the data file, the marketplace, each stored API key, and the chat platforms' tokens. It
// leaves nothing behind. The configuration itself was checked when it was loaded.
func Check(ctx context.Context, c config.Config, version string, out io.Writer) error {
	r := &report{out: out}
	r.line(nil, "settings")
	client, err := clore.New(clore.Options{BaseURL: c.Clore.BaseURL, UserAgent: "clorebot/" + version})
	if err != nil {
		r.line(err, "marketplace %s", c.Clore.BaseURL)
		return ErrNotReady
	}
	defer client.CloseIdle()
	checkMarket(ctx, r, client, c.Clore.BaseURL)
	if v := checkVault(r, c); v != nil {
		checkData(ctx, r, c, v, client)
	}
	checkFrontends(ctx, r, c, version)
	if r.failed {
		return ErrNotReady
	}
	return nil
}

func checkMarket(ctx context.Context, r *report, client *clore.Client, url string) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	m, err := client.Marketplace(ctx)
	if err != nil {
		r.line(err, "marketplace %s", url)
		return
	}
	r.line(nil, "marketplace %s: %d servers", url, len(m.Servers))
}

// checkVault opens the keyset, or tries whether the first start can make one. It returns nil when
// there is none that opens, and one of its own when there is none yet.
func checkVault(r *report, c config.Config) *vault.Vault {
	v, err := existingVault(c)
	if errors.Is(err, fs.ErrNotExist) && !storage.Exists(c.Storage.Path) {
		r.line(tryKeyset(c.Vault.KeyFile), "keyset: none yet, the first start makes %s", c.Vault.KeyFile)
		v, err = vault.New()
		if err != nil {
			r.line(err, "keyset")
		}
		return v
	}
	r.line(err, "keyset")
	return v
}

func checkData(ctx context.Context, r *report, c config.Config, v *vault.Vault, client *clore.Client) {
	if !storage.Exists(c.Storage.Path) {
		r.line(tryStore(c.Storage.Path, v), "data file: none yet, the first start makes %s", c.Storage.Path)
		return
	}
	sum, err := storage.Check(c.Storage.Path, v)
	if errors.Is(err, storage.ErrLocked) {
		r.line(nil, "data file %s: in use by a running bot", c.Storage.Path)
		return
	}
	r.line(err, "data file %s: %d records, %d accounts", c.Storage.Path, sum.Records, sum.Accounts)
	if err != nil {
		return
	}
	store, err := storage.Open(storage.Options{Path: c.Storage.Path, Vault: v, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		r.line(err, "data file")
		return
	}
	defer func() { _ = store.Close() }()
	checkKeys(ctx, r, store, client)
}

func checkKeys(ctx context.Context, r *report, store *storage.Store, client *clore.Client) {
	ids, err := store.Watched(ctx)
	if err != nil {
		r.line(err, "accounts")
		return
	}
	for _, id := range ids {
		ledger, err := store.Ledger(ctx, id)
		if err != nil {
			r.line(err, "account %s", id)
			continue
		}
		r.line(tryKey(ctx, apis{store, client}, ledger), "key …%s of %s", ledger.Account.Tail, ledger.Account.User)
	}
}

func tryKey(ctx context.Context, apis apis, l rental.Ledger) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	api, err := apis.API(ctx, l.Account.ID)
	if err != nil {
		return err
	}
	_, err = api.Wallets(ctx)
	return err
}
