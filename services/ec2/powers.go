package ec2

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"

// powers: what runs on an instance has the rights of the role in its instance
// profile.
var powers = []service.Power{
	{
		ID: "ec2.run-instance", Kind: service.Execute,
		Why:   "starts an instance with a role and its own user data",
		Basis: service.Documented, Source: apiPage + "API_RunInstances.html; https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html",
		Find: func(m *cloud.Model) []service.Gain { return passed(m, "starts an instance", "ec2:RunInstances") },
	},
	{
		ID: "ec2.spot", Kind: service.Execute,
		Why:   "asks for spot instances or a fleet with a role and its own user data",
		Basis: service.Documented, Source: apiPage + "API_RequestSpotInstances.html; " + apiPage + "API_CreateFleet.html",
		Find: func(m *cloud.Model) []service.Gain {
			return passed(m, "asks for instances", "ec2:RequestSpotInstances", "ec2:RequestSpotFleet", "ec2:CreateFleet")
		},
	},
	{
		ID: "ec2.associate-profile", Kind: service.Execute,
		Why:   "gives a role to an instance that it can get into",
		Basis: service.Documented, Source: apiPage + "API_AssociateIamInstanceProfile.html; " + apiPage + "API_ReplaceIamInstanceProfileAssociation.html",
		Find: func(m *cloud.Model) []service.Gain {
			gs := passed(m, "gives the profile to an instance", "ec2:AssociateIamInstanceProfile", "ec2:ReplaceIamInstanceProfileAssociation")
			for i := range gs {
				gs[i].Maybe = append(gs[i].Maybe[:len(gs[i].Maybe):len(gs[i].Maybe)], "whether the taker can get into an instance of the account")
			}
			return gs
		},
	},
	{
		// User data of a stopped instance can be changed and, as cloud-init's
		// bootcmd or a MIME part, runs at every start.
		ID: "ec2.user-data", Kind: service.Execute,
		Why:   "changes what an instance runs when it starts",
		Basis: service.Documented, Source: apiPage + "API_ModifyInstanceAttribute.html; https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html",
		Find: instances(func(r *cloud.Resource) []service.PowerCall {
			return []service.PowerCall{
				service.On(r, "stops the instance", "ec2:StopInstances"),
				service.On(r, "changes the user data", "ec2:ModifyInstanceAttribute"),
				service.On(r, "starts it again", "ec2:StartInstances"),
			}
		}),
	},
	{
		ID: "ec2.connect", Kind: service.Execute,
		Why:   "logs in to an instance with a key of its own",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html; https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSerialConsoleSSHPublicKey.html",
		Find: func(m *cloud.Model) []service.Gain {
			gs := instances(func(r *cloud.Resource) []service.PowerCall {
				return []service.PowerCall{service.On(r, "sends its own key", "ec2-instance-connect:SendSSHPublicKey", "ec2-instance-connect:SendSerialConsoleSSHPublicKey")}
			})(m)
			for i := range gs {
				gs[i].Maybe = append(gs[i].Maybe[:len(gs[i].Maybe):len(gs[i].Maybe)], "whether the taker reaches the instance over the network")
			}
			return gs
		},
	},
	{
		ID: "ec2.launch-template", Kind: service.Tamper,
		Why:   "changes what is launched by a template: image, user data, profile",
		Basis: service.Documented, Source: apiPage + "API_CreateLaunchTemplateVersion.html; " + apiPage + "API_ModifyLaunchTemplate.html",
		Find: service.Change("AWS::EC2::LaunchTemplate", "launch template", service.TouchesTarget, "changes the template",
			"ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate", "ec2:DeleteLaunchTemplate"),
	},
	{
		ID: "ec2.endpoint", Kind: service.Tamper,
		Why:   "changes the policy of a VPC endpoint, or removes it",
		Basis: service.Documented, Source: apiPage + "API_ModifyVpcEndpoint.html",
		Find: service.Change("AWS::EC2::VPCEndpoint", "endpoint", service.TouchesGuard, "changes the endpoint", "ec2:ModifyVpcEndpoint", "ec2:DeleteVpcEndpoints"),
	},
	{
		ID: "ec2.flow-log", Kind: service.Blind,
		Why:   "stops a flow log",
		Basis: service.Documented, Source: apiPage + "API_DeleteFlowLogs.html",
		Find: service.Change("AWS::EC2::FlowLog", "flow log", "", "deletes the flow log", "ec2:DeleteFlowLogs"),
	},
}

// passed returns a gain for each declared role that trusts EC2. The role is
// passed in an instance profile; one that no profile holds can be put into a
// new one.
func passed(m *cloud.Model, why string, actions ...string) []service.Gain {
	held := map[string]bool{}
	for r := range m.OfType("AWS::IAM::InstanceProfile") {
		for n := range r.Prop("Roles").Elems() {
			held[service.RoleARN(m, cloud.Text(n), r.Account, r.Region)] = true
		}
	}
	return service.New(m, "ec2.amazonaws.com", "a new instance", func(role string) []service.PowerCall {
		account := arn.Account(role)
		run := service.PowerCall{Actions: actions, Resources: []string{"arn:*:ec2:*:" + account + ":instance/*"}, Account: account, Why: why}
		if held[role] {
			return []service.PowerCall{run}
		}
		profile := []string{"arn:*:iam::" + account + ":instance-profile/*"}
		return []service.PowerCall{
			{Actions: []string{"iam:AddRoleToInstanceProfile"}, Resources: profile, Account: account, Why: "puts the role into a profile"}, run,
		}
	})
}

// instances returns a gain of the role of each declared instance.
func instances(calls func(*cloud.Resource) []service.PowerCall) func(*cloud.Model) []service.Gain {
	return func(m *cloud.Model) []service.Gain {
		return service.Each(m, "AWS::EC2::Instance", func(r *cloud.Resource) []service.Gain {
			s := service.Site{Model: m, Account: r.Account, Region: r.Region}
			for _, i := range s.Instances(func(map[string]string) bool { return true }) {
				if i.Resource == r && i.Role != "" {
					return []service.Gain{{
						Calls: calls(r), Principal: i.Role, Resource: r, Touches: service.TouchesTarget, What: "instance " + match.Render(service.Called(r)), Maybe: r.Maybe,
					}}
				}
			}
			return nil
		})
	}
}
