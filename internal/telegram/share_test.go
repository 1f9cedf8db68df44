package telegram

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestAlertsHaveAShare has more answers wait than the pace allows, all the time.
func TestAlertsHaveAShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(Pace{}.withDefaults(), time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		var busy sync.WaitGroup
		for chat := range int64(60) {
			busy.Go(func() {
				for p.wait(ctx, chat+1, answers) == nil {
				}
			})
		}
		time.Sleep(time.Second)
		began := time.Now()
		const n = 60
		for chat := range int64(n) {
			if err := p.wait(ctx, 1000+chat, alerts); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took > n*alertShare*time.Second/30+time.Second {
			t.Errorf("%d alerts took %v", n, took)
		}
		cancel()
		busy.Wait()
		time.Sleep(2 * time.Minute) // the timer of the pacer
	})
}
