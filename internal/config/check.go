package config

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// leastQuarantine is the shortest time after which an order that did not appear may be called missing:
// Clore's list has lagged by longer than a few seconds.
const leastQuarantine = 20 * time.Second

// check returns every [*Problem] of the values.
func (c *Config) check() []error {
	var problems []error
	wrong := func(field, format string, args ...any) {
		problems = append(problems, &Problem{field, fmt.Sprintf(format, args...)})
	}
	checkURL(wrong, "clore.base_url", c.Clore.BaseURL, true)
	checkURL(wrong, "telegram.api_url", c.Telegram.APIURL, false)
	checkURL(wrong, "discord.api_url", c.Discord.APIURL, false)
	c.checkDiscord(wrong)
	if age := time.Duration(c.Clore.MarketAge); age < 5*time.Second || age > 10*time.Minute {
		wrong("clore.market_age", "%v is not between 5s and 10m", age)
	}
	if q := time.Duration(c.Rental.Quarantine); q < leastQuarantine || q > time.Hour {
		wrong("rental.quarantine", "%v is not between %v and 1h", q, leastQuarantine)
	}
	if c.Storage.Path == "" {
		wrong("storage.path", "is empty; the bot needs a data file")
	}
	if c.Storage.MaxSize < 0 {
		wrong("storage.max_size", "%d is negative", c.Storage.MaxSize)
	}
	c.checkWebhook(wrong)
	c.checkVault(wrong)
	c.checkAccess(wrong)
	if c.Health.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Health.Listen); err != nil {
			wrong("health.listen", "%q is not host:port", c.Health.Listen)
		}
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level) {
		wrong("log.level", "%q is none of debug, info, warn, error", c.Log.Level)
	}
	if !slices.Contains([]string{"text", "json"}, c.Log.Format) {
		wrong("log.format", "%q is neither text nor json", c.Log.Format)
	}
	return problems
}

// checkWebhook wants what Telegram accepts: https on one of four ports, and a plain secret.
func (c *Config) checkWebhook(wrong func(string, string, ...any)) {
	t := c.Telegram
	if s := t.WebhookSecret.Reveal(); len(s) > 256 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		wrong("telegram.webhook_secret", "must be at most 256 letters, digits, _ and -")
	}
	if t.WebhookURL == "" {
		return
	}
	u, err := url.Parse(t.WebhookURL)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil ||
		!slices.Contains([]string{"", "443", "80", "88", "8443"}, u.Port()) {
		wrong("telegram.webhook_url", "%q is not https on port 443, 80, 88 or 8443", t.WebhookURL)
	}
	if _, _, err := net.SplitHostPort(t.WebhookListen); err != nil {
		wrong("telegram.webhook_listen", "%q is not host:port", t.WebhookListen)
	}
}

// checkDiscord wants an endpoint whole or not at all.
func (c *Config) checkDiscord(wrong func(string, string, ...any)) {
	d := c.Discord
	if key, err := hex.DecodeString(d.PublicKey); d.PublicKey != "" && (err != nil || len(key) != ed25519.PublicKeySize) {
		wrong("discord.public_key", "must be the 64 hexadecimal digits from the developer portal")
	}
	if (d.PublicKey == "") != (d.Listen == "") {
		wrong("discord.listen", "belongs together with discord.public_key; one of them is empty")
	}
	if d.Listen != "" {
		if _, _, err := net.SplitHostPort(d.Listen); err != nil {
			wrong("discord.listen", "%q is not host:port", d.Listen)
		}
	}
	if d.Shards < 0 || d.Shards > maxShards {
		wrong("discord.shards", "%d is not between 0 and %d", d.Shards, maxShards)
	}
}

// maxShards is far above what one process can serve.
const maxShards = 1024

func (c *Config) checkVault(wrong func(string, string, ...any)) {
	if c.Vault.KeyFile == "" && c.Vault.Key.Empty() {
		wrong("vault.key_file", "is empty, and so is vault.key; stored secrets need one of them")
	}
	if c.Vault.KeyFile != "" && filepath.Dir(c.Vault.KeyFile) == filepath.Dir(c.Storage.Path) {
		wrong("vault.key_file", "lies beside the data file; a copy of that folder would hold both. Put it elsewhere")
	}
}

func (c *Config) checkAccess(wrong func(string, string, ...any)) {
	for field, list := range map[string][]string{
		"access.owners": c.Access.Owners, "access.users": c.Access.Users, "access.spaces": c.Access.Spaces,
	} {
		for _, entry := range list {
			platform, id, _ := strings.Cut(entry, ":")
			number := strings.TrimPrefix(id, "-") // as Telegram's groups have it
			known := slices.Contains([]string{"telegram", "discord", "terminal"}, platform)
			if id == "" || !known || platform != "terminal" && (number == "" || strings.Trim(number, "0123456789") != "") {
				wrong(field, "%q is not like telegram:12345 or discord:12345", entry)
			}
		}
	}
}

// checkURL wants https, or http on a loopback host: over anything else keys travel readable.
func checkURL(wrong func(string, string, ...any), field, text string, required bool) {
	if text == "" {
		if required {
			wrong(field, "is empty")
		}
		return
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		wrong(field, "%q is no URL", text)
	case u.User != nil:
		wrong(field, "must not contain a user name or password")
	case u.Scheme == "https", u.Scheme == "http" && Loopback(u.Hostname()):
	default:
		wrong(field, "%q must be https; http is for this machine only", text)
	}
}

// Loopback reports whether a host name or address means this machine.
func Loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
