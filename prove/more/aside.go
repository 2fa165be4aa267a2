package more

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/chain"
	"penstock/cloud"
	"penstock/diag"
	"penstock/harm"
	"penstock/iam"
	"penstock/prove"
)

// answers reports whether a call answers or skips a gate, where no stack
// declares the pipelines of the account, for a role of a delivery: none answers
// gates by its work, whichever it names. Of declared pipelines theorem three
// speaks. What a machine waits for no build answers, which its integration
// with Step Functions does not ask to
// (https://docs.aws.amazon.com/step-functions/latest/dg/connect-codebuild.html).
func (s *subject) answers(action string) bool {
	switch action {
	case "codepipeline:putapprovalresult", "codepipeline:overridestagecondition":
		return !s.piped && delivers(s)
	case "states:sendtasksuccess":
		return !s.piped && letsIn(s, "codebuild.amazonaws.com")
	}
	return false
}

// gates are the calls that answer a gate, or let past one.
var gates = map[string]bool{"codepipeline:putapprovalresult": true, "codepipeline:overridestagecondition": true, "states:sendtasksuccess": true}

// delivers reports whether a delivery service or a workflow takes a role on.
func delivers(s *subject) bool {
	return s.Trust != nil && s.Trust.Policy != nil && delivery(s.Trust.Policy) != ""
}

// soften makes a warning of what is said of an administrator that is no part
// of a delivery: a function that stands by itself, or a role with AWS's own
// AdministratorAccess for builds that no stack declares. That somebody gave it all
// rights is to be seen at a glance; who else reaches it is said of those.
func (f *finder) soften(s *subject, d *diag.Finding) {
	if f.administers(s) {
		d.Severity, d.Certainty = diag.Warning, diag.Possible
		d.Depends = []string{"whether " + s.name() + " is meant to administer the account"}
	}
}

// administers reports whether a subject is such an administrator.
func (f *finder) administers(s *subject) bool {
	idle := len(s.runs) == 0 && delivers(s) && delivery(s.Trust.Policy) == "whatever codebuild.amazonaws.com runs with it" && slices.ContainsFunc(s.Identity, func(a cloud.Attachment) bool {
		return strings.HasSuffix(a.ARN, ":iam::aws:policy/AdministratorAccess")
	})
	aside := len(s.runs) > 0 && !delivers(s) && !slices.ContainsFunc(s.runs, func(r *prove.Run) bool { return r.Pipeline != nil || r.Entry.Resource == nil })
	return idle || aside && f.mighty(s.Principal)
}

// count adds findings about a subject to the tally, as grave ones unless it
// administers the account.
func (f *finder) count(s *subject, t *tally, n int) {
	if n > 0 && f.administers(s) {
		t.unexplained += n
	} else {
		t.grave += n
	}
}

// loose reports whether a step takes on a role that lets in its caller's whole
// account without a condition, from a build, and gives it more than to look:
// who wrote the trust never chose the build, and whoever can change what is
// built acts with the role.
func (f *finder) loose(s *subject, g *chain.Step) bool {
	pr := f.model.Principal(g.Gain.Principal)
	if g.Power.ID != "sts.assume" || !letsIn(s, "codebuild.amazonaws.com") || pr == nil || pr.Trust == nil || pr.Trust.Policy == nil || !changes(pr) {
		return false
	}
	open := false
	for i := range pr.Trust.Policy.Statements {
		st := &pr.Trust.Policy.Statements[i]
		for _, e := range st.Principals {
			switch {
			case st.Effect != iam.Allow || e.Type != iam.PrincipalAWS:
			case e.Text == s.ARN:
				return false // it is meant
			case e.Text == s.Account || strings.HasSuffix(e.Text, ":root") && arn.Account(e.Text) == s.Account:
				open = open || len(st.Conditions) == 0
			}
		}
	}
	return open
}

// changes reports whether a role is granted more than to look.
func changes(pr *cloud.Principal) bool {
	return slices.ContainsFunc(pr.Identity, func(a cloud.Attachment) bool {
		return a.Policy != nil && slices.ContainsFunc(a.Policy.Statements, func(st iam.Statement) bool {
			return st.Effect == iam.Allow && (st.NotAction || slices.ContainsFunc(st.Actions, func(e iam.Elem) bool {
				if strings.ContainsAny(e.Text, "*?") {
					one := iam.Statement{Actions: []iam.Elem{e}}
					as, all := expand(&one)
					return all || slices.ContainsFunc(as, func(a string) bool { return harm.Of(a) >= harm.Hide })
				}
				return harm.Of(e.Text) >= harm.Hide
			}))
		})
	})
}

// delivered reports whether a repository is the source of a pipeline here.
func (f *finder) delivered(r *cloud.Resource) bool {
	return slices.ContainsFunc(f.proof.Runs(f.model), func(run *prove.Run) bool {
		return run.Pipeline != nil && slices.ContainsFunc(run.Steps, func(s *prove.Step) bool {
			return slices.ContainsFunc(s.Calls, func(c *prove.Call) bool {
				return c.Request.Resource == r.ARN && strings.HasPrefix(c.Request.Action, "codecommit:")
			})
		})
	})
}

// others states what a principal that is part of no delivery here can certainly
// become beyond what it is: a role that everything is granted to already has no
// more to gain, and what is only possible is not told.
func (f *finder) others(s *subject, t *tally) []diag.Finding {
	if f.mighty(s.Principal) {
		return nil
	}
	var out []diag.Finding
	for _, d := range f.become(s, &tally{}) {
		if d.Severity == diag.Error {
			t.grave++
			out = append(out, d)
		}
	}
	return out
}
