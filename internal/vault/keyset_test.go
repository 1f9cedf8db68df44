package vault_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/vault"
)

func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "keyset.json")
	made, err := vault.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := mustStat(t, path).Mode().Perm(); mode != 0o600 {
		t.Errorf("file has mode %04o, want 0600", mode)
	}
	if mode := mustStat(t, filepath.Dir(path)).Mode().Perm(); mode != 0o700 {
		t.Errorf("folder has mode %04o, want 0700", mode)
	}
	if got := mustOpenFile(t, path).Fingerprint(); got != made.Fingerprint() {
		t.Errorf("fingerprint %s, want %s", got, made.Fingerprint())
	}
	before := mustRead(t, path)
	if _, err := vault.Create(path); !errors.Is(err, vault.ErrExists) {
		t.Errorf("second Create: error %v, want ErrExists", err)
	}
	if string(mustRead(t, path)) != string(before) {
		t.Error("second Create changed the file")
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Run("absent", func(t *testing.T) {
		_, err := vault.Open(filepath.Join(t.TempDir(), "keyset.json"), vault.Options{})
		if !errors.Is(err, vault.ErrMissing) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error %v, want ErrMissing", err)
		}
	})
	for name, text := range map[string]string{
		"empty":     "",
		"no JSON":   "key = 1",
		"no keys":   `{"primaryKeyId":1,"key":[]}`,
		"too large": strings.Repeat(" ", 100_000),
		"no prefix": `{"primaryKeyId":7,"key":[{"keyData":{"typeUrl":"type.googleapis.com/google.crypto.tink.AesGcmKey","value":"GiAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==","keyMaterialType":"SYMMETRIC"},"status":"ENABLED","keyId":7,"outputPrefixType":"RAW"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "keyset.json")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := vault.Open(path, vault.Options{})
			if !errors.Is(err, vault.ErrMalformed) {
				t.Errorf("error %v, want ErrMalformed", err)
			}
		})
	}
}

func TestOpenRefusesWideFiles(t *testing.T) {
	for _, mode := range []fs.FileMode{0o644, 0o640, 0o604, 0o660, 0o606, 0o601} {
		path := filepath.Join(t.TempDir(), "keyset.json")
		if _, err := vault.Create(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := vault.Open(path, vault.Options{})
		var access *vault.AccessError
		if !errors.As(err, &access) || access.Mode.Perm() != mode || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %04o: error %v, want an AccessError with the remedy", mode, err)
		}
		if _, err := vault.Open(path, vault.Options{AllowWide: true}); err != nil {
			t.Errorf("mode %04o allowed: %v", mode, err)
		}
	}
}

func TestOpenRefusesOpenFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shared", "keyset.json")
	if _, err := vault.Create(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	_, err := vault.Open(path, vault.Options{})
	var access *vault.AccessError
	if !errors.As(err, &access) || access.Path != filepath.Dir(path) {
		t.Errorf("error %v, want an AccessError of the folder", err)
	}
}

func TestOpenRefusesOtherOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	path := filepath.Join(t.TempDir(), "keyset.json")
	if _, err := vault.Create(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, 12345, -1); err != nil {
		t.Skipf("cannot give the file away: %v", err)
	}
	_, err := vault.Open(path, vault.Options{})
	var access *vault.AccessError
	if !errors.As(err, &access) || !strings.Contains(err.Error(), "another user") {
		t.Errorf("error %v, want an AccessError about the owner", err)
	}
}

func TestOpenBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	made, err := vault.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.OpenBytes(mustRead(t, path))
	if err != nil {
		t.Fatal(err)
	}
	if got := mustOpen(t, v, labels()[0], mustSeal(t, made, labels()[0], "shared")); got != "shared" {
		t.Errorf("opened to %q", got)
	}
}

// TestErrorsShowNoKey breaks a keyset at every place and looks for its key in the error.
func TestErrorsShowNoKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	if _, err := vault.Create(path); err != nil {
		t.Fatal(err)
	}
	text := string(mustRead(t, path))
	_, rest, _ := strings.Cut(text, `"value":"`)
	key, _, _ := strings.Cut(rest, `"`)
	if len(key) < 40 {
		t.Fatalf("found no key in the keyset file")
	}
	for i := range len(text) {
		_, err := vault.OpenBytes([]byte(text[:i]))
		if err != nil && strings.Contains(err.Error(), key[8:24]) {
			t.Fatalf("cut at %d: the error shows the key", i)
		}
	}
}

func mustStat(t *testing.T, path string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
