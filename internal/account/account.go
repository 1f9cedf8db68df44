// Package account holds what the bot keeps of its users: their Clore accounts, SSH keys,
// settings, and who may use the bot at all.
package account

import (
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
)

// ID identifies an account inside the bot. It says nothing of the key.
type ID string

// Account is a Clore API key of a user. The key itself is kept sealed and apart.
type Account struct {
	ID       ID        `json:"id"`
	User     chat.User `json:"user"`
	Label    string    `json:"label"`
	Tail     string    `json:"tail"` // last four characters of the key
	Added    time.Time `json:"added"`
	Rejected time.Time `json:"rejected,omitzero"` // when Clore refused the key; zero while it works
}

// Level is how loudly a kind of alert is delivered.
type Level string

// The levels of alerts.
const (
	On     Level = "on"
	Silent Level = "silent"
	Off    Level = "off"
)

// Quiet is a daily span in which alerts make no sound, in minutes after midnight of Zone.
// It may cross midnight. Equal bounds mean none.
type Quiet struct {
	From  int `json:"from"`
	Until int `json:"until"`
}

// Profile is what a user has set. The zero value of each field means the default.
type Profile struct {
	User     chat.User         `json:"user"`
	Active   ID                `json:"active,omitempty"` // the account that commands use
	Locale   string            `json:"locale,omitempty"`
	Zone     string            `json:"zone,omitempty"` // IANA name for the times shown
	Currency money.Currency    `json:"currency,omitempty"`
	Preset   string            `json:"preset,omitempty"`
	RunFor   *time.Duration    `json:"run_for,omitempty"` // planned time of a rental; 0 is "until I stop it"
	SSHKey   string            `json:"ssh_key,omitempty"` // name of the key to log in with, "" for a password
	Levels   map[string]Level  `json:"levels,omitempty"`  // by event kind
	Quiet    Quiet             `json:"quiet,omitzero"`
	Presets  map[string]Preset `json:"presets,omitempty"`
	SSHKeys  []SSHKey          `json:"ssh_keys,omitempty"`
	// Favourites are the numbers of Clore's servers that the user has starred, newest last.
	Favourites []int64 `json:"favourites,omitempty"`
	// Former are accounts that were removed, newest last, at most MaxFormer: their rentals are still
	// in the history.
	Former []Former `json:"former,omitempty"`
	// WordAbove is the USD planned in all above which a typed word agrees and not a tap; 0 is
	// DefaultWordAbove. A price above its WordHours-th part an hour wants the word, too.
	WordAbove money.Amount `json:"word_above,omitempty"`
}

// The sums of Profile.WordAbove, in USD.
const (
	DefaultWordAbove = 20 * money.Coin
	LeastWordAbove   = money.Coin
	MostWordAbove    = 10_000 * money.Coin
	WordHours        = 20
)

// MaxFormer is how many removed accounts are remembered by name.
const MaxFormer = 20

// Former is what is left of an account that was removed.
type Former struct {
	ID    ID     `json:"id"`
	Label string `json:"label"`
}

// SSHKey is a public key that a user logs in with.
type SSHKey struct {
	Name        string    `json:"name"`
	Line        string    `json:"line"`        // authorized_keys form without options
	Fingerprint string    `json:"fingerprint"` // SHA256:…
	Added       time.Time `json:"added"`
}

// Preset is a way to start a container.
type Preset struct {
	Name    string            `json:"name"`
	Title   string            `json:"title"`
	Image   string            `json:"image"`
	Ports   map[int]string    `json:"ports"` // container port to "tcp" or "http"
	Env     map[string]string `json:"env,omitempty"`
	Command string            `json:"command,omitempty"`
	AutoSSH bool              `json:"auto_ssh,omitempty"`
}

// Role is what a member may do.
type Role string

// The roles of members.
const (
	Owner  Role = "owner"  // may let others in and out
	Member Role = "member" // may use the bot with an own key
)

// Grant lets a user, or everybody in a group or guild, use the bot.
type Grant struct {
	Platform chat.Platform `json:"platform"`
	User     string        `json:"user,omitempty"`
	Space    string        `json:"space,omitempty"`
	Role     Role          `json:"role"`
	At       time.Time     `json:"at"`
}
