package notify

import (
	"context"
	"errors"
	"log/slog"
	"sync"
)

// outageLog logs an error when it begins, when it changes and when it is over, and not each time
// that it is met.
type outageLog struct {
	log  *slog.Logger
	what string

	mu   sync.Mutex
	last string
}

func (l *outageLog) note(err error) {
	text := ""
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return // we are told to stop: nothing is wrong
		}
		text = err.Error()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if text == l.last {
		return
	}
	l.last = text
	if err != nil {
		l.log.Error("something fails", "what", l.what, "err", err)
	} else {
		l.log.Info("it works again", "what", l.what)
	}
}
