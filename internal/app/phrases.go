package app

import (
	"github.com/clorebot/clorebot/internal/discord"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/terminal"
	"github.com/clorebot/clorebot/internal/words"
)

// The front-ends have few texts of their own. They come from the catalogue, like all others.

func terminalPhrases(p *words.Printer) terminal.Phrases {
	return terminal.Phrases{
		Working:    p.S("terminal.working"),
		Failed:     p.S("terminal.failed"),
		Cancelled:  p.S("terminal.cancelled"),
		Abandoned:  p.S("terminal.abandoned"),
		Expired:    p.S("terminal.expired"),
		TooLong:    p.S("terminal.too_long"),
		Unknown:    p.S("terminal.unknown"),
		Nearest:    p.S("terminal.nearest"),
		Gone:       p.S("terminal.gone"),
		Stale:      p.S("terminal.stale"),
		Ambiguous:  p.S("terminal.ambiguous"),
		KeyTyped:   p.S("terminal.key_typed"),
		NoSecrets:  p.S("terminal.no_secrets"),
		NoneHidden: p.S("terminal.none_hidden"),
		Show:       p.S("terminal.show"),
		Save:       p.S("terminal.save"),
		Saved:      p.S("terminal.saved"),
		NotSaved:   p.S("terminal.not_saved"),
		MoreLines:  p.S("terminal.more_lines"),
		Hidden:     p.S("terminal.hidden"),
		HowToLeave: p.S("terminal.how_to_leave"),
		In:         p.S("terminal.in"),
		Ago:        p.S("terminal.ago"),
		Now:        p.S("terminal.now"),
	}
}

func telegramPhrases(p *words.Printer) telegram.Phrases {
	return telegram.Phrases{
		Failed:      p.S("telegram.failed"),
		Abandoned:   p.S("telegram.abandoned"),
		Expired:     p.S("telegram.expired"),
		Late:        p.S("telegram.late"),
		Closed:      p.S("telegram.closed"),
		TooLong:     p.S("telegram.too_long"),
		TextOnly:    p.S("telegram.text_only"),
		Hint:        p.S("telegram.hint"),
		Unknown:     p.S("telegram.unknown"),
		Nearest:     p.S("telegram.nearest"),
		Stale:       p.S("telegram.stale"),
		NotOurs:     p.S("telegram.not_ours"),
		NoSecrets:   p.S("telegram.no_secrets"),
		Refused:     p.S("telegram.refused"),
		Deleted:     p.S("telegram.deleted"),
		NotDeleted:  p.S("telegram.not_deleted"),
		Leaked:      p.S("telegram.leaked"),
		Moved:       p.S("telegram.moved"),
		Coming:      p.S("telegram.coming"),
		NotStarted:  p.S("telegram.not_started"),
		Open:        p.S("telegram.open"),
		Leave:       p.S("telegram.leave"),
		Answer:      p.S("telegram.answer"),
		Greeting:    p.S("telegram.greeting"),
		Anonymous:   p.S("telegram.anonymous"),
		HiddenAgain: p.S("telegram.hidden_again"),
		Withheld:    p.S("telegram.withheld"),
		LeftOut:     p.S("telegram.left_out"),
		In:          p.S("telegram.in"),
		Ago:         p.S("telegram.ago"),
		Now:         p.S("telegram.now"),
	}
}

func discordPhrases(p *words.Printer) discord.Phrases {
	return discord.Phrases{
		Unknown:  p.S("discord.unknown"),
		Stale:    p.S("discord.stale"),
		NotYours: p.S("discord.not_yours"),
		Busy:     p.S("discord.busy"),
		Failed:   p.S("discord.failed"),
		Done:     p.S("discord.done"),
		Again:    p.S("discord.again"),
		More:     p.S("discord.more"),
		MoreText: p.S("discord.more_text"),
		Choose:   p.S("discord.choose"),
		Other:    p.S("discord.other"),
		Private:  p.S("discord.private"),
		Share:    p.S("discord.share"),
		Closed:   p.S("discord.closed"),

		Interrupted: p.S("discord.interrupted"),
	}
}
