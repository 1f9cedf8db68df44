package commands

import (
	"sync"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

const (
	// maxListed bounds of how many people the last list is remembered.
	maxListed = 5000
	// lastRow is the highest number that a row of a list may have; no order has such a low one.
	lastRow = max(maxRows, historyRows)
)

// listed remembers the orders of the last list that each person was shown, so that "1" means the
// row that they see, whatever has begun or ended since. A restart forgets it.
type listed struct {
	mu    sync.Mutex
	rows  map[chat.User][]clore.OrderID
	order []chat.User
}

func newListed() *listed { return &listed{rows: map[chat.User][]clore.OrderID{}} }

// keep takes over a list that is shown.
func (l *listed) keep(user chat.User, rentals []rental.Rental) {
	rows := make([]clore.OrderID, len(rentals))
	for i := range rentals {
		rows[i] = rentals[i].Order.ID
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.rows[user]; !known {
		if len(l.order) == maxListed {
			delete(l.rows, l.order[0])
			l.order = l.order[1:]
		}
		l.order = append(l.order, user)
	}
	l.rows[user] = rows
}

// row returns the order of a row, which counts from 1.
func (l *listed) row(user chat.User, n int) (clore.OrderID, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rows := l.rows[user]
	if n < 1 || n > len(rows) {
		return 0, false
	}
	return rows[n-1], true
}
