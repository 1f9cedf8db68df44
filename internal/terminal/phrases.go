package terminal

import "reflect"

// Phrases are the few texts of the terminal itself; all others come with the views. Where a
// phrase takes values it says so. An empty one is replaced by the English of [English].
type Phrases struct {
	Working   string // shown while a command takes longer than a second
	Failed    string // a command ended without an answer
	Cancelled string // Ctrl-C while a command ran
	Abandoned string // a prompt was left
	Expired   string // an answer came after the prompt's deadline
	TooLong   string // a line of more than 4096 bytes

	Unknown    string // %s: the first word of a line that is no command
	Nearest    string // %s: the command that may have been meant
	Gone       string // %s: the number of a control that is not there
	Stale      string // the control's command exists no longer
	Ambiguous  string // %s: a label of several controls; %s: their numbers
	KeyTyped   string // for a line with what looks like an API key, which was not read
	NoSecrets  string // %s: the parameter that must not be typed in a line
	NoneHidden string // show, when nothing is hidden

	Show       string // label of the control that reveals hidden text
	Save       string // %s: the name of the file that the control saves
	Saved      string // %s: where it was saved
	NotSaved   string // why it could not be saved: %s
	MoreLines  string // %d: the lines of a file that are not shown
	Hidden     string // stands for a secret in the echo of a script
	HowToLeave string // how to leave a prompt

	In  string // %s: a length of time from now
	Ago string // %s: a length of time before now
	Now string
}

// English returns the phrases in English.
func English() Phrases {
	return Phrases{
		Working:   "… working",
		Failed:    "Something went wrong here. Nothing was answered; please try again.",
		Cancelled: "Stopped waiting. What was already sent may still take effect.",
		Abandoned: "Left it. Nothing was done.",
		Expired:   "That took too long, so I did not read the answer. Please start again.",
		TooLong:   "That is too long for me: at most 4096 bytes.",

		Unknown:    "I do not know “%s”.",
		Nearest:    "Did you mean /%s?",
		Gone:       "There is no control %s any more. Plain numbers belong to the newest reply, letters to messages.",
		Stale:      "That control is from an older version and does nothing now. Please ask again.",
		Ambiguous:  "“%s” could be several: %s. Please type the number.",
		KeyTyped:   "That looks like an API key, so I did not read it. /key add asks for one and does not show it.",
		NoSecrets:  "Please leave %s out of the line: I will ask for it and not show it.",
		NoneHidden: "Nothing is hidden there.",

		Show:       "Show",
		Save:       "Save %s",
		Saved:      "Saved as %s.",
		NotSaved:   "It could not be saved: %s. Start me in a folder that I may write to, or make room there.",
		MoreLines:  "… and %d lines more",
		Hidden:     "(hidden)",
		HowToLeave: "/cancel leaves",

		In:  "in %s",
		Ago: "%s ago",
		Now: "now",
	}
}

// filled returns the phrases with English in place of the empty ones.
func (p Phrases) filled() Phrases {
	given, english := reflect.ValueOf(&p).Elem(), reflect.ValueOf(English())
	for i := range given.NumField() {
		if given.Field(i).String() == "" {
			given.Field(i).Set(english.Field(i))
		}
	}
	return p
}
