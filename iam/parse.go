package iam

import (
	"fmt"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
)

// Parse reads a policy document of kind k from its tree and says what AWS
// would reject in it; Codes lists the findings. It never fails: a document
// that AWS refuses comes back with Broken set and whatever could be read.
//
// Text may be symbolic. A node of kind doc.Unknown, and a node whose presence
// rests on facts, makes what it touches uncertain with those facts named: an
// entry of a list gets them as its Maybe, an element that may be absent makes
// the statement Maybe and stands open ("*", no condition), and a statement of
// which not even the effect is known is read as two, one that allows
// everything and one that denies everything, both Maybe. So what a reader
// cannot know never makes a verdict certain.
func Parse(n *doc.Node, k Kind) (*Policy, []diag.Finding) {
	p := &parser{pol: &Policy{Kind: k, Span: n.Where()}}
	p.document(n)
	return p.pol, p.findings
}

type parser struct {
	pol      *Policy
	findings []diag.Finding
	// facts decide whether what is being read is there at all: a flaw in it
	// then does not surely break the policy.
	facts     []string
	version   *doc.Node
	variables bool // seen in the statement that is being read
	rcpStar   bool // the action "*" was seen
}

func (p *parser) report(code string, at source.Span, s diag.Severity, format string, args ...any) {
	c := diag.Proved
	if len(p.facts) > 0 {
		c = diag.Possible
	}
	p.findings = append(p.findings, diag.Finding{
		Code: code, At: at, Message: fmt.Sprintf(format, args...),
		Severity: s, Certainty: c, Depends: p.facts,
	})
}

// refuse reports what makes AWS refuse the whole document.
func (p *parser) refuse(code string, at source.Span, format string, args ...any) {
	p.report(code, at, diag.Error, format, args...)
	if len(p.facts) > 0 {
		// Refused only if the flaw is there.
		p.pol.Maybe = merge(p.pol.Maybe, p.facts)
		return
	}
	if p.pol.Broken == "" {
		p.pol.Broken = fmt.Sprintf(format, args...)
	}
}

func (p *parser) warn(code string, at source.Span, format string, args ...any) {
	p.report(code, at, diag.Warning, format, args...)
}

// merge joins two lists of facts, each once.
func merge(a, b []string) []string {
	for _, f := range b {
		if !slices.Contains(a, f) {
			a = append(a[:len(a):len(a)], f)
		}
	}
	return a
}

// under runs f with more facts.
func (p *parser) under(facts []string, f func()) {
	old := p.facts
	p.facts = merge(p.facts, facts)
	f()
	p.facts = old
}

func (p *parser) document(n *doc.Node) {
	switch {
	case n == nil || n.Kind == doc.Null:
		p.refuse(codeType, n.Where(), "the policy document is missing")
		return
	case n.Kind == doc.Unknown:
		p.pol.Statements = p.unknown(0, n, []string{fact(n)})
		return
	case n.Kind == doc.String && match.HasHole(n.Text):
		p.pol.Statements = p.unknown(0, n, match.Holes(n.Text))
		return
	case n.Kind != doc.Map:
		p.refuse(codeType, n.Span, "the policy document is a %s; it must be a map", n.Kind)
		return
	}
	var statement *doc.Node
	p.fields(n, "policy", []string{"Version", "Id", "Statement"}, func(name string, v *doc.Node) {
		switch name {
		case "Version":
			p.version = v
			p.readVersion(v)
		case "Id":
			p.pol.ID = v.Str()
		case "Statement":
			statement = v
		}
	})
	if statement == nil || statement.Kind == doc.Null {
		p.refuse(codeNoStatement, n.Span, "the policy has no Statement")
		return
	}
	p.statements(statement)
}

// fact names what an unknown node depends on.
func fact(n *doc.Node) string {
	if n.Text == "" {
		return "a value that is not known"
	}
	return match.Render(n.Text)
}

// fields walks a map whose keys must be among names, each once.
func (p *parser) fields(n *doc.Node, of string, names []string, f func(string, *doc.Node)) {
	seen := make([]string, 0, len(names))
	for i := range n.Fields {
		name, at := n.Fields[i].Name(), n.Fields[i].Key.Span
		if !slices.Contains(names, name) {
			hint := "want one of " + strings.Join(names, ", ")
			if j := slices.IndexFunc(names, func(s string) bool { return strings.EqualFold(s, name) }); j >= 0 {
				hint = "write " + names[j]
			}
			p.under(n.Fields[i].Value.Maybe, func() {
				p.refuse(codeElement, at, "%s has an element %q that does not exist: %s", of, name, hint)
			})
			continue
		}
		if slices.Contains(seen, name) {
			p.under(n.Fields[i].Value.Maybe, func() {
				p.refuse(codeDuplicate, at, "%s has %s twice", of, name)
			})
			continue
		}
		seen = append(seen, name)
		f(name, n.Fields[i].Value)
	}
}

// The versions of the policy language.
const (
	Version2012 = "2012-10-17"
	Version2008 = "2008-10-17"
)

func (p *parser) readVersion(v *doc.Node) {
	switch {
	case v.Kind == doc.Unknown || match.HasHole(v.Text) || len(v.Maybe) > 0:
		// Counts for statements with variables; see statement.
		p.pol.Version = Version2012
	case v.Str() == Version2012, v.Str() == Version2008:
		p.pol.Version = v.Str()
	default:
		p.refuse(codeVersion, v.Span, "Version %q does not exist: write %s", v.Str(), Version2012)
	}
}

// versionFacts returns what the version depends on.
func (p *parser) versionFacts() []string {
	v := p.version
	if v == nil {
		return nil
	}
	facts := merge(v.Maybe, match.Holes(v.Text))
	if v.Kind == doc.Unknown {
		facts = merge(facts, []string{fact(v)})
	}
	return facts
}

func (p *parser) statements(n *doc.Node) {
	whole := n.Maybe
	if n.Kind == doc.Map || n.Kind == doc.Unknown {
		n = &doc.Node{Kind: doc.List, Items: []*doc.Node{n}, Span: n.Span}
		whole = nil
	}
	if n.Kind != doc.List {
		p.refuse(codeType, n.Span, "Statement is a %s; it must be a list of maps", n.Kind)
		return
	}
	if len(n.Items) == 0 {
		p.refuse(codeNoStatement, n.Span, "the policy has no statement")
	}
	sids := map[string]bool{}
	for i, it := range n.Items {
		p.under(merge(whole, it.Maybe), func() {
			ss := p.statement(i, it)
			for j := range ss {
				ss[j].Maybe = merge(p.facts, ss[j].Maybe)
			}
			p.pol.Statements = append(p.pol.Statements, ss...)
			if len(ss) > 0 {
				p.checkSid(it.Get("Sid"), sids)
			}
		})
	}
}

// checkSid looks for statement ids that IAM refuses. Other services allow
// more characters and do not say that ids must differ.
func (p *parser) checkSid(n *doc.Node, seen map[string]bool) {
	sid := n.Str()
	if sid == "" || match.HasHole(sid) {
		return
	}
	strict := p.pol.Kind == Identity || p.pol.Kind == Boundary || p.pol.Kind == Trust
	switch {
	case seen[sid] && strict:
		p.refuse(codeSid, n.Span, "Sid %q is used twice", sid)
	case seen[sid]:
		p.warn(codeSid, n.Span, "Sid %q is used twice", sid)
	case strict && strings.ContainsFunc(sid, func(r rune) bool { return !alphanumeric(r) }):
		p.refuse(codeSid, n.Span, "Sid %q holds other characters than letters and digits", sid)
	}
	seen[sid] = true
}

func alphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// unknown returns the two statements that stand for one of which nothing is
// known.
func (p *parser) unknown(index int, n *doc.Node, facts []string) []Statement {
	var two []Statement
	for _, e := range [...]Effect{Allow, Deny} {
		if e == Allow && p.pol.Kind == RCP {
			continue
		}
		st := Statement{Index: index, Effect: e, Span: n.Span, Maybe: facts}
		st.Actions = []Elem{{Text: "*", Span: n.Span}}
		p.open(&st, n)
		two = append(two, st)
	}
	return two
}

// open gives a statement the principal and resource elements of its kind,
// matching everything.
func (p *parser) open(st *Statement, n *doc.Node) {
	if p.wantsPrincipal() {
		st.HasPrincipal = true
		st.Principals = []PrincipalElem{{PrincipalAll, Elem{Text: "*", Span: n.Span}}}
	}
	if p.pol.Kind != Trust {
		st.HasResource = true
		st.Resources = []Elem{{Text: "*", Span: n.Span}}
	}
}

func (p *parser) wantsPrincipal() bool {
	switch p.pol.Kind {
	case Resource, Trust, RCP, Endpoint:
		return true
	case Identity, Boundary, Session, SCP:
		return false
	default:
		panic("iam: no such kind")
	}
}
