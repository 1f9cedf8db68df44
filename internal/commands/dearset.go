package commands

import (
	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
)

// wordText says from which sums on a word is asked for.
func wordText(a *ask) string {
	most := a.wordAbove()
	return a.S("settings.word.value", "Sum", a.Amount(most), "Hour", a.Amount(most/account.WordHours))
}

func offerWords(a *ask) []chat.Choice {
	var out []chat.Choice
	for _, usd := range []string{"5", "10", "20", "50", "100", "250"} {
		out = append(out, chat.Choice{Label: a.S("settings.word.choice", "Sum", usd), Value: usd})
	}
	return out
}

// setWord sets the USD planned in all above which a word is asked for; the price an hour is a part
// of it.
func (c *Commands) setWord(a *ask, p *account.Profile, value string) error {
	usd, err := money.Parse(value)
	if err != nil || usd < account.LeastWordAbove || usd > account.MostWordAbove {
		return c.wrong("settings.bad_word", "Value", clip(value, maxLabel),
			"Least", a.Amount(account.LeastWordAbove), "Most", a.Amount(account.MostWordAbove))
	}
	p.WordAbove = usd
	return nil
}
