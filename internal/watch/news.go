package watch

import (
	"encoding/json"
	"fmt"
)

// MaxTold is how many hits of a look an alert carries. The others are counted.
const MaxTold = 5

// News is what an alert carries of a watch, so that it can be told when the watch is gone.
type News struct {
	Query string `json:"query"`
	Label string `json:"label,omitempty"`
	Total int    `json:"total,omitempty"` // hits of the look; of the whole life when the watch is over
	Hits  []Hit  `json:"hits,omitempty"`  // the first of them
}

// News returns what an alert about a change carries, as JSON.
func (c Change) News() (json.RawMessage, error) {
	n := News{
		Query: c.Watch.Query, Label: c.Watch.Label,
		Total: len(c.Hits), Hits: c.Hits[:min(len(c.Hits), MaxTold)],
	}
	if c.Cause == Expired {
		n.Total = c.Watch.Hits
	}
	b, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("news of a watch: %w", err)
	}
	return b, nil
}

// ReadNews reads what [Change.News] wrote.
func ReadNews(b json.RawMessage) (News, error) {
	var n News
	if err := json.Unmarshal(b, &n); err != nil {
		return News{}, fmt.Errorf("news of a watch: %w", err)
	}
	return n, nil
}
