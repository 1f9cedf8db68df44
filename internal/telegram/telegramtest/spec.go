package telegramtest

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Spec is the machine-readable specification of the Bot API.
type Spec struct {
	Version string             `json:"version"`
	Methods map[string]*object `json:"methods"`
	Types   map[string]*object `json:"types"`
}

type object struct {
	Name     string   `json:"name"`
	Fields   []*field `json:"fields"`
	Subtypes []string `json:"subtypes"`
}

type field struct {
	Name        string   `json:"name"`
	Types       []string `json:"types"`
	Required    bool     `json:"required"`
	Description string   `json:"description"`
	Enum        []string `json:"enum"`
}

// LoadSpec reads a specification.
func LoadSpec(path string) (*Spec, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var s Spec
	return &s, json.Unmarshal(b, &s)
}

// Check returns what is wrong with a call; form holds the parameters as they were sent.
func (s *Spec) Check(method string, form map[string]string) []string {
	m := s.Methods[method]
	if m == nil {
		return []string{"no method " + method}
	}
	values := map[string]any{}
	var faults []string
	for name, text := range form {
		f := m.field(name)
		if f == nil {
			faults = append(faults, fmt.Sprintf("%s has no parameter %s", method, name))
			continue
		}
		values[name] = fromForm(f.Types, text)
	}
	return append(faults, s.object(method, m, values)...)
}

func (o *object) field(name string) *field {
	i := slices.IndexFunc(o.Fields, func(f *field) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return o.Fields[i]
}

// fromForm reads a parameter: only texts travel without the form of JSON.
func fromForm(types []string, text string) any {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if slices.Contains(types, "String") && !slices.Contains(types, "Integer") {
		return text
	}
	if err := d.Decode(&v); err != nil || d.More() {
		return text
	}
	return v
}

func (s *Spec) object(path string, o *object, values map[string]any) []string {
	var faults []string
	for _, f := range o.Fields {
		if _, given := values[f.Name]; f.Required && !given {
			faults = append(faults, path+" lacks "+f.Name)
		}
	}
	for name, v := range values {
		f := o.field(name)
		if f == nil {
			faults = append(faults, path+" has no field "+name)
			continue
		}
		faults = append(faults, s.value(path+"."+name, f.Types, v)...)
		faults = append(faults, f.limits(path+"."+name, v)...)
	}
	return append(faults, extra(path, o, values)...)
}

// value checks against alternatives, of which one must fit.
func (s *Spec) value(path string, types []string, v any) []string {
	var first []string
	for _, t := range types {
		faults := s.one(path, t, v)
		if len(faults) == 0 {
			return nil
		}
		if first == nil {
			first = faults
		}
	}
	return first
}

func (s *Spec) one(path, kind string, v any) []string {
	wrong := []string{fmt.Sprintf("%s: %T is no %s", path, v, kind)}
	if element, ok := strings.CutPrefix(kind, "Array of "); ok {
		list, ok := v.([]any)
		if !ok {
			return wrong
		}
		var faults []string
		for i, e := range list {
			faults = append(faults, s.one(fmt.Sprintf("%s[%d]", path, i), element, e)...)
		}
		return faults
	}
	var ok bool
	switch kind {
	case "String":
		_, ok = v.(string)
	case "Boolean", "True":
		_, ok = v.(bool)
	case "Integer", "Float":
		var n json.Number
		if n, ok = v.(json.Number); ok && kind == "Integer" {
			_, err := n.Int64()
			ok = err == nil
		}
	default:
		return s.typed(path, kind, v)
	}
	if !ok {
		return wrong
	}
	return nil
}

func (s *Spec) typed(path, kind string, v any) []string {
	o := s.Types[kind]
	values, ok := v.(map[string]any)
	switch {
	case o == nil:
		return []string{path + ": the specification has no type " + kind}
	case len(o.Subtypes) > 0:
		return s.value(path, o.Subtypes, v)
	case !ok:
		return []string{fmt.Sprintf("%s: %T is no %s", path, v, kind)}
	}
	return s.object(path, o, values)
}

var (
	lengths = regexp.MustCompile(`(\d+)-(\d+) (characters|bytes)`)
	between = regexp.MustCompile(`Values between (\d+)-(\d+)`)
	atMost  = regexp.MustCompile(`At most (\d+) commands`)
)

// limits checks what the specification says in words.
func (f *field) limits(path string, v any) []string {
	var faults []string
	text, isText := v.(string)
	if len(f.Enum) > 0 && isText && !slices.Contains(f.Enum, text) {
		faults = append(faults, fmt.Sprintf("%s: %q is none of %v", path, text, f.Enum))
	}
	if m := lengths.FindStringSubmatch(f.Description); m != nil && isText && !strings.Contains(f.Description, " parsing") {
		n := units(text)
		if m[3] == "bytes" {
			n = len(text)
		}
		if n < atoi(m[1]) || n > atoi(m[2]) {
			faults = append(faults, fmt.Sprintf("%s: %d %s, not %s to %s", path, n, m[3], m[1], m[2]))
		}
	}
	if m := between.FindStringSubmatch(f.Description); m != nil {
		if n, ok := v.(json.Number); ok && (atoi(n.String()) < atoi(m[1]) || atoi(n.String()) > atoi(m[2])) {
			faults = append(faults, fmt.Sprintf("%s: %s is not %s to %s", path, n, m[1], m[2]))
		}
	}
	if m := atMost.FindStringSubmatch(f.Description); m != nil {
		if list, ok := v.([]any); ok && len(list) > atoi(m[1]) {
			faults = append(faults, fmt.Sprintf("%s: %d commands", path, len(list)))
		}
	}
	return faults
}

var (
	commandName = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	secretToken = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// extra checks what only the server's source or prose says.
func extra(path string, o *object, values map[string]any) []string {
	text := func(name string) string { s, _ := values[name].(string); return s }
	switch o.Name {
	case "InlineKeyboardButton":
		actions := 0
		for name := range values {
			if !slices.Contains([]string{"text", "style", "icon_custom_emoji_id"}, name) {
				actions++
			}
		}
		if actions != 1 || text("text") == "" {
			return []string{fmt.Sprintf("%s: a button with %d actions and the text %q", path, actions, text("text"))}
		}
	case "BotCommand":
		if !commandName.MatchString(text("command")) {
			return []string{fmt.Sprintf("%s: %q is no name of a command", path, text("command"))}
		}
	case "setWebhook":
		if !secretToken.MatchString(text("secret_token")) {
			return []string{path + ": bad or missing secret_token"}
		}
	}
	return nil
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func units(s string) int {
	n := 0
	for _, r := range s {
		if n++; r >= 0x10000 {
			n++
		}
	}
	return n
}
