package clore_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

// TestBefore sees the hook run once, when the pace lets the order go and not before.
func TestBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log []string
		refuse := true
		c, err := clore.New(clore.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			log = append(log, "request")
			a := answered{body: `{"code":0}`}
			if refuse {
				a, refuse = answered{status: http.StatusTooManyRequests, body: `{"code":5}`}, false
			}
			return a.response(r)
		})})
		if err != nil {
			t.Fatal(err)
		}
		r := request()
		var at []time.Time
		r.Before = func(context.Context) error {
			log, at = append(log, "before"), append(at, time.Now())
			return nil
		}
		if err := c.CreateOrder(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := c.CreateOrder(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if want := 5; len(log) != want || log[0] != "before" || log[1] != "request" || log[3] != "before" {
			t.Errorf("calls in the order %v", log)
		}
		if len(at) != 2 || at[1].Sub(began) < 4*time.Second {
			t.Error("the second order was announced before its time")
		}
		held := errors.New("held back")
		r.Before = func(context.Context) error { return held }
		err = c.CreateOrder(t.Context(), r)
		if !errors.Is(err, clore.ErrNotSent) || !errors.Is(err, held) || !clore.OutcomeKnown(err) || len(log) != 5 {
			t.Errorf("%v; calls %v", err, log)
		}
	})
}
