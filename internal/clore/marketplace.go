package clore

import (
	"context"
	"errors"
	"net/http"

	"github.com/clorebot/clorebot/internal/money"
)

// Marketplace returns every listed server. The public market needs no key; with one, Mine is
// filled. Entries without an ID are skipped and counted, and so is the second of two with the
// same ID. Clore answers some 2 MB; there is neither filter nor paging.
func (c *Client) Marketplace(ctx context.Context) (*Marketplace, error) {
	x := &exchange{
		name: "marketplace", method: http.MethodGet, limit: marketAnswer,
		timeout: marketTimeout, rank: rankPeople, repeat: true,
	}
	w, err := call[wireMarketplace](ctx, c, x)
	if err != nil {
		return nil, err
	}
	return w.marketplace(), nil
}

type wireMarketplace struct {
	envelope
	Servers []wireServer `json:"servers"`
	Mine    []wireInt    `json:"my_servers"`
}

func (w *wireMarketplace) check() error {
	if w.Servers == nil {
		return errors.New("no servers in the answer")
	}
	return nil
}

func (w *wireMarketplace) marketplace() *Marketplace {
	m := &Marketplace{Servers: make([]Server, 0, len(w.Servers))}
	seen := make(map[ServerID]bool, len(w.Servers))
	texts := make(interner, 256)
	for i := range w.Servers {
		s := &w.Servers[i]
		id := ServerID(s.ID)
		if id <= 0 || seen[id] {
			m.Skipped++
			continue
		}
		seen[id] = true
		m.Servers = append(m.Servers, s.server(texts))
	}
	for _, id := range w.Mine {
		if id > 0 {
			m.Mine = append(m.Mine, ServerID(id))
		}
	}
	return m
}

// wireServer is an entry of the marketplace. Prices are per day, mrl is in hours.
type wireServer struct {
	ID    wireInt `json:"id"`
	Owner wireInt `json:"owner"`
	MRL   float64 `json:"mrl"`
	Price struct {
		OnDemand wirePrices `json:"on_demand"`
		Spot     wirePrices `json:"spot"`
		USD      *struct {
			BTC   wireAmount `json:"on_demand_btc"`
			CLORE wireAmount `json:"on_demand_clore"`
			USD   wireAmount `json:"on_demand_usd"`
		} `json:"usd"`
	} `json:"price"`
	Free        wireNot   `json:"rented"`
	GigaSPOT    bool      `json:"gigaspot"`
	Specs       wireSpecs `json:"specs"`
	Coins       *wireList `json:"allowed_coins"`
	Reliability float64   `json:"reliability"`
	wireStanding
}

func (w *wireServer) server(texts interner) Server {
	s := Server{
		ID: ServerID(w.ID), Owner: int64(max(w.Owner, 0)), MaxRental: hours(w.MRL, longestRental),
		OnDemand: w.Price.OnDemand.prices(), SpotFloor: w.Price.Spot.prices(), USD: w.usd(),
		// Whether it is free is not guessed: a server that does not say so is not offered.
		Rented: !bool(w.Free), GigaSPOT: w.GigaSPOT,
		Reliability: upTo(w.Reliability, 1), Rating: w.rating(),
		GPUs: w.Specs.cards(w.GPUs, texts), CUDA: cudaVersion(w.CUDA, texts),
	}
	w.Specs.fill(&s, texts)
	s.Coins = w.coins(s.OnDemand, texts)
	return s
}

// coins returns what the server accepts. An entry without the list accepts what it has a price
// for, as far as anybody can tell.
func (w *wireServer) coins(p Prices, texts interner) []money.Currency {
	if w.Coins == nil {
		out := make([]money.Currency, 0, len(p))
		for _, m := range p {
			out = append(out, m.Currency)
		}
		return out
	}
	out := currencies(*w.Coins)
	for i, c := range out {
		out[i] = money.Currency(texts.keep(string(c)))
	}
	return out
}

func (w *wireServer) usd() map[money.Currency]money.Amount {
	u := w.Price.USD
	if u == nil {
		return nil
	}
	out := make(map[money.Currency]money.Amount, 3)
	add := func(c money.Currency, a wireAmount) {
		if a.Amount > 0 {
			out[c] = a.Amount
		}
	}
	add(money.BTC, u.BTC)
	add(money.CLORE, u.CLORE)
	add(money.USD, u.USD)
	if len(out) == 0 {
		return nil
	}
	return out
}

// wireStanding is what servers and orders say alike beside their specs.
type wireStanding struct {
	CUDA  string   `json:"cuda_version"`
	GPUs  wireList `json:"gpu_array"`
	Stars struct {
		Average float64 `json:"avg"`
		Count   float64 `json:"cnt"`
	} `json:"rating"`
}

func (w *wireStanding) rating() Rating {
	r := Rating{upTo(w.Stars.Average, 5), int(upTo(w.Stars.Count, 1e9))}
	if r.Count == 0 {
		return Rating{}
	}
	return r
}

// interner keeps one copy of texts that many entries share, and none of the answer they came in.
type interner map[string]string

func (t interner) keep(s string) string {
	if k, ok := t[s]; ok {
		return k
	}
	t[s] = s
	return s
}
