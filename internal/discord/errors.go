package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/clorebot/clorebot/internal/chat"
)

// Discord's error codes that mean something here.
const (
	unknownChannel     = 10003
	unknownMessage     = 10008
	unknownUser        = 10013
	unknownWebhook     = 10015
	unknownInteraction = 10062
	tooManyEdits       = 30046
	openingTooFast     = 40003
	acknowledged       = 40060
	missingAccess      = 50001
	dmClosed           = 50007 // since 2026 above all: blocked by the user
	dmNoSharedServer   = 50278 // or its direct messages are switched off
	missingPermissions = 50013
	tokenOver          = 50027
	invalidForm        = 50035
)

// codeOf returns Discord's code of a refusal, 0 for other errors.
func codeOf(err error) int {
	var e *discordgo.RESTError
	if errors.As(err, &e) && e.Message != nil {
		return e.Message.Code
	}
	return 0
}

// statusOf returns the HTTP status of a refusal, 0 for other errors.
func statusOf(err error) int {
	var e *discordgo.RESTError
	if errors.As(err, &e) && e.Response != nil {
		return e.Response.StatusCode
	}
	return 0
}

// sendError sorts the failure of a delivery.
func sendError(err error) *chat.SendError {
	var limit *rateLimited
	switch code, status := codeOf(err), statusOf(err); {
	case errors.As(err, &limit):
		return &chat.SendError{Kind: chat.RateLimited, RetryAfter: limit.wait, Err: limit}
	case code == openingTooFast:
		return &chat.SendError{Kind: chat.RateLimited, RetryAfter: 10 * time.Minute, Err: refusal(err)}
	case code == 0: // not Discord's word but that of something in between, about no chat in particular
		return &chat.SendError{Kind: chat.Transient, Err: refusal(err)}
	case code == unknownMessage, code == tooManyEdits, code == invalidForm, status == http.StatusBadRequest:
		return &chat.SendError{Kind: chat.Rejected, Err: refusal(err)}
	case code == unknownChannel, code == unknownUser, code == missingAccess, closedDirect(code), code == missingPermissions,
		status == http.StatusForbidden, status == http.StatusNotFound:
		return &chat.SendError{Kind: chat.Unreachable, Err: refusal(err)}
	default:
		return &chat.SendError{Kind: chat.Transient, Err: refusal(err)}
	}
}

// closedDirect reports whether a code says that a user takes no direct messages of the bot.
func closedDirect(code int) bool { return code == dmClosed || code == dmNoSharedServer }

// tokenRefused reports whether Discord itself, and nothing in between, refuses the bot's token.
func tokenRefused(err error) bool {
	var e *discordgo.RESTError
	return statusOf(err) == http.StatusUnauthorized && errors.As(err, &e) && e.Message != nil && e.Message.Message != "" &&
		e.Message.Code != tokenOver
}

// refusal returns an error with Discord's code and, for a body that it did not like, the fields;
// not what was in them.
func refusal(err error) error {
	var e *discordgo.RESTError
	if !errors.As(err, &e) {
		return err
	}
	code, text := 0, http.StatusText(statusOf(err))
	if e.Message != nil {
		code, text = e.Message.Code, e.Message.Message
	}
	if code != invalidForm {
		return fmt.Errorf("discord: HTTP %d, code %d: %s", statusOf(err), code, text)
	}
	var body struct {
		Errors map[string]any `json:"errors"`
	}
	_ = json.Unmarshal(e.ResponseBody, &body)
	return fmt.Errorf("discord: HTTP %d, code %d: %s: %s", statusOf(err), code, text, faults("", body.Errors))
}

// faults lists the fields that Discord did not like, as "embeds.0.title BASE_TYPE_MAX_LENGTH".
func faults(path string, node map[string]any) string {
	const most = 400
	var out strings.Builder
	for name, child := range node {
		if list, ok := child.([]any); ok && name == "_errors" {
			for _, one := range list {
				if fault, ok := one.(map[string]any); ok {
					fmt.Fprintf(&out, "%s %v; ", path, fault["code"])
				}
			}
			continue
		}
		if inner, ok := child.(map[string]any); ok {
			out.WriteString(faults(path+"."+name, inner))
		}
	}
	return out.String()[:min(len(out.String()), most)]
}
