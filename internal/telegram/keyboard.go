package telegram

import (
	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// maxButtons is the most buttons that Telegram takes under a message.
const maxButtons = 100

// keyboard makes buttons of controls; nil when there are none. A menu becomes a button a choice.
// A control that Telegram would refuse is left out: the message counts for more.
func keyboard(rows [][]chat.Control) *models.InlineKeyboardMarkup {
	var all [][]models.InlineKeyboardButton
	left := maxButtons
	add := func(row []models.InlineKeyboardButton) {
		row = row[:min(len(row), left)]
		if left -= len(row); len(row) > 0 {
			all = append(all, row)
		}
	}
	for _, controls := range rows {
		var row []models.InlineKeyboardButton
		for _, c := range controls {
			if len(c.Choices) == 0 {
				if b, ok := button(c); ok {
					row = append(row, b)
				}
				continue
			}
			for _, r := range grid(choices(c)) {
				add(r)
			}
		}
		add(row)
	}
	if all == nil {
		return nil
	}
	return &models.InlineKeyboardMarkup{InlineKeyboard: all}
}

func button(c chat.Control) (models.InlineKeyboardButton, bool) {
	b := models.InlineKeyboardButton{Text: label(c.Label), Style: style(c.Style)}
	switch {
	case c.URL != "":
		b.URL = c.URL
		return b, chat.LinkOK(c.URL)
	case c.Copy != "":
		text := chat.Clean(c.Copy)
		b.CopyText = &models.CopyTextButton{Text: text}
		return b, text != "" && units(text) <= chat.MaxCopy
	}
	data, err := c.Action.Encode()
	b.CallbackData = data
	return b, err == nil && data != ""
}

func choices(c chat.Control) []models.InlineKeyboardButton {
	var all []models.InlineKeyboardButton
	for _, choice := range c.Choices {
		b, ok := button(chat.Control{Label: choice.Label, Style: c.Style, Action: c.Chosen(choice)})
		if ok {
			all = append(all, b)
		}
	}
	return all
}

// grid lays buttons out, as many a row as their labels let a telephone show.
func grid(buttons []models.InlineKeyboardButton) [][]models.InlineKeyboardButton {
	longest := 0
	for _, b := range buttons {
		longest = max(longest, units(b.Text))
	}
	width := 1
	switch {
	case longest <= 10:
		width = 4
	case longest <= 16:
		width = 3
	case longest <= 26:
		width = 2
	}
	var rows [][]models.InlineKeyboardButton
	for len(buttons) > 0 {
		n := min(width, len(buttons))
		rows = append(rows, buttons[:n])
		buttons = buttons[n:]
	}
	return rows
}

// label is a button's text on one line; Telegram takes no empty one.
func label(s string) string {
	if s = cut(chat.CleanLine(s), chat.MaxLabel); s == "" {
		return "·"
	}
	return s
}

// style colours a button where it means something.
func style(t chat.Tone) string {
	switch t {
	case chat.Good:
		return "success"
	case chat.Danger:
		return "danger"
	default:
		return ""
	}
}
