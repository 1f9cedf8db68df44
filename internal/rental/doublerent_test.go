package rental_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// crash is what the process dies of in these tests.
type crash struct{ point string }

// renting is one long simulation: a person who wants servers, one after the other, through a bot
// that is killed and a Clore that loses answers.
type renting struct {
	t         *testing.T
	random    *rand.Rand
	world     *world
	books     *books
	bot       *bot
	kills     int
	ambiguous int
	killable  bool
}

func newRenting(t *testing.T, seed uint64) *renting {
	t.Helper()
	r := &renting{
		t: t, random: rand.New(rand.NewPCG(seed, 1)), world: newWorld(), books: newBooks(ledger()),
	}
	r.world.guarded = false // Clore refuses a second order on a server; nothing may depend on it
	r.world.fate = r.fate
	r.world.point = func(name string) { r.maybeDie(name) }
	r.books.before = func() error { r.maybeDie("before commit"); return nil }
	r.books.after = func() { r.maybeDie("after commit") }
	r.books.changed = r.count
	r.bot = newBot(r.world, r.books)
	return r
}

func (r *renting) fate(call string) fate {
	n := r.random.IntN(100)
	switch {
	case call == "create" && n < 70:
		return []fate{lost, lost, dropped, late, limited, unsent}[r.random.IntN(6)]
	case call != "create" && n < 8:
		return dropped
	case call == "list" && n < 9:
		return emptyFor
	default:
		return fine
	}
}

func (r *renting) maybeDie(point string) {
	if r.killable && r.random.IntN(40) == 0 {
		panic(crash{point})
	}
}

// count counts the intents that become ambiguous.
func (r *renting) count(prev, next rental.Ledger) {
	for i := range next.Intents {
		in := &next.Intents[i]
		was := prev.Intent(in.ID)
		if in.State == rental.Ambiguous && was != nil && was.State != rental.Ambiguous {
			r.ambiguous++
		}
	}
}

// work lets the bot do one thing. When it dies, another one takes its place.
func (r *renting) work(ctx context.Context, end time.Time) (err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case crash:
			r.kills++
			r.killable = false
			r.bot = newBot(r.world, r.books)
			err = r.books.Update(ctx, acc, func(l *rental.Ledger) error {
				l.Restart(r.world.now())
				return nil
			})
		default:
			panic(v)
		}
	}()
	r.killable = true
	_, err = r.bot.step(ctx, end)
	r.killable = false
	return err
}

// command wants a server: it confirms a quote, and a new one each time that the bot says that
// nothing came of it. It returns the intents that it took.
func (r *renting) command(ctx context.Context, id clore.ServerID) map[string]bool {
	r.world.servers[id] = freeServer(id, "2")
	tries := map[string]bool{}
	for n := range 20 {
		q := quote(fmt.Sprintf("%d-%d", id, n))
		q.Terms.Server, q.Expires = id, r.world.clock.Add(rental.QuoteTTL)
		tries[q.ID] = true
		if err := r.books.Update(ctx, acc, func(l *rental.Ledger) error {
			_, err := l.Take(q, r.world.now())
			return err
		}); err != nil {
			r.t.Fatal(err)
		}
		if r.settle(ctx, q.ID) == rental.Created {
			break
		}
	}
	return tries
}

// settle works until the intent is settled.
func (r *renting) settle(ctx context.Context, intent string) rental.IntentState {
	end := r.world.clock.Add(30 * time.Minute)
	for r.world.clock.Before(end) {
		l, err := r.books.Ledger(ctx, acc)
		if err != nil {
			r.t.Fatal(err)
		}
		in := l.Intent(intent)
		if in == nil {
			r.t.Fatalf("intent %s was forgotten", intent)
		}
		if !in.State.Open() {
			return in.State
		}
		if err := r.work(ctx, end); err != nil {
			r.t.Fatal(err)
		}
	}
	r.t.Fatalf("intent %s was not settled in half an hour", intent)
	return ""
}

// However answers are lost and whenever the bot is killed, a command rents one server, not two.
func TestNeverRentsTwice(t *testing.T) {
	want := 1000
	if testing.Short() || racing {
		want = 50
	}
	ambiguous, kills, rents, commands := 0, 0, 0, 0
	for seed := uint64(1); ambiguous < want || kills < want; seed++ {
		if seed > 1000 {
			t.Fatalf("only %d ambiguous outcomes and %d kills", ambiguous, kills)
		}
		r := newRenting(t, seed)
		for range 6 {
			commands++
			id := clore.ServerID(commands)
			tries := r.command(t.Context(), id)
			r.outlive(t.Context())
			n := 0
			for _, o := range r.world.orders {
				if o.Server == id {
					n++
				}
			}
			if n != 1 {
				t.Fatalf("seed %d: %d orders for one command (%d tries)", seed, n, len(tries))
			}
			rents += n
			r.clear(t.Context())
		}
		ambiguous += r.ambiguous
		kills += r.kills
	}
	t.Logf("%d commands, %d rents, %d ambiguous outcomes, %d kills, 0 double rents",
		commands, rents, ambiguous, kills)
}

// outlive waits for whatever may still be executed.
func (r *renting) outlive(ctx context.Context) {
	end := r.world.clock.Add(40 * time.Second)
	for r.world.clock.Before(end) {
		if err := r.work(ctx, end); err != nil {
			r.t.Fatal(err)
		}
	}
}

// clear ends everything and lets the bot see it, so that the next command starts anew.
func (r *renting) clear(ctx context.Context) {
	for _, o := range r.world.orders {
		if o.Ended.IsZero() {
			r.world.end(o.ID)
		}
	}
	end := r.world.clock.Add(time.Hour)
	for r.world.clock.Before(end) {
		l, err := r.books.Ledger(ctx, acc)
		if err != nil {
			r.t.Fatal(err)
		}
		if len(l.Rentals) == 0 {
			return
		}
		if err := r.work(ctx, end); err != nil {
			r.t.Fatal(err)
		}
	}
	r.t.Fatal("ended orders are still listed as running")
}
