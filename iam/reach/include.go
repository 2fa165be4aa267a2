package reach

import (
	"slices"
	"strings"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/truth"
)

// An Inclusion says whether one set of policies allows no more than another.
type Inclusion struct {
	// Verdict is Yes where every request that the new policies allow is
	// allowed by the old ones, No where Witness is not, else Maybe.
	Verdict truth.Value
	// Witness is a request that the new policies allow and the old ones do
	// not. Authz has confirmed it; for Maybe it is nil.
	Witness *iam.Request
	// Missing names what Maybe rests on.
	Missing []string
	// Policies are what authz was asked with about the witness: the new ones
	// in their layer, and what else a request needs.
	Policies *authz.Policies
}

// Included reports whether every request that new allows is also allowed by
// old: both stand for all policies of one layer. Where no statement has a
// principal the layer is that of identity policies, and the request's caller
// is any role, user or federated user to whom they belong. Else it is that of
// a resource's own policy, and the caller is anybody; what the caller's own
// policies say is taken to be enough.
//
// A policy that AWS would refuse is read as it stands.
func (e *Engine) Included(old, new []*iam.Policy) Inclusion {
	c := comparison{e: e, old: accepted(old), new: accepted(new), left: 2 * maxWork}
	c.look()
	if c.common(); c.idle {
		return Inclusion{Verdict: truth.Yes}
	}
	answer := Inclusion{Verdict: truth.Yes}
	classes := c.classes()
	for _, c.allows = range c.pieces() {
		c.narrow()
		for _, k := range classes {
			a := c.ask(k)
			if a.Verdict == truth.No {
				return a
			}
			if a.Verdict == truth.Maybe {
				answer.Verdict = truth.Maybe
				answer.Missing = append(answer.Missing, a.Missing...)
			}
		}
	}
	slices.Sort(answer.Missing)
	answer.Missing = slices.Compact(answer.Missing)
	return answer
}

// accepted returns the policies as if AWS accepted them.
func accepted(ps []*iam.Policy) []*iam.Policy {
	out := make([]*iam.Policy, len(ps))
	for i, p := range ps {
		if out[i] = p; p.Broken != "" {
			q := *p
			q.Broken = ""
			out[i] = &q
		}
	}
	return out
}

// A comparison is one Included at work.
type comparison struct {
	e         *Engine
	old, new  []*iam.Policy
	resource  bool // some statement has a principal
	trust     bool // of a role's trust policy
	principal bool // a condition asks who the caller is
	both      []*iam.Policy
	skip      map[*iam.Statement]bool // allows of new that old has too, with no deny in the way
	idle      bool                    // and new allows nothing else
	left      int                     // of the work that may be done
	allows    []*iam.Policy           // a piece of what new allows
	scope     *scope                  // of its actions
}

func (c *comparison) look() {
	c.both = append(slices.Clone(c.old), c.new...)
	for _, p := range c.both {
		c.trust = c.trust || p.Kind == iam.Trust
		for i := range p.Statements {
			st := &p.Statements[i]
			c.resource = c.resource || st.HasPrincipal
			for j := range st.Conditions {
				k := &st.Conditions[j]
				c.mention(k.Key)
				for _, v := range k.Values {
					c.variables(v.Text)
				}
			}
			for _, r := range st.Resources {
				c.variables(r.Text)
			}
		}
	}
}

func (c *comparison) variables(s string) {
	parts, _ := iam.Variables(s)
	for i := range parts {
		c.mention(parts[i].Key)
	}
}

func (c *comparison) mention(key string) {
	switch low := strings.ToLower(key); low {
	case "aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:principalisawsservice", "aws:principalservicename",
		"aws:principalservicenameslist", "aws:principalorgid", "aws:principalorgpaths", "aws:username", "aws:userid", "kms:calleraccount":
		c.principal = true
	default:
		c.principal = c.principal || strings.HasPrefix(low, "aws:principaltag/")
	}
}

// ask looks for a witness of one class.
func (c *comparison) ask(k class) Inclusion {
	o := c.oracle(k)
	p, res := c.solve(k, o, false, nil, nil)
	if res == empty {
		return Inclusion{Verdict: truth.Yes}
	}
	var tried []string
	var a Inclusion
	if res == found {
		if c.confirm(p, k, &a) {
			return a
		}
		// Authz may know of an action what policies do not say: try others.
		for range 6 {
			if len(p.variable) > 0 {
				break
			}
			tried = append(tried, p.chosen)
			q, res := c.solve(k, o, false, nil, tried)
			if res != found {
				break
			}
			if c.confirm(q, k, &a) {
				return a
			}
			if q.chosen == p.chosen {
				break
			}
			p = q
		}
	}
	q := question{last: p, s: &Space{}}
	for _, fixed := range q.settings() {
		if p, res := c.solve(k, o, true, fixed, nil); res == found && c.confirm(p, k, &a) {
			return a
		}
	}
	m := Answer{}
	q.explain(&m)
	return Inclusion{Verdict: truth.Maybe, Missing: append(m.Missing, a.Missing...)}
}

// solve asks once whether new allows what old does not.
func (c *comparison) solve(k class, o *oracle, sure bool, fixed map[string]string, not []string) (*problem, outcome) {
	p := newProblem(sure)
	p.given, p.keep = fixed, c.resource
	p.who(k, c, fixed)
	p.docs, p.scope = c.both, c.scope
	if p.work = min(maxWork, c.left); p.work <= 0 {
		p.gave = append(p.gave, "the resource")
		return p, tooHard
	}
	if c.trust {
		p.fix(p.resource, "arn:aws:iam::"+stranger+":role/target", false)
	}
	up := !sure
	newAllow := p.f.or(c.side(p, o, c.allows, iam.Allow, up)...)
	if newAllow == no {
		return p, empty
	}
	newDeny := p.f.or(c.side(p, o, c.new, iam.Deny, !up)...)
	oldAllow, oldDeny := p.f.or(c.side(p, o, c.old, iam.Allow, !up)...), p.f.or(c.side(p, o, c.old, iam.Deny, up)...)
	root := p.f.and(newAllow, -newDeny, -p.f.and(oldAllow, -oldDeny), -p.anyAction([]string{"sts:GetCallerIdentity", "sts:GetSessionToken"}))
	for _, a := range not {
		root = p.f.and(root, -p.like(p.action, a, plain, false, true))
	}
	before := p.work
	res := p.solve(root)
	c.left -= before - p.work
	if res == found {
		p.actionText(c.e.opt.Actions)
	}
	return p, res
}

// side returns the formulas of the statements with an effect; up asks for those
// that may match and not only those that surely do.
func (c *comparison) side(p *problem, o *oracle, ps []*iam.Policy, effect iam.Effect, up bool) []ref {
	var out []ref
	for _, d := range ps {
		for i := range d.Statements {
			st := &d.Statements[i]
			if st.Effect == effect && holds(o.names(d, st).any(), up) {
				if r := p.statement(d, st, up); r != no {
					out = append(out, r)
				}
			}
		}
	}
	return out
}
