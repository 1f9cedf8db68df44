package discord

import "reflect"

// Phrases are the few texts of the Discord front-end itself; all others come with the views.
// Where a phrase takes values it says so. An empty one is replaced by the English of [English].
type Phrases struct {
	Unknown  string // a command that is no longer there
	Stale    string // a control or form that means nothing any more
	NotYours string // a control of somebody else's message was pressed
	Busy     string // too much of one person waits
	Failed   string // a command ended without an answer
	Done     string // a command ended with nothing to show
	Again    string // label: open the form again
	More     string // label: open the next form
	MoreText string // a form was filled in, and more is asked
	Choose   string // placeholder of a menu
	Other    string // label: type what the menu does not have
	Private  string // to somebody who may not use the bot
	Share    string // describes the option that shows the answer to everybody
	Closed   string // direct messages are closed, and what to do about it
	// Interrupted: a crash, or a fault of the network, came between a request and its answer.
	Interrupted string
}

// English returns the phrases in English.
func English() Phrases {
	return Phrases{
		Unknown:  "I do not know that command. Discord may show an old list; please try again in a minute.",
		Stale:    "That control is from an older message and does nothing now. Please ask again.",
		NotYours: "That belongs to somebody else. Run the command yourself to get your own.",
		Busy:     "One thing at a time, please: several of your requests are still running.",
		Failed:   "Something went wrong here. Please try again.",
		Done:     "Done.",
		Again:    "Fill in again",
		More:     "Go on",
		MoreText: "I need to know a little more.",
		Choose:   "Choose",
		Other:    "Something else…",
		Private:  "This bot is private. Its owner can let you in.",
		Share:    "Show the answer to everybody here",
		Closed: "I cannot send you direct messages, so alerts and SSH details wait here. To get them, open the " +
			"privacy settings of a server that we share and allow direct messages from its members, or write " +
			"to me directly; if you have blocked me, unblock me. Then run any command.",
		Interrupted: "Something came between your request and my answer, so it may have been done or not. Please look, " +
			"for example with /orders, before you repeat it.",
	}
}

// phrases returns the front-end's own texts in the language of a client.
func (f *Frontend) phrases(locale string) Phrases { return f.o.Phrases(locale).filled() }

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
