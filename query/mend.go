package query

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/facts"
	"penstock/match"
	"penstock/prove"
)

// A Mending is a patch that was proved.
type Mending struct {
	Fix diag.Fix
	// Neighbours counts the calls next to the one asked about that were decided
	// before and after: the same call by every other principal, the caller's
	// other actions of the service on the resource, the action on every other
	// resource of the kind. Also names those that the patch allows as well.
	Neighbours int
	Also       []string
}

// Mend proposes the smallest patch that makes a denied case allowed, and
// proves that it does and what else it does. It reports false where none can
// be written.
func Mend(c *Case, opt prove.Options) (*Mending, bool) {
	if c.Decision.Verdict != authz.Deny {
		return nil, false
	}
	if opt.Engine == nil {
		opt.Engine = prove.NewEngine()
	}
	at := func(m *cloud.Model, q iam.Request) *prove.Question {
		q.Context = q.Context.Clone()
		q.Context.Rest = rest(m, q)
		return &prove.Question{Model: m, Request: q}
	}
	fix, ok := prove.FixOne(at(c.Model, c.Request), opt, func(m *cloud.Model) (*prove.Question, bool) {
		return at(m, c.Request), true
	})
	if !ok {
		return nil, false
	}
	models, err := opt.Mend(fix.Edits)
	if err != nil {
		return nil, false
	}
	i := slices.IndexFunc(models, func(m *cloud.Model) bool { return slices.Equal(m.Scenario, c.Model.Scenario) })
	if i < 0 {
		return nil, false
	}
	out := &Mending{Fix: fix}
	decide := func(m *cloud.Model, q iam.Request) authz.Verdict {
		x := at(m, q)
		return opt.Engine.DecideCases(&x.Request, authz.Collect(m, &x.Request))
	}
	for q := range neighbours(c) {
		before := decide(c.Model, q)
		out.Neighbours++
		if after := decide(models[i], q); after != before {
			out.Also = append(out.Also, fmt.Sprintf("%s on %s by %s: %s, was %s",
				q.Action, match.Render(q.Resource), match.Render(who(&q)), after, before))
		}
	}
	return out, true
}

func who(q *iam.Request) string {
	switch {
	case q.Principal.Service != "":
		return q.Principal.Service
	case q.Principal.ARN == "":
		return "anybody"
	default:
		return q.Principal.ARN
	}
}

// maxNeighbours bounds each kind of neighbour.
const maxNeighbours = 400

// neighbours yields the calls next to that of a case.
func neighbours(c *Case) func(yield func(iam.Request) bool) {
	return func(yield func(iam.Request) bool) {
		n := 0
		for p := range c.Model.Principals() {
			if p.Kind == cloud.Group || p.ARN == c.Request.Principal.ARN || p.ARN == c.Request.Principal.Role {
				continue
			}
			q := c.Request
			q.Principal = iam.Principal{ARN: p.ARN}
			if n++; n > maxNeighbours || !yield(q) {
				return
			}
		}
		for _, p := range [...]iam.Principal{{}, {Service: "codebuild.amazonaws.com"}} {
			if p == c.Request.Principal {
				continue
			}
			q := c.Request
			q.Principal = p
			if !yield(q) {
				return
			}
		}
		prefix, name, _ := strings.Cut(c.Request.Action, ":")
		n = 0
		if svc, ok := facts.Service(prefix); ok {
			for a := range svc.Actions() {
				if strings.EqualFold(a.Name, name) {
					continue
				}
				q := c.Request
				q.Action = prefix + ":" + a.Name
				if n++; n > maxNeighbours || !yield(q) {
					return
				}
			}
		}
		others(c, yield)
	}
}

// others yields the call on the other resources of the kind, and beside the
// resource.
func others(c *Case, yield func(iam.Request) bool) {
	own := c.Model.Owner(c.Request.Resource)
	if own == nil {
		return
	}
	tail := strings.TrimPrefix(c.Request.Resource, own.ARN)
	n := 0
	for r := range c.Model.OfType(own.Type) {
		if r == own || r.ARN == "" {
			continue
		}
		q := c.Request
		q.Resource, q.ResourceAccount = r.ARN+tail, r.Account
		if n++; n > maxNeighbours || !yield(q) {
			return
		}
	}
	if tail != "" && !match.HasHole(tail) {
		q := c.Request
		q.Resource += "-other"
		yield(q)
	}
}
