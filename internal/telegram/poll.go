package telegram

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// fullBatch is how many updates are in an answer of getUpdates at most.
const fullBatch = 100

// poll asks for updates and stores them. When they are more than is read at once, it asks for
// fewer until what waited is done. One that is too large by itself is skipped: it would keep all
// behind it from coming.
func (c *client) poll(req *http.Request, sent []byte) (*http.Response, []byte, error) {
	for {
		resp, body, err := c.exchange(c.limited(req), sent, pollTime+pollMargin, maxUpdates)
		switch {
		case errors.Is(err, errTooLarge) && resp.StatusCode == http.StatusOK && c.limit != 1:
			if c.limit == 0 {
				c.limit = fullBatch
			}
			c.limit = max(1, c.limit/4)
			continue
		case errors.Is(err, errTooLarge) && resp.StatusCode == http.StatusOK:
			id, known := firstUpdate(body)
			if !known {
				return nil, nil, err
			}
			c.inbox.log.Error("an update that is too large was skipped", "update", id)
			body, err = fmt.Appendf(nil, `{"ok":true,"result":[{"update_id":%d}]}`, id), nil
		}
		if err != nil || resp.StatusCode != http.StatusOK {
			return resp, body, err
		}
		body, n, err := c.inbox.filter(req.Context(), body, c.limit)
		if n < c.limit {
			c.limit = 0
		}
		return resp, body, err
	}
}

// limited asks for so many updates only. Telegram takes parameters from the query, too
// (https://core.telegram.org/bots/api#making-requests).
func (c *client) limited(req *http.Request) *http.Request {
	if c.limit == 0 {
		return req
	}
	req = req.Clone(req.Context())
	req.URL.RawQuery = "limit=" + strconv.Itoa(c.limit)
	return req
}

// firstUpdate reads the ID of the first update from the beginning of an answer. Telegram puts it
// before all else in the update; anywhere else it may be something that a person wrote.
func firstUpdate(body []byte) (int64, bool) {
	var a struct {
		ID int64 `json:"update_id"`
	}
	_, list, found := bytes.Cut(body, []byte(`"result":[`))
	head, _, whole := bytes.Cut(list, []byte(","))
	err := json.Unmarshal(append(bytes.Clone(head), '}'), &a)
	return a.ID, found && whole && err == nil && a.ID != 0
}
