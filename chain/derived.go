package chain

import (
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/pipeline"
	"penstock/service"
)

// Derived are the powers that follow from what several rooms say together:
// who writes what an action of a pipeline runs (service.Authored) has the
// rights of the role that it runs with. They are gains of the model's
// pipelines, found with the rooms that are given.
func Derived(services []*service.Service) []service.Power {
	return []service.Power{
		{
			ID: "pipeline.artifact", Kind: service.Execute,
			Why:   "replaces an artifact that an action runs with a role",
			Basis: service.Reasoned, Source: "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_S3ArtifactLocation.html (an artifact is named by bucket and key, without a version)",
			Find: func(m *cloud.Model) []service.Gain { return artifacts(m, services) },
		},
		{
			ID: "pipeline.source", Kind: service.Execute,
			Why:   "writes the source that actions before the first approval run with a role",
			Basis: service.Documented, Source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-devops-example.html; https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html",
			Find: func(m *cloud.Model) []service.Gain { return sources(m, services) },
		},
	}
}

// runs is what an action runs that its inputs hold, and with which role.
type runs struct {
	p      *pipeline.Pipeline
	stage  *pipeline.Stage
	action *pipeline.Action
	site   *service.Site
	a      service.Authored
}

// eachRun yields what the actions of all pipelines run of their inputs.
func eachRun(m *cloud.Model, services []*service.Service, visit func(runs)) {
	for p := range pipeline.Find(m) {
		for _, st := range p.Stages {
			for _, a := range st.Actions {
				if len(a.Inputs) == 0 {
					continue
				}
				s := &service.Site{
					Model: m, Pipeline: p, Stage: st, Action: a, Role: service.RoleARN(m, p.RoleOf(a), a.Account, a.Region),
					Account: a.Account, Region: a.Region,
				}
				for _, w := range authored(s, services) {
					if w.Role != "" {
						visit(runs{p, st, a, s, w})
					}
				}
			}
		}
	}
}

// authored asks the rooms about an action and about what it starts.
func authored(s *service.Site, services []*service.Service) []service.Authored {
	var out []service.Authored
	ask := func(s *service.Site) {
		for _, svc := range services {
			if svc.Authored != nil {
				out = append(out, svc.Authored(s)...)
			}
		}
	}
	ask(s)
	for _, r := range started(s, services) {
		job := *s
		job.Resource, job.Account, job.Region, job.Memo = r, r.Account, r.Region, nil
		ask(&job)
	}
	return out
}

// started are the resources whose jobs an action starts.
func started(s *service.Site, services []*service.Service) []*cloud.Resource {
	var out []*cloud.Resource
	for _, svc := range services {
		for _, act := range svc.Actions {
			if act.Provider != s.Action.Provider || act.Category != s.Action.Category {
				continue
			}
			for i := range act.Rows {
				for _, t := range act.Rows[i].Targets(s) {
					if t.Starts != nil && !slices.Contains(out, t.Starts) {
						out = append(out, t.Starts)
					}
				}
			}
		}
	}
	return out
}

// artifacts: what is in the store may be replaced until the action reads it,
// whatever was approved in between.
func artifacts(m *cloud.Model, services []*service.Service) []service.Gain {
	var gs []service.Gain
	eachRun(m, services, func(r runs) {
		for _, in := range r.action.Inputs {
			art := r.site.Artifact(in.Name)
			if art == nil {
				continue
			}
			on := art.Object
			if i := strings.LastIndexByte(on, '/'); i > 0 {
				on = on[:i] + "/*"
			}
			c := service.PowerCall{
				Actions: []string{"s3:PutObject"}, Resources: []string{on}, Account: art.Account, Why: "replaces artifact " + in.Name,
			}
			for _, calls := range service.Overwrites(r.p, c, r.site.Object(art.Bucket, "").Resource, art.Encryption) {
				gs = append(gs, r.gains(m, calls, service.TouchesArtifact, "artifact "+in.Name+" of pipeline "+match.Render(r.p.Name))...)
			}
		}
	})
	return gs
}

// gains are what those who make the calls have by what is run: the role, or
// where they choose it too, each that it may pass on.
func (r *runs) gains(m *cloud.Model, calls []service.PowerCall, touches, what string) []service.Gain {
	g := service.Gain{
		Calls: calls, Principal: r.a.Role, Touches: touches, Resource: r.p.Resource,
		What: what + ", which is " + match.Render(r.a.What) + " in action " + match.Render(r.action.Name),
	}
	if r.a.Passes == "" {
		return []service.Gain{g}
	}
	var out []service.Gain
	for p := range service.Trusting(m, r.a.Passes) {
		pass := service.Pass(p, r.a.Passes)
		pass[0].Caller = iam.Principal{ARN: r.a.Role}
		x := g
		x.Calls, x.Principal = append(slices.Clip(calls), pass...), p.ARN
		out = append(out, x)
	}
	return out
}

// pushes are the actions that change what is on a branch
// (https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html).
var pushes = []string{
	"codecommit:GitPush", "codecommit:PutFile", "codecommit:CreateCommit", "codecommit:DeleteFile",
	"codecommit:MergeBranchesByFastForward", "codecommit:MergeBranchesBySquash", "codecommit:MergeBranchesByThreeWay",
	"codecommit:MergePullRequestByFastForward", "codecommit:MergePullRequestBySquash", "codecommit:MergePullRequestByThreeWay",
}

// sources: a commit starts the pipeline, and its code runs in every action
// before somebody has to approve. What runs later has been approved.
func sources(m *cloud.Model, services []*service.Service) []service.Gain {
	var gs []service.Gain
	eachRun(m, services, func(r runs) {
		if gated(&r, services) {
			return
		}
		for _, st := range r.p.Stages {
			for _, src := range st.Actions {
				if src.Category != "Source" || !feeds(r.p, src, r.action) {
					continue
				}
				c, e, ok := writes(m, src)
				if !ok {
					continue
				}
				for _, calls := range service.Puts(c, e) {
					gs = append(gs, r.gains(m, calls, service.TouchesSource, "source "+match.Render(src.Name)+" of pipeline "+match.Render(r.p.Name))...)
				}
			}
		}
	})
	return gs
}

// writes is the call that changes what a source action takes.
func writes(m *cloud.Model, src *pipeline.Action) (service.PowerCall, *cloud.Encryption, bool) {
	s := service.Site{Model: m, Account: src.Account, Region: src.Region}
	switch src.Provider {
	case "CodeCommit":
		name := src.Get("RepositoryName")
		if name == "" {
			return service.PowerCall{}, nil, false
		}
		c := service.PowerCall{
			Actions: pushes, Resources: []string{s.ARN("codecommit", name)}, Account: src.Account, Why: "writes branch " + match.Render(src.Get("BranchName")),
		}
		if b := src.Get("BranchName"); b != "" {
			c.Context.Set("codecommit:References", "refs/heads/"+b)
		}
		return c, nil, true
	case "S3":
		bucket, key := src.Get("S3Bucket"), src.Get("S3ObjectKey")
		if bucket == "" || key == "" {
			return service.PowerCall{}, nil, false
		}
		t := s.Object(bucket, key)
		var e *cloud.Encryption
		if b := s.BucketResource(bucket); b != nil {
			e = b.Encryption
		}
		return service.PowerCall{Actions: []string{"s3:PutObject"}, Resources: []string{t.Resource}, Account: t.Account, Why: "writes the source object"}, e, true
	default:
		return service.PowerCall{}, nil, false
	}
}

// gated reports whether somebody has to approve before an action runs.
func gated(r *runs, services []*service.Service) bool {
	for _, st := range r.p.Stages {
		for _, a := range st.Actions {
			if gate(r, st, a, services) && (st != r.stage || a.RunOrder < r.action.RunOrder) {
				return true
			}
		}
		if st == r.stage {
			return false
		}
	}
	return false
}

// gate reports whether an action waits for a person: an approval, or what a
// room says is one.
func gate(r *runs, st *pipeline.Stage, a *pipeline.Action, services []*service.Service) bool {
	if a.Gate() {
		return true
	}
	s := *r.site
	s.Stage, s.Action, s.Memo = st, a, nil
	s.Account, s.Region, s.Role = a.Account, a.Region, service.RoleARN(s.Model, r.p.RoleOf(a), a.Account, a.Region)
	return slices.ContainsFunc(services, func(svc *service.Service) bool { return svc.Gate != nil && svc.Gate(&s) })
}

// feeds reports whether an action takes what a source brings, by itself or
// through the actions between them.
func feeds(p *pipeline.Pipeline, src, action *pipeline.Action) bool {
	seen := map[string]bool{}
	var comes func(a *pipeline.Action) bool
	comes = func(a *pipeline.Action) bool {
		for _, in := range a.Inputs {
			if seen[in.Name] {
				continue
			}
			seen[in.Name] = true
			if from := p.Producer(in.Name); from == src || from != nil && comes(from) {
				return true
			}
		}
		return false
	}
	return comes(action)
}
