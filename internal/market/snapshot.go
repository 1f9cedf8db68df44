package market

import (
	"maps"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Snapshot is the marketplace at a moment, indexed. It never changes, so that everybody may read
// it at once; servers that it hands out are not to be altered.
type Snapshot struct {
	at      time.Time
	servers []clore.Server
	rows    []row // of the servers, in the same order
	byID    map[clore.ServerID]int32
	models  []model
	rates   money.Rates
	skipped int
}

// model is a GPU model of the market.
type model struct {
	name   string
	card   card
	tflops float64 // of a card; 0 when not known
}

// NewSnapshot indexes an answer of Clore that was asked for at a time. It keeps the servers of m.
func NewSnapshot(m *clore.Marketplace, at time.Time) *Snapshot {
	s := &Snapshot{
		at:      at,
		servers: m.Servers,
		rows:    make([]row, len(m.Servers)),
		byID:    make(map[clore.ServerID]int32, len(m.Servers)),
		rates:   deriveRates(m.Servers),
		skipped: m.Skipped,
	}
	ix := indexer{snapshot: s, ids: map[string]int32{}, specs: readSpecs(), mine: map[clore.ServerID]bool{}}
	for _, id := range m.Mine {
		ix.mine[id] = true
	}
	for i := range s.servers {
		s.byID[s.servers[i].ID] = int32(i)
		s.rows[i] = ix.row(&s.servers[i])
	}
	return s
}

// At returns when the snapshot was asked for.
func (s *Snapshot) At() time.Time { return s.at }

// Rates returns the worth of coins in USD that follows from the market's own prices.
func (s *Snapshot) Rates() money.Rates { return maps.Clone(s.rates) }

// Len returns the number of servers, rented ones included.
func (s *Snapshot) Len() int { return len(s.servers) }

// Skipped returns the number of entries that could not be read.
func (s *Snapshot) Skipped() int { return s.skipped }

// Server returns a server, or nil when it is not listed.
func (s *Snapshot) Server(id clore.ServerID) *clore.Server {
	i, ok := s.byID[id]
	if !ok {
		return nil
	}
	return &s.servers[i]
}

// Names returns the GPU models of the market by their full names.
func (s *Snapshot) Names() []string {
	names := make([]string, 0, len(s.models))
	for _, m := range s.models {
		names = append(names, m.name)
	}
	slices.Sort(names)
	return names
}

// cards returns the models' names taken apart.
func (s *Snapshot) cards() []card {
	all := make([]card, len(s.models))
	for i, m := range s.models {
		all[i] = m.card
	}
	return all
}
