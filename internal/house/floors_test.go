// Package house holds the rules of the house as tests: which floor each room
// is on, who may import what, and which lists must be complete.
package house

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors is the plan: a room imports only rooms of lower floors. A pattern
// ending in "/*" is every room of that folder.
var floors = [][]string{
	{"truth", "source", "spelling"},
	{"match"},
	{"arn"},
	{"diag"},
	{"doc"},
	{"doc/internal/intake", "doc/internal/doctest"},
	{"doc/json", "doc/yaml"},
	{"doc/load", "doc/splice"},
	{"iam", "trail"},
	{"iam/facts", "iam/denial", "cloud", "trail/pattern", "trail/filter", "blueprint", "seal"},
	{"iam/authz", "iam/authz/naive", "pipeline", "harm", "spec"},
	{"iam/reach"},
	{"service", "iam/ask"},
	{"service/sdk", "service/script", "service/schema", "iac/sam", "chain", "delta"},
	{"iac/cfn", "prove"},
	{"iac/cfn/cfntest", "iac/cfn/emit", "iac/tf", "query", "prove/more", "prove/gate"},
	{"expect", "diagnosis", "iac/tf/emit"},
	{"services/*"},
	{"services/all", "prove/trail", "sketch"},
	{"stacks"},
	{"internal/term", "internal/provetest", "compile"},
	{"internal/report"},
	{"internal/cli"},
	{"cmd/penstock"},
}

// owners says which one room imports a dependency, and why it is here.
var owners = map[string]struct{ room, reason string }{
	"github.com/spf13/cobra":             {"internal/cli", "commands, flags, help"},
	"charm.land/lipgloss/v2":             {"internal/term", "styles on a terminal"},
	"golang.org/x/term":                  {"internal/term", "is this a terminal, how wide"},
	"go.yaml.in/yaml/v4":                 {"doc/yaml", "YAML nodes with positions"},
	"github.com/go-json-experiment/json": {"doc/json", "JSON tokens with offsets"},
	"github.com/hashicorp/hcl/v2":        {"iac/tf", "Terraform's language, and its format"},
	"github.com/zclconf/go-cty":          {"iac/tf", "literal values of HCL"},
	"github.com/google/go-cmp":           {"*", "tests"},
	"github.com/rogpeppe/go-internal":    {"*", "tests: txtar, testscript"},
}

func floorOf(room string) int {
	for i, f := range floors {
		if slices.Contains(f, room) {
			return i
		}
	}
	for i, f := range floors {
		if slices.Contains(f, path.Dir(room)+"/*") {
			return i
		}
	}
	return -1
}

// sources yields every Go file of the module with its room.
func sources(t *testing.T, visit func(room, file string)) {
	t.Helper()
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch base := d.Name(); {
			case p == ".":
			case strings.HasPrefix(base, "."), base == "testdata", base == "node_modules", p == "tools", p == "examples":
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(p, ".go") {
			visit(path.Dir(p), filepath.Join("../..", filepath.FromSlash(p)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, im := range f.Imports {
		p, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func TestFloors(t *testing.T) {
	sources(t, func(room, file string) {
		if room == "internal/house" {
			return
		}
		mine := floorOf(room)
		if mine < 0 {
			t.Errorf("%s is on no floor: add it to the plan", room)
			return
		}
		test := strings.HasSuffix(file, "_test.go")
		for _, im := range imports(t, file) {
			dep, ours := strings.CutPrefix(im, "penstock/")
			if !ours || dep == room {
				continue
			}
			if test {
				continue // a test may use any room to make its inputs
			}
			if f := floorOf(dep); f >= mine {
				t.Errorf("%s imports %s: floor %d does not stand below floor %d", file, dep, f, mine)
			}
		}
	})
}

func TestOneImporterPerDependency(t *testing.T) {
	sources(t, func(room, file string) {
		for _, im := range imports(t, file) {
			if !strings.Contains(strings.SplitN(im, "/", 2)[0], ".") {
				continue
			}
			found := false
			for dep, o := range owners {
				if im != dep && !strings.HasPrefix(im, dep+"/") {
					continue
				}
				found = true
				if o.room != "*" && o.room != room && !strings.HasSuffix(file, "_test.go") {
					t.Errorf("%s imports %s, which is for %s (%s)", file, im, o.room, o.reason)
				}
				if o.room == "*" && !strings.HasSuffix(file, "_test.go") && !strings.HasSuffix(room, "test") {
					t.Errorf("%s imports %s, which is for %s", file, im, o.reason)
				}
			}
			if !found {
				t.Errorf("%s imports %s: no owner is named for it", file, im)
			}
		}
	})
}

func TestEveryServiceRoomIsListed(t *testing.T) {
	list, err := os.ReadFile("../../services/all/all.go")
	if err != nil {
		t.Fatal(err)
	}
	rooms, err := os.ReadDir("../../services")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rooms {
		if r.IsDir() && r.Name() != "all" && !strings.Contains(string(list), `"penstock/services/`+r.Name()+`"`) {
			t.Errorf("services/%s is not listed in services/all/all.go", r.Name())
		}
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	documented := map[string]bool{}
	seen := map[string]bool{}
	sources(t, func(room, file string) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		seen[room] = true
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if f.Doc != nil {
			documented[room] = true
		}
	})
	for room := range seen {
		if !documented[room] {
			t.Errorf("package %s has no comment that says what it is for", room)
		}
	}
}

// The page for the next maintainer names every room.
func TestArchitectureNamesEveryRoom(t *testing.T) {
	page, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range floors {
		for _, room := range f {
			if !strings.Contains(string(page), "`"+room+"`") {
				t.Errorf("docs/architecture.md does not name %s", room)
			}
		}
	}
}
