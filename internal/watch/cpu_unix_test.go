//go:build unix

package watch_test

import (
	"syscall"
	"time"
)

// cpu returns the processor time that the process has used. On a busy machine it says more than
// the clock on the wall.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
