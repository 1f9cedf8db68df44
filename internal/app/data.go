package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/vault"
)

// existingVault opens the keyset and never makes one.
func existingVault(c config.Config) (*vault.Vault, error) {
	if !c.Vault.Key.Empty() {
		return vault.OpenBytes([]byte(c.Vault.Key.Reveal()))
	}
	v, err := vault.Open(c.Vault.KeyFile, vault.Options{})
	if err != nil {
		return nil, fmt.Errorf("keyset %s: %w", c.Vault.KeyFile, err)
	}
	return v, nil
}

// openAlone opens the data file for work on it while no bot runs, and the keyset with it. It makes
// neither: at a wrong path there must be no second file whose keys could be taken for all there are.
func openAlone(c config.Config) (*vault.Vault, *storage.Store, error) {
	if !storage.Exists(c.Storage.Path) {
		return nil, nil, fmt.Errorf("there is no data file %s", c.Storage.Path)
	}
	v, err := existingVault(c)
	if err != nil {
		return nil, nil, err
	}
	store, err := storage.Open(storage.Options{Path: c.Storage.Path, Vault: v, Log: slog.New(slog.DiscardHandler)})
	return v, store, err
}

// Rekey adds a master key to the keyset and seals everything anew with it. The older keys stay, so
// that backups made before still open, unless dropOld says that they must go, as after a leak. The
// bot must be stopped. It can be interrupted and run again.
func Rekey(ctx context.Context, c config.Config, dropOld bool, out io.Writer) (err error) {
	v, store, err := openAlone(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := v.Rotate(); err != nil {
		return fmt.Errorf("new master key: %w", err)
	}
	n, err := store.Rekey(ctx)
	if err != nil {
		return fmt.Errorf("sealing anew: %w; nothing is lost, run it again", err)
	}
	if !dropOld {
		_, err = fmt.Fprintf(out, "Sealed %d secrets with a new master key. The older keys stay in %s, so that "+
			"backups made before still open.\nAfter a leak let them go as well: bot rekey --drop-old\n", n, c.Vault.KeyFile)
		return err
	}
	if err := v.Retire(); err != nil {
		return fmt.Errorf("removing the old master keys: %w", err)
	}
	_, err = fmt.Fprintf(out, "Sealed %d secrets with a new master key and removed the old ones from %s. "+
		"Backups made before do not open any more: make a new one with bot backup.\n", n, c.Vault.KeyFile)
	return err
}

// BackupTo copies the data file to a new file: through the bot that is running, or itself.
func BackupTo(ctx context.Context, c config.Config, path string, out io.Writer) error {
	err := AskBackup(ctx, c, path)
	if errors.Is(err, ErrNotRunning) {
		err = backupAlone(ctx, c, path)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Copied the data to %s. Its keyset is not in it: keep %s as well, elsewhere.\n",
		path, c.Vault.KeyFile)
	return err
}

func backupAlone(ctx context.Context, c config.Config, path string) (err error) {
	_, store, err := openAlone(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return store.Backup(ctx, path)
}

// Restore checks a copy with the keyset and puts it in place of the data file.
func Restore(ctx context.Context, c config.Config, from string, out io.Writer) error {
	v, err := existingVault(c)
	if err != nil {
		return err
	}
	sum, aside, err := storage.Restore(ctx, from, c.Storage.Path, v)
	if err != nil {
		return err
	}
	if aside != "" {
		_, _ = fmt.Fprintf(out, "The data as it was is kept as %s.\n", aside)
	}
	_, err = fmt.Fprintf(out, "Restored %d records of %d accounts; all %d secrets open.\n",
		sum.Records, sum.Accounts, sum.Secrets)
	return err
}
