package commands_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/words"
)

// printing are the functions whose first argument, or the one of that place, is the identifier of
// a text.
func printing() map[string]int {
	return map[string]int{
		"S": 0, "T": 0, "N": 0, "wrong": 0, "trouble": 0, "unit": 0,
		"command": 1, "param": 1, "option": 1,
	}
}

// use is a call that prints a text.
type use struct {
	id    string
	names []string // of the arguments that are given
	count bool     // a plural, which knows N
	open  bool     // the arguments are not all written out
	at    token.Position
}

// source reads the program's own files of the packages that print texts.
func source(t *testing.T) (uses []use, literals map[string]bool) {
	t.Helper()
	literals = map[string]bool{}
	for _, dir := range []string{"../words", ".", "../discord", "../telegram", "../terminal", "../app"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
			if os.IsNotExist(err) {
				continue // it was moved while others work
			}
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BasicLit:
					if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
						literals[s] = true
					}
				case *ast.CallExpr:
					if u, ok := printed(n); ok {
						u.at = fset.Position(n.Pos())
						uses = append(uses, u)
					}
				}
				return true
			})
		}
	}
	return uses, literals
}

// printed reads a call, if it prints a text that is written out.
func printed(call *ast.CallExpr) (use, bool) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return use{}, false
	}
	place, ok := printing()[sel.Sel.Name]
	if !ok || len(call.Args) <= place {
		return use{}, false
	}
	id, ok := text(call.Args[place])
	if !ok || id == "" {
		return use{}, false
	}
	u := use{id: id, count: sel.Sel.Name == "N", open: call.Ellipsis.IsValid() || place == 1}
	from := place + 1
	if u.count {
		from++
	}
	for i := from; i < len(call.Args); i += 2 {
		if name, ok := text(call.Args[i]); ok {
			u.names = append(u.names, name)
		} else {
			u.open = true
		}
	}
	return u, true
}

func text(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func TestEveryTextIsThere(t *testing.T) {
	catalogue, err := words.New()
	if err != nil {
		t.Fatal(err)
	}
	ids := catalogue.IDs()
	uses, literals := source(t)
	for _, u := range uses {
		if !slices.Contains(ids, u.id) {
			t.Errorf("%s: there is no text %q", u.at, u.id)
		}
	}
	for _, id := range ids {
		if !literals[id] {
			t.Errorf("text %q is not used", id)
		}
	}
}

// TestTextsGetTheirArguments compares what a text wants with what each call gives it.
func TestTextsGetTheirArguments(t *testing.T) {
	raw, err := os.ReadFile("../words/en.toml")
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string][]string{}
	entry := regexp.MustCompile(`(?ms)^"([a-z0-9_.]+)" = (""".*?"""|[^\n]*)`)
	argument := regexp.MustCompile(`\{\{\.([A-Za-z]+)\}\}`)
	for _, m := range entry.FindAllStringSubmatch(string(raw), -1) {
		for _, a := range argument.FindAllStringSubmatch(m[2], -1) {
			wanted[m[1]] = append(wanted[m[1]], a[1])
		}
	}
	uses, _ := source(t)
	for _, u := range uses {
		for _, name := range wanted[u.id] {
			if !u.open && !slices.Contains(u.names, name) && (!u.count || name != "N") {
				t.Errorf("%s: text %q wants %s", u.at, u.id, name)
			}
		}
		for _, name := range u.names {
			if !slices.Contains(wanted[u.id], name) && u.id != "query.unknown_word" {
				t.Errorf("%s: text %q does not use %s", u.at, u.id, name)
			}
		}
	}
}

func TestMenusFit(t *testing.T) {
	w := newWorld(t)
	secrets := regexp.MustCompile(`key|token|secret|password`)
	delicate := map[string]bool{"key": true, "image": true, "env": true, "command": true, "line": true, "code": true}
	name := regexp.MustCompile(`^[a-z][a-z-]{0,31}$`)
	for _, cmd := range w.c.Commands() {
		if !name.MatchString(cmd.Name) || len([]rune(cmd.Summary)) > 100 || cmd.Summary == "" {
			t.Errorf("command %q: %q", cmd.Name, cmd.Summary)
		}
		if len(cmd.Examples) == 0 && !cmd.Hidden && cmd.Name != "start" {
			t.Errorf("command %q has no example", cmd.Name)
		}
		for _, p := range cmd.Params {
			if delicate[p.Name] && !cmd.Hidden && cmd.Name != "help" && !p.Secret && !p.FormOnly {
				t.Errorf("%s: %q may be typed as an option", cmd.Name, p.Name)
			}
			if secrets.MatchString(p.Name) && !p.Secret {
				t.Errorf("%s: parameter %q reads like a secret and is none", cmd.Name, p.Name)
			}
			if len([]rune(p.Summary)) > 100 || (p.Summary == "" && !cmd.Hidden) || len(p.Choices) > 25 {
				t.Errorf("%s %s: %q", cmd.Name, p.Name, p.Summary)
			}
		}
	}
}
