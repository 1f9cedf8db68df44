package watch_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/watch"
)

// A keeper passes over watches whose offers are the same as before. That must never make a
// difference: it says what a watch says that is judged at every look by asking the market.
func TestKeeperIsJudge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := start
		s := newShelf()
		k, err := watch.Open(ctx, s, watch.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		k.Judge(snapshot(now))
		kept, err := k.Add(ctx, watch.Watch{User: ann(), Query: "4090 <1/d", Expires: start.Add(4 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		plain := kept
		q, err := market.ParseQuery(plain.Query)
		if err != nil {
			t.Fatal(err)
		}
		servers := map[clore.ServerID]int64{}
		for range rapid.IntRange(1, 60).Draw(t, "looks") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{1, 1, 1, 5, 29, 31}).Draw(t, "minutes")) * time.Minute)
			switch rapid.IntRange(0, 9).Draw(t, "change") {
			case 0, 1:
				servers[clore.ServerID(rapid.IntRange(1, 4).Draw(t, "server"))] = rapid.Int64Range(80, 101).Draw(t, "price")
			case 2:
				delete(servers, clore.ServerID(rapid.IntRange(1, 4).Draw(t, "server")))
			case 3:
				until := now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "snooze")) * time.Minute)
				if _, err := k.Snooze(ctx, ann(), kept.ID, until); err == nil {
					plain.Snoozed = until
				}
			case 4:
				s.breakDown(errShelf) // what is not stored comes again
			}
			var list []clore.Server
			for id := range clore.ServerID(5) {
				if cents := servers[id]; cents > 0 {
					list = append(list, machine(id, "RTX 4090", cents))
				}
			}
			look := snapshot(now, list...)
			k.Judge(look)
			if s.fail != nil {
				s.breakDown(nil)
				k.Judge(look)
			}
			hits, _ := plain.Judge(look.Find(q).Offers, now)
			var told []watch.Hit
			for _, c := range s.take() {
				told = append(told, c.Hits...)
			}
			if d := cmp.Diff(hits, told, cmpopts.EquateEmpty()); d != "" {
				t.Fatal(d)
			}
			if got, err := k.Watch(ann(), kept.ID); err != nil || !cmp.Equal(plain, got, cmpopts.EquateEmpty()) {
				t.Fatalf("%v\n%s", err, cmp.Diff(plain, got))
			}
		}
	})
}
