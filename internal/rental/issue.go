package rental

import (
	"fmt"
	"strings"
	"time"
)

// MaxIssue is how many UTF-16 units of a complaint Clore takes.
const MaxIssue = 2048

// Issue words a complaint about the host from what was probed, for [Ledger.AskCancel]: it claims
// no more than was seen. It is empty when nothing speaks against the host. It is English, since
// Clore's staff and the host read it.
func Issue(r *Rental) string {
	var facts []string
	if f := sshFact(&r.Probe); f != "" {
		facts = append(facts, f)
	}
	if r.ReadyAt.IsZero() && r.Told.Slow && !r.Since.IsZero() {
		facts = append(facts, fmt.Sprintf("The rental has not become usable since %s UTC.",
			clock(r.Since, time.Time{})))
	}
	if !r.Order.Online && len(facts) > 0 {
		facts = append(facts, "The host is shown as offline.")
	}
	if len(facts) == 0 {
		return ""
	}
	return cut(strings.Join(facts, " "), MaxIssue)
}

// sshFact words the misses in a row: "SSH port refused 14 times from 10:02 to 10:14 UTC.".
func sshFact(p *Probe) string {
	if p.Misses == 0 {
		return ""
	}
	what := "SSH port did not answer (" + p.Failure + ")"
	switch p.Failure {
	case "refused":
		what = "SSH port refused the connection"
	case "timeout":
		what = "SSH port timed out"
	case "no banner":
		what = "SSH port connected without an SSH banner"
	}
	if p.Misses == 1 {
		return fmt.Sprintf("%s at %s UTC.", what, clock(p.Last, time.Time{}))
	}
	return fmt.Sprintf("%s %d times from %s to %s UTC.", what, p.Misses,
		clock(p.First, time.Time{}), clock(p.Last, p.First))
}

// clock writes a time, with the date unless it is the one of before.
func clock(t, before time.Time) string {
	const date = "2006-01-02 "
	t = t.UTC()
	if t.Format(date) == before.UTC().Format(date) {
		return t.Format("15:04")
	}
	return t.Format(date + "15:04")
}
