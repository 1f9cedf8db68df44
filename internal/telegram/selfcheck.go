package telegram

import (
	"context"
	"fmt"
)

// Check asks Telegram whether it takes the token and returns the bot's user name. It needs no Run.
// The error is in words for the operator and never holds the token.
func (f *Frontend) Check(ctx context.Context) (username string, err error) {
	me, err := f.bot.GetMe(ctx)
	switch {
	case err == nil:
		return me.Username, nil
	case refusedForGood(err):
		return "", fmt.Errorf("%w: %w", errRefused, err)
	default:
		return "", fmt.Errorf("Telegram is not reached: %w", err) //nolint:staticcheck // a name
	}
}
