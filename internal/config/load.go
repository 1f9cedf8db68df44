package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/clorebot/clorebot/internal/secret"
)

// maxFile bounds the configuration and secret files.
const maxFile = 1 << 20

// Problem is one thing that is wrong with the configuration.
type Problem struct {
	Field  string // "clore.base_url"
	Reason string // what is wrong and what would be right; without secrets
}

// Error implements error.
func (p *Problem) Error() string { return p.Field + ": " + p.Reason }

// Load reads the file at path over the defaults, then the environment, then the files that
// secrets are kept in, and checks the whole. An empty path means no file. The error joins every
// [*Problem] found.
func Load(path string, environ []string) (Config, error) {
	c := Default()
	var problems []error
	if path != "" {
		if err := decodeFile(path, &c); err != nil {
			problems = append(problems, err)
		}
	}
	problems = append(problems, applyEnv(&c, environ)...)
	problems = append(problems, readSecretFiles(&c)...)
	problems = append(problems, c.check()...)
	return c, errors.Join(problems...)
}

func decodeFile(path string, c *Config) error {
	text, err := readCapped(path)
	if err != nil {
		return &Problem{"config file", err.Error()}
	}
	meta, err := toml.Decode(text, c)
	var syntax toml.ParseError
	switch {
	case errors.As(err, &syntax):
		return &Problem{"config file", fmt.Sprintf("%s line %d: %s", path, syntax.Position.Line, syntax.Message)}
	case err != nil:
		return &Problem{"config file", err.Error()}
	}
	var unknown []error
	for _, key := range meta.Undecoded() {
		unknown = append(unknown, &Problem{key.String(), "no such setting; config.example.toml names them all"})
	}
	return errors.Join(unknown...)
}

func readCapped(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("%s is larger than 1 MiB", path)
	}
	return string(b), err
}

// readSecretFiles fills secrets from their *_file twins.
func readSecretFiles(c *Config) []error {
	var problems []error
	for _, twin := range []struct {
		field, file string
		into        *secret.Text
	}{
		{"telegram.token", c.Telegram.TokenFile, &c.Telegram.Token},
		{"telegram.webhook_secret", c.Telegram.WebhookSecretFile, &c.Telegram.WebhookSecret},
		{"discord.token", c.Discord.TokenFile, &c.Discord.Token},
	} {
		if twin.file == "" {
			continue
		}
		if !twin.into.Empty() {
			problems = append(problems, &Problem{twin.field, "set here and by " + twin.field + "_file; keep one"})
			continue
		}
		text, err := readCapped(twin.file)
		if err != nil {
			problems = append(problems, &Problem{twin.field + "_file", err.Error()})
			continue
		}
		*twin.into = secret.New(strings.TrimSpace(text))
	}
	return problems
}
