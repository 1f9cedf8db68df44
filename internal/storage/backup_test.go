package storage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/vault"
	"github.com/clorebot/clorebot/internal/watch"
)

func TestBackupWhileWriting(t *testing.T) {
	b := start(t, withDiff)
	for i := range 4 {
		b.join(ann(), account.ID(fmt.Sprint(i)))
	}
	stop := make(chan struct{})
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				b.must(b.Update(ctx, account.ID(fmt.Sprint(i)), func(l *rental.Ledger) error {
					l.Intents = []rental.Intent{{ID: fmt.Sprint(i, "-", n), User: ann()}}
					return nil
				}))
			}
		})
	}
	for i := range 5 {
		path := filepath.Join(t.TempDir(), fmt.Sprint("backup", i))
		b.must(b.Backup(ctx, path))
		sum, err := storage.Check(path, b.o.Vault)
		if err != nil || sum.Accounts != 4 || sum.Secrets != 4 || sum.Schema == 0 || sum.Keyset != b.o.Vault.Fingerprint() {
			t.Errorf("backup %d: %+v, %v", i, sum, err)
		}
	}
	close(stop)
	wait.Wait()
}

func TestBackupReplacesNothing(t *testing.T) {
	b := start(t)
	path := filepath.Join(t.TempDir(), "backup")
	b.must(b.Backup(ctx, path))
	for _, taken := range []string{path, b.o.Path} {
		before, err := os.ReadFile(taken)
		b.must(err)
		if err := b.Backup(ctx, taken); !errors.Is(err, storage.ErrExists) {
			t.Errorf("%s: %v, want ErrExists", taken, err)
		}
		if after, err := os.ReadFile(taken); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s was changed (%v)", taken, err)
		}
	}
	info, err := os.Stat(path)
	if b.must(err); info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has mode %04o, want 0600", info.Mode().Perm())
	}
}

func TestCancelledBackupLeavesNothing(t *testing.T) {
	b := start(t)
	dir := t.TempDir()
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := b.Backup(cancelled, filepath.Join(dir, "backup")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCheckRefuses(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	path := filepath.Join(t.TempDir(), "backup")
	b.must(b.Backup(ctx, path))
	other, err := vault.New()
	b.must(err)
	if _, err := storage.Check(path, other); !errors.Is(err, storage.ErrWrongKeyset) {
		t.Errorf("another keyset: %v", err)
	}
	if _, err := storage.Check(path, nil); !errors.Is(err, storage.ErrNoKeyset) {
		t.Errorf("no keyset: %v", err)
	}
	if _, err := storage.Check(b.o.Path, b.o.Vault); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("a file in use: %v", err)
	}
	if _, err := storage.Check(path+"x", b.o.Vault); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := b.Run(ctx, "x", "", nil); err != nil {
		t.Fatal(err)
	}
	b.must(b.Swap(ann(), "clore_api_key:a", bob(), "clore_api_key:b"))
	moved := filepath.Join(t.TempDir(), "backup")
	b.must(b.Backup(ctx, moved))
	if _, err := storage.Check(moved, b.o.Vault); !errors.Is(err, vault.ErrRefused) {
		t.Errorf("a secret in another's place: %v", err)
	}
}

func TestRestore(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	w := watched(ann(), "w", b.clock.Now())
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Added, Watch: w}}))
	path := filepath.Join(t.TempDir(), "backup")
	b.must(b.Backup(ctx, path))
	b.must(b.Forget(ctx, ann()))

	if _, _, err := storage.Restore(ctx, path, b.o.Path, b.o.Vault); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("while the bot runs: %v, want ErrLocked", err)
	}
	b.must(b.Close())
	present, err := os.ReadFile(b.o.Path)
	b.must(err)
	sum, aside, err := storage.Restore(ctx, path, b.o.Path, b.o.Vault)
	if b.must(err); sum.Accounts != 1 || !strings.HasPrefix(aside, b.o.Path+".before-restore-") {
		t.Errorf("summary %+v, old file %q", sum, aside)
	}
	if kept, err := os.ReadFile(aside); err != nil || !bytes.Equal(kept, present) {
		t.Errorf("the old file was not kept (%v)", err)
	}
	b.open()
	if key, err := b.Key(ctx, "a"); err != nil || key.Reveal() != "key of a" {
		t.Errorf("key %q, %v", key.Reveal(), err)
	}
	if d := cmp.Diff([]watch.Watch{w}, b.watches()); d != "" {
		t.Errorf("watches (-want +got):\n%s", d)
	}
}

func TestRestoreOverDamage(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	path := filepath.Join(t.TempDir(), "backup")
	b.must(b.Backup(ctx, path))
	b.must(b.Close())
	b.must(os.WriteFile(b.o.Path, []byte("not a data file"), 0o600))
	if _, _, err := storage.Restore(ctx, b.o.Path, path, b.o.Vault); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("restoring from damage: %v, want ErrCorrupt", err)
	}
	for _, to := range []string{b.o.Path, filepath.Join(t.TempDir(), "new", "new.db")} {
		_, aside, err := storage.Restore(ctx, path, to, b.o.Vault)
		if err != nil || (aside == "") != (to != b.o.Path) {
			t.Errorf("%s: aside %q, %v", to, aside, err)
		}
		if _, err := storage.Check(to, b.o.Vault); err != nil {
			t.Error(err)
		}
	}
	b.open()
}

func TestRekey(t *testing.T) {
	keyset := filepath.Join(t.TempDir(), "keyset.json")
	v, err := vault.Create(keyset)
	if err != nil {
		t.Fatal(err)
	}
	b := start(t, func(o *storage.Options) { o.Vault = v })
	b.join(ann(), "a")
	w := watched(ann(), "w", b.clock.Now())
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Added, Watch: w}}))
	const many = 1100 // more than two batches
	together(many, func(i int) { b.must(b.PutSecret(ctx, bob(), fmt.Sprint(i), secretOf(fmt.Sprint("text", i)))) })
	if n, err := b.Rekey(ctx); n != 0 || err != nil {
		t.Errorf("without a rotation %d were sealed anew, %v", n, err)
	}
	b.must(v.Rotate())
	b.reopen() // a crash between the steps: both keys still open the file
	n, err := b.Rekey(ctx)
	if b.must(err); n != many+1 {
		t.Errorf("%d sealed anew, want %d", n, many+1)
	}
	b.must(v.Retire())
	if b.o.Vault, err = vault.Open(keyset, vault.Options{}); err != nil {
		t.Fatal(err)
	}
	b.reopen()
	for i := range many {
		if s, err := b.Secret(ctx, bob(), fmt.Sprint(i)); err != nil || s.Reveal() != fmt.Sprint("text", i) {
			t.Fatalf("secret %d: %q, %v", i, s.Reveal(), err)
		}
	}
	if d := cmp.Diff([]watch.Watch{w}, b.watches()); d != "" {
		t.Errorf("watches (-want +got):\n%s", d)
	}
}

func TestCompaction(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	big := secretOf(strings.Repeat("x", 1<<20))
	together(90, func(i int) { b.must(b.PutSecret(ctx, ann(), fmt.Sprint(i), big)) })
	together(89, func(i int) { b.must(b.DropSecret(ctx, ann(), fmt.Sprint(i))) })
	before, err := b.Stats(ctx)
	b.must(err)
	b.reopen()
	after, err := b.Stats(ctx)
	b.must(err)
	if before.Size < 64<<20 || after.Size > before.Size/2 {
		t.Errorf("from %d to %d bytes", before.Size, after.Size)
	}
	if s, err := b.Secret(ctx, ann(), "89"); err != nil || s.Reveal() != big.Reveal() {
		t.Errorf("what was kept is lost (%v)", err)
	}
	b.must(b.PutSecret(ctx, ann(), "f", secretOf("new")))
	if _, err := storage.Open(b.o); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("after compacting the file is not locked: %v", err)
	}
	b.reopen()
	if s, err := b.Secret(ctx, ann(), "f"); err != nil || s.Reveal() != "new" {
		t.Errorf("what was written after compacting is lost (%v)", err)
	}
}

// TestRekeyInASpoiltGroup: a batch that has to run again begins where it began before.
func TestRekeyInASpoiltGroup(t *testing.T) {
	v, err := vault.Create(filepath.Join(t.TempDir(), "keyset.json"))
	if err != nil {
		t.Fatal(err)
	}
	b := start(t, func(o *storage.Options) { o.Vault = v })
	const many = 700
	together(many, func(i int) { b.must(b.PutSecret(ctx, bob(), fmt.Sprint(i), secretOf("x"))) })
	b.must(v.Rotate())
	var wait sync.WaitGroup
	b.whileStalled(2, func() {
		wait.Go(func() {
			if n, err := b.Rekey(ctx); n != many || err != nil {
				t.Errorf("%d sealed anew, want %d; %v", n, many, err)
			}
		})
		for b.Queued() < 1 {
			runtime.Gosched()
		}
		wait.Go(func() { _ = b.Run(ctx, "bad", "x", errors.New("broken")) })
	})
	wait.Wait()
	if n, err := b.Rekey(ctx); n != 0 || err != nil {
		t.Errorf("%d were left with the old key, %v", n, err)
	}
}
