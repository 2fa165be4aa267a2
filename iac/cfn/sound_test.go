package cfn_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/iac/cfn"
	"penstock/match"
)

// TestSound checks the promise of symbolic evaluation: whatever values the
// open parameters are given, one of the models made without them describes
// what the template then is. Every string of the concrete evaluation fills the
// symbolic one, equal holes are filled equally, nothing sure is missing and
// nothing is there that the model does not have.
func TestSound(t *testing.T) {
	values := []string{"", "a", "b", "prod", "dev", "staging", "1", "x", "x,y", "a:b", "a/b", "111111111111", "arn:aws:iam::1:role/x", "main", "y-z"}
	for _, name := range []string{"scenarios", "many-scenarios", "equations", "unknown", "nested", "deep", "noecho", "expr"} {
		ar, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		in := input(t, ar)
		open, err := cfn.Load(in)
		if err != nil {
			t.Fatal(err)
		}
		decls := parametersOf(t, in)
		rng := rand.New(rand.NewPCG(1, 2))
		fits := 0
		for range 100 {
			given := input(t, ar)
			known := map[string]string{}
			for i := range given.Stacks {
				s := &given.Stacks[i]
				for _, p := range decls[s.Template] {
					if slices.ContainsFunc(s.Parameters, func(q cfn.Parameter) bool { return q.Name == p.name }) || p.hasDefault {
						continue
					}
					v := values[rng.IntN(len(values))]
					if p.allowed != nil {
						v = p.allowed[rng.IntN(len(p.allowed))]
					}
					if p.pattern != nil && !p.pattern.MatchString(v) {
						v = p.like
					}
					s.Parameters = append(s.Parameters, cfn.Parameter{Name: p.name, Value: &doc.Node{Kind: doc.String, Text: v}})
					if !p.list && !p.hidden {
						known[s.Name+"."+p.name] = v
					}
				}
			}
			concrete, err := cfn.Load(given)
			if err != nil {
				t.Fatal(err)
			}
			if len(concrete.Models) != 1 {
				t.Fatalf("%s: %d models with all parameters given", name, len(concrete.Models))
			}
			if slices.ContainsFunc(concrete.Models[0].Findings, func(f diag.Finding) bool {
				return slices.Contains([]string{cfn.CodeMapping, cfn.CodeSelect, cfn.CodeAbsent}, f.Code)
			}) {
				continue // AWS refuses these values
			}
			fits++
			var why []string
			ok := slices.ContainsFunc(open.Models, func(m *cloud.Model) bool {
				c := checker{known: known, bound: map[string]string{}}
				err := c.model(m, concrete.Models[0])
				if err != nil {
					why = append(why, fmt.Sprintf("%v: %v", m.Scenario, err))
				}
				return err == nil
			})
			if !ok {
				t.Fatalf("%s: with %v no model fits:\n%s", name, known, match.Render(strings.Join(why, "\n")))
			}
		}
		if fits < 10 {
			t.Errorf("%s: only %d of the values are ones that AWS takes", name, fits)
		}
	}
}

type declared struct {
	name, like               string
	allowed                  []string
	pattern                  *regexp.Regexp
	list, hidden, hasDefault bool
}

func parametersOf(t *testing.T, in cfn.Input) map[string][]declared {
	t.Helper()
	out := map[string][]declared{}
	for _, s := range in.Stacks {
		f, err := in.Read(s.Template)
		if err != nil {
			t.Fatal(err)
		}
		root, _, err := load.Parse(f)
		if err != nil {
			t.Fatal(err)
		}
		out[s.Template] = nil
		if root.Get("Parameters") == nil {
			continue
		}
		for _, p := range root.Get("Parameters").Fields {
			d := declared{name: p.Name(), hasDefault: p.Value.Get("Default") != nil, hidden: p.Value.Get("NoEcho") != nil}
			typ := p.Value.Get("Type").Str()
			d.list = strings.HasPrefix(typ, "List") || typ == "CommaDelimitedList"
			for v := range p.Value.Get("AllowedValues").Elems() {
				d.allowed = append(d.allowed, v.Str())
			}
			if re := p.Value.Get("AllowedPattern").Str(); re != "" {
				d.pattern, d.like = regexp.MustCompile("^(?:"+re+")$"), "abc"
				if !d.pattern.MatchString("abc") {
					d.like = "123456789012"
				}
			}
			out[s.Template] = append(out[s.Template], d)
		}
	}
	return out
}

// A checker matches one symbolic model with a concrete one.
type checker struct {
	known map[string]string // holes whose filling is given
	bound map[string]string // what the others were filled with
}

func (c *checker) model(sym, con *cloud.Model) error {
	byID := map[string]*cloud.Resource{}
	for _, r := range con.Resources {
		byID[r.ID()] = r
	}
	for _, s := range sym.Resources {
		r := byID[s.ID()]
		delete(byID, s.ID())
		if r == nil {
			if len(s.Maybe) == 0 {
				return fmt.Errorf("%s is not there", s.ID())
			}
			continue
		}
		for _, x := range [][2]string{{s.Ref, r.Ref}, {s.Name, r.Name}, {s.ARN, r.ARN}} {
			if !c.text(x[0], x[1]) {
				return fmt.Errorf("%s: %q does not fill %q", s.ID(), x[1], x[0])
			}
		}
		if err := c.node(s.Props, r.Props); err != nil {
			return fmt.Errorf("%s: %w", s.ID(), err)
		}
	}
	for id := range byID {
		return fmt.Errorf("%s is there", id)
	}
	return nil
}

func (c *checker) node(sym, con *doc.Node) error {
	switch sym.Kind {
	case doc.Unknown:
		return nil
	case doc.List:
		if con.Kind != doc.List {
			return fmt.Errorf("a list became %s", con.Kind)
		}
		return c.list(sym.Items, con.Items)
	case doc.Map:
		if con.Kind != doc.Map {
			return fmt.Errorf("a map became %s", con.Kind)
		}
		n := 0
		for _, f := range sym.Fields {
			v := con.Get(f.Name())
			if v == nil {
				if len(f.Value.Maybe) == 0 && f.Value.Kind != doc.Unknown {
					return fmt.Errorf("%s is gone", f.Name())
				}
				continue
			}
			n++
			if err := c.node(f.Value, v); err != nil {
				return fmt.Errorf("%s: %w", f.Name(), err)
			}
		}
		if n != len(con.Fields) {
			return fmt.Errorf("keys that the model does not have")
		}
		return nil
	default:
		if !con.IsScalar() || !c.text(sym.Text, con.Text) {
			return fmt.Errorf("%q does not fill %q", con.Text, sym.Text)
		}
		return nil
	}
}

func (c *checker) list(sym, con []*doc.Node) error {
	if len(sym) == 0 {
		if len(con) == 0 {
			return nil
		}
		return fmt.Errorf("%d items too many", len(con))
	}
	var err error
	if len(con) > 0 {
		if err = c.node(sym[0], con[0]); err == nil {
			if err = c.list(sym[1:], con[1:]); err == nil {
				return nil
			}
		}
	}
	if len(sym[0].Maybe) > 0 {
		return c.list(sym[1:], con)
	}
	if err == nil {
		err = fmt.Errorf("%d items too few", len(sym))
	}
	return err
}

var holes = regexp.MustCompile("\x00(.)([^\x00]*)\x00")

// text reports whether con fills sym.
func (c *checker) text(sym, con string) bool {
	sym = holes.ReplaceAllStringFunc(sym, func(h string) string {
		if v, ok := c.known[h[2:len(h)-1]]; ok {
			return v
		}
		return h
	})
	if sym == con {
		return true
	}
	if !match.HasHole(sym) {
		return false
	}
	var re strings.Builder
	re.WriteString("(?s)^")
	rest := sym
	for _, m := range holes.FindAllStringSubmatchIndex(sym, -1) {
		at := len(sym) - len(rest)
		re.WriteString(regexp.QuoteMeta(sym[at:m[0]]))
		const inner = "\x00[^\x00]*\x00"
		switch match.Class(sym[m[2]]) {
		case match.Name:
			re.WriteString(`(?:[^:/*?\s\x00]|` + inner + `)+`)
		case match.Account:
			re.WriteString(`[0-9]{12}`)
		case match.Path:
			re.WriteString(`(?:[^:*?\s\x00]|` + inner + `)+`)
		case match.Suffix:
			re.WriteString(`(?:[0-9A-Za-z]{6})`)
		case match.Key:
			re.WriteString(`.+`)
		default:
			re.WriteString(`.*`)
		}
		rest = sym[m[1]:]
	}
	re.WriteString(regexp.QuoteMeta(rest) + "$")
	if !regexp.MustCompile(re.String()).MatchString(con) {
		return false
	}
	if m := holes.FindStringIndex(sym); m[0] == 0 && m[1] == len(sym) {
		if was, ok := c.bound[sym]; ok && was != con {
			return false
		}
		c.bound[sym] = con
	}
	return true
}
