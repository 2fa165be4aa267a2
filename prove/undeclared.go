package prove

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
)

// What no stack declares is taken to exist, and to let a call through that
// nothing declared denies: a role of another team, a bucket of another
// template. The verdict stays Depends, which counts under --deny-unknown, but
// it is no finding: there is nothing in the material to mend. The report says
// it among its assumptions.

// taken reports whether all that a decision depends on is of that kind.
func taken(m *cloud.Model, c *Call, pol *authz.Policies) bool {
	if len(c.Decision.Missing) == 0 {
		return false
	}
	if c.Target.Assume != "" {
		return true
	}
	for _, fact := range c.Decision.Missing {
		if !slices.Contains(pol.Undeclared, fact) && !(isResourceTag(fact) && undeclared(m, c.Request.Resource)) {
			return false
		}
	}
	return true
}

func isResourceTag(fact string) bool {
	_, tag, ok := strings.Cut(strings.ToLower(fact), ":resourcetag/")
	return ok && tag != ""
}

// undeclared reports whether a request is about one thing that no stack
// declares.
func undeclared(m *cloud.Model, resource string) bool {
	return resource != "*" && m.Owner(resource) == nil && m.Principal(resource) == nil
}

// assume records what a group of calls takes for granted.
func assume(m *cloud.Model, g *callGroup) {
	c := g.calls[0]
	if c.Target.Assume != "" {
		m.Assume(c.Target.Assume)
		return
	}
	for _, fact := range c.Decision.Missing {
		switch {
		case isResourceTag(fact):
			m.Assume(match.Render(c.Request.Resource) + ", which no stack declares, has the tags that policies ask of it (" + fact + ")")
		case strings.HasSuffix(fact, undeclaredFact):
			m.Assume("what is called here is allowed by " + match.Render(fact))
		}
	}
}

// undeclaredFact ends the facts that authz.Collect states about what no stack
// declares; the others are the names of holes in them.
const undeclaredFact = ", which no stack declares"

// delegated gives a role that no stack declares a trust in the account that it
// is in, and nothing else.
func delegated(pol *authz.Policies, role string) {
	pol.Unknown = slices.DeleteFunc(pol.Unknown, func(u authz.Unknown) bool { return u.Layer == "resource" })
	root := arn.ARN{Partition: "aws", Service: "iam", Account: arn.Account(role), Resource: "root"}.String()
	pol.Resource = []*iam.Policy{{Kind: iam.Trust, Version: "2012-10-17", Statements: []iam.Statement{{
		Effect: iam.Allow, HasPrincipal: true, Principals: []iam.PrincipalElem{{Type: iam.PrincipalAWS, Elem: iam.Elem{Text: root}}},
		Actions: []iam.Elem{{Text: "sts:AssumeRole"}},
	}}}}
}
