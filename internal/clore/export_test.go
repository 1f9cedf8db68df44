package clore

import "net/http"

// NewTransport gives tests the tuned transport, to put a network of their own under it.
func NewTransport() *http.Transport { return newTransport() }

// Clean gives tests the cleaning of strangers' text.
func Clean(s string, most int) string { return clean(s, most) }

// Gates returns how many gates are kept.
func (c *Client) Gates() int {
	c.shared.gates.mu.Lock()
	defer c.shared.gates.mu.Unlock()
	return len(c.shared.gates.byKey)
}

// Gap returns the present pause of the client's gate in milliseconds.
func (c *Client) Gap() int64 {
	g := c.shared.gates.borrow(c.gate)
	defer c.shared.gates.giveBack(g)
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.gap.Milliseconds()
}
