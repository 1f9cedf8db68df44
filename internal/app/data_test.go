package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/vault"
)

// TestRekeyNeedsItsData: at a wrong path nothing is made, and the keys of the real data stay.
func TestRekeyNeedsItsData(t *testing.T) {
	dir := t.TempDir()
	keys, data := filepath.Join(dir, "keyset"), filepath.Join(dir, "real.db")
	open := func(v *vault.Vault, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		store, err := storage.Open(storage.Options{Path: data, Vault: v, Reserve: -1})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	open(vault.Create(keys))
	var c config.Config
	c.Vault.KeyFile, c.Storage.Path = keys, filepath.Join(dir, "typo", "real.db")
	if err := app.Rekey(t.Context(), c, true, &bytes.Buffer{}); err == nil {
		t.Error("made new keys for no data")
	}
	if _, err := os.Stat(filepath.Dir(c.Storage.Path)); err == nil {
		t.Error("made a folder")
	}
	open(vault.Open(keys, vault.Options{}))
}
