package telegram

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-telegram/bot"

	"github.com/clorebot/clorebot/internal/chat"
)

// says reports whether Telegram's words contain one of the parts. There are no codes for most
// refusals, and the words are those of the Bot API server.
func says(err error, parts ...string) bool {
	text := strings.ToLower(err.Error())
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
}

// What Telegram says, in lower case.
const (
	notModified  = "message is not modified"
	badEntities  = "can't parse entities"
	passing      = "bot can't send messages to the user" // seen to go away by itself
	chatNotFound = "chat not found"
)

// topicGone reports a topic of a group that is not there any more.
func topicGone(err error) bool { return says(err, "message thread not found", "topic_deleted") }

// badButton reports buttons that Telegram does not take.
func badButton(err error) bool {
	return says(err, "inline keyboard button", "button_url_invalid", "button_copy_text_invalid", "button_data_invalid", "button_type_invalid")
}

// unreachable are the refusals after which a chat takes nothing until its owner acts.
func unreachable(err error) bool {
	return (errors.Is(err, bot.ErrorForbidden) && !says(err, passing)) || says(err, chatNotFound,
		"user is deactivated", "peer_id_invalid", "have no rights to send", "not enough rights to send",
		"user_is_blocked", "input_user_deactivated", "chat_restricted", "chat_send_plain_forbidden",
		"need administrator rights", "chat_write_forbidden", "topic_closed", "group chat was deactivated", "chat was deleted")
}

// failure turns an error of the library into one that callers act on; nil for success.
func failure(err error) *chat.SendError {
	var many *bot.TooManyRequestsError
	switch {
	case err == nil || says(err, notModified):
		return nil
	case errors.As(err, &many):
		return &chat.SendError{Kind: chat.RateLimited, RetryAfter: seconds(many.RetryAfter), Err: err}
	case unreachable(err):
		return &chat.SendError{Kind: chat.Unreachable, Err: err}
	case errors.Is(err, bot.ErrorBadRequest):
		return &chat.SendError{Kind: chat.Rejected, Err: err}
	default:
		return &chat.SendError{Kind: chat.Transient, Err: err}
	}
}

// seconds reads a retry_after; one that is missing is taken as a second.
func seconds(n int) time.Duration { return time.Duration(max(n, 1)) * time.Second }

// refusedForGood reports an answer that no waiting mends.
func refusedForGood(err error) bool {
	return errors.Is(err, bot.ErrorUnauthorized) || errors.Is(err, bot.ErrorNotFound)
}

// errRefused tells the operator what to do.
var errRefused = errors.New("the server does not accept the bot's token; set the one that @BotFather shows, or mend telegram.api_url")

// sleep waits, and reports false when the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
