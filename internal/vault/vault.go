// Package vault seals the secrets that the bot keeps for its users. A sealed secret opens only
// under the label it was sealed with, so a record copied to another user or another field is
// worthless, and only with the keyset, which lives in a file of its own.
//
// Call [Create] once, [Open] at every later start, then [Vault.Seal] and [Vault.Open].
// [Vault.Rotate] adds a new key; after everything was sealed anew, [Vault.Retire] removes the
// older ones.
package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/clorebot/clorebot/internal/secret"
)

// Errors of vaults. Those of keyset files are wrapped with the path.
var (
	ErrRefused   = errors.New("secret does not open: damaged, or sealed for somebody else or with another keyset")
	ErrMissing   = errors.New("no keyset file")
	ErrExists    = errors.New("keyset file exists already")
	ErrMalformed = errors.New("not a keyset for sealing")
	ErrNoFile    = errors.New("keyset did not come from a file and cannot be changed")
)

// Vault seals and opens secrets. It is safe for concurrent use.
type Vault struct {
	path     string     // of the keyset file, "" when there is none
	changing sync.Mutex // held while the keyset file is changed

	mu     sync.RWMutex
	handle *keyset.Handle
	cipher tink.AEAD
}

func newVault(h *keyset.Handle) (*Vault, error) {
	v := &Vault{}
	if err := v.use(h); err != nil {
		return nil, err
	}
	return v, nil
}

// use makes h the keyset of the vault, if it is fit for it.
func (v *Vault) use(h *keyset.Handle) error {
	for _, k := range h.KeysetInfo().GetKeyInfo() {
		// Only this prefix puts the number of the key in front of what it seals.
		if k.GetOutputPrefixType().String() != "TINK" {
			return fmt.Errorf("%w: key %08x has no prefix", ErrMalformed, k.GetKeyId())
		}
	}
	cipher, err := aead.New(h)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.handle, v.cipher = h, cipher
	return nil
}

// Label says whose secret it is and which. All of it must be the same for opening.
type Label struct {
	Platform string
	User     string
	Field    string
}

// version is the first part of all associated data. Another form of labels gets another one.
const version = "clorebot/v1"

// data returns the associated data of the label. Every part is preceded by its length, so no
// two labels have the same.
func (l Label) data() []byte {
	var b []byte
	for _, part := range []string{version, l.Platform, l.User, l.Field} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return b
}

// Seal encrypts s with the primary key. Sealing twice gives two different results.
func (v *Vault) Seal(l Label, s secret.Text) ([]byte, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	sealed, err := v.cipher.Encrypt([]byte(s.Reveal()), l.data())
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", l.Field, err)
	}
	return sealed, nil
}

// Open decrypts what [Vault.Seal] made under the same label, with whichever key of the keyset
// it was sealed. Anything else is [ErrRefused].
func (v *Vault) Open(l Label, sealed []byte) (secret.Text, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	b, err := v.cipher.Decrypt(sealed, l.data())
	if err != nil {
		return secret.Text{}, ErrRefused
	}
	return secret.New(string(b)), nil
}

// prefixed is what precedes the ciphertext: a version byte and the number of the key.
const prefixed = 5

// KeyOf returns the number of the key that something was sealed with, 0 when it was not sealed
// at all. It does not need the key.
func KeyOf(sealed []byte) uint32 {
	if len(sealed) < prefixed || sealed[0] != 1 {
		return 0
	}
	return binary.BigEndian.Uint32(sealed[1:prefixed])
}

// Primary returns the number of the key that [Vault.Seal] uses.
func (v *Vault) Primary() uint32 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.handle.KeysetInfo().GetPrimaryKeyId()
}

// Fingerprint names the keyset by the numbers of its keys, "1a2b3c4d" or "1a2b3c4d+5e6f7081".
// It is no secret: the numbers stand in front of all that is sealed.
func (v *Vault) Fingerprint() string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var names []string
	for _, k := range v.handle.KeysetInfo().GetKeyInfo() {
		names = append(names, fmt.Sprintf("%08x", k.GetKeyId()))
	}
	return strings.Join(names, "+")
}
