package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

const prefix = "CLOREBOT_"

// applyEnv sets every field whose variable is in the environment. A variable with our prefix
// that names no field is a problem: it is most likely a misspelt setting. CLOREBOT_CONFIG is
// the command line's.
func applyEnv(c *Config, environ []string) []error {
	values := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, prefix) && name != prefix+"CONFIG" {
			values[name] = value
		}
	}
	var problems []error
	eachField(c, func(path string, field reflect.Value) {
		name := EnvName(path)
		value, set := values[name]
		if !set {
			return
		}
		delete(values, name)
		if err := setField(field, value); err != nil {
			problems = append(problems, &Problem{path, fmt.Sprintf("%s: %v", name, err)})
		}
	})
	for name := range values {
		problems = append(problems, &Problem{name, "no setting has this name"})
	}
	return problems
}

// EnvName returns the environment variable of a setting: "clore.base_url" is
// CLOREBOT_CLORE_BASE_URL.
func EnvName(path string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// eachField calls fn for every setting with its path, "section.key".
func eachField(c *Config, fn func(path string, field reflect.Value)) {
	sections := reflect.ValueOf(c).Elem()
	for i := range sections.NumField() {
		section := sections.Field(i)
		name := sections.Type().Field(i).Tag.Get("toml")
		for j := range section.NumField() {
			fn(name+"."+section.Type().Field(j).Tag.Get("toml"), section.Field(j))
		}
	}
}

func setField(field reflect.Value, value string) error {
	if u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](field.Addr()); ok {
		return u.UnmarshalText([]byte(value))
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(value)
	case reflect.Bool:
		b, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", value)
		}
		field.SetBool(b)
	case reflect.Int:
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("%q is no whole number", value)
		}
		field.SetInt(int64(n))
	case reflect.Slice:
		var list []string
		for item := range strings.SplitSeq(value, ",") {
			if item = strings.TrimSpace(item); item != "" {
				list = append(list, item)
			}
		}
		field.Set(reflect.ValueOf(list))
	default:
		return fmt.Errorf("no way to set a %s", field.Kind())
	}
	return nil
}
