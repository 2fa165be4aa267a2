package iam

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

// runners are services without a room of their own that run code, or make any
// call, with a role that is passed to them. Each page is the API page of the
// call that takes the role.
var runners = []struct {
	trust string // who assumes the role
	calls [][]string
	page  string
}{
	{"glue.amazonaws.com", [][]string{{"glue:CreateJob", "glue:UpdateJob", "glue:CreateSession", "glue:CreateDevEndpoint"}, {"glue:StartJobRun", "glue:CreateTrigger", "glue:RunStatement", "glue:CreateDevEndpoint"}}, "https://docs.aws.amazon.com/glue/latest/webapi/API_CreateJob.html"},
	{"sagemaker.amazonaws.com", [][]string{{"sagemaker:CreateNotebookInstance", "sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob", "sagemaker:CreateUserProfile"}}, "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html"},
	{"datapipeline.amazonaws.com", [][]string{{"datapipeline:CreatePipeline"}, {"datapipeline:PutPipelineDefinition"}}, "https://docs.aws.amazon.com/datapipeline/latest/APIReference/API_PutPipelineDefinition.html"},
	{"tasks.apprunner.amazonaws.com", [][]string{{"apprunner:CreateService", "apprunner:UpdateService"}}, "https://docs.aws.amazon.com/apprunner/latest/api/API_CreateService.html"},
	{"elasticmapreduce.amazonaws.com", [][]string{{"elasticmapreduce:RunJobFlow"}}, "https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html"},
	{"pods.eks.amazonaws.com", [][]string{{"eks:CreatePodIdentityAssociation", "eks:UpdatePodIdentityAssociation"}}, "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html"},
	{"credentials.iot.amazonaws.com", [][]string{{"iot:CreateRoleAlias", "iot:UpdateRoleAlias"}}, "https://docs.aws.amazon.com/iot/latest/apireference/API_CreateRoleAlias.html"},
	{"rolesanywhere.amazonaws.com", [][]string{{"rolesanywhere:CreateProfile", "rolesanywhere:UpdateProfile"}}, "https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_CreateProfile.html"},
	{"amplify.amazonaws.com", [][]string{{"amplify:CreateApp", "amplify:UpdateApp"}, {"amplify:StartJob", "amplify:StartDeployment"}}, "https://docs.aws.amazon.com/amplify/latest/APIReference/API_CreateApp.html"},
	{"airflow-env.amazonaws.com", [][]string{{"airflow:CreateEnvironment", "airflow:UpdateEnvironment"}}, "https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html"},
	{"imagebuilder.amazonaws.com", [][]string{{"imagebuilder:CreateWorkflow", "imagebuilder:CreateImagePipeline"}, {"imagebuilder:StartImagePipelineExecution", "imagebuilder:CreateImage"}}, "https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_CreateImage.html"},
}

// passOther returns a gain for each declared role that trusts one of runners.
func passOther(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	for _, r := range runners {
		for p := range service.Trusting(m, r.trust) {
			g := service.Gain{Calls: service.Pass(p, r.trust), Principal: p.ARN, What: "role " + match.Render(p.Name) + " in " + r.trust, Maybe: p.Maybe}
			for _, actions := range r.calls {
				g.Calls = append(g.Calls, service.PowerCall{Actions: actions, Account: p.Account, Why: "has the service run what it gives it"})
			}
			gs = append(gs, g)
		}
	}
	return gs
}
