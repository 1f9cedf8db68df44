package telegramtest_test

import (
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// TestCheck shows that the fake would notice: each of these was once sent by somebody's bot.
func TestCheck(t *testing.T) {
	spec, err := telegramtest.LoadSpec("../../../../shared/contracts/telegram-api.json")
	if err != nil {
		t.Skipf("the Bot API's specification is not here: %v", err)
	}
	button := func(rest string) map[string]string {
		return map[string]string{"chat_id": "1", "text": "x", "reply_markup": `{"inline_keyboard":[[{"text":"b"` + rest + `}]]}`}
	}
	for name, c := range map[string]struct {
		method string
		form   map[string]string
		bad    bool
	}{
		"good":                {"sendMessage", map[string]string{"chat_id": "-1001", "text": "x", "parse_mode": "HTML"}, false},
		"good button":         {"sendMessage", button(`,"callback_data":"a","style":"danger"`), false},
		"65 bytes":            {"sendMessage", button(`,"callback_data":"` + strings.Repeat("a", 65) + `"`), true},
		"no action":           {"sendMessage", button(""), true},
		"two actions":         {"sendMessage", button(`,"callback_data":"a","url":"https://x.y"`), true},
		"unknown style":       {"sendMessage", button(`,"callback_data":"a","style":"red"`), true},
		"long copy":           {"sendMessage", button(`,"copy_text":{"text":"` + strings.Repeat("c", 257) + `"}`), true},
		"null keyboard":       {"sendMessage", map[string]string{"chat_id": "1", "text": "x", "reply_markup": `{"inline_keyboard":null}`}, true},
		"null markup":         {"sendMessage", map[string]string{"chat_id": "1", "text": "x", "reply_markup": `null`}, true},
		"misspelt":            {"sendMessage", map[string]string{"chat_id": "1", "txt": "x"}, true},
		"no text":             {"sendMessage", map[string]string{"chat_id": "1"}, true},
		"unknown mode":        {"sendMessage", map[string]string{"chat_id": "1", "text": "x", "parse_mode": "Html"}, true},
		"unknown reply field": {"sendMessage", map[string]string{"chat_id": "1", "text": "x", "reply_parameters": `{"message_id":1,"allow":true}`}, true},
		"message id":          {"editMessageText", map[string]string{"chat_id": "1", "message_id": "x", "text": "x"}, true},
		"command":             {"setMyCommands", map[string]string{"commands": `[{"command":"BAD NAME","description":"x"}]`}, true},
		"description":         {"setMyCommands", map[string]string{"commands": `[{"command":"a","description":""}]`}, true},
		"long notice":         {"answerCallbackQuery", map[string]string{"callback_query_id": "1", "text": strings.Repeat("n", 201)}, true},
		"webhook secret":      {"setWebhook", map[string]string{"url": "https://x", "secret_token": "a b"}, true},
		"webhook connections": {"setWebhook", map[string]string{"url": "https://x", "secret_token": "a", "max_connections": "101"}, false}, // in words only
		"method":              {"sendMassage", map[string]string{}, true},
	} {
		if faults := spec.Check(c.method, c.form); (len(faults) > 0) != c.bad {
			t.Errorf("%s: %q", name, faults)
		}
	}
}
