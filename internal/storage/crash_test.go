package storage_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/vault"
	"github.com/clorebot/clorebot/internal/watch"
)

const (
	crashEnv     = "CLOREBOT_STORAGE_CRASH_CHILD" // the data file that the child works on
	killsEnv     = "CLOREBOT_STORAGE_KILLS"       // how often the child is killed
	crashWorkers = 4
)

// crashChild writes without end, and prints what was acknowledged: the number of a worker and
// of its last rental.
func crashChild(path string) {
	fmt.Println("failed", crashWork(path))
	os.Exit(1)
}

func crashOpen(path string) (*storage.Store, error) {
	keyset := filepath.Join(filepath.Dir(path), "keyset.json")
	v, err := vault.Open(keyset, vault.Options{})
	if err != nil {
		return nil, err
	}
	return storage.Open(storage.Options{Path: path, Vault: v, Diff: diff, Mmap: 1 << 20})
}

func crashWork(path string) error {
	s, err := crashOpen(path)
	if err != nil {
		return err
	}
	failed := make(chan error)
	for w := range crashWorkers {
		go func() {
			for {
				n, err := crashStep(s, crashUser(w))
				if err != nil {
					failed <- err
				}
				fmt.Println(w, n)
			}
		}()
	}
	return <-failed
}

func crashUser(w int) chat.User { return chat.User{Platform: chat.Terminal, ID: fmt.Sprint("w", w)} }

// crashStep ends one more rental of a user: ledger, history and alert in one commit. It returns
// its number.
func crashStep(s *storage.Store, user chat.User) (n clore.OrderID, err error) {
	id := account.ID(user.ID)
	if _, err := s.Ledger(ctx, id); err != nil {
		if err := s.SaveAccount(ctx, account.Account{ID: id, User: user}, secret.New("key")); err != nil {
			return 0, err
		}
	}
	err = s.Update(ctx, id, func(l *rental.Ledger) error {
		n = counted(*l) + 1
		l.Balances = []money.Money{{Amount: money.Amount(n)}}
		at := time.Unix(int64(n), 0)
		l.Ended = []rental.Rental{ended(n, user, strconv.FormatInt(int64(n), 10), at)}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if err := crashAccount(s, user, n); err != nil {
		return 0, err
	}
	return n, crashWatch(s, user, n)
}

// crashSecond is the account that a worker adds in one step and removes in the next.
func crashSecond(user chat.User) account.ID { return account.ID(user.ID + "-second") }

// crashAccount has a user add a second account with something in its ledger, and in the next step
// remove it.
func crashAccount(s *storage.Store, user chat.User, n clore.OrderID) error {
	id := crashSecond(user)
	if _, err := s.Ledger(ctx, id); err == nil {
		return s.RemoveAccount(ctx, user, id)
	}
	if err := s.SaveAccount(ctx, account.Account{ID: id, User: user, Label: "second"}, secret.New("key")); err != nil {
		return err
	}
	q := rental.Quote{ID: string(id), User: user, Account: id, Expires: time.Now().Add(time.Hour)}
	if err := s.SaveQuote(ctx, q); err != nil {
		return err
	}
	return s.Update(ctx, id, func(l *rental.Ledger) error {
		l.Balances = []money.Money{{Amount: money.Amount(n)}}
		return nil
	})
}

// crashWhole fails unless the second account of a user is there as a whole or gone as a whole.
func crashWhole(t *testing.T, s *storage.Store, user chat.User) {
	t.Helper()
	id := crashSecond(user)
	all, err := s.Accounts(ctx, user)
	if err != nil {
		t.Error(err)
	}
	if slices.ContainsFunc(all, func(a account.Account) bool { return a.ID == id }) {
		if _, err := s.Key(ctx, id); err != nil {
			t.Errorf("%s is there without its key: %v", id, err)
		}
		return
	}
	for k := range s.Contents() {
		if strings.Contains(k, string(id)) {
			t.Errorf("%s is gone, but %q is there", id, k)
		}
	}
}

// crashWatch has a watch of a user find something: watch and alert in one commit.
func crashWatch(s *storage.Store, user chat.User, n clore.OrderID) error {
	w := watched(user, "w", time.Unix(0, 0))
	all, err := s.Watches(ctx)
	if err != nil {
		return err
	}
	mine := func(w watch.Watch) bool { return w.User == user }
	if i := slices.IndexFunc(all, mine); i >= 0 {
		w = all[i]
	} else if err := s.SaveWatches(ctx, []watch.Change{{Cause: watch.Added, Watch: w}}); err != nil {
		return err
	}
	w.Hits++
	w.Fired = time.Unix(int64(n), 0)
	return s.SaveWatches(ctx, []watch.Change{{Cause: watch.Judged, Watch: w, Hits: hits(1)}})
}

// counted returns the number of the last rental by the ledger.
func counted(l rental.Ledger) clore.OrderID {
	if len(l.Balances) == 0 {
		return 0
	}
	return clore.OrderID(l.Balances[0].Amount)
}

// TestKill kills a process in the middle of its commits, again and again. What was acknowledged
// must be there, and the parts of a commit must be there together.
func TestKill(t *testing.T) {
	kills := 20
	if n, err := strconv.Atoi(os.Getenv(killsEnv)); err == nil {
		kills = n
	} else if testing.Short() {
		kills = 5
	}
	path := filepath.Join(t.TempDir(), "clorebot.db")
	if _, err := vault.Create(filepath.Join(filepath.Dir(path), "keyset.json")); err != nil {
		t.Fatal(err)
	}
	acknowledged := 0
	for range kills {
		acked := killOnce(t, path)
		acknowledged += crashCheck(t, path, acked)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d kills, last file has %d acknowledged commits", kills, acknowledged)
}

// killOnce runs a child for a moment and returns the last acknowledged number of each worker.
func killOnce(t *testing.T, path string) map[int]clore.OrderID {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), crashEnv+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	acked := map[int]clore.OrderID{}
	lines := bufio.NewScanner(out)
	after := rand.IntN(150)
	for count := 0; lines.Scan(); count++ {
		var w int
		var n clore.OrderID
		if _, err := fmt.Sscan(lines.Text(), &w, &n); err != nil {
			t.Errorf("child says %q", lines.Text())
		}
		acked[w] = n
		if count == after {
			if err := child.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	_ = child.Wait() // it was killed
	return acked
}

func crashCheck(t *testing.T, path string, acked map[int]clore.OrderID) int {
	t.Helper()
	s, err := crashOpen(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.Verify(); err != nil {
		t.Error(err)
	}
	total := 0
	for w := range crashWorkers {
		user := crashUser(w)
		crashWhole(t, s, user)
		l, err := s.Ledger(ctx, account.ID(user.ID))
		if err != nil {
			continue // killed before it was saved; nothing was acknowledged then
		}
		stored := counted(l)
		if stored < acked[w] {
			t.Errorf("worker %d: %d was acknowledged, %d is there", w, acked[w], stored)
		}
		all, err := s.History(ctx, user, 1)
		if err != nil || len(all) == 1 && all[0].Order.ID != stored || len(all) == 0 && stored > 0 {
			t.Errorf("worker %d: ledger says %d, history %+v, error %v", w, stored, all, err)
		}
		total += int(stored)
	}
	all, err := s.Watches(ctx)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for w := range crashWorkers {
		i := slices.IndexFunc(all, func(one watch.Watch) bool { return one.User == crashUser(w) })
		switch {
		case i >= 0:
			found += all[i].Hits
		case acked[w] > 0:
			t.Errorf("worker %d: its watch is gone", w)
		}
	}
	st, err := s.Stats(ctx)
	if err != nil || st.Deliveries != total+found {
		t.Errorf("%d deliveries, want one of each of %d rentals and %d hits (%v)", st.Deliveries, total, found, err)
	}
	return total
}
