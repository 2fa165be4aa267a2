package prove

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/match"
)

// AWS looks at the principals of a resource policy and of a trust when they are
// set, and refuses one that does not exist
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html#troubleshoot_roles_cant-set-trust
// and https://github.com/lightspin-tech/eks-creation-engine/issues/4).
// Deployed for the first time, a role that is made only after what names it is
// such a principal: one that depends on it, in its own template or by an
// import, and one that names itself.

// A stranger is a principal of a policy that cannot exist when the policy is
// set.
type stranger struct {
	at      cloud.Attachment
	st      *iam.Statement
	elem    iam.PrincipalElem
	who     *cloud.Principal // nil for the id of a deleted one
	because string
}

// uniqueID is what AWS writes in place of a principal that was deleted
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
var uniqueID = regexp.MustCompile(`^A(IDA|ROA)[A-Z0-9]{12,}$`)

func strangers(m *cloud.Model) (out, circles []stranger) {
	var names []stranger // those of other stacks, by nothing but their names
	look := func(a cloud.Attachment) {
		if a.Policy == nil || a.Resource == nil || a.Resource.Stack == nil || len(a.Policy.Maybe)+len(a.Resource.Maybe) > 0 {
			return
		}
		for i := range a.Policy.Statements {
			st := &a.Policy.Statements[i]
			if len(st.Maybe) > 0 {
				continue
			}
			for _, e := range st.Principals {
				if e.Type != iam.PrincipalAWS || len(e.Maybe) > 0 {
					continue
				}
				if uniqueID.MatchString(e.Text) {
					out = append(out, stranger{at: a, st: st, elem: e, because: "a principal that was deleted is left behind as such an id, and nobody has it any more"})
					continue
				}
				who := m.Principal(e.Text)
				if who == nil || who.Resource == nil || who.Resource.Stack == nil || who.ARN != e.Text || len(who.Maybe) > 0 {
					continue
				}
				if why := madeAfter(m, who.Resource, a.Resource); why != "" {
					out = append(out, stranger{at: a, st: st, elem: e, who: who, because: why})
				} else if who.Resource.Stack != a.Resource.Stack {
					names = append(names, stranger{at: a, st: st, elem: e, who: who})
				}
			}
		}
	}
	for p := range m.Principals() {
		if p.Trust != nil {
			look(*p.Trust)
		}
	}
	for _, r := range m.Resources {
		for _, a := range r.Policies {
			look(a)
		}
	}
	return out, circled(names)
}

// circled returns those of the names by which stacks wait for each other: each
// policy names a principal of the other stack, or of one that waits for it, so
// that whichever is deployed first names one that is not there yet. One for
// each pair of stacks is enough.
func circled(names []stranger) []stranger {
	needs := map[*cloud.Stack][]*cloud.Stack{}
	for _, n := range names {
		needs[n.at.Resource.Stack] = append(needs[n.at.Resource.Stack], n.who.Resource.Stack)
	}
	var reaches func(from, to *cloud.Stack, seen map[*cloud.Stack]bool) bool
	reaches = func(from, to *cloud.Stack, seen map[*cloud.Stack]bool) bool {
		if from == to {
			return true
		}
		if seen[from] {
			return false
		}
		seen[from] = true
		next := func(s *cloud.Stack) bool { return reaches(s, to, seen) }
		return slices.ContainsFunc(needs[from], next) || slices.ContainsFunc(from.Imports, next)
	}
	var out []stranger
	for _, n := range names {
		here, there := n.at.Resource.Stack, n.who.Resource.Stack
		if !reaches(there, here, map[*cloud.Stack]bool{}) || slices.ContainsFunc(out, func(o stranger) bool {
			a, b := o.at.Resource.Stack, o.who.Resource.Stack
			return a == here && b == there || a == there && b == here
		}) {
			continue
		}
		n.because = fmt.Sprintf("stacks %s and %s wait for each other's principals, and whichever is deployed first is refused", here.Name, there.Name)
		out = append(out, n)
	}
	return out
}

// madeAfter says why one resource is surely made after another, "" where that
// is not so.
func madeAfter(m *cloud.Model, one, other *cloud.Resource) string {
	switch {
	case one == other:
		return "a role cannot name itself while it is made"
	case one.Stack == other.Stack:
		if waits(m, one, other.LogicalID) {
			return fmt.Sprintf("%s is made after %s, which it refers to", one.LogicalID, other.LogicalID)
		}
		return ""
	case imports(one.Stack, other.Stack, map[*cloud.Stack]bool{}):
		return fmt.Sprintf("stack %s imports what stack %s exports and is deployed after it", one.Stack.Name, other.Stack.Name)
	}
	return ""
}

func imports(s, from *cloud.Stack, seen map[*cloud.Stack]bool) bool {
	if seen[s] {
		return false
	}
	seen[s] = true
	return slices.Contains(s.Imports, from) || slices.ContainsFunc(s.Imports, func(i *cloud.Stack) bool { return imports(i, from, seen) })
}

// early states the strangers of a model.
func (p *prover) early(m *cloud.Model) []diag.Finding {
	found, circles := strangers(m)
	all := append(slices.Clone(found), circles...)
	var out []diag.Finding
	for i, s := range all {
		f := diag.Finding{
			Code: "RUN123", Theorem: string(Runs), At: s.elem.Span, Severity: diag.Error, Certainty: diag.Proved,
			AWSError: "MalformedPolicyDocument: Policy contains a statement with one or more invalid principals",
			Message: fmt.Sprintf("%s of %s names %s, which does not exist when it is set: %s",
				kindOf(s.at), match.Render(s.at.Resource.ID()), match.Render(s.elem.Text), s.because),
		}
		if f.At.IsZero() {
			f.At = s.st.Span
		}
		if i >= len(found) {
			// Stacks that are there already are none the wiser, and that they are
			// not is in no template.
			f.Severity, f.Certainty, f.AWSError = diag.Info, diag.Likely, ""
			f.Message = fmt.Sprintf("%s of %s names %s: %s; name the account of one of them, and the role in a condition on aws:PrincipalArn",
				kindOf(s.at), match.Render(s.at.Resource.ID()), match.Render(s.elem.Text), s.because)
			f.Related = []diag.Note{{At: s.who.Resource.Span, Message: "the principal"}}
			out = append(out, f)
			continue
		}
		if s.at.Policy.Kind == iam.Trust {
			f.AWSError = "Invalid principal in policy: \"AWS\":\"" + match.Render(s.elem.Text) + "\""
		}
		if s.who != nil {
			f.Related = []diag.Note{{At: s.who.Resource.Span, Message: "the principal"}}
			f.Fixes = p.byCondition(s, len(all))
		}
		out = append(out, f)
	}
	return out
}

func kindOf(a cloud.Attachment) string {
	if a.Policy.Kind == iam.Trust {
		return "the trust policy"
	}
	if a.Name != "" {
		return a.Name
	}
	return "the policy"
}

// byCondition names the account in the place of the principal and demands the
// principal by aws:PrincipalArn, which AWS does not look up. It is proposed
// where the statement names this principal alone and has no condition yet.
func (p *prover) byCondition(s stranger, of int) []diag.Fix {
	n := statementNode(s.at, s.st.Index)
	if p.opt.Mend == nil || p.opt.Author == nil || n == nil || n.Get("Condition") != nil || len(s.st.Principals) != 1 {
		return nil
	}
	who := n.At("Principal", "AWS")
	if who == nil {
		return nil
	}
	root, ok := p.opt.Author(s.at.Resource, strings.SplitN(s.elem.Text, ":role/", 2)[0]+":root")
	name, named := p.opt.Author(s.at.Resource, s.elem.Text)
	if !ok || !named {
		return nil
	}
	put, err := splice.Replace(who, root)
	if err != nil {
		return nil
	}
	cond, err := splice.SetField(n, "Condition", splice.Map(splice.Field{Name: "ArnEquals", Value: splice.Map(splice.Field{Name: "aws:PrincipalArn", Value: name})}))
	if err != nil {
		return nil
	}
	edits := append(put, cond...)
	models, err := p.opt.Mend(edits)
	if err != nil || slices.ContainsFunc(models, func(m *cloud.Model) bool {
		a, b := strangers(m)
		return len(a)+len(b) >= of
	}) {
		return nil
	}
	return []diag.Fix{{Message: fmt.Sprintf("name the account, and %s by aws:PrincipalArn", Short(s.elem.Text)), Edits: edits}}
}
