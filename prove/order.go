package prove

import (
	"fmt"
	"slices"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/iam/authz"
	"penstock/service"
)

// A service that looks at a role when a resource is made with it finds the
// role, which the resource refers to, and none of the policies that
// CloudFormation attaches beside it: it makes them at the same moment.

// tooEarly finds the first call of a job that is asked when its resource is
// made, and allowed only by a policy of the same stack that the resource does
// not wait for.
func (p *prover) tooEarly(r *Run, step *Step) (diag.Finding, bool) {
	m, job := r.Model, step.Job
	if job == nil && r.Pipeline != nil {
		job = r.Pipeline.Resource
	}
	if job == nil || job.Stack == nil {
		return diag.Finding{}, false
	}
	for _, c := range step.Calls {
		if !c.Row.Made || c.Row.Need != service.Stops || c.Decision.Verdict != authz.Allow || c.Request.Principal.ARN == "" {
			continue
		}
		pr := m.Principal(c.Request.Principal.ARN)
		if pr == nil || pr.Resource == nil || pr.Resource.Stack != job.Stack {
			continue
		}
		late := beside(m, pr, job)
		if len(late) == 0 || p.without(m, c, late) != authz.Deny {
			continue
		}
		f := diag.Finding{
			Code: "RUN101", Theorem: string(Runs), At: job.Span, Severity: diag.Error, Certainty: diag.Likely,
			Message: fmt.Sprintf("%s %s is made before %s, which alone lets its role %s: nothing makes it wait, and AWS asks for that when it is made",
				job.Type, job.LogicalID, late[0].LogicalID, c.Request.Action),
			Principal: principal(c), Action: c.Request.Action, Resource: c.Request.Resource, Layer: "identity",
			AWSError: authz.AccessDenied(&c.Request, authz.Decision{Verdict: authz.Deny, Layer: "identity"}, sessionName(c)),
			Related:  []diag.Note{{At: late[0].Span, Message: "the policy, which is attached to the role at the same time"}},
		}
		if edits, err := waitFor(job, late[0]); err == nil {
			f.Fixes = []diag.Fix{{Message: "make " + job.LogicalID + " wait: DependsOn " + late[0].LogicalID, Edits: edits, Safe: true}}
		}
		return f, true
	}
	return diag.Finding{}, false
}

// beside returns the resources of the job's stack that attach policies to a
// role and that the job does not wait for.
func beside(m *cloud.Model, pr *cloud.Principal, job *cloud.Resource) []*cloud.Resource {
	var out []*cloud.Resource
	for _, a := range pr.Identity {
		r := a.Resource
		if r == nil || r == pr.Resource || r.Stack != job.Stack || slices.Contains(out, r) {
			continue
		}
		// A managed policy that the role itself names is there before the role.
		if waits(m, job, r.LogicalID) {
			continue
		}
		out = append(out, r)
	}
	return out
}

// waits reports whether a resource is made after another of its stack.
func waits(m *cloud.Model, r *cloud.Resource, on string) bool {
	after := map[string][]string{}
	for _, o := range m.Resources {
		if o.Stack == r.Stack {
			after[o.LogicalID] = o.After
		}
	}
	seen := map[string]bool{}
	todo := slices.Clone(r.After)
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if id == on {
			return true
		}
		if !seen[id] {
			seen[id] = true
			todo = append(todo, after[id]...)
		}
	}
	return false
}

// without decides a call as if the policies of some resources were not there.
func (p *prover) without(m *cloud.Model, c *Call, late []*cloud.Resource) authz.Verdict {
	pol := collect(m, c, &c.Request)
	pr := m.Principal(c.Request.Principal.ARN)
	for _, a := range pr.Identity {
		if a.Policy == nil || !slices.Contains(late, a.Resource) {
			continue
		}
		if i := slices.Index(pol.Identity, a.Policy); i >= 0 {
			pol.Identity = slices.Delete(slices.Clone(pol.Identity), i, i+1)
		}
	}
	return p.opt.Engine.DecideCases(&c.Request, pol)
}

func waitFor(job, on *cloud.Resource) ([]diag.Edit, error) {
	if job.Node == nil {
		return nil, fmt.Errorf("no entry")
	}
	v := splice.String(on.LogicalID)
	if n := job.Node.Get("DependsOn"); n != nil && n.Kind != doc.Null {
		return splice.Add(n, v)
	}
	return splice.SetField(job.Node, "DependsOn", v)
}
