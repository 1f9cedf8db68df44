package terminal

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	defaultWait = 5 * time.Minute
	longestWait = 24 * time.Hour
)

// errWait is a wait that a script wrote wrongly.
var errWait = errors.New(`wait wants "wait TIME" or "wait TOPIC [TIME]"`)

// topics counts which views were shown. Each one satisfies one wait, so that a script may wait
// for what has come already and then for the next of its kind.
type topics struct {
	seen    map[string]int
	changed chan struct{} // closed when something new was shown
}

func newTopics() topics { return topics{map[string]int{}, make(chan struct{})} }

// saw counts a view. A new message counts, an edit only when its topic is another than before.
func (t *topics) saw(topic string) {
	if topic == "" {
		return
	}
	t.seen[topic]++
	close(t.changed)
	t.changed = make(chan struct{})
}

// wait serves the wait lines of scripts.
func (t *Terminal) wait(ctx context.Context, words []string) error {
	if len(words) == 1 {
		if d, err := time.ParseDuration(words[0]); err == nil {
			return sleep(ctx, d)
		}
	}
	limit := defaultWait
	if len(words) == 2 {
		d, err := time.ParseDuration(words[1])
		if err != nil {
			return errWait
		}
		limit = d
	}
	if len(words) == 0 || len(words) > 2 || limit <= 0 || limit > longestWait {
		return errWait
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := t.await(limited, words[0])
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("not within %s", limit)
	}
	if err != nil {
		return fmt.Errorf("wait %s: %w", words[0], err)
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if d < 0 || d > longestWait {
		return errWait
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (t *Terminal) await(ctx context.Context, topic string) error {
	if topic == "idle" {
		if t.options.Settled == nil {
			return nil
		}
		return t.options.Settled(ctx)
	}
	for {
		t.mu.Lock()
		if t.topics.seen[topic] > 0 {
			t.topics.seen[topic]--
			t.mu.Unlock()
			return nil
		}
		changed := t.topics.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
