package codepipeline

import (
	"fmt"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/service"
)

// named are the fields of actions that name something which must be there, in
// the account and region of the action.
var named = map[string]struct{ field, typ, what string }{
	"CodeBuild":     {"ProjectName", "AWS::CodeBuild::Project", "build project"},
	"CodeDeploy":    {"ApplicationName", "AWS::CodeDeploy::Application", "application"},
	"Lambda":        {"FunctionName", "AWS::Lambda::Function", "function"},
	"ECS":           {"ClusterName", "AWS::ECS::Cluster", "cluster"},
	"StepFunctions": {"StateMachineArn", "AWS::StepFunctions::StateMachine", "state machine"},
	"CodeCommit":    {"RepositoryName", "AWS::CodeCommit::Repository", "repository"},
	"ECR":           {"RepositoryName", "AWS::ECR::Repository", "image repository"},
	"CodePipeline":  {"PipelineName", "AWS::CodePipeline::Pipeline", "pipeline"},
}

// absent finds an action that names something which no stack declares where the
// action runs, although the stacks own that name: they declare it in another
// region or account, or the name is made of the stack's own, or it is a letter
// away from one that nothing uses. Any other name is taken to exist.
func absent(s *service.Site, _ *service.Call) []diag.Finding {
	a := s.Action
	if a == nil || a.Owner != "AWS" || match.HasHole(a.Account) || match.HasHole(a.Region) {
		return nil
	}
	if a.Provider == "CodeDeploy" || a.Provider == "CodeDeployToECS" {
		if f, ok := noGroup(s); ok {
			return []diag.Finding{f}
		}
	}
	provider := a.Provider
	if provider == "CodeDeployToECS" {
		provider = "CodeDeploy"
	}
	k, ok := named[provider]
	if !ok {
		return nil
	}
	fs := missing(s, k.field, k.typ, k.what, nil)
	if a.Provider == "ECS" && len(fs) == 0 {
		cluster := last(a.Get("ClusterName"))
		fs = missing(s, "ServiceName", "AWS::ECS::Service", "service", func(r *cloud.Resource) bool {
			c := r.Prop("Cluster").Str()
			if x := s.Model.ByRef(c, r.Account, r.Region, "AWS::ECS::Cluster"); x != nil {
				c = x.Name
			}
			return last(c) == cluster
		})
	}
	return fs
}

func last(v string) string {
	if a, err := arn.Parse(v); err == nil {
		return a.Name()
	}
	return v
}

// missing judges one field. Fit tells which of the declared could be meant,
// nil all.
func missing(s *service.Site, field, typ, what string, fit func(*cloud.Resource) bool) []diag.Finding {
	a := s.Action
	n := a.Config.Get(field)
	name := n.Str()
	if name == "" || match.HasHole(name) || len(n.Maybe) > 0 {
		return nil
	}
	region, account := a.Region, a.Account
	if x, err := arn.Parse(name); err == nil && x.Region != "" {
		region, account, name = x.Region, x.Account, strings.TrimPrefix(x.Resource[strings.IndexAny(x.Resource, ":/")+1:], "")
	}
	name, _, _ = strings.Cut(name, ":") // an alias or a version of a function
	var elsewhere, near *cloud.Resource
	for r := range s.Model.OfType(typ) {
		if fit != nil && !fit(r) {
			continue
		}
		own := nameOf(r)
		switch {
		case match.HasHole(own) || own == "":
			if r.Account == account && r.Region == region && strings.HasPrefix(own, "\x00"+string(rune(match.Name))) {
				return nil // may be the one
			}
		case own == name && r.Account == account && r.Region == region:
			return nil
		case own == name:
			elsewhere = r
		case r.Account == account && r.Region == region && oneOff(own, name) && !used(s, r, own):
			near = r
		}
	}
	f := diag.Finding{At: n.Where(), Severity: diag.Error, Certainty: diag.Likely}
	where := fmt.Sprintf("account %s, %s", account, region)
	switch {
	case elsewhere != nil:
		f.Message = fmt.Sprintf("action %s names %s %s in %s, and the stacks declare it in account %s, %s", a.Name, what, name, where, elsewhere.Account, elsewhere.Region)
		f.Related = []diag.Note{{At: elsewhere.Span, Message: "declared here"}}
	case near != nil:
		f.Message = fmt.Sprintf("action %s names %s %s, which no stack declares; did you mean %s, which nothing else uses?", a.Name, what, name, nameOf(near))
		f.Related = []diag.Note{{At: near.Span, Message: "declared here"}}
		f.Fixes = service.Reword(n, name, nameOf(near), "name "+nameOf(near))
	case strings.Contains(n.Where().Text(), "AWS::StackName") && s.Pipeline.Resource != nil:
		f.Message = fmt.Sprintf("action %s names %s %s after its own stack, and no stack declares it in %s", a.Name, what, name, where)
	default:
		return nil
	}
	return []diag.Finding{f}
}

// nameOf is the physical name of a resource.
func nameOf(r *cloud.Resource) string {
	if r.Name != "" {
		return r.Name
	}
	return last(r.ARN)
}

// noGroup finds a deployment group that an application of the stacks does not
// have.
func noGroup(s *service.Site) (diag.Finding, bool) {
	a := s.Action
	n := a.Config.Get("DeploymentGroupName")
	app, name := a.Get("ApplicationName"), n.Str()
	if app == "" || name == "" || match.HasHole(app) || match.HasHole(name) {
		return diag.Finding{}, false
	}
	own := s.Find(app, "AWS::CodeDeploy::Application")
	if own == nil {
		return diag.Finding{}, false
	}
	var have []string
	for r := range s.Model.OfType("AWS::CodeDeploy::DeploymentGroup") {
		if r.Account != own.Account || r.Region != own.Region || r.Prop("ApplicationName").Str() != own.Name && r.Prop("ApplicationName").Str() != own.Ref {
			continue
		}
		if r.Name == name || match.HasHole(r.Name) {
			return diag.Finding{}, false
		}
		have = append(have, r.Name)
	}
	if len(have) == 0 {
		return diag.Finding{}, false // made elsewhere
	}
	f := diag.Finding{
		At: n.Where(), Severity: diag.Error, Certainty: diag.Likely,
		Message:  fmt.Sprintf("action %s names deployment group %s, and the stacks declare application %s with the groups %s", a.Name, name, app, strings.Join(have, ", ")),
		AWSError: "No Deployment Group found for name: " + name,
		Related:  []diag.Note{{At: own.Span, Message: "the application"}},
	}
	if len(have) == 1 {
		f.Fixes = service.Reword(n, name, have[0], "name "+have[0])
	}
	return f, true
}

// used reports whether some action of the pipeline names a resource.
func used(s *service.Site, r *cloud.Resource, name string) bool {
	for _, st := range s.Pipeline.Stages {
		for _, a := range st.Actions {
			if a.Config == nil || a.Config.Kind != doc.Map || a.Account != r.Account || a.Region != r.Region {
				continue
			}
			for _, f := range a.Config.Fields {
				if v := f.Value.Str(); v == name || v == r.ARN || v == r.Ref {
					return true
				}
			}
		}
	}
	return false
}

// oneOff reports whether two names differ in the case of letters, or in one
// letter, which may be missing; in a digit they may be two things of a kind.
func oneOff(a, b string) bool {
	if strings.EqualFold(a, b) {
		return a != b
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 3 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if i < len(b) && b[i] >= '0' && b[i] <= '9' || i < len(a) && a[i] >= '0' && a[i] <= '9' {
		return false
	}
	if len(a) == len(b) {
		return a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}

// otherRegion finds what an action or a store names by an ARN of another
// region than the one in which it can be used.
func otherRegion(s *service.Site, _ *service.Call) []diag.Finding {
	a := s.Action
	if a == nil {
		return nil
	}
	var fs []diag.Finding
	add := func(n *doc.Node, region, what string) {
		x, err := arn.Parse(n.Str())
		if err != nil || x.Region == "" || x.Region == region || match.HasHole(x.Region) || match.HasHole(region) || len(n.Maybe) > 0 {
			return
		}
		fs = append(fs, diag.Finding{
			At: n.Where(), Severity: diag.Error, Certainty: diag.Proved,
			Message: fmt.Sprintf("action %s runs in %s and names a %s of %s: %s", a.Name, region, what, x.Region, match.Render(n.Str())),
			Fixes:   service.Reword(n, x.Region, region, "name the "+what+" of "+region),
		})
	}
	switch a.Provider {
	case "StepFunctions":
		add(a.Config.Get("StateMachineArn"), a.Region, "state machine")
	case "Manual":
		add(a.Config.Get("NotificationArn"), a.Region, "topic")
	}
	if st := s.Store(a.Region); st != nil && len(a.Inputs)+len(a.Outputs) > 0 {
		if b := s.BucketResource(st.Bucket); b != nil && b.Region != a.Region && !match.HasHole(a.Region) && len(b.Maybe) == 0 {
			fs = append(fs, diag.Finding{
				At: st.Span, Severity: diag.Error, Certainty: diag.Proved,
				Message: fmt.Sprintf("the artifact store of %s is bucket %s, which the stacks make in %s", a.Region, match.Render(b.Name), b.Region),
				Related: []diag.Note{{At: b.Span, Message: "the bucket"}},
			})
		}
		if x, err := arn.Parse(st.Key); err == nil && x.Region != "" && x.Region != a.Region && !match.HasHole(x.Region) && !match.HasHole(a.Region) {
			fs = append(fs, diag.Finding{
				At: st.KeyNode.Where(), Severity: diag.Error, Certainty: diag.Proved,
				Message: fmt.Sprintf("the artifact store of %s names a key of %s: %s", a.Region, x.Region, match.Render(st.Key)),
				Related: []diag.Note{{At: a.Span, Message: "an action that uses the store"}},
			})
		}
	}
	return fs
}

var absentCodes = []service.Code{
	{
		Code: "RUN106", Theorem: "runs",
		Fix:   "the name that was meant, where one is near; the path of a role",
		Open:  "it is declared for another account or region: which of the two moves, the author knows",
		Title: "an action names something that is not there",
		Doc: `
What no stack declares is taken to exist, unless the stacks own the name: they declare it in another region or account than the
action's, the name is made of the stack's own name, the application is theirs and has other deployment groups, or the name is a
letter away from one that nothing uses. A role is there under its whole ARN alone, with its path and in its own letters.

**What AWS shows**: "Error calling startBuild: Project cannot be found", "No Deployment Group found for name", "Function not
found", ServiceNotFoundException, in the action.

**Remedy**: the right name, or ` + "`Region`" + ` and ` + "`RoleArn`" + ` of the action; best a ` + "`!Ref`" + ` in the place of a name.

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-create-cross-region.html
- https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
`,
	},
	{
		Code: "RUN107", Theorem: "runs",
		Fix:   "what is of this region and the only one of its kind",
		Open:  "there is none, or more than one",
		Title: "an action names something of another region",
		Doc: `
An action calls the service in its own region, so that a state machine or a topic of another region is not found there. The key
of an artifact store must be in the region of its bucket.

**What AWS shows**: "Invalid ARN", StateMachineDoesNotExist, "The topic must be in the same region", or S3's
"KMS.NotFoundException" when an artifact is written.

**Remedy**: the ARN of the action's region, or ` + "`Region`" + ` in the action, with an artifact store there.

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html (the topic is in the region of the pipeline)
- https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-create-cross-region.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html (same region as the bucket)
`,
	},
}
