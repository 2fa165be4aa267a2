package authz

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/doc"
	"penstock/doc/json"
	"penstock/iam"
	"penstock/source"
	"penstock/truth"
)

// A vector is one archive of testdata: what it teaches, where that is
// confirmed, a request and policies in the shape of a line of `penstock
// decide`, and the wanted verdict:
//
//	VERDICT [explicit] [LAYER] [missing FACT, FACT]
type vector struct {
	name      string
	confirmed string
	req       *iam.Request
	policies  *Policies
	want      string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	var out []vector
	for _, f := range files {
		out = append(out, readVector(t, f))
	}
	return out
}

func readVector(t testing.TB, file string) vector {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	v := vector{name: strings.TrimSuffix(filepath.Base(file), ".txtar")}
	for line := range strings.Lines(string(a.Comment)) {
		if c, ok := strings.CutPrefix(line, "confirmed: "); ok {
			v.confirmed = strings.TrimSpace(c)
		}
	}
	for _, f := range a.Files {
		switch f.Name {
		case "request.json":
			v.req = readRequest(readJSON(t, file, f.Data))
		case "policies.json":
			v.policies = readPolicies(readJSON(t, file, f.Data), strings.HasPrefix(v.req.Action, "sts:"))
		case "want":
			v.want = strings.TrimSpace(string(f.Data))
		default:
			t.Fatalf("%s: unknown section %q", file, f.Name)
		}
	}
	return v
}

func readJSON(t testing.TB, file string, data []byte) *doc.Node {
	t.Helper()
	n, _, err := json.Parse(source.NewFile(file, data))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return n
}

func readRequest(n *doc.Node) *iam.Request {
	req := &iam.Request{
		Action: n.Get("action").Str(), Resource: n.Get("resource").Str(), ResourceAccount: n.Get("resourceAccount").Str(),
	}
	req.Principal.Role = n.Get("role").Str()
	if p := n.Get("principal").Str(); p == "*" || strings.HasPrefix(p, "arn:") {
		req.Principal.ARN = p
	} else {
		req.Principal.Service = p
	}
	req.Context.Open = n.Get("open").Str() == "true"
	if c := n.Get("context"); c != nil {
		for _, f := range c.Fields {
			switch f.Value.Kind {
			case doc.Null:
				req.Context.SetAbsent(f.Name())
			case doc.List:
				v := iam.ContextValue{State: iam.Known, Multi: true}
				for _, it := range f.Value.Items {
					v.Values = append(v.Values, it.Text)
				}
				req.Context.Put(f.Name(), v)
			default:
				req.Context.Set(f.Name(), f.Value.Text)
			}
		}
	}
	return req
}

func readPolicies(n *doc.Node, sts bool) *Policies {
	list := func(n *doc.Node, k iam.Kind) []*iam.Policy {
		var out []*iam.Policy
		for it := range n.Elems() {
			p, _ := iam.Parse(it, k)
			out = append(out, p)
		}
		return out
	}
	levels := func(n *doc.Node, k iam.Kind) [][]*iam.Policy {
		var out [][]*iam.Policy
		for it := range n.Elems() {
			out = append(out, list(it, k))
		}
		return out
	}
	own := iam.Resource
	if sts {
		own = iam.Trust
	}
	p := &Policies{
		Identity: list(n.Get("identity"), iam.Identity),
		Boundary: list(n.Get("boundary"), iam.Boundary), HasBoundary: n.Get("boundary") != nil,
		Session: list(n.Get("session"), iam.Session), HasSession: n.Get("session") != nil,
		Endpoint: list(n.Get("endpoint"), iam.Endpoint), HasEndpoint: n.Get("endpoint") != nil,
		Resource:           list(n.Get("resource"), own),
		SCP:                levels(n.Get("scp"), iam.SCP),
		RCP:                levels(n.Get("rcp"), iam.RCP),
		Management:         n.Get("management").Str() == "true",
		ResourceManagement: n.Get("resourceManagement").Str() == "true",
	}
	switch n.Get("publicBlock").Str() {
	case "true":
		p.PublicBlock = truth.Yes
	case "unknown":
		p.PublicBlock = truth.Maybe
	}
	for g := range n.Get("grants").Elems() {
		grant := Grant{Grantee: g.Get("grantee").Str()}
		for o := range g.Get("operations").Elems() {
			grant.Operations = append(grant.Operations, o.Text)
		}
		grant.EncryptionContextSubset = stringMap(g.Get("subset"))
		grant.EncryptionContextEquals = stringMap(g.Get("equals"))
		p.Grants = append(p.Grants, grant)
	}
	for u := range n.Get("unknown").Elems() {
		p.Unknown = append(p.Unknown, Unknown{u.Get("layer").Str(), u.Get("fact").Str()})
	}
	return p
}

func stringMap(n *doc.Node) map[string]string {
	if n == nil {
		return nil
	}
	m := map[string]string{}
	for _, f := range n.Fields {
		m[f.Name()] = f.Value.Str()
	}
	return m
}

// outcomeText writes a decision as the want section does.
func outcomeText(d Decision) string {
	s := d.Verdict.String()
	if d.Verdict == Deny {
		if d.Explicit {
			s += " explicit"
		}
		s += " " + d.Layer
	}
	if len(d.Missing) > 0 {
		s += " missing " + strings.Join(d.Missing, ", ")
	}
	return s
}

// factsOfTest knows two actions, so that rule 8 has vectors.
type factsOfTest struct{}

func (factsOfTest) ResourceLevel(action string) (bool, bool) {
	switch strings.ToLower(action) {
	case "s3:listallmybuckets", "iam:listusers":
		return false, true
	default:
		return true, false
	}
}

func TestVectors(t *testing.T) {
	e := New(Options{Actions: factsOfTest{}})
	for _, v := range vectors(t) {
		t.Run(v.name, func(t *testing.T) {
			if v.confirmed == "" {
				t.Error("no confirmed: line")
			}
			d := e.Explain(v.req, v.policies)
			if got := outcomeText(d); got != v.want {
				t.Errorf("got %q, want %q\n%s", got, v.want, trace(d))
			}
			if got := e.Decide(v.req, v.policies); got != d.Verdict {
				t.Errorf("Decide says %v, Explain %v", got, d.Verdict)
			}
		})
	}
}

// trace prints a decision for a failed test.
func trace(d Decision) string {
	var b strings.Builder
	for _, l := range d.Layers {
		if !l.Applies {
			continue
		}
		fmt.Fprintf(&b, "%s: allows %v, denies %v %s\n", l.Layer, l.Allows, l.Denies, l.Note)
		for _, h := range l.Hits {
			fmt.Fprintf(&b, "  %d %v %v %s: %s\n", h.Statement.Index, h.Statement.Effect, h.Match, h.Element, h.Why)
		}
	}
	return b.String()
}
