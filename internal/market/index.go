package market

import (
	"math"
	"slices"
	"strings"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// row has what most queries look at, in one cache line: a query over the whole market then reads
// rows only.
type row struct {
	// worth is the price per day in USD, by kind and currency, of what create_order would take:
	// 0 for none, noRate when the coin has no rate.
	worth [kinds][coins]money.Amount
	model int32
	count int16
	vram  int16 // GB a card, nominal
	cuda  int16
	cc    uint16
	state uint8 // bits
	odd   uint8 // a bit a kind: the USD price is suspect
}

const (
	kinds = 2 // on demand, spot
	coins = 3 // money.Currencies

	noRate money.Amount = -1
)

// The bits of row.state.
const (
	isRented uint8 = 1 << iota
	isGigaSPOT
	isOwn
)

// indexer makes rows.
type indexer struct {
	snapshot *Snapshot
	ids      map[string]int32 // of models
	specs    specs
	mine     map[clore.ServerID]bool
}

func (ix *indexer) row(s *clore.Server) row {
	r := row{
		model: ix.model(s.GPUs),
		count: int16(min(len(s.GPUs), math.MaxInt16)),
		vram:  int16(min(max(nominal(s.GPUMemory), 0), math.MaxInt16)),
		cuda:  int16(min(CUDAVersion(s.CUDA), math.MaxInt16)),
		cc:    pack(strings.ToUpper(s.Country)),
	}
	if s.Rented {
		r.state |= isRented
	}
	if s.GigaSPOT {
		r.state |= isGigaSPOT
	}
	if ix.mine[s.ID] {
		r.state |= isOwn
	}
	for k := range r.worth {
		for c, currency := range money.Currencies() {
			r.worth[k][c] = ix.worth(s, pricesOf(s, k), currency)
		}
		if ix.oddity(pricesOf(s, k)) {
			r.odd |= 1 << k
		}
	}
	return r
}

// pricesOf returns what an order of the kind costs: the price on demand, or the least bid.
func pricesOf(s *clore.Server, kind int) clore.Prices {
	if kind == spot {
		return s.SpotFloor
	}
	return s.OnDemand
}

// The kinds as indexes.
const (
	onDemand = iota
	spot
)

func kindIndex(k clore.Kind) int {
	if k == clore.Spot {
		return spot
	}
	return onDemand
}

// takes reports whether create_order takes the currency. Some entries say nothing of coins;
// then every price counts.
func takes(s *clore.Server, c money.Currency) bool { return len(s.Coins) == 0 || s.Accepts(c) }

// worth returns what a price that can be paid is worth a day.
func (ix *indexer) worth(s *clore.Server, prices clore.Prices, c money.Currency) money.Amount {
	price, ok := prices.In(c)
	if !ok || price.Amount <= 0 || !takes(s, c) {
		return 0
	}
	usd, ok := ix.snapshot.rates.USD(price)
	if !ok || usd <= 0 {
		return noRate
	}
	return usd
}

// oddity reports whether the price in USD lies far below the worth of the server's other prices:
// Clore has refused to rent such servers for USD, again and again (seen in July 2026).
func (ix *indexer) oddity(prices clore.Prices) bool {
	const least = 85 // percent
	usd, ok := prices.In(money.USD)
	if !ok {
		return false
	}
	for _, p := range prices {
		worth, ok := ix.snapshot.rates.USD(p)
		if ok && p.Currency != money.USD && p.Amount > 0 && usd.Amount < worth.MulDiv(least, 100) {
			return true
		}
	}
	return false
}

// model returns the number of the model of a machine's cards.
func (ix *indexer) model(gpus []string) int32 {
	name := Model(gpus)
	if id, ok := ix.ids[name]; ok {
		return id
	}
	id := int32(len(ix.snapshot.models))
	m := model{name: name, card: readCard(name)}
	if spec, ok := ix.specs.find(m.card); ok {
		m.tflops = spec.TFLOPS
	}
	ix.snapshot.models = append(ix.snapshot.models, m)
	ix.ids[name] = id
	return id
}

// Model returns the model of a machine's cards: the name that all share, "Mixed" for different
// ones, and "" when none is known.
func Model(gpus []string) string {
	if len(gpus) == 0 {
		return ""
	}
	first := strings.TrimSpace(gpus[0])
	other := func(g string) bool { return g != gpus[0] && strings.TrimSpace(g) != first }
	if slices.ContainsFunc(gpus[1:], other) || strings.HasPrefix(first, mixed) {
		return mixed
	}
	return first
}
