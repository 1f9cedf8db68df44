package telegram

// Phrases are the few texts of the front-end itself; all others come with the views. Where a
// phrase takes values it says so.
type Phrases struct {
	Failed    string // a command ended without an answer
	Abandoned string // a question was left
	Expired   string // an answer came after the question's deadline
	Late      string // something was done while the bot was away for long
	Closed    string // a button of a question that is no more
	TooLong   string // a line of more than 4096 bytes
	TextOnly  string // a picture or the like, where a text was expected
	Hint      string // a private text that is no command

	Unknown string // %s: the first word of a line that is no command
	Nearest string // %s: the command that may have been meant
	Stale   string // a button of an older version, or a forged one
	NotOurs string // another's question

	NoSecrets  string // %s: the parameter that must not be typed in a line
	Refused    string // what was typed for a command that takes secrets cannot be used
	Deleted    string // the message with a secret was deleted
	NotDeleted string // it could not be deleted
	Leaked     string // a secret was shown to a group

	Moved      string // the answer is in the private chat
	Coming     string // the answer will be in the private chat
	NotStarted string // the bot may not write to this person yet
	Open       string // label of the button that opens the private chat
	Leave      string // label of the button that leaves a question
	Answer     string // placeholder of the field for an answer
	Greeting   string // to a group that the bot was added to
	Anonymous  string // to somebody who writes in the name of a group

	HiddenAgain string // stands for a secret that was hidden again
	Withheld    string // stands for a secret in a message that cannot cover it
	LeftOut     string // %d: the lines of a text that was too long for a message
	In          string // %s: a length of time from now
	Ago         string // %s: a length of time before now
	Now         string
}

// English returns the phrases in English.
func English() Phrases {
	return Phrases{
		Failed:    "Something went wrong here. Nothing was answered; please try again.",
		Abandoned: "Left it. Nothing was done.",
		Expired:   "That took too long, so I did not read the answer. Please start again.",
		Late:      "That came while I was away, so I did nothing about it. If you still want it, please do it again.",
		Closed:    "That question is closed.",
		TooLong:   "That is too long for me: at most 4096 bytes.",
		TextOnly:  "I can only read text. /help lists what I can do.",
		Hint:      "I understand commands, such as /market 4090. /help lists them all.",

		Unknown: "I do not know “%s”.",
		Nearest: "Did you mean /%s?",
		Stale:   "This button is from an older message and does nothing now. Please ask again.",
		NotOurs: "That question was put to somebody else.",

		NoSecrets:  "Please leave %s out of the line: I will ask for it.",
		Refused:    "I cannot use that line. Please leave secrets out of it: I will ask for them.",
		Deleted:    "I deleted your message, so that the secret in it is not left here.",
		NotDeleted: "I could not delete your message. Please delete it yourself: there is a secret in it.",
		Leaked:     "A secret does not belong in a group: others may have read it. Please replace it, and give me the new one in our private chat.",

		Moved:      "Answered in our private chat.",
		Coming:     "I answer in our private chat as soon as Telegram lets me.",
		NotStarted: "I may not write to you yet. Please open our private chat and press Start.",
		Open:       "Open private chat",
		Leave:      "✕ Leave",
		Answer:     "Your answer",
		Greeting:   "Hello. I find and rent GPUs on Clore.ai. /market shows what is free; all that is personal I answer in private.",
		Anonymous:  "I cannot see who you are. Please write as yourself, not as the group.",

		HiddenAgain: "hidden again; /orders shows it",
		Withheld:    "(hidden; /orders shows it)",
		LeftOut:     "… lines left out: %d",
		In:          "in %s",
		Ago:         "%s ago",
		Now:         "now",
	}
}
