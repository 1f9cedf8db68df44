package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/discord"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/vault"
	"github.com/clorebot/clorebot/internal/watch"
)

// Options say what to open and whom to tell.
type Options struct {
	Path  string
	Vault *vault.Vault // required; see [ErrNoKeyset]
	// Diff tells what people have to be told of a change. It is pure and runs inside the
	// commit. Nil: nothing.
	Diff func(prev, next rental.Ledger) []rental.Event
	// OnLedger is called after a ledger was changed, added or erased, by the goroutine that
	// did it. It must not block.
	OnLedger func(account.ID)
	Now      func() time.Time // time.Now
	Log      *slog.Logger     // silence
	MaxSize  int64            // the most bytes that the file may have; 0 for no limit
	Mmap     int              // bytes of address space from the start; 64 MiB
	Reserve  int64            // bytes kept for a full disk; 4 MiB, negative for none
}

// Store is an open data file. It is safe for concurrent use.
type Store struct {
	o       Options
	db      *bolt.DB
	writer  *writer
	kick    chan struct{} // see Wakeups
	reduced atomic.Bool   // the disk is full; see Degraded
	close   sync.Once
	closed  error
	done    sync.WaitGroup
}

// What the store is to others.
var (
	_ rental.Books           = (*Store)(nil)
	_ rental.Quotes          = (*Store)(nil)
	_ rental.Secrets         = (*Store)(nil)
	_ notify.Outbox          = (*Store)(nil)
	_ commands.Profiles      = (*Store)(nil)
	_ commands.Accounts      = (*Store)(nil)
	_ commands.Grants        = (*Store)(nil)
	_ commands.Archive       = (*Store)(nil)
	_ commands.Waker         = (*Store)(nil)
	_ commands.Confirmations = (*Store)(nil)
	_ telegram.Store         = (*Store)(nil)
	_ discord.Store          = Discord{}
	_ watch.Store            = (*Store)(nil)
)

// Open opens the data file, making it and its folder when there is none. It returns [ErrLocked],
// [ErrNewer], [ErrNoKeyset], [ErrWrongKeyset] or [ErrCorrupt] with words for the operator.
func Open(o Options) (*Store, error) {
	return open(o, migrations())
}

func open(o Options, all []migration) (*Store, error) {
	o = o.withDefaults()
	if o.Vault == nil {
		return nil, fmt.Errorf("%w: %s", ErrNoKeyset, o.Path)
	}
	if err := makeFolder(filepath.Dir(o.Path)); err != nil {
		return nil, fmt.Errorf("make folder of data file: %w", err)
	}
	if !Exists(o.Path) {
		err := createFile(o.Path, all, fileOptions(o))
		if err != nil && !errors.Is(err, ErrExists) { // another process was faster: it is opened
			return nil, err
		}
	}
	db, err := openFile(o.Path, fileOptions(o))
	if err != nil {
		return nil, err
	}
	s, err := o.start(db, all)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Diff == nil {
		o.Diff = func(_, _ rental.Ledger) []rental.Event { return nil }
	}
	if o.OnLedger == nil {
		o.OnLedger = func(account.ID) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Reserve == 0 {
		o.Reserve = defaultReserve
	}
	return o
}

// start makes a file that was opened ready for use.
func (o Options) start(db *bolt.DB, all []migration) (*Store, error) {
	if err := o.tighten(); err != nil {
		return nil, err
	}
	removeUnfinished(o.Path)
	if err := migrate(db, all); err != nil {
		return nil, err
	}
	s := &Store{o: o, db: db, kick: make(chan struct{}, 1)}
	if err := s.once(func(t *tx) error { return checkKeyset(t, o.Vault) }); err != nil {
		return nil, err
	}
	if err := s.compact(); err != nil {
		// It is only about space; the file itself is untouched.
		o.Log.Warn("data file was not compacted", "err", err)
	}
	if !s.reserve() {
		s.reduced.Store(true)
		o.Log.Error("disk is full: no new rentals until there is room", "path", o.Path)
	}
	s.writer = newWriter(s.db, o.Now, s.relieve)
	s.done.Go(s.writer.loop)
	s.done.Go(s.keepHouse)
	s.wake() // deliveries may have been left over
	return s, nil
}

// tighten takes a data file from the eyes of others.
func (o Options) tighten() error {
	info, err := os.Stat(o.Path)
	if err != nil {
		return fmt.Errorf("inspect data file: %w", err)
	}
	if info.Mode().Perm()&^fileMode == 0 {
		return nil
	}
	o.Log.Warn("data file could be read by others", "path", o.Path, "mode", fmt.Sprintf("%04o", info.Mode().Perm()))
	err = os.Chmod(o.Path, fileMode)
	if errors.Is(err, fs.ErrPermission) {
		return nil // a file system without modes, or another's file: the secrets in it are sealed
	}
	return err
}

// once runs f in a transaction of its own, before the writer is there.
func (s *Store) once(f func(*tx) error) error {
	b, err := s.db.Begin(true)
	if err != nil {
		return translate(err)
	}
	defer rollback(b)
	t := &tx{b: b, now: s.o.Now()}
	if err := guard(func() error { return f(t) }); err != nil || !t.wrote {
		return err
	}
	return translate(b.Commit())
}

// Close waits for what is being written and closes the file. Later calls return [ErrClosed].
func (s *Store) Close() error {
	s.close.Do(func() {
		close(s.writer.stop)
		s.done.Wait()
		s.closed = s.db.Close()
	})
	return s.closed
}

// Wakeups receives when there may be deliveries that were not there before. It holds one signal
// at most.
func (s *Store) Wakeups() <-chan struct{} { return s.kick }

func (s *Store) wake() {
	select {
	case s.kick <- struct{}{}:
	default: // one is waiting, and whoever takes it will see everything
	}
}
