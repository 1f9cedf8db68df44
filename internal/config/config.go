// Package config reads the bot's settings: one TOML file, every value also from the environment
// (CLOREBOT_SECTION_KEY), every secret also from a file of its own (key_file). All that is wrong
// is reported at once.
package config

import (
	"time"

	"github.com/clorebot/clorebot/internal/secret"
)

// Config is the whole configuration. Start from [Default].
type Config struct {
	Clore    Clore    `toml:"clore"`
	Telegram Telegram `toml:"telegram"`
	Discord  Discord  `toml:"discord"`
	Terminal Terminal `toml:"terminal"`
	Access   Access   `toml:"access"`
	Storage  Storage  `toml:"storage"`
	Vault    Vault    `toml:"vault"`
	Rental   Rental   `toml:"rental"`
	Health   Health   `toml:"health"`
	Log      Log      `toml:"log"`
}

// Clore is where the marketplace is.
type Clore struct {
	// BaseURL is https, or http on a loopback host (a simulator).
	BaseURL string `toml:"base_url"`
	// MarketAge is how old the shared marketplace list may be before it is read again.
	MarketAge Duration `toml:"market_age"`
}

// Telegram is the Telegram front-end; without a token it is off.
type Telegram struct {
	Token     secret.Text `toml:"token"`
	TokenFile string      `toml:"token_file"`
	// APIURL is a Bot API server of one's own.
	APIURL string `toml:"api_url"`
	// WebhookURL has Telegram deliver updates there; without it they are asked for. TLS is the
	// business of a proxy, behind which WebhookListen is.
	WebhookURL    string `toml:"webhook_url"`
	WebhookListen string `toml:"webhook_listen"`
	// WebhookSecret is shown by Telegram with each update; without one it is derived from the token.
	WebhookSecret     secret.Text `toml:"webhook_secret"`
	WebhookSecretFile string      `toml:"webhook_secret_file"`
}

// Discord is the Discord front-end; without a token it is off.
type Discord struct {
	Token         secret.Text `toml:"token"`
	TokenFile     string      `toml:"token_file"`
	ApplicationID string      `toml:"application_id"`
	// APIURL is a proxy for Discord's REST API.
	APIURL string `toml:"api_url"`
	// PublicKey, in hexadecimal, and Listen have Discord deliver interactions to an HTTP endpoint
	// in place of the gateway. TLS is the business of what stands in front of it.
	PublicKey string `toml:"public_key"`
	Listen    string `toml:"listen"`
	// Shards is the number of connections to the gateway; 0 asks Discord.
	Shards int `toml:"shards"`
}

// Terminal is the front-end on standard input and output. Whoever sits there owns the bot.
type Terminal struct {
	Enabled bool `toml:"enabled"`
}

// Access lists who may use the bot beside its owner, as "platform:id".
type Access struct {
	Owners []string `toml:"owners"`
	Users  []string `toml:"users"`
	// Spaces are Telegram groups and Discord servers whose members may use the bot.
	Spaces []string `toml:"spaces"`
}

// Storage is the data file.
type Storage struct {
	Path string `toml:"path"`
	// MaxSize bounds the data file in MiB; 0 is without a bound.
	MaxSize int `toml:"max_size"`
}

// Vault is the key that seals stored secrets.
type Vault struct {
	// KeyFile is the keyset; it is made at the first start and must not lie in the data folder.
	KeyFile string `toml:"key_file"`
	// Key is the keyset itself, for platforms that hand secrets over in the environment only.
	Key secret.Text `toml:"key"`
}

// Rental holds the waiting times of renting.
type Rental struct {
	// Quarantine is how long an order whose outcome is unknown is looked for before the user
	// is asked. It must exceed the longest time that Clore may take to act on a lost request.
	Quarantine Duration `toml:"quarantine"`
}

// Health is a listener for health checks from elsewhere; without an address there is none.
type Health struct {
	Listen string `toml:"listen"`
}

// Log says what is logged and how, on standard error.
type Log struct {
	Level  string `toml:"level"`  // debug, info, warn, error
	Format string `toml:"format"` // text, json
}

// Duration is a [time.Duration] written as "90s" or "2m".
type Duration time.Duration

// UnmarshalText reads a duration.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}

// MarshalText writes a duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Default returns the settings that hold when nothing is set.
func Default() Config {
	return Config{
		Clore:    Clore{BaseURL: "https://api.clore.ai/v1", MarketAge: Duration(time.Minute)},
		Telegram: Telegram{WebhookListen: "127.0.0.1:8443"},
		Storage:  Storage{Path: "data/clorebot.db", MaxSize: 4096},
		Vault:    Vault{KeyFile: "keys/clorebot.keyset.json"},
		Rental:   Rental{Quarantine: Duration(2 * time.Minute)},
		Log:      Log{Level: "info", Format: "text"},
	}
}
