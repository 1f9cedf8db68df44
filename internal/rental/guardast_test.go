package rental_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// calls are the functions and methods of package rental by name, with what each calls by name, in
// the order of the text.
type calls map[string][]called

type called struct {
	name string
	at   token.Pos
}

// callsOf reads the program's own files of a folder.
func callsOf(t *testing.T, dir string) calls {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", dir, err)
	}
	fset, out := token.NewFileSet(), calls{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if c, ok := n.(*ast.CallExpr); ok {
					if name := callee(c); name != "" {
						out[f.Name.Name] = append(out[f.Name.Name], called{name, c.Pos()})
					}
				}
				return true
			})
		}
	}
	return out
}

func callee(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// reaches reports whether a function calls another, itself or through others.
func (c calls) reaches(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(c[from], func(x called) bool { return c.reaches(x.name, to, seen) })
}

// TestOnlyTheAgentSpends finds every call that makes Clore charge more: each is in the agent, and
// behind a Begin of the ledger, which asks the guard, in the text of the same function.
func TestOnlyTheAgentSpends(t *testing.T) {
	begins := map[string]string{"CreateOrder": "BeginSend", "SetSpotPrice": "BeginBid"}
	dirs, err := filepath.Glob("../*")
	deeper, _ := filepath.Glob("../*/*")
	dirs = append(dirs, deeper...)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, dir := range append(dirs, "../../cmd/bot") {
		// clore is what is called; the simulator is at the other end and shares no types.
		if base := filepath.Base(dir); base == "clore" || base == "simulator" {
			continue
		}
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue
		}
		if files, _ := filepath.Glob(filepath.Join(dir, "*.go")); len(files) == 0 {
			continue
		}
		all := callsOf(t, dir)
		for caller, list := range all {
			for _, c := range list {
				begin, spends := begins[c.name]
				if !spends {
					continue
				}
				found[c.name]++
				if filepath.Base(dir) != "rental" {
					t.Errorf("%s: %s calls %s: only rental's agent may", dir, caller, c.name)
					continue
				}
				behind := slices.ContainsFunc(list, func(b called) bool {
					return b.at < c.at && all.reaches(b.name, begin, map[string]bool{})
				})
				if !behind {
					t.Errorf("%s calls %s without having gone through %s", caller, c.name, begin)
				}
			}
		}
	}
	if found["CreateOrder"] != 1 || found["SetSpotPrice"] != 1 {
		t.Errorf("found %v: one call of each was expected, or this test looks in the wrong place", found)
	}
}

// TestSpendingGoesThroughTheGuard follows every method on a path to the guard, in the text.
func TestSpendingGoesThroughTheGuard(t *testing.T) {
	all := callsOf(t, ".")
	for name, p := range paths() {
		if p.of == "Allow" || p.of == "SetFallback" {
			continue // a permission costs nothing; what is bought under it goes through Buy
		}
		if !all.reaches(p.of, "spend", map[string]bool{}) {
			t.Errorf("%s: %s does not ask the guard", name, p.of)
		}
	}
}
