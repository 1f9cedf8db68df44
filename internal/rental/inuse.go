package rental

import "fmt"

// InUse is the refusal to give an account up while it costs money, or may begin to.
type InUse struct {
	Rentals int // that run, wait for their server, or are being cancelled
	Waiting int // orders that are still to be sent
	Unclear int // orders that may exist: without a definite answer, not listed yet, or missing and not given up
}

// Error implements error.
func (e *InUse) Error() string {
	return fmt.Sprintf("account is in use: %d rentals, %d orders waiting, %d unclear", e.Rentals, e.Waiting, e.Unclear)
}

// Removable returns *InUse while something of the account runs, waits or is unclear: without the
// key nobody would watch it, or stop it.
func (l *Ledger) Removable() error {
	use := InUse{Rentals: len(l.Rentals)}
	for i := range l.Intents {
		switch in := &l.Intents[i]; {
		case in.State == Pending:
			use.Waiting++
		case in.State.Open(), in.State == Missing && !in.Dismissed:
			use.Unclear++
		}
	}
	if use == (InUse{}) {
		return nil
	}
	return &use
}
