package storage

import (
	"context"
	"strconv"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/telegram"
)

func botUser(bot int64) chat.User {
	return chat.User{Platform: chat.Telegram, ID: strconv.FormatInt(bot, 10)}
}

// Admit implements [telegram.Inbox].
func (s *Store) Admit(ctx context.Context, bot int64, all []telegram.Update) (fresh []int64, err error) {
	arrivals := make([]arrival, len(all))
	for i, u := range all {
		arrivals[i] = arrival{uint64(u.ID), u.Raw}
	}
	numbers, err := s.admit(ctx, botUser(bot), telegram.KeepUpdates, arrivals)
	for _, n := range numbers {
		fresh = append(fresh, int64(n))
	}
	return fresh, err
}

// Answered implements [telegram.Inbox].
func (s *Store) Answered(ctx context.Context, bot, id int64) error {
	return s.answered(ctx, botUser(bot), uint64(id))
}

// Waiting implements [telegram.Inbox].
func (s *Store) Waiting(ctx context.Context, bot int64) (all []telegram.Update, err error) {
	arrivals, err := s.waiting(ctx, botUser(bot))
	for _, a := range arrivals {
		all = append(all, telegram.Update{ID: int64(a.id), Raw: a.raw})
	}
	return all, err
}
