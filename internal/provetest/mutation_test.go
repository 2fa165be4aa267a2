package provetest_test

import (
	"flag"
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/internal/provetest"
	"penstock/match"
	"penstock/prove"
	"penstock/prove/gate"
	"penstock/prove/more"
	"penstock/prove/trail"
	"penstock/truth"
)

var verbose = flag.Bool("mutants", false, "say of each mutant which theorem caught it")

// A mutant is the example with one thing in one of its policies made worse.
type mutant struct {
	name  string // "tools.yaml ArtifactBucketPolicy TlsOnly: drop Bool aws:SecureTransport"
	edits []diag.Edit
}

// mutants makes every mutant of a model: each condition key dropped, each
// principal, action and resource of an Allow widened, each Deny deleted.
func mutants(t *testing.T, m *cloud.Model) []mutant {
	var out []mutant
	seen := map[string]bool{}
	each := func(a *cloud.Attachment) {
		if a == nil || a.Node == nil || a.Resource == nil {
			return
		}
		for i := range a.Node.Get("Statement").Elems() {
			id := fmt.Sprint(i.Span)
			if !seen[id] && i.Span.File != nil {
				seen[id] = true
				out = append(out, ofStatement(t, a, i)...)
			}
		}
	}
	for p := range m.Principals() {
		for i := range p.Identity {
			each(&p.Identity[i])
		}
		each(p.Trust)
		each(p.Boundary)
	}
	for _, r := range m.Resources {
		for i := range r.Policies {
			each(&r.Policies[i])
		}
	}
	return out
}

func ofStatement(t *testing.T, a *cloud.Attachment, st *doc.Node) []mutant {
	var out []mutant
	at := st.Span.Position()
	head := fmt.Sprintf("%s %s %s", path.Base(at.Name), a.Resource.LogicalID, st.Get("Sid").Str())
	if st.Get("Sid").Str() == "" {
		head = fmt.Sprintf("%s %s", path.Base(at.Name), a.Resource.LogicalID)
	}
	add := func(what string, edits []diag.Edit, err error) {
		if err != nil {
			t.Errorf("%s: %s: %v", head, what, err)
			return
		}
		out = append(out, mutant{head + ": " + what, edits})
	}
	deny := st.Get("Effect").Str() == "Deny"
	if conds := st.Get("Condition"); conds != nil {
		for _, op := range conds.Fields {
			for _, key := range op.Value.Fields {
				what := "drop " + op.Name() + " " + key.Name()
				switch {
				case len(op.Value.Fields) > 1:
					e, err := splice.RemoveField(op.Value, key.Name())
					add(what, e, err)
				case len(conds.Fields) > 1:
					e, err := splice.RemoveField(conds, op.Name())
					add(what, e, err)
				default:
					e, err := splice.RemoveField(st, "Condition")
					add(what, e, err)
				}
			}
		}
	}
	if deny {
		add("delete the Deny", nil, nil)
		out[len(out)-1].edits = without(t, a.Node, st)
		return out
	}
	if p := st.Get("Principal"); p != nil && p.Str() != "*" {
		e, err := splice.Replace(p, splice.String("*"))
		add("any principal", e, err)
	}
	if acts := st.Get("Action"); acts != nil {
		first := ""
		for e := range acts.Elems() {
			first = e.Text
			break
		}
		if prefix, name, ok := strings.Cut(first, ":"); ok && name != "*" {
			e, err := splice.Replace(acts, splice.String(prefix+":*"))
			add("any action of "+prefix, e, err)
		}
	}
	if res := st.Get("Resource"); res != nil && res.Str() != "*" {
		e, err := splice.Replace(res, splice.String("*"))
		add("any resource", e, err)
	}
	return out
}

// without removes a statement from its document, or makes it idle where it is
// the only one.
func without(t *testing.T, document, st *doc.Node) []diag.Edit {
	list := document.Get("Statement")
	if list.Kind == doc.List && len(list.Items) > 1 {
		for i, it := range list.Items {
			if it.Span == st.Span {
				e, err := splice.RemoveItem(list, i)
				if err != nil {
					t.Error(err)
				}
				return e
			}
		}
	}
	e, err := splice.Replace(st.Get("Action"), splice.String("none:None"))
	if err != nil {
		t.Error(err)
	}
	return e
}

// TestExampleMutants holds the proof of examples/cross-account to its word:
// all four theorems hold, and whatever is made worse in a policy is caught by
// one of them, or is in testdata/harmless.txt with the reason.
func TestExampleMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("proves some hundred worlds")
	}
	w := provetest.Dir(t, "../../examples/cross-account", nil)
	opt := w.Options()
	opt.Theorems = prove.Theorems()
	opt.Provers = map[prove.Theorem]prove.Prover{prove.NothingMore: more.Prove, prove.Gate: gate.Prove, prove.Trail: trail.Prove}
	opt.Engine = prove.NewEngine()
	mend := opt.Mend
	opt.Mend, opt.Author = nil, nil
	for _, th := range prove.Prove(w.Models, opt).Theorems {
		if th.Outcome != prove.Holds {
			t.Fatalf("%s of the example %s: %s", th.Theorem, th.Outcome, th.Why)
		}
	}
	harmless := reasons(t)
	used := map[string]int{}
	caught := map[prove.Theorem]int{}
	survivors := 0
	ms := mutants(t, w.Models[0])
	for _, mu := range ms {
		models, err := mend(mu.edits)
		if err != nil {
			t.Errorf("%s: %v", mu.name, err)
			continue
		}
		o := opt
		o.Engine = prove.NewEngine()
		var by []prove.Theorem
		for _, th := range prove.Prove(models, o).Theorems {
			if th.Outcome != prove.Holds {
				by = append(by, th.Theorem)
				caught[th.Theorem]++
			}
		}
		if *verbose {
			t.Logf("%s: %v", mu.name, by)
		}
		if len(by) > 0 {
			continue
		}
		survivors++
		listed := false
		for pattern := range harmless {
			p := match.Compile(pattern)
			if p.Match(mu.name) == truth.Yes {
				listed = true
				used[pattern]++
			}
		}
		if !listed {
			t.Errorf("not caught: %s", mu.name)
		}
	}
	for name, h := range harmless {
		if used[name] != h.times {
			t.Errorf("testdata/harmless.txt: %d mutants that survive are %q, want %d (%s)", used[name], name, h.times, h.why)
		}
	}
	t.Logf("%d mutants, %d of them harmless; caught by %v", len(ms), survivors, caught)
}

// A reason is why some mutants weaken nothing, and how many they are: one more
// that a pattern takes in is to be looked at.
type reason struct {
	times int
	why   string
}

// reasons reads the harmless mutants: lines of a number, a name in which '*' is
// a wildcard, " — " and why.
func reasons(t *testing.T) map[string]reason {
	data, err := os.ReadFile("testdata/harmless.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]reason{}
	for _, l := range slices.DeleteFunc(strings.Split(string(data), "\n"), func(l string) bool { return l == "" || strings.HasPrefix(l, "#") }) {
		head, why, ok := strings.Cut(l, " — ")
		count, name, ok2 := strings.Cut(head, " ")
		n, err := strconv.Atoi(count)
		if !ok || !ok2 || err != nil {
			t.Errorf("testdata/harmless.txt: want a number, a name and a reason: %q", l)
			continue
		}
		out[name] = reason{n, why}
	}
	return out
}
