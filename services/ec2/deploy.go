package ec2

import (
	"strings"

	"penstock/arn"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const deployPage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-EC2Deploy.html"

// actions: the action that deploys to instances through Systems Manager (row
// 17 of the provider list). The instances fetch the artifact themselves.
var actions = []service.Action{{
	Category: "Deploy", Owner: "AWS", Provider: "EC2", Artifacts: "action",
	Rows: []service.Row{
		{
			ID: "ec2.deploy.find", Caller: "pipeline or action role",
			Actions: []string{"ec2:DescribeInstances"}, Resource: "*",
			Why:  "finds the instances by their tag",
			Need: service.Stops, Basis: service.Documented, Source: deployPage + "#action-reference-EC2Deploy-permissions-action",
			Targets: func(s *service.Site) []service.Target {
				if s.Action.Get("InstanceType") == "SSM_MANAGED_NODE" {
					return nil
				}
				return anything(s)
			},
		},
		{
			ID: "ec2.deploy.managed", Caller: "pipeline or action role",
			Actions: []string{"ssm:DescribeInstanceInformation", "ssm:ListCommandInvocations"}, Resource: "*",
			Why:  "asks which instances Systems Manager reaches, and how the commands went",
			Need: service.Stops, Basis: service.Documented, Source: deployPage + "#action-reference-EC2Deploy-permissions-action",
			Targets: anything,
		},
		{
			ID: "ec2.deploy.cancel", Caller: "pipeline or action role",
			Actions: []string{"ssm:CancelCommand"}, Resource: "*",
			Why:  "cancels the commands when the execution is stopped",
			Need: service.Listed, Basis: service.Documented, Source: deployPage + "#action-reference-EC2Deploy-permissions-action",
			Targets: anything,
		},
		{
			ID: "ec2.deploy.document", Caller: "pipeline or action role",
			Actions: []string{"ssm:SendCommand"}, Resource: "document/AWS-RunShellScript",
			Why:  "runs the deployment on the instances",
			Need: service.Stops, Basis: service.Documented, Source: deployPage + "#action-reference-EC2Deploy-permissions-action",
			Targets: func(s *service.Site) []service.Target {
				t := service.Target{Resource: s.ARNIn("ssm", s.Region, "", "document/AWS-RunShellScript"), Account: s.Account, At: s.Action.Span, What: "document AWS-RunShellScript"}
				return []service.Target{t}
			},
		},
		{
			ID: "ec2.deploy.send", Caller: "pipeline or action role",
			Actions: []string{"ssm:SendCommand"}, Resource: "instance/*",
			Context: "aws:ResourceTag/<InstanceTagKey>",
			Why:     "runs the deployment on the instances",
			Need:    service.Stops, Basis: service.Documented, Source: deployPage + "#action-reference-EC2Deploy-permissions-action",
			Targets: onInstances,
		},
		{
			ID: "ec2.deploy.balancer", Caller: "pipeline or action role",
			Actions: []string{
				"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth", "elasticloadbalancing:DescribeTargetGroupAttributes",
			},
			Resource: "*", Why: "looks at the target groups",
			Need: service.Stops, Basis: service.Documented, Source: deployPage + "#action-reference-EC2Deploy-permissions-action",
			Targets: func(s *service.Site) []service.Target {
				if s.Action.Get("TargetGroupNameList") == "" {
					return nil
				}
				return anything(s)
			},
		},
		{
			ID: "ec2.deploy.targets", Caller: "pipeline or action role",
			Actions: []string{"elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"}, Resource: "targetgroup/<name>/*",
			Why:  "takes the instances out of the target group and puts them back",
			Need: service.Stops, Basis: service.Documented, Source: deployPage + "#action-reference-EC2Deploy-permissions-action",
			Targets: targetGroups,
		},
		{
			ID: "ec2.deploy.read", Caller: "instance role",
			Actions: []string{"s3:GetObject"}, Resource: "<bucket>/<pipeline>/<artifact>/…",
			Why:  "the instance downloads the artifact",
			Need: service.Stops, Basis: service.Documented, Source: deployPage + "#action-reference-EC2Deploy-parameters (InstanceType)",
			Targets: download,
		},
	},
}}

func anything(s *service.Site) []service.Target {
	return []service.Target{{Resource: "*", At: s.Action.Span}}
}

// chosen returns whether an instance's tags select it for the action.
func chosen(s *service.Site) func(map[string]string) bool {
	key, value := s.Action.Get("InstanceTagKey"), s.Action.Get("InstanceTagValue")
	return func(tags map[string]string) bool {
		v, ok := tags[key]
		return ok && key != "" && (value == "" || v == value)
	}
}

// onInstances is the instances, of which no id is known before the
// deployment; they carry the tag that the action looks for.
func onInstances(s *service.Site) []service.Target {
	svc, kind := "ec2", "instance/"
	if s.Action.Get("InstanceType") == "SSM_MANAGED_NODE" {
		svc, kind = "ssm", "managed-instance/"
	}
	t := service.Target{
		Resource: s.ARN(svc, kind+match.Hole(match.Name, "the instances of action "+s.Action.Name)),
		At:       s.Action.Span, What: "instances of the deployment",
	}
	t.Context.Open = true // the other tags
	for _, k := range []string{"aws:SourceArn", "aws:SourceAccount", "aws:SourceVpc", "aws:SourceVpce", "sts:ExternalId"} {
		t.Context.SetAbsent(k)
	}
	if key, value := s.Action.Get("InstanceTagKey"), s.Action.Get("InstanceTagValue"); key != "" && value != "" {
		t.Context.Set("aws:ResourceTag/"+key, value)
		t.Context.Set("ssm:resourceTag/"+key, value)
	}
	return []service.Target{t}
}

func targetGroups(s *service.Site) []service.Target {
	n := s.Action.Config.Get("TargetGroupNameList")
	var ts []service.Target
	for name := range strings.SplitSeq(n.Str(), ",") {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		t := service.Target{
			Resource: s.ARN("elasticloadbalancing", "targetgroup/"+name+"/"+match.Hole(match.Name, "the id of target group "+name)),
			At:       n.Where(), What: "target group " + match.Render(name),
		}
		if r := s.Find(name, "AWS::ElasticLoadBalancingV2::TargetGroup"); r != nil && r.ARN != "" {
			t.Resource = r.ARN
		}
		ts = append(ts, t)
	}
	return ts
}

func download(s *service.Site) []service.Target {
	var ts []service.Target
	seen := map[string]bool{}
	for _, i := range s.Instances(chosen(s)) {
		if i.Role == "" || seen[i.Role] {
			continue
		}
		seen[i.Role] = true
		for _, in := range s.Action.Inputs {
			if a := s.Artifact(in.Name); a != nil {
				t := a.Read()
				t.Caller, t.At = iam.Principal{ARN: i.Role}, i.At
				if t.Account == "" {
					t.Account = arn.Account(t.Resource)
				}
				ts = append(ts, t)
			}
		}
	}
	return ts
}
