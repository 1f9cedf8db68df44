package chattest

import (
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

// Harness lets a test act as one person on a platform. What the methods do may show its effect
// later; [Screen.Find] waits for it.
type Harness interface {
	Frontend() chat.Frontend
	Traits() Traits
	// User is the person; lines are typed in that person's private chat.
	User() chat.User
	// Screen records what the person sees.
	Screen() *Screen
	// Type sends a line such as "/market 4090". On a platform with typed options the harness
	// does what its command menu would do with the line.
	Type(line string)
	// Press uses the newest control of that label, or chooses that choice of a menu.
	Press(label string)
	// Answer fills in the value that is asked for: the next field of a form, or the prompt.
	Answer(text string)
	// Abandon leaves the form or prompt.
	Abandon()
	// Forge uses a control that was never shown and carries this data.
	Forge(data string)
	// Reveal taps the hidden text of the newest message that has one.
	Reveal()
	// Sanitized checks all that the front-end gave to the platform for what that platform
	// would take as markup, a mention, or a command to the display.
	Sanitized() error
	// Stop ends the context of Run and returns what Run returned.
	Stop() error
}

// GroupHarness is a harness of a platform with chats that several people read.
type GroupHarness interface {
	Harness
	// TypeInGroup sends a line where others read along.
	TypeInGroup(line string)
	// GroupScreen records what everybody in the group sees.
	GroupScreen() *Screen
}

// Traits are the differences between platforms that the suite has to know.
type Traits struct {
	// Replaces: a replaced or edited message changes in place. Without it a new one appears.
	Replaces bool
	// AsksAgain: after a wrong answer the same value is asked for at once.
	AsksAgain bool
	// FormAtOnce: all missing values are asked for in one form.
	FormAtOnce bool
	// Links: the label of a link or copy control is in sight as a control. Without it both are
	// shown as text.
	Links bool
	// FilesAsText: files are shown as lines of the message, instead of being sent.
	FilesAsText bool
}

// Start starts a front-end with this dispatcher and stops it at the end of the test.
type Start func(t *testing.T, d chat.Dispatcher) Harness
