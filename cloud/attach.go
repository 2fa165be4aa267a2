package cloud

import (
	"slices"

	"penstock/doc"
	"penstock/doc/json"
	"penstock/iam"
	"penstock/match"
	"penstock/source"
)

// Attachment returns the policy that r declares at n, of kind k. A document
// that nobody can know gives an Attachment with Unknown, a text that is no
// JSON a policy that is Broken; where r or n exists under a condition the
// policy says so in its Maybe.
func (m *Model) Attachment(r *Resource, n *doc.Node, k iam.Kind, name string) Attachment {
	a := Attachment{Name: name, Node: n, Resource: r, Span: n.Where()}
	switch {
	case n == nil || n.Kind == doc.Null:
		a.Node, a.Span = nil, r.Span
		a.Policy = &iam.Policy{Kind: k, Span: r.Span, Broken: "the document of " + name + " is missing"}
	case n.Kind == doc.Unknown:
		a.Node = nil
		a.Unknown = "the document of " + name + " depends on " + match.Render(n.Text)
		return a
	case n.Kind == doc.String && match.HasHole(n.Text) && wholeHole(n.Text):
		a.Node = nil
		a.Unknown = "the document of " + name + " is " + match.Render(n.Text)
		return a
	case n.Kind == doc.String:
		a.Policy = m.policyText(n, k)
	default:
		a.Policy = m.Policy(n, k)
	}
	a = a.When(r.Maybe...)
	if n != nil {
		a = a.When(n.Maybe...)
	}
	return a
}

// When returns a with more facts that decide whether it is attached.
func (a Attachment) When(facts ...string) Attachment {
	if a.Policy == nil || len(facts) == 0 {
		return a
	}
	p := *a.Policy
	p.Maybe = slices.Clone(p.Maybe)
	for _, f := range facts {
		if !slices.Contains(p.Maybe, f) {
			p.Maybe = append(p.Maybe, f)
		}
	}
	a.Policy = &p
	return a
}

// Guard attaches a resource policy to every resource of these types that n
// names in r's account; one that n only may name gets it as a policy that may
// be there. See Refer for region.
func (m *Model) Guard(r *Resource, n *doc.Node, region string, a Attachment, types ...string) {
	s := Text(n)
	sure, maybe := m.Refer(s, r.Account, region, types...)
	if n != nil {
		a = a.When(n.Maybe...)
	}
	for _, t := range sure {
		t.Policies = append(t.Policies, a)
	}
	for _, t := range maybe {
		t.Policies = append(t.Policies, a.When("which resource "+match.Render(s)+" names"))
	}
}

// GuardAlone is Guard for a policy of which a resource has one: where the
// stacks set it more than once, what counts is what was applied last, which
// nobody can tell.
func (m *Model) GuardAlone(r *Resource, n *doc.Node, region string, a Attachment, types ...string) {
	m.Guard(r, n, region, a, types...)
	sure, maybe := m.Refer(Text(n), r.Account, region, types...)
	for _, t := range append(slices.Clone(sure), maybe...) {
		rivals := func(p Attachment) bool { return p.Name == a.Name }
		i := slices.IndexFunc(t.Policies, rivals)
		if i < 0 || !slices.ContainsFunc(t.Policies[i+1:], rivals) {
			continue
		}
		for i, p := range t.Policies {
			if rivals(p) {
				t.Policies[i] = p.When("which declaration of " + a.Name + " of " + t.ID() + " counts")
			}
		}
	}
}

// policyText parses a policy that stands as JSON in a string, holes and all.
func (m *Model) policyText(n *doc.Node, k iam.Kind) *iam.Policy {
	if p, ok := m.parsed[n]; ok && p.Kind == k {
		return p
	}
	var p *iam.Policy
	if tree, err := ParseText(n); err != nil {
		p = &iam.Policy{Kind: k, Span: n.Span, Broken: err.Error()}
	} else {
		p = m.Policy(tree, k)
	}
	m.parsed[n] = p
	return p
}

// ParseText reads the JSON document that the text of n holds. All spans in it
// are that of n, since its bytes are not those of the file once an intrinsic
// function has made them.
func ParseText(n *doc.Node) (*doc.Node, error) {
	text, holes := hide(n.Text)
	tree, _, err := json.Parse(source.NewFile("the text at "+n.Span.String(), []byte(text)))
	if err != nil {
		return nil, err
	}
	restore(tree, n.Span, holes)
	return tree, nil
}

// wholeHole reports whether s is one hole and nothing else.
func wholeHole(s string) bool {
	h, t := ends(s)
	return h == "" && t == "" && len(match.Holes(s)) == 1
}

// Managed returns the managed policy with this ARN by load, once a model; nil
// where load gives none.
func (m *Model) Managed(a string, load func(string) *iam.Policy) *iam.Policy {
	p, ok := m.managed[a]
	if !ok {
		p = load(a)
		m.managed[a] = p
	}
	return p
}
