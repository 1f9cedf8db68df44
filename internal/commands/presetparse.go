package commands

import (
	"regexp"
	"strconv"
	"strings"
)

// Bounds of presets.
const (
	maxPresets = 20
	// shownPresets are described one by one; the menu has all.
	shownPresets = 10
	maxImage     = 200
	maxPorts     = 10
	maxEnv       = 32
	maxCommand   = 3000
)

// checkImage refuses names that Clore cannot pull. It takes Docker Hub's short names; the long
// form with "docker.io/" makes the pull hang.
func (c *Commands) checkImage(image string) (string, error) {
	image = strings.TrimPrefix(strings.TrimPrefix(image, "index.docker.io/"), "docker.io/")
	shape := regexp.MustCompile(`^([a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?/)?[a-z0-9]+([._-]+[a-z0-9]+)*` +
		`(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?$`)
	if len(image) > maxImage || !shape.MatchString(image) {
		return "", c.wrong("preset.bad_image")
	}
	return image, nil
}

// readPorts reads "22, 8888:http": a bare port is TCP. At most one may be http.
func (c *Commands) readPorts(text string) (map[int]string, error) {
	ports := map[int]string{}
	web := 0
	for _, word := range fields(text) {
		number, kind, _ := strings.Cut(strings.ReplaceAll(word, "/", ":"), ":")
		n, err := strconv.Atoi(number)
		if kind == "" {
			kind = "tcp"
		}
		if kind == "http" {
			web++
		}
		if err != nil || n < 1 || n > 65535 || (kind != "tcp" && kind != "http") {
			return nil, c.wrong("preset.bad_port", "Port", clip(word, maxLabel))
		}
		ports[n] = kind
	}
	switch {
	case web > 1:
		return nil, c.wrong("preset.two_http")
	case len(ports) > maxPorts:
		return nil, c.wrong("preset.many_ports", "Max", maxPorts)
	case len(ports) == 0:
		ports[22] = "tcp"
	}
	return ports, nil
}

// fields splits at commas and spaces.
func fields(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })
}

// readEnv reads "NAME=value, OTHER=value". Clore refuses values with "&" without a reason, and
// others that a shell would read are not safe either.
func (c *Commands) readEnv(text string) (map[string]string, error) {
	name := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)
	env := map[string]string{}
	for _, word := range fields(text) {
		key, value, ok := strings.Cut(word, "=")
		if !ok || !name.MatchString(key) {
			return nil, c.wrong("preset.bad_env", "Word", clip(key, maxLabel))
		}
		if !safeEnv(value) {
			return nil, c.wrong("preset.bad_value", "Name", key)
		}
		env[key] = value
	}
	if len(env) > maxEnv {
		return nil, c.wrong("preset.many_env", "Max", maxEnv)
	}
	return env, nil
}

func safeEnv(value string) bool {
	if len(value) > 1024 || strings.ContainsAny(value, "&<>|;`\"'\\") {
		return false
	}
	for _, c := range []byte(value) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
