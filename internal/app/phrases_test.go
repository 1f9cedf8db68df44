package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/discord"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/terminal"
	"github.com/clorebot/clorebot/internal/words"
)

// TestPhrases holds the catalogue's English against what the front-ends say without one.
func TestPhrases(t *testing.T) {
	c, err := words.New()
	if err != nil {
		t.Fatal(err)
	}
	p := c.In("en")
	for _, diff := range []string{
		cmp.Diff(terminal.English(), terminalPhrases(p)),
		cmp.Diff(telegram.English(), telegramPhrases(p)),
		cmp.Diff(discord.English(), discordPhrases(p)),
	} {
		if diff != "" {
			t.Error(diff)
		}
	}
}
