package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/vault"
)

// openVault opens the keyset. At the very first start, when there is no data file either, it
// makes one and says so: a new keyset beside old data would orphan every key in it.
func openVault(c config.Config, notice io.Writer) (*vault.Vault, error) {
	if !c.Vault.Key.Empty() {
		v, err := vault.OpenBytes([]byte(c.Vault.Key.Reveal()))
		if err != nil {
			return nil, fmt.Errorf("vault.key: %w", err)
		}
		return v, nil
	}
	path := c.Vault.KeyFile
	v, err := vault.Open(path, vault.Options{})
	if !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return nil, fmt.Errorf("keyset %s: %w", path, err)
		}
		return v, nil
	}
	if _, err := os.Stat(c.Storage.Path); err == nil {
		return nil, fmt.Errorf("there is a data file (%s) but no keyset (%s): without the keyset that "+
			"sealed it the API keys in it cannot be read. Put the keyset back, or move the data file "+
			"away to start anew", c.Storage.Path, path)
	}
	if v, err = vault.Create(path); err != nil {
		return nil, fmt.Errorf("keyset %s: %w", path, err)
	}
	_, err = fmt.Fprintf(notice, "Made a master key: %s. Keep a copy in a safe place, apart from the data.\n", path)
	return v, err
}
