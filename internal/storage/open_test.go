package storage_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/vault"
)

func TestNewFileIsPrivate(t *testing.T) {
	b := start(t)
	for path, want := range map[string]os.FileMode{b.o.Path: 0o600, filepath.Dir(b.o.Path): 0o700} {
		info, err := os.Stat(path)
		b.must(err)
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %04o, want %04o", path, got, want)
		}
	}
	b.must(os.Chmod(b.o.Path, 0o644))
	b.reopen()
	info, err := os.Stat(b.o.Path)
	b.must(err)
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("after a restart the file has mode %04o, want 0600", got)
	}
}

func TestSecondOpenIsToldWhoHoldsTheFile(t *testing.T) {
	b := start(t)
	_, err := storage.Open(b.o)
	if !errors.Is(err, storage.ErrLocked) {
		t.Fatalf("error %v, want ErrLocked", err)
	}
	if _, stat := os.Stat("/proc/locks"); stat == nil && !strings.Contains(err.Error(), "process "+strconv.Itoa(os.Getpid())) {
		t.Skipf("the system does not tell who holds the lock: %v", err)
	}
}

func TestKeysets(t *testing.T) {
	b := start(t)
	b.must(b.Close())
	other, err := vault.New()
	b.must(err)
	o := b.o
	o.Vault = other
	_, err = storage.Open(o)
	if !errors.Is(err, storage.ErrWrongKeyset) || !strings.Contains(err.Error(), b.o.Vault.Fingerprint()) {
		t.Errorf("another keyset: %v, want ErrWrongKeyset with the fingerprint of the right one", err)
	}
	o.Vault = nil
	if _, err := storage.Open(o); !errors.Is(err, storage.ErrNoKeyset) {
		t.Errorf("no keyset: %v, want ErrNoKeyset", err)
	}
	b.open()
}

func TestNewerSchemaIsRefused(t *testing.T) {
	b := start(t)
	b.must(b.SetSchema(200))
	b.must(b.Close())
	before, err := os.ReadFile(b.o.Path)
	b.must(err)
	_, err = storage.Open(b.o)
	if !errors.Is(err, storage.ErrNewer) || !strings.Contains(err.Error(), "200") {
		t.Errorf("error %v, want ErrNewer", err)
	}
	after, err := os.ReadFile(b.o.Path)
	b.must(err)
	if !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
}

func TestMigration(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	b.must(b.Close())
	if _, err := storage.OpenWith(b.o, errors.New("no power")); err == nil {
		t.Fatal("a failing migration is no error")
	}
	b.open() // the file is as it was
	if _, ok := b.Contents()["meta/migrated"]; ok {
		t.Error("a failed migration left something behind")
	}
	b.must(b.Close())
	s, err := storage.OpenWith(b.o, nil)
	b.must(err)
	if s.Contents()["meta/migrated"] != "yes" {
		t.Error("the migration did not run")
	}
	b.must(s.Close())
	if _, err := storage.Open(b.o); !errors.Is(err, storage.ErrNewer) {
		t.Errorf("the old program opens the new file: %v", err)
	}
	b.o.Path += ".schema-3"
	b.open() // the copy from before
	if _, err := b.Ledger(ctx, "a"); err != nil {
		t.Errorf("the copy lacks the account: %v", err)
	}
}

// TestDamagedFiles damages a file in many ways. Opening it must end in ErrCorrupt or work, and
// never take the process with it.
func TestDamagedFiles(t *testing.T) {
	b := start(t)
	a := b.join(ann(), "a")
	b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
		*l = full(a, b.clock.Now())
		return nil
	}))
	b.must(b.Backup(ctx, b.o.Path+".backup")) // without room at the end
	good, err := os.ReadFile(b.o.Path + ".backup")
	b.must(err)
	page := os.Getpagesize()
	blank := func(from, to int) []byte {
		bad := bytes.Clone(good)
		clear(bad[from:to])
		return bad
	}
	for name, c := range map[string]struct {
		data    []byte
		refused bool
	}{
		"empty":             {nil, true},
		"text":              {bytes.Repeat([]byte("no data "), 4096), true},
		"short":             {good[:100], true},
		"no meta pages":     {blank(0, 2*page), true},
		"torn creation":     {append(bytes.Clone(good[:page]), make([]byte, 3*page)...), true},
		"cut in half":       {good[:len(good)/2/page*page], true},
		"only meta pages":   {good[:2*page], true},
		"middle is blank":   {blank(2*page, len(good)), true},
		"one meta is blank": {blank(0, page), false},
	} {
		t.Run(name, func(t *testing.T) {
			o := b.o
			o.Path = filepath.Join(t.TempDir(), "clorebot.db")
			if err := os.WriteFile(o.Path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := storage.Open(o)
			if err == nil {
				err = s.Close()
				if c.refused {
					t.Error("the file was opened")
				}
			}
			if err != nil && !errors.Is(err, storage.ErrCorrupt) {
				t.Errorf("error %v, want ErrCorrupt", err)
			}
			if kept, _ := os.ReadFile(o.Path); c.refused && !bytes.Equal(kept, c.data) {
				t.Error("the damaged file was changed")
			}
		})
	}
}

func TestForeignBoltFileIsRefused(t *testing.T) {
	b := start(t)
	o := b.o
	o.Path = filepath.Join(t.TempDir(), "other.db")
	db, err := bolt.Open(o.Path, 0o600, nil)
	b.must(err)
	b.must(db.Update(func(x *bolt.Tx) error {
		_, err := x.CreateBucket([]byte("theirs"))
		return err
	}))
	b.must(db.Close())
	if _, err := storage.Open(o); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("error %v, want ErrCorrupt", err)
	}
}

// TestCrashWhileCreating leaves what a crash in the middle of creating leaves.
func TestCrashWhileCreating(t *testing.T) {
	dir := t.TempDir()
	leftover := filepath.Join(dir, "clorebot.db.new-123")
	if err := os.WriteFile(leftover, make([]byte, 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	b := start(t, func(o *storage.Options) { o.Path = filepath.Join(dir, "clorebot.db") })
	b.join(ann(), "a")
	if storage.Exists(leftover) {
		t.Error("the leftover is still there")
	}
}

func TestExists(t *testing.T) {
	b := start(t)
	if !storage.Exists(b.o.Path) || storage.Exists(b.o.Path+"x") {
		t.Error("Exists is wrong")
	}
}

func TestClosed(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	b.must(b.Close())
	b.must(b.Close())
	if _, err := b.Ledger(ctx, "a"); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("reading: %v, want ErrClosed", err)
	}
	if err := b.PutSecret(ctx, ann(), "f", secretOf("x")); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("writing: %v, want ErrClosed", err)
	}
}

// TestOldFilesOpen opens what the program wrote at each schema: schema-N.db with its keyset.
// -update adds the file of the present one; those of released schemas are never written again.
func TestOldFilesOpen(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	files, err := filepath.Glob("testdata/schema-*.db")
	if err != nil || len(files) == 0 {
		t.Fatalf("no old files: %v", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) { openGolden(t, strings.TrimSuffix(name, ".db")) })
	}
}

func openGolden(t *testing.T, name string) {
	t.Helper()
	var schema int
	if _, err := fmt.Sscanf(filepath.Base(name), "schema-%d", &schema); err != nil {
		t.Fatal(err)
	}
	keyset := filepath.Join(t.TempDir(), "keyset.json")
	copyTo(t, name+".keyset.json", keyset)
	v, err := vault.Open(keyset, vault.Options{})
	if err != nil {
		t.Fatal(err)
	}
	start(t, withLabels, func(o *storage.Options) {
		o.Vault = v
		if err := os.MkdirAll(filepath.Dir(o.Path), 0o700); err != nil {
			t.Fatal(err)
		}
		copyTo(t, name+".db", o.Path)
	}).checkGolden(schema)
}

func writeGolden(t *testing.T) {
	t.Helper()
	keyset := filepath.Join(t.TempDir(), "keyset.json")
	v, err := vault.Create(keyset)
	if err != nil {
		t.Fatal(err)
	}
	b := start(t, withLabels, func(o *storage.Options) { o.Vault = v })
	b.fillGolden()
	made := b.o.Path + ".backup" // without room at the end
	b.must(b.Backup(ctx, made))
	sum, err := storage.Check(made, v)
	b.must(err)
	name := fmt.Sprint("testdata/schema-", sum.Schema)
	copyTo(t, made, name+".db")
	copyTo(t, keyset, name+".keyset.json")
}

func copyTo(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
