package clore

import (
	"context"
	"strconv"

	"github.com/clorebot/clorebot/internal/money"
)

// SpotMarketplace returns the bids on a server. Of a server that does not exist, Exists is
// false and the rest empty.
func (c *Client) SpotMarketplace(ctx context.Context, id ServerID) (*SpotMarket, error) {
	if id <= 0 {
		return nil, &InputError{"market", "no server number"}
	}
	x := get("spot_marketplace")
	x.query = "market=" + strconv.FormatInt(int64(id), 10)
	w, err := call[wireSpotMarket](ctx, c, x)
	if err != nil {
		return nil, err
	}
	return w.market(), nil
}

// SetSpotPrice changes the bid of a spot order, per day and in the order's currency. Raising
// works at once; lowering once in 600 seconds and by a limited step, see [LowerLater] and
// [StepTooLarge].
func (c *Client) SetSpotPrice(ctx context.Context, id OrderID, bid money.Amount) error {
	switch {
	case id <= 0:
		return &InputError{"order_id", "no order number"}
	case bid <= 0:
		return &InputError{"desired_price", "must be more than zero"}
	}
	x, err := post("set_spot_price", struct {
		ID  OrderID      `json:"order_id"`
		Bid money.Amount `json:"desired_price"`
	}{id, bid})
	if err != nil {
		return err
	}
	_, err = call[envelope](ctx, c, x)
	return err
}

type wireSpotMarket struct {
	envelope
	Exists bool `json:"exists"`
	Market struct {
		Offers []struct {
			Order    wireInt    `json:"offer_id"`
			Bid      wireAmount `json:"bid"`
			Active   bool       `json:"active"`
			Mine     bool       `json:"my"`
			Currency string     `json:"currency"`
		} `json:"offers"`
		Server struct {
			Floor      wirePrices `json:"min_pricing"`
			MRL        float64    `json:"mrl"` // h
			Visibility string     `json:"visibility"`
			Online     bool       `json:"online"`
		} `json:"server"`
		Rates wirePrices `json:"currency_rates_in_usd"`
	} `json:"market"`
}

func (w *wireSpotMarket) market() *SpotMarket {
	if !w.Exists {
		return &SpotMarket{}
	}
	server := &w.Market.Server
	m := &SpotMarket{
		Exists: true, Floor: server.Floor.prices(), MaxRent: hours(server.MRL, longestRental),
		Online: server.Online, Public: server.Visibility == "public",
	}
	for _, o := range w.Market.Offers {
		if o.Order > 0 && o.Bid.Amount > 0 {
			m.Offers = append(m.Offers, SpotOffer{
				Order: OrderID(o.Order), Active: o.Active, Mine: o.Mine,
				Bid: money.Money{Amount: o.Bid.Amount, Currency: currency(o.Currency)},
			})
		}
	}
	for _, r := range w.Market.Rates.prices() {
		if m.Rates == nil {
			m.Rates = money.Rates{}
		}
		m.Rates[r.Currency] = r.Amount
	}
	return m
}
