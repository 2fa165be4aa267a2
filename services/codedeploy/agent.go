package codedeploy

import (
	"fmt"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const profilePage = "https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-iam-instance-profile.html"

// agentRows: what the agent on an instance calls with the role of the
// instance (row 6i of the provider list). The agent fetches the revision
// itself, from the artifact store of the pipeline.
var agentRows = []service.Row{
	{
		ID: "codedeploy.agent.assume", Caller: "ec2.amazonaws.com",
		Actions: []string{"sts:AssumeRole"}, Resource: "role of the instance profile",
		Why:  "EC2 gives the agent the credentials of the instance's role",
		Need: service.Stops, Basis: service.Documented, Source: profilePage,
		Targets: func(s *service.Site) []service.Target {
			return eachRole(s, func(i service.Instance) []service.Target {
				t := service.Target{
					Caller: iam.Principal{Service: ec2Principal(s.Region)}, Resource: i.Role, Account: arn.Account(i.Role),
					At: i.At, What: "role of the instances", Context: service.Unknown("aws:SourceArn", "aws:SourceAccount"),
				}
				return []service.Target{t}
			})
		},
	},
	{
		ID: "codedeploy.agent.read", Caller: "instance role",
		Actions: []string{"s3:GetObject"}, Resource: "<bucket>/<pipeline>/<artifact>/…",
		Why:  "the agent downloads the revision",
		Need: service.Stops, Basis: service.Documented, Source: profilePage,
		Targets: revision,
	},
	{
		ID: "codedeploy.agent.read-version", Caller: "instance role",
		Actions: []string{"s3:GetObjectVersion"}, Resource: "<bucket>/<pipeline>/<artifact>/…",
		Why:  "the agent downloads the revision, should it be named by version",
		Need: service.Listed, Basis: service.Documented, Source: profilePage,
		Targets: revision,
	},
	{
		ID: "codedeploy.agent.commands", Caller: "instance role",
		Actions: []string{
			"codedeploy-commands-secure:GetDeploymentSpecification", "codedeploy-commands-secure:PollHostCommand",
			"codedeploy-commands-secure:PutHostCommandAcknowledgement", "codedeploy-commands-secure:PutHostCommandComplete",
		},
		Resource: "*", Why: "the agent talks to CodeDeploy through a VPC endpoint, should it be set to (enable_auth_policy)",
		Need: service.Listed, Basis: service.Documented,
		Source: "https://docs.aws.amazon.com/codedeploy/latest/userguide/vpc-endpoints.html#vpc-codedeploy-agent-configuration",
		Targets: func(s *service.Site) []service.Target {
			if !secureEndpoint(s) {
				return nil
			}
			return eachRole(s, func(i service.Instance) []service.Target {
				return []service.Target{{Caller: iam.Principal{ARN: i.Role}, Resource: "*", Account: s.Account, At: i.At, What: "commands of CodeDeploy"}}
			})
		},
	},
}

// ec2Principal is who assumes the role of an instance: in China under a
// domain of its own
// (https://docs.amazonaws.cn/en_us/aws/latest/userguide/iam.html).
func ec2Principal(region string) string {
	if arn.Partition(region) == "aws-cn" {
		return "ec2.amazonaws.com.cn"
	}
	return "ec2.amazonaws.com"
}

func secureEndpoint(s *service.Site) bool {
	for r := range s.Model.OfType("AWS::EC2::VPCEndpoint") {
		if r.Account == s.Account && r.Region == s.Region && strings.HasSuffix(r.Prop("ServiceName").Str(), ".codedeploy-commands-secure") {
			return true
		}
	}
	return false
}

// fleet returns the instances that the group deploys to, as far as the stacks
// declare them: those of its Auto Scaling groups and those with its tags.
func fleet(s *service.Site) []service.Instance {
	return service.Remember(s, "codedeploy.fleet", func() []service.Instance {
		if !onServers(s) {
			return nil
		}
		var out []service.Instance
		for n := range s.Resource.Prop("AutoScalingGroups").Elems() {
			if r := s.Find(n.Str(), "AWS::AutoScaling::AutoScalingGroup"); r != nil {
				out = append(out, s.Group(r))
			}
		}
		if fit := tagged(s.Resource); fit != nil {
			out = append(out, s.Instances(fit)...)
		}
		told := len(out) > 0
		for _, i := range out {
			told = told && i.Unknown == ""
		}
		if !told {
			s.Model.Assume(fmt.Sprintf("the instances of deployment group %s are not all declared by the stacks: their roles are taken to read the revision", match.Render(s.Resource.Name)))
		}
		return out
	})
}

// tagged returns whether an instance's tags select it for the group, nil
// where the group selects by none: one of the filters fits, or one of each
// group of a tag set
// (https://docs.aws.amazon.com/codedeploy/latest/userguide/instances-tagging.html).
func tagged(group *cloud.Resource) func(map[string]string) bool {
	var all [][]*doc.Node
	var any []*doc.Node
	for f := range group.Prop("Ec2TagFilters").Elems() {
		any = append(any, f)
	}
	if any != nil {
		all = append(all, any)
	}
	for l := range group.Prop("Ec2TagSet", "Ec2TagSetList").Elems() {
		var any []*doc.Node
		for f := range l.Get("Ec2TagGroup").Elems() {
			any = append(any, f)
		}
		all = append(all, any)
	}
	if all == nil {
		return nil
	}
	return func(tags map[string]string) bool {
		for _, any := range all {
			one := false
			for _, f := range any {
				one = one || fits(f, tags)
			}
			if !one {
				return false
			}
		}
		return true
	}
}

func fits(f *doc.Node, tags map[string]string) bool {
	key, value := f.Get("Key").Str(), f.Get("Value").Str()
	switch f.Get("Type").Str() {
	case "KEY_ONLY":
		_, ok := tags[key]
		return ok
	case "VALUE_ONLY":
		for _, v := range tags {
			if v == value {
				return true
			}
		}
		return false
	default:
		v, ok := tags[key]
		return ok && v == value
	}
}

// eachRole asks once for each role of the fleet.
func eachRole(s *service.Site, ask func(service.Instance) []service.Target) []service.Target {
	var ts []service.Target
	seen := map[string]bool{}
	for _, i := range fleet(s) {
		if i.Role != "" && !seen[i.Role] {
			seen[i.Role] = true
			ts = append(ts, ask(i)...)
		}
	}
	return ts
}

func revision(s *service.Site) []service.Target {
	if s.Pipeline == nil || s.Action == nil {
		return nil
	}
	return eachRole(s, func(i service.Instance) []service.Target {
		var ts []service.Target
		for _, in := range s.Action.Inputs {
			if a := s.Artifact(in.Name); a != nil {
				t := a.Read()
				t.Caller, t.At = iam.Principal{ARN: i.Role}, i.At
				ts = append(ts, t)
			}
		}
		return ts
	})
}

// noProfile finds instances that have no role at all.
func noProfile(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != groupT {
		return nil
	}
	var fs []diag.Finding
	for _, i := range fleet(s) {
		if i.Unknown != "" || i.Role != "" {
			continue
		}
		fs = append(fs, diag.Finding{
			At: i.At, Severity: diag.Error, Certainty: diag.Likely,
			Message: fmt.Sprintf("the instances of %s have no instance profile with a role, so the CodeDeploy agent has no credentials to download the revision of deployment group %s with",
				i.Resource.ID(), match.Render(s.Resource.Name)),
			AWSError: "CodeDeploy agent was not able to receive the lifecycle event. / Missing credentials - please check if this instance was started with an IAM instance profile",
			Related:  []diag.Note{{At: s.Resource.Span, Message: "deploys to them"}},
		})
	}
	return fs
}
