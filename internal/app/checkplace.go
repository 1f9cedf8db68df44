package app

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/vault"
)

// tryKeyset makes a keyset beside the place of the first one, as the first start does, and removes
// it and the folders that were made for it.
func tryKeyset(path string) (err error) {
	defer removeMade(path)()
	trial := trialName(path)
	defer func() { err = errors.Join(err, removeTrial(trial)) }()
	if _, err := vault.Create(trial); err != nil {
		return err
	}
	_, err = vault.Open(trial, vault.Options{})
	return err
}

// tryStore makes a data file beside the place of the first one, and removes it likewise.
func tryStore(path string, v *vault.Vault) (err error) {
	defer removeMade(path)()
	trial := trialName(path)
	defer func() { err = errors.Join(err, removeTrial(trial)) }()
	store, err := storage.Open(storage.Options{Path: trial, Vault: v, Log: slog.New(slog.DiscardHandler), Reserve: -1})
	if err != nil {
		return err
	}
	return store.Close()
}

// trialName is a name of this process beside a file.
func trialName(path string) string { return fmt.Sprintf("%s.check-%d", path, os.Getpid()) }

func removeTrial(path string) error {
	if _, err := os.Lstat(path); err != nil {
		return nil //nolint:nilerr // it was not made
	}
	return os.Remove(path)
}

// removeMade notes which folders above a file are missing, and returns what removes them again. A
// folder in which there is something by then stays.
func removeMade(path string) func() {
	var missing []string
	for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
		if _, err := os.Lstat(folder); err == nil || folder == filepath.Dir(folder) {
			break
		}
		missing = append(missing, folder)
	}
	return func() {
		for _, folder := range missing {
			_ = os.Remove(folder)
		}
	}
}
