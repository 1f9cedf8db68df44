package vault_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/vault"
)

func TestSealOpen(t *testing.T) {
	v := mustNew(t)
	label := vault.Label{Platform: "discord", User: "42", Field: "clore_api_key:a"}
	for _, text := range []string{"", "k", "the key", strings.Repeat("x", 100_000)} {
		sealed := mustSeal(t, v, label, text)
		if len(text) > 1 && bytes.Contains(sealed, []byte(text)) {
			t.Errorf("sealed form of %q shows it", text)
		}
		if got := mustOpen(t, v, label, sealed); got != text {
			t.Errorf("opened to %d bytes, want the %d that were sealed", len(got), len(text))
		}
		if bytes.Equal(sealed, mustSeal(t, v, label, text)) {
			t.Error("sealing twice gives the same result")
		}
	}
}

// labels has neighbours that an encoding with separators would confuse.
func labels() []vault.Label {
	return []vault.Label{
		{Platform: "discord", User: "42", Field: "key"},
		{Platform: "discord", User: "4", Field: "2key"},
		{Platform: "discord", User: "42key", Field: ""},
		{Platform: "discord4", User: "2", Field: "key"},
		{Platform: "discord:42", User: "", Field: "key"},
		{Platform: "telegram", User: "42", Field: "key"},
		{Platform: "discord", User: "42", Field: "key\x00"},
		{Platform: "", User: "discord", Field: "42key"},
		{},
	}
}

func TestLabelsAreNotInterchangeable(t *testing.T) {
	v := mustNew(t)
	for _, from := range labels() {
		sealed := mustSeal(t, v, from, "secret of "+from.User)
		for _, to := range labels() {
			_, err := v.Open(to, sealed)
			if from == to && err != nil {
				t.Errorf("%+v: %v", from, err)
			}
			if from != to && !errors.Is(err, vault.ErrRefused) {
				t.Errorf("sealed for %+v, opened as %+v: error %v, want ErrRefused", from, to, err)
			}
		}
	}
}

func TestEveryBitCounts(t *testing.T) {
	v := mustNew(t)
	label := labels()[0]
	sealed := mustSeal(t, v, label, "password")
	for i := range len(sealed) * 8 {
		damaged := bytes.Clone(sealed)
		damaged[i/8] ^= 1 << (i % 8)
		if _, err := v.Open(label, damaged); !errors.Is(err, vault.ErrRefused) {
			t.Errorf("bit %d flipped: error %v, want ErrRefused", i, err)
		}
	}
	for n := range sealed {
		if _, err := v.Open(label, sealed[:n]); !errors.Is(err, vault.ErrRefused) {
			t.Errorf("cut to %d bytes: error %v, want ErrRefused", n, err)
		}
	}
}

func TestOtherKeysetOpensNothing(t *testing.T) {
	sealed := mustSeal(t, mustNew(t), labels()[0], "password")
	if _, err := mustNew(t).Open(labels()[0], sealed); !errors.Is(err, vault.ErrRefused) {
		t.Errorf("error %v, want ErrRefused", err)
	}
}

func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "keyset.json")
	v, err := vault.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	label, first := labels()[0], v.Primary()
	old := mustSeal(t, v, label, "before")
	if err := v.Rotate(); err != nil {
		t.Fatal(err)
	}
	fresh := mustSeal(t, v, label, "after")
	if v.Primary() == first || vault.KeyOf(fresh) != v.Primary() || vault.KeyOf(old) != first {
		t.Errorf("keys: first %x, primary %x, old %x, fresh %x", first, v.Primary(), vault.KeyOf(old), vault.KeyOf(fresh))
	}
	again := mustOpenFile(t, path)
	if again.Fingerprint() != v.Fingerprint() || again.Primary() != v.Primary() {
		t.Errorf("file has %s, vault has %s", again.Fingerprint(), v.Fingerprint())
	}
	if got := mustOpen(t, again, label, old); got != "before" {
		t.Errorf("old secret opens to %q", got)
	}
	if err := again.Retire(); err != nil {
		t.Fatal(err)
	}
	if _, err := again.Open(label, old); !errors.Is(err, vault.ErrRefused) {
		t.Errorf("after retiring, the old secret gives %v, want ErrRefused", err)
	}
	if got := mustOpen(t, mustOpenFile(t, path), label, fresh); got != "after" {
		t.Errorf("new secret opens to %q", got)
	}
	if strings.Contains(again.Fingerprint(), "+") {
		t.Errorf("fingerprint %s still names a retired key", again.Fingerprint())
	}
}

func TestOnlyFilesRotate(t *testing.T) {
	if err := mustNew(t).Rotate(); !errors.Is(err, vault.ErrNoFile) {
		t.Errorf("error %v, want ErrNoFile", err)
	}
}

// TestSealWhileRotating is for the race detector.
func TestSealWhileRotating(t *testing.T) {
	v, err := vault.Create(filepath.Join(t.TempDir(), "keyset.json"))
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			label := vault.Label{User: fmt.Sprint(i)}
			for range 50 {
				sealed, err := v.Seal(label, secret.New("x"))
				if err != nil {
					t.Error(err)
				}
				if _, err := v.Open(label, sealed); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 3 {
		if err := v.Rotate(); err != nil {
			t.Error(err)
		}
	}
	wait.Wait()
}

func TestKeyOf(t *testing.T) {
	for _, b := range [][]byte{nil, {}, {1, 2, 3, 4}, {0, 1, 2, 3, 4, 5}} {
		if got := vault.KeyOf(b); got != 0 {
			t.Errorf("KeyOf(%x) = %x, want 0", b, got)
		}
	}
}

func FuzzOpen(f *testing.F) {
	v, err := vault.New()
	if err != nil {
		f.Fatal(err)
	}
	label := labels()[0]
	sealed, err := v.Seal(label, secret.New("password"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add(sealed)
	f.Add(sealed[:20])
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := v.Open(label, b)
		if bytes.Equal(b, sealed) {
			return
		}
		if err == nil {
			t.Fatalf("%x opens to %q", b, got.Reveal())
		}
		vault.KeyOf(b)
	})
}

func FuzzOpenBytes(f *testing.F) {
	path := filepath.Join(f.TempDir(), "keyset.json")
	if _, err := vault.Create(path); err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"primaryKeyId":1,"key":[]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := vault.OpenBytes(b)
		if err != nil {
			return
		}
		if _, err := v.Seal(vault.Label{}, secret.New("x")); err != nil {
			t.Fatalf("accepted a keyset that cannot seal: %v", err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	v := mustNew(b)
	label, s := labels()[0], secret.New(strings.Repeat("k", 64))
	for b.Loop() {
		if _, err := v.Seal(label, s); err != nil {
			b.Fatal(err)
		}
	}
}

func mustNew(t testing.TB) *vault.Vault {
	t.Helper()
	v, err := vault.New()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mustOpenFile(t testing.TB, path string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(path, vault.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mustSeal(t testing.TB, v *vault.Vault, l vault.Label, text string) []byte {
	t.Helper()
	sealed, err := v.Seal(l, secret.New(text))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func mustOpen(t testing.TB, v *vault.Vault, l vault.Label, sealed []byte) string {
	t.Helper()
	s, err := v.Open(l, sealed)
	if err != nil {
		t.Fatal(err)
	}
	return s.Reveal()
}
