package telegram

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"

	"github.com/go-telegram/bot/models"
)

// inbox stands between Telegram and the library: it writes updates down before they are confirmed.
type inbox struct {
	store    Inbox
	bot      int64
	log      *slog.Logger
	relevant func(*models.Update) bool
	// heard is told of every answer: whether there may be more behind it, and which updates are new.
	heard func(ctx context.Context, more bool, fresh []int64)
}

// answer is the frame of every answer of the Bot API.
type answer struct {
	OK     bool              `json:"ok"`
	Result []json.RawMessage `json:"result"`
}

// filter stores the updates in an answer of getUpdates, and returns the answer with bare IDs in
// place of those that are known already, concern nobody, or cannot be decoded: the library
// needs the IDs to go on. It also returns how many there are. At most limit were asked for, 0 for
// all.
func (i *inbox) filter(ctx context.Context, body []byte, limit int) ([]byte, int, error) {
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", errNotTelegram, err)
	}
	if len(a.Result) == 0 {
		i.heard(ctx, false, nil)
		return body, 0, nil
	}
	ids := make([]int64, len(a.Result))
	var good []Update
	for n, raw := range a.Result {
		u, id := i.decode(raw)
		if ids[n] = id; u != nil && i.relevant(u) {
			good = append(good, Update{ID: id, Raw: raw})
		}
	}
	fresh, err := i.store.Admit(ctx, i.bot, good)
	if err != nil {
		return nil, 0, fmt.Errorf("inbox: %w", err)
	}
	i.heard(ctx, len(ids) >= cmp.Or(limit, fullBatch), fresh)
	for n, id := range ids {
		if !slices.Contains(fresh, id) {
			a.Result[n] = fmt.Appendf(nil, `{"update_id":%d}`, id)
		}
	}
	body, err = json.Marshal(a)
	return body, len(ids), err
}

// decode reads an update, or only its ID when the library cannot read the rest.
func (i *inbox) decode(raw []byte) (*models.Update, int64) {
	var u models.Update
	err := json.Unmarshal(raw, &u)
	if err == nil {
		return &u, u.ID
	}
	var bare struct {
		ID int64 `json:"update_id"`
	}
	if json.Unmarshal(raw, &bare) != nil {
		i.log.Warn("an update without an ID was skipped")
		return nil, 0
	}
	i.log.Warn("an update of an unknown kind was skipped", "update", bare.ID, "err", err)
	return nil, bare.ID
}
