package vault

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// New returns a vault with a new keyset in memory. What it seals is lost with it; it is for the
// demo and for tests.
func New() (*Vault, error) {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make keyset: %w", err)
	}
	return newVault(h)
}

// Create makes a new keyset and writes it to a file that must not exist yet ([ErrExists]). The
// file can be read by its owner alone; a missing folder is made and is the owner's alone too.
func Create(path string) (*Vault, error) {
	v, err := New()
	if err != nil {
		return nil, err
	}
	text, err := encode(v.handle)
	if err != nil {
		return nil, err
	}
	if err := createFile(path, text); err != nil {
		return nil, err
	}
	v.path = path
	return v, nil
}

// Options change how a keyset file is opened.
type Options struct {
	// AllowWide accepts files that others can read, as some container platforms mount them.
	AllowWide bool
}

// Open reads a keyset file. It returns [ErrMissing] when there is none, [ErrMalformed] when it
// holds something else, and [*AccessError] when others can get at it.
func Open(path string, o Options) (*Vault, error) {
	text, err := readFile(path, o)
	if err != nil {
		return nil, err
	}
	v, err := OpenBytes(text)
	if err != nil {
		return nil, fmt.Errorf("keyset %s: %w", path, err)
	}
	v.path = path
	return v, nil
}

// OpenBytes reads a keyset from text, for keysets that come from the environment or a secret
// store. Such a vault cannot be rotated here.
func OpenBytes(text []byte) (*Vault, error) {
	if len(text) > maxFile {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrMalformed, maxFile)
	}
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		// The cause may quote the text, which holds keys.
		return nil, ErrMalformed
	}
	return newVault(h)
}

func encode(h *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, errors.New("write keyset: cannot be encoded")
	}
	return b.Bytes(), nil
}

// Rotate adds a new key to the keyset file and seals with it from now on. Older keys stay, so
// all that was sealed before still opens.
func (v *Vault) Rotate() error {
	return v.change(func(m *keyset.Manager) error {
		id, err := m.Add(aead.AES256GCMKeyTemplate())
		if err != nil {
			return fmt.Errorf("add key: %w", err)
		}
		return m.SetPrimary(id)
	})
}

// Retire removes all keys but the primary one from the keyset file. What was sealed with them
// is lost, so everything must have been sealed anew before.
func (v *Vault) Retire() error {
	primary := v.Primary()
	old := v.numbers()
	return v.change(func(m *keyset.Manager) error {
		for _, id := range old {
			if id == primary {
				continue
			}
			if err := m.Delete(id); err != nil {
				return fmt.Errorf("delete key %08x: %w", id, err)
			}
		}
		return nil
	})
}

func (v *Vault) numbers() []uint32 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var ids []uint32
	for _, k := range v.handle.KeysetInfo().GetKeyInfo() {
		ids = append(ids, k.GetKeyId())
	}
	return ids
}

// change alters a copy of the keyset and uses it only after the file holds it: nothing is ever
// sealed with a key that could be lost.
func (v *Vault) change(alter func(*keyset.Manager) error) error {
	if v.path == "" {
		return ErrNoFile
	}
	v.changing.Lock()
	defer v.changing.Unlock()
	v.mu.RLock()
	m := keyset.NewManagerFromHandle(v.handle)
	v.mu.RUnlock()
	if err := alter(m); err != nil {
		return err
	}
	h, err := m.Handle()
	if err != nil {
		return fmt.Errorf("change keyset: %w", err)
	}
	text, err := encode(h)
	if err != nil {
		return err
	}
	if err := replaceFile(v.path, text); err != nil {
		return err
	}
	return v.use(h)
}
