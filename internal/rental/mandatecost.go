package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// givenUp is how long the end of a rental that was given up may take to have effect.
const givenUp = 10 * time.Minute

// CostAtMost returns what a rental for a time costs at most, in USD with fees: by its price in USD
// an hour without the fee.
func CostAtMost(hour money.Amount, kind clore.Kind, run time.Duration) money.Amount {
	t := Terms{Kind: kind, USD: times(hour, 24), RunFor: run}
	return t.atMost()
}

// Enough returns the total with which a mandate can make all its tries: its rentals at the highest
// price for their whole time, and for each other try as long as the patience lasts.
func (m *Mandate) Enough(kind clore.Kind) money.Amount {
	sum := times(CostAtMost(m.Hour, kind, m.RunFor), int64(m.Count))
	failed := min(m.RunFor, m.Patience+givenUp)
	return plus(sum, times(CostAtMost(m.Hour, kind, failed), int64(m.Tries-m.Count)))
}

// times multiplies, and stays at the largest amount where the product is beyond it.
func times(a money.Amount, n int64) money.Amount {
	var sum money.Amount
	for range n {
		sum = plus(sum, a)
	}
	return sum
}
