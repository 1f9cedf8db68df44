package storage

import (
	"fmt"

	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/vault"
)

// keysetMark is what the file knows of its keyset: its fingerprint for people, and a sealed
// word that only the right keyset opens.
type keysetMark struct {
	Fingerprint string `json:"fingerprint"`
	Sealed      []byte `json:"sealed"`
}

const keysetWord = "clorebot"

// checkKeyset compares the keyset with the one that the file was made with, and marks a file
// that has none.
func checkKeyset(t *tx, v *vault.Vault) error {
	b := t.get(meta, key(keysetKey))
	if b == nil {
		return markKeyset(t, v)
	}
	mark, err := load[keysetMark](meta, b)
	if err != nil {
		return err
	}
	word, err := v.Open(vault.Label{Field: keysetKey}, mark.Sealed)
	if err != nil || word.Reveal() != keysetWord {
		return fmt.Errorf("%w: the file was made with %s, the keyset is %s", ErrWrongKeyset, mark.Fingerprint, v.Fingerprint())
	}
	return nil
}

// markKeyset makes the present keyset the one of the file.
func markKeyset(t *tx, v *vault.Vault) error {
	sealed, err := v.Seal(vault.Label{Field: keysetKey}, secret.New(keysetWord))
	if err != nil {
		return err
	}
	return t.putJSON(meta, key(keysetKey), keysetMark{v.Fingerprint(), sealed})
}
