package clore

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clorebot/clorebot/internal/money"
)

// Limits of what Clore takes; the ones of env and command are ours, Clore names none.
const (
	maxSecret   = 32
	maxSSHKey   = 3072
	maxIssue    = 2048
	maxImage    = 255
	maxCommand  = 4 << 10
	maxEnv      = 4 << 10 // bytes of all keys and values
	maxEnvKeys  = 64
	maxHTTP     = 1
	maxPorts    = 64
	maxHostName = 128
)

// check returns the first thing that Clore would refuse, choke on or misunderstand.
func (r *OrderRequest) check() error {
	for _, err := range []*InputError{
		r.checkTerms(),
		checkImage(r.Image),
		checkPorts(r.Ports),
		checkEnv(r.Env),
		checkCommand(r.Command),
		checkSSHKey(r.SSHKey),
		checkSecret("ssh_password", r.SSHPassword),
		checkSecret("jupyter_token", r.JupyterToken),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *OrderRequest) checkTerms() *InputError {
	switch {
	case r.Server <= 0:
		return &InputError{"renting_server", "no server number"}
	case r.Kind != OnDemand && r.Kind != Spot:
		return &InputError{"type", "neither on-demand nor spot"}
	case !payable(r.Currency):
		return &InputError{"currency", "not a currency that Clore takes"}
	case r.Kind == Spot && r.Bid <= 0:
		return &InputError{"spotprice", "a spot order needs a bid"}
	case r.Kind == OnDemand && r.Bid != 0:
		return &InputError{"spotprice", "an on-demand order has no bid"}
	case r.Limit < 0:
		return &InputError{"required_price", "must not be negative"}
	default:
		return nil
	}
}

func payable(c money.Currency) bool {
	return c == money.BTC || c == money.CLORE || c == money.USD
}

// checkImage refuses what no registry has, and the prefix with which Clore's hosts pull for ever.
func checkImage(s string) *InputError {
	switch {
	case s == "":
		return &InputError{"image", "no image"}
	case len(s) > maxImage:
		return &InputError{"image", "longer than 255 characters"}
	case strings.HasPrefix(s, "docker.io/"):
		return &InputError{"image", "leave out docker.io/: hosts hang on it"}
	case !only(s, "-._/:@+"):
		return &InputError{"image", "has characters that no image name has"}
	case !alphanumeric(s[0]):
		return &InputError{"image", "must begin with a letter or a digit"}
	default:
		return nil
	}
}

// only reports whether s has nothing but ASCII letters, digits and the extra characters.
func only(s, extra string) bool {
	for _, c := range []byte(s) {
		if !alphanumeric(c) && strings.IndexByte(extra, c) < 0 {
			return false
		}
	}
	return true
}

func checkPorts(ports map[int]string) *InputError {
	if len(ports) > maxPorts {
		return &InputError{"ports", "more than 64"}
	}
	web := 0
	for p, protocol := range ports {
		switch {
		case p < 1 || p > 65535:
			return &InputError{"ports", "a port is a number from 1 to 65535"}
		case protocol == "http":
			web++
		case protocol != "tcp":
			return &InputError{"ports", "a port is tcp or http"}
		}
	}
	if web > maxHTTP {
		return &InputError{"ports", "only one port can be http"}
	}
	return nil
}

// checkEnv is strict because Clore answers an & in a value with code 1, which would leave the
// outcome of the order unknown.
func checkEnv(env map[string]string) *InputError {
	if len(env) > maxEnvKeys {
		return &InputError{"env", "more than 64 variables"}
	}
	size := 0
	for k, v := range env {
		size += len(k) + len(v)
		if k == "" || !only(k, "_") || k[0] >= '0' && k[0] <= '9' {
			return &InputError{"env", "a name has letters, digits and _, and no digit first"}
		}
		for _, c := range []byte(v) {
			if c < ' ' || c > '~' || strings.IndexByte("&<>|;`\"'\\", c) >= 0 {
				return &InputError{"env", "a value has a character that Clore chokes on"}
			}
		}
	}
	if size > maxEnv {
		return &InputError{"env", "more than 4 kB in all"}
	}
	return nil
}

func checkCommand(s string) *InputError {
	switch {
	case len(s) > maxCommand:
		return &InputError{"command", "longer than 4 kB"}
	case !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0:
		return &InputError{"command", "is not text"}
	default:
		return nil
	}
}

func checkSecret(field, s string) *InputError {
	switch {
	case len(s) > maxSecret:
		return &InputError{field, "longer than 32 characters"}
	case !only(s, ""):
		return &InputError{field, "only letters and digits"}
	default:
		return nil
	}
}

// checkSSHKey looks whether s is one line of the authorized_keys form: a type, its base64 that
// begins with the same type, and perhaps a comment.
func checkSSHKey(s string) *InputError {
	if s == "" {
		return nil
	}
	bad := &InputError{"ssh_key", "not an OpenSSH public key"}
	parts := strings.Fields(s)
	switch {
	case len(s) > maxSSHKey:
		return &InputError{"ssh_key", "longer than 3072 characters"}
	case strings.Contains(s, "PRIVATE KEY"):
		return &InputError{"ssh_key", "this is a private key; keep it to yourself"}
	case len(parts) < 2 || !utf8.ValidString(s) || strings.ContainsAny(s, "\r\n\x00"):
		return bad
	}
	blob, err := base64.StdEncoding.DecodeString(parts[1])
	if err != nil || len(blob) < 4 {
		return bad
	}
	n := binary.BigEndian.Uint32(blob)
	if uint64(n) > uint64(len(blob)-4) || string(blob[4:4+n]) != parts[0] || len(blob) == int(4+n) {
		return bad
	}
	return nil
}

func checkCancel(id OrderID, issue string) error {
	switch {
	case id <= 0:
		return &InputError{"id", "no order number"}
	case !utf8.ValidString(issue):
		return &InputError{"issue", "is not text"}
	case utf8.RuneCountInString(issue) > maxIssue:
		return &InputError{"issue", "longer than 2048 characters"}
	default:
		return nil
	}
}

func checkName(name, field string) error {
	if name == "" || len(name) > maxHostName || clean(name, maxHostName) != name {
		return &InputError{field, "not the name of a server"}
	}
	return nil
}

func (s *ServerSettings) check() error {
	if err := checkName(s.Name, "name"); err != nil {
		return err
	}
	switch {
	case s.MaxRental < time.Hour || s.MaxRental > longestRental || s.MaxRental%time.Hour != 0:
		return &InputError{"mrl", "whole hours, at least one"}
	case len(s.OnDemand)+len(s.SpotFloor) == 0:
		return &InputError{"pricing", "no price"}
	}
	for _, p := range []Prices{s.OnDemand, s.SpotFloor} {
		for _, m := range p {
			if m.Amount <= 0 || !payable(m.Currency) {
				return &InputError{"pricing", "a price is more than zero, in a currency of Clore"}
			}
		}
	}
	return nil
}
