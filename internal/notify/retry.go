package notify

import "time"

// RetryAt returns when a delivery is tried again after so many failed attempts: soon at first,
// and every half hour in the end. It is pure: the jitter of a tenth comes from its arguments.
func RetryAt(now time.Time, attempts int) time.Time {
	waits := [...]time.Duration{
		time.Second, 5 * time.Second, 15 * time.Second,
		time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	}
	wait := waits[min(max(attempts, 1), len(waits))-1]
	return now.Add(jitter(wait, uint64(now.UnixNano())+uint64(attempts)))
}

// jitter moves a span by up to a tenth, by a number that should differ from case to case.
func jitter(d time.Duration, seed uint64) time.Duration {
	const steps = 2001
	return d + d/10*time.Duration(int64(mix(seed)%steps)-steps/2)/(steps/2)
}

// mix spreads a number over all bits (the finalizer of MurmurHash3).
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
