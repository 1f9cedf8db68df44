package rental_test

import (
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

func coins(n int64) money.Money {
	return money.Money{Amount: money.Amount(n) * money.Coin, Currency: money.CLORE}
}

// inCoins is an order at 400 CLORE a day that was made elsewhere.
func inCoins(spend int64) clore.Order {
	o := deployed(1002)
	o.Server, o.Price, o.Spend, o.CreationFee = 7, coins(400), coins(spend), coins(0)
	o.Created = at(time.Hour)
	return o
}

// Each coin has its own thresholds: one that ran short hides no other.
func TestFundWarnsForEachCoin(t *testing.T) {
	l := ready(t)
	o := inCoins(1)
	observe(l, list(time.Hour, deployed(1001), o)) // 2.1 USD and 420 CLORE a day
	for i, tt := range []struct {
		usd        string
		clore      int64
		inUSD, inC time.Duration
	}{
		{"0.08", 2000, time.Hour, 0},
		{"0.08", 400, time.Hour, 24 * time.Hour},
		{"100", 80, 0, 6 * time.Hour},
		{"100", 10, 0, time.Hour},
		{"1", 2000, 24 * time.Hour, 0},
	} {
		l.Fund([]clore.Wallet{{Balance: usd(tt.usd)}, {Balance: coins(tt.clore)}}, at(time.Hour+time.Duration(i)*time.Minute))
		if w := l.Funds.Warned; w[money.USD] != tt.inUSD || w[money.CLORE] != tt.inC {
			t.Errorf("step %d: warned %v", i, w)
		}
	}
}
