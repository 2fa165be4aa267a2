package codedeploy

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/match"
	"penstock/service"
)

// fleetRows: the load balancer of a deployment to instances, and the Auto
// Scaling group that a blue/green deployment makes (row 6s of the provider
// list).
var fleetRows = []service.Row{
	{
		ID: "codedeploy.balancer.look", Caller: "service role of the deployment group",
		Actions: []string{"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth"}, Resource: "*",
		Why:  "looks whether the instances are in the target group",
		Need: service.Stops, Basis: service.Documented, Source: managed,
		Targets: func(s *service.Site) []service.Target {
			if len(targetGroups(s)) == 0 {
				return nil
			}
			return []service.Target{{Resource: "*", At: s.Resource.Prop("LoadBalancerInfo").Where(), What: "load balancer of the deployment"}}
		},
	},
	{
		ID: "codedeploy.balancer.targets", Caller: "service role of the deployment group",
		Actions: []string{"elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"}, Resource: "targetgroup/<name>/*",
		Why:  "takes the instances out of the target group and puts them back",
		Need: service.Stops, Basis: service.Documented, Source: managed,
		Targets: targetGroups,
	},
	{
		ID: "codedeploy.balancer.classic", Caller: "service role of the deployment group",
		Actions: []string{"elasticloadbalancing:DeregisterInstancesFromLoadBalancer", "elasticloadbalancing:RegisterInstancesWithLoadBalancer"}, Resource: "loadbalancer/<name>",
		Why:  "takes the instances out of the Classic Load Balancer and puts them back",
		Need: service.Stops, Basis: service.Documented, Source: managed,
		Targets: classic,
	},
	{
		ID: "codedeploy.balancer.classic-look", Caller: "service role of the deployment group",
		Actions: []string{"elasticloadbalancing:DescribeInstanceHealth"}, Resource: "*",
		Why:  "looks whether the instances are in service",
		Need: service.Stops, Basis: service.Documented, Source: managed,
		Targets: func(s *service.Site) []service.Target {
			if len(classic(s)) == 0 {
				return nil
			}
			return []service.Target{{Resource: "*", At: s.Resource.Prop("LoadBalancerInfo").Where(), What: "load balancer of the deployment"}}
		},
	},
	{
		ID: "codedeploy.green.group", Caller: "service role of the deployment group",
		Actions: []string{"autoscaling:CreateAutoScalingGroup"}, Resource: "autoScalingGroup:*:autoScalingGroupName/*",
		Why:  "makes the Auto Scaling group of the new instances (COPY_AUTO_SCALING_GROUP)",
		Need: service.Stops, Basis: service.Documented, Source: managed,
		Targets: green,
	},
	{
		ID: "codedeploy.green.more", Caller: "service role of the deployment group",
		Actions: []string{
			"autoscaling:UpdateAutoScalingGroup", "autoscaling:SuspendProcesses", "autoscaling:ResumeProcesses", "autoscaling:DeleteAutoScalingGroup",
		},
		Resource: "autoScalingGroup:*:autoScalingGroupName/*", Why: "changes the new group and takes the old one away (COPY_AUTO_SCALING_GROUP)",
		Need: service.Listed, Basis: service.Documented, Source: managed,
		Targets: green,
	},
	{
		// The managed policy AWSCodeDeployRole does not allow these three.
		ID: "codedeploy.green.launch", Caller: "service role of the deployment group",
		Actions: []string{"ec2:RunInstances"}, Resource: "instance/*",
		Why:  "starts the new instances from a launch template (COPY_AUTO_SCALING_GROUP)",
		Need: service.Stops, Basis: service.Documented, Source: rolePage + " (Auto Scaling group created with a launch template)",
		Targets: launched,
	},
	{
		ID: "codedeploy.green.tag", Caller: "service role of the deployment group",
		Actions: []string{"ec2:CreateTags"}, Resource: "instance/*",
		Why:  "tags the new instances (COPY_AUTO_SCALING_GROUP)",
		Need: service.Stops, Basis: service.Documented, Source: rolePage + " (Auto Scaling group created with a launch template)",
		Targets: launched,
	},
	{
		ID: "codedeploy.green.pass", Caller: "service role of the deployment group",
		Actions: []string{"iam:PassRole"}, Resource: "role of the instance profile",
		Context: "iam:PassedToService = ec2.amazonaws.com",
		Why:     "hands the role of the launch template to the new instances (COPY_AUTO_SCALING_GROUP)",
		Need:    service.Stops, Basis: service.Documented, Source: rolePage + " (Auto Scaling group created with a launch template)",
		Targets: func(s *service.Site) []service.Target {
			if len(launched(s)) == 0 {
				return nil
			}
			return eachRole(s, func(i service.Instance) []service.Target {
				t := service.Target{
					Resource: i.Role, Account: arn.Account(i.Role), At: i.At, What: "role of the instances",
					Context: service.Context("iam:PassedToService", ec2Principal(s.Region)),
				}
				t.Context.SetUnknown("iam:AssociatedResourceArn")
				return []service.Target{t}
			})
		},
	},
}

// balanced reports whether the deployment takes instances out of their load
// balancer: only where the style says so
// (https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentStyle.html).
func balanced(s *service.Site) bool {
	return onServers(s) && s.Resource.Prop("DeploymentStyle", "DeploymentOption").Str() == "WITH_TRAFFIC_CONTROL"
}

func targetGroups(s *service.Site) []service.Target {
	if !balanced(s) {
		return nil
	}
	var ts []service.Target
	for n := range s.Resource.Prop("LoadBalancerInfo", "TargetGroupInfoList").Elems() {
		name := n.Get("Name").Str()
		if name == "" {
			continue
		}
		t := service.Target{
			Resource: s.ARN("elasticloadbalancing", "targetgroup/"+name+"/"+match.Hole(match.Name, "the id of target group "+name)),
			At:       n.Where(), What: "target group " + match.Render(name),
		}
		for r := range s.Model.OfType("AWS::ElasticLoadBalancingV2::TargetGroup") {
			if r.Account == s.Account && r.Region == s.Region && r.ARN != "" && (r.Name == name || named(r, name)) {
				t.Resource = r.ARN
			}
		}
		ts = append(ts, t)
	}
	return ts
}

// named reports whether name is the attribute TargetGroupName of r, which is
// part of its ARN.
func named(r *cloud.Resource, name string) bool {
	a, err := arn.Parse(r.ARN)
	return err == nil && len(a.Resource) > len("targetgroup/"+name) && a.Resource[:len("targetgroup/"+name)+1] == "targetgroup/"+name+"/"
}

func classic(s *service.Site) []service.Target {
	if !balanced(s) {
		return nil
	}
	var ts []service.Target
	for n := range s.Resource.Prop("LoadBalancerInfo", "ElbInfoList").Elems() {
		if name := n.Get("Name").Str(); name != "" {
			ts = append(ts, service.Target{Resource: s.ARN("elasticloadbalancing", "loadbalancer/"+name), At: n.Where(), What: "load balancer " + match.Render(name)})
		}
	}
	return ts
}

// copies is the setting by which a blue/green deployment makes a group of its
// own, nil where it does not.
func copies(s *service.Site) *doc.Node {
	n := s.Resource.Prop("BlueGreenDeploymentConfiguration", "GreenFleetProvisioningOption", "Action")
	if !onServers(s) || n.Str() != "COPY_AUTO_SCALING_GROUP" || s.Resource.Prop("DeploymentStyle", "DeploymentType").Str() != "BLUE_GREEN" {
		return nil
	}
	return n
}

func green(s *service.Site) []service.Target {
	n := copies(s)
	if n == nil {
		return nil
	}
	t := service.Target{
		Resource: s.ARN("autoscaling", "autoScalingGroup:"+match.Hole(match.Name, "the id of the new group")+":autoScalingGroupName/"+match.Hole(match.Name, "the new group of "+s.Resource.ID())),
		At:       n.Where(), What: "Auto Scaling group of the new instances",
	}
	t.Context.Open = true // what it copies
	return []service.Target{t}
}

func launched(s *service.Site) []service.Target {
	n := copies(s)
	if n == nil {
		return nil
	}
	for g := range s.Resource.Prop("AutoScalingGroups").Elems() {
		r := s.Find(g.Str(), "AWS::AutoScaling::AutoScalingGroup")
		if r == nil || r.Prop("LaunchTemplate") == nil && r.Prop("MixedInstancesPolicy") == nil {
			continue
		}
		t := service.Target{
			Resource: s.ARN("ec2", "instance/"+match.Hole(match.Name, "the new instances of "+s.Resource.ID())),
			At:       n.Where(), What: "new instances",
		}
		t.Context.Open = true // what the launch template says
		return []service.Target{t}
	}
	return nil
}
