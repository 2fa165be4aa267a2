package autoscaling

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/"

// powers: who decides what a group launches runs code with the role of its
// instance profile.
var powers = []service.Power{
	{
		ID: "autoscaling.launch", Kind: service.Execute,
		Why:   "has a group launch instances with a role and its own user data",
		Basis: service.Documented, Source: apiPage + "API_CreateLaunchConfiguration.html; " + apiPage + "API_UpdateAutoScalingGroup.html; https://docs.aws.amazon.com/autoscaling/ec2/userguide/us-iam-role.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.New(m, "ec2.amazonaws.com", "a launched instance", func(role string) []service.PowerCall {
				return []service.PowerCall{
					{Actions: []string{"autoscaling:CreateLaunchConfiguration", "ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion"}, Why: "says what is launched"},
					{Actions: []string{"autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup"}, Why: "has it launched"},
				}
			})
		},
	},
	{
		// A group takes the version of its launch template that it names; with
		// $Latest, or after the group is changed, a new one.
		ID: "autoscaling.template", Kind: service.Execute,
		Why:   "changes the user data of what a group launches, which has the role of its instance profile",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html; " + apiPage + "API_LaunchTemplateSpecification.html",
		Find: templates,
	},
	{
		ID: "autoscaling.group", Kind: service.Tamper,
		Why:   "changes what a group launches, or how much of it",
		Basis: service.Documented, Source: apiPage + "API_UpdateAutoScalingGroup.html",
		Find: service.Change(groupType, "group", service.TouchesTarget, "changes the group",
			"autoscaling:UpdateAutoScalingGroup", "autoscaling:DeleteAutoScalingGroup", "autoscaling:StartInstanceRefresh", "autoscaling:SetDesiredCapacity"),
	},
}

func templates(m *cloud.Model) []service.Gain {
	return service.Each(m, groupType, func(r *cloud.Resource) []service.Gain {
		s := service.Site{Model: m, Account: r.Account, Region: r.Region}
		i := s.Group(r)
		spec := r.Prop("LaunchTemplate")
		if spec == nil {
			spec = r.Prop("MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification")
		}
		if i.Role == "" || spec == nil {
			return nil
		}
		name := cloud.Text(spec.Get("LaunchTemplateId"))
		if name == "" {
			name = cloud.Text(spec.Get("LaunchTemplateName"))
		}
		t := s.Find(name, "AWS::EC2::LaunchTemplate")
		if t == nil {
			return nil
		}
		calls := []service.PowerCall{service.On(t, "writes a version with its own user data", "ec2:CreateLaunchTemplateVersion")}
		switch v := cloud.Text(spec.Get("Version")); v {
		case "$Latest":
		case "$Default":
			calls = append(calls, service.On(t, "makes it the default", "ec2:ModifyLaunchTemplate"))
		default:
			calls = append(calls, service.On(r, "has the group take it", "autoscaling:UpdateAutoScalingGroup"))
		}
		return []service.Gain{{
			Calls: calls, Principal: i.Role, Resource: r, Touches: service.TouchesTarget, What: "instances of group " + match.Render(service.Called(r)), Maybe: r.Maybe,
		}}
	})
}
