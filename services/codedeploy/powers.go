package codedeploy

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/codedeploy/latest/APIReference/"

// powers: a deployment runs the hooks of its revision on instances, with the
// role of their profile.
var powers = []service.Power{
	{
		ID: "codedeploy.deploy", Kind: service.Execute,
		Why:   "deploys a revision of its own, whose hooks run on the instances of the group",
		Basis: service.Documented, Source: apiPage + "API_CreateDeployment.html; https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html",
		Find: fleets,
	},
	{
		ID: "codedeploy.target", Kind: service.Tamper,
		Why:   "deploys a revision beside the pipeline",
		Basis: service.Documented, Source: apiPage + "API_CreateDeployment.html",
		Find: service.Change(groupT, "deployment group", service.TouchesTarget, "makes a deployment", "codedeploy:CreateDeployment"),
	},
	{
		ID: "codedeploy.group", Kind: service.Tamper,
		Why:   "changes what a group deploys to, how, and which alarms and hooks watch it",
		Basis: service.Documented, Source: apiPage + "API_UpdateDeploymentGroup.html; " + apiPage + "API_DeleteDeploymentGroup.html",
		Find: service.Change(groupT, "deployment group", service.TouchesDefinition, "changes the group", "codedeploy:UpdateDeploymentGroup", "codedeploy:DeleteDeploymentGroup"),
	},
	{
		ID: "codedeploy.continue", Kind: service.Tamper,
		Why:   "sends traffic to a deployment that waits, answers its hooks, or stops it",
		Basis: service.Documented, Source: apiPage + "API_ContinueDeployment.html; " + apiPage + "API_PutLifecycleEventHookExecutionStatus.html; " + apiPage + "API_StopDeployment.html",
		Find: service.Change(groupT, "deployments of group", service.TouchesGate, "decides about a deployment",
			"codedeploy:ContinueDeployment", "codedeploy:StopDeployment", "codedeploy:SkipWaitTimeForInstanceTermination"),
	},
	{
		ID: "codedeploy.role", Kind: service.Execute,
		Why:   "makes a deployment group that acts with a role which trusts CodeDeploy",
		Basis: service.Documented, Source: apiPage + "API_CreateDeploymentGroup.html (serviceRoleArn)",
		Find: func(m *cloud.Model) []service.Gain {
			gs := service.New(m, "codedeploy.amazonaws.com", "a deployment group", func(role string) []service.PowerCall {
				return []service.PowerCall{
					service.Made(role, "codedeploy", "deploymentgroup:*", "makes or changes the group", "codedeploy:CreateDeploymentGroup", "codedeploy:UpdateDeploymentGroup"),
					service.Made(role, "codedeploy", "deploymentgroup:*", "deploys with it", "codedeploy:CreateDeployment"),
				}
			})
			for i := range gs {
				gs[i].Only = roleActions
			}
			return gs
		},
	},
}

// roleActions are what CodeDeploy does with its service role, by the managed
// policies that it takes.
var roleActions = []string{
	"autoscaling:*", "ec2:RunInstances", "ec2:CreateTags", "ec2:TerminateInstances", "elasticloadbalancing:*", "ecs:CreateTaskSet", "ecs:UpdateServicePrimaryTaskSet",
	"ecs:DeleteTaskSet", "lambda:InvokeFunction", "lambda:UpdateAlias", "sns:Publish", "s3:GetObject", "s3:GetObjectVersion", "iam:PassRole",
}

// fleets: a deployment needs a revision that the application knows, and the
// instances read it with their own role.
func fleets(m *cloud.Model) []service.Gain {
	return service.Each(m, groupT, func(r *cloud.Resource) []service.Gain {
		s := &service.Site{Model: m, Resource: r, Account: r.Account, Region: r.Region}
		var gs []service.Gain
		for _, i := range fleet(s) {
			if i.Role == "" {
				continue
			}
			app := s.ARN("codedeploy", "application:"+cloud.Text(r.Prop("ApplicationName")))
			gs = append(gs, service.Gain{
				Calls: []service.PowerCall{
					service.On(r, "deploys its own revision", "codedeploy:CreateDeployment"),
					{Actions: []string{"codedeploy:RegisterApplicationRevision"}, Resources: []string{app}, Account: r.Account, Why: "makes the revision known"},
				},
				Principal: i.Role, Resource: r, Touches: service.TouchesTarget, What: "instances of deployment group " + match.Render(service.Called(r)), Maybe: r.Maybe,
			})
		}
		return gs
	})
}
