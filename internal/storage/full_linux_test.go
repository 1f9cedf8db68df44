package storage_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/clorebot/clorebot/internal/storage"
)

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	b := start(t, func(o *storage.Options) {
		o.Path, o.Mmap, o.Reserve = filepath.Join(dir, "clorebot.db"), 1<<20, 1<<20
	})
	b.join(ann(), "a")
	q := b.quote(ann(), "a", "q")
	n := b.fillUp()
	if _, err := os.Stat(b.o.Path + ".reserve"); err == nil {
		t.Error("the reserve was not used")
	}
	b.checkFull(q, n)

	// What is freed inside of the file stays in the file: the reserve needs room outside.
	if _, err := b.Sweep(ctx); err != nil || !b.Degraded() {
		t.Errorf("recovered without room for the reserve (%v)", err)
	}
	if err := syscall.Mount("none", dir, "tmpfs", syscall.MS_REMOUNT, "size=32m"); err != nil {
		t.Fatal(err)
	}
	b.checkRecovered(q)
	if _, err := os.Stat(b.o.Path + ".reserve"); err != nil {
		t.Errorf("the reserve was not made again: %v", err)
	}
}
