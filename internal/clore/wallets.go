package clore

import (
	"context"
	"errors"

	"github.com/clorebot/clorebot/internal/money"
)

// Wallets returns the balances of the account. A balance that cannot be read is an error and
// never a zero, which would read as being out of money.
func (c *Client) Wallets(ctx context.Context) ([]Wallet, error) {
	w, err := call[wireWallets](ctx, c, get("wallets"))
	if err != nil {
		return nil, err
	}
	out := make([]Wallet, 0, len(w.Wallets))
	for _, e := range w.Wallets {
		out = append(out, Wallet{
			Balance:       money.Money{Amount: e.Balance.Amount, Currency: currency(e.Name)},
			Deposit:       clean(e.Deposit, textLimit),
			WithdrawalFee: e.Fee.positive(),
		})
	}
	return out, nil
}

type wireWallets struct {
	envelope
	Wallets []struct {
		Name    string     `json:"name"`
		Deposit string     `json:"deposit"`
		Balance wireAmount `json:"balance"`
		Fee     wireAmount `json:"withdrawal_fee"`
	} `json:"wallets"`
}

func (w *wireWallets) check() error {
	if w.Wallets == nil {
		return errors.New("no wallets in the answer")
	}
	for _, e := range w.Wallets {
		if e.Name == "" || !e.Balance.ok {
			return errors.New("a wallet cannot be read")
		}
	}
	return nil
}
