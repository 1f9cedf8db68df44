package simulator

import (
	"time"
)

// FaultKind is a way in which an answer goes wrong.
type FaultKind string

// The kinds of faults. Those of the first group replace the answer, and nothing is executed
// unless Fault.Executed says so; those of the second spoil the answer of an executed request.
const (
	FaultRate     FaultKind = "rate429"  // 429 {"code":5}
	FaultStatus   FaultKind = "status"   // Fault.Status with Fault.Body, empty as it may be
	FaultHTML     FaultKind = "html"     // 502 with a page of the edge
	FaultPlain    FaultKind = "plain"    // 403 with the text "error code: 1010"
	FaultCode1    FaultKind = "code1"    // 500 {"code":1}
	FaultRedirect FaultKind = "redirect" // Fault.Status (302) to Fault.Body
	FaultHang     FaultKind = "hang"     // no answer for Fault.Delay, 0 is as long as the client waits
	FaultReset    FaultKind = "reset"    // the connection dies before the headers
	FaultLate     FaultKind = "late"     // as reset, and the request is executed Fault.Delay later

	FaultTruncated FaultKind = "truncated"  // the JSON ends in the middle, the HTTP answer is whole
	FaultSlow      FaultKind = "slow"       // a byte every Fault.Delay, 0 is a second
	FaultResetBody FaultKind = "reset_body" // the connection dies in the middle of the body
	FaultEmpty     FaultKind = "empty"      // my_orders lists nothing
	FaultHuge      FaultKind = "huge"       // 64 MiB
)

// Fault makes requests go wrong.
type Fault struct {
	// Endpoint is "create_order" and the like; empty is any.
	Endpoint string `json:"endpoint,omitempty"`
	// Key limits it to an account; empty is any.
	Key  string    `json:"key,omitempty"`
	Kind FaultKind `json:"kind"`
	// Count is how many requests it spoils: 0 is one, below 0 is all until it is cleared.
	Count int `json:"count,omitempty"`
	// Skip lets that many matching requests pass first.
	Skip int `json:"skip,omitempty"`
	// Chance spoils only this part of them; 0 is all.
	Chance float64 `json:"chance,omitempty"`
	// Executed executes the request before it goes wrong.
	Executed bool `json:"executed,omitempty"`
	// Status and Body are what FaultStatus and FaultRedirect answer.
	Status int    `json:"status,omitempty"`
	Body   string `json:"body,omitempty"`
	// RetryAfter is sent as a header with FaultRate and FaultStatus, in seconds; 0 is none.
	RetryAfter int `json:"retry_after,omitempty"`
	// Delay is for FaultHang, FaultLate and FaultSlow, in real time.
	Delay time.Duration `json:"delay,omitempty"`
}

// executes reports whether the request is carried out before the answer goes wrong.
func (f *Fault) executes() bool {
	switch f.Kind {
	case FaultTruncated, FaultSlow, FaultResetBody, FaultEmpty, FaultHuge:
		return true
	default:
		return f.Executed
	}
}

func (k FaultKind) known() bool {
	switch k {
	case FaultRate, FaultStatus, FaultHTML, FaultPlain, FaultCode1, FaultRedirect, FaultHang, FaultReset, FaultLate,
		FaultTruncated, FaultSlow, FaultResetBody, FaultEmpty, FaultHuge:
		return true
	default:
		return false
	}
}

// faults are those that wait for a request.
type faults struct {
	waiting []*Fault
	drawn   uint64
}

// take returns the fault that a request meets, or nil.
func (l *faults) take(seed uint64, endpoint, key string) *Fault {
	for i, f := range l.waiting {
		if f.Endpoint != "" && f.Endpoint != endpoint || f.Key != "" && f.Key != key {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Chance > 0 {
			l.drawn++
			if !newDice(seed, streamFault, l.drawn<<32).chance(f.Chance) {
				continue
			}
		}
		met := *f
		if f.Count > 0 {
			f.Count--
		}
		if f.Count == 0 {
			l.waiting = append(l.waiting[:i:i], l.waiting[i+1:]...)
		}
		return &met
	}
	return nil
}

// Inject adds a fault after those that wait already. A kind that is not known is an error.
func (s *Simulator) Inject(f Fault) error {
	if !f.Kind.known() {
		return errKind(f.Kind)
	}
	if f.Count == 0 {
		f.Count = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.waiting = append(s.faults.waiting, &f)
	return nil
}

// ClearFaults forgets every fault and hostile text that waits.
func (s *Simulator) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.waiting, s.hostile = nil, nil
}
