package iam

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

// A handed role is a property of a resource that names a role which a service
// assumes, for types that have no room: what the service then does with it is
// not followed, and that it may assume it is checked when the resource is made.
type handed struct {
	typ, prop, principal, source string
}

const awsDocs = "https://docs.aws.amazon.com/"

var handedRoles = []handed{
	{"AWS::AppRunner::Service", "SourceConfiguration.AuthenticationConfiguration.AccessRoleArn", "build.apprunner.amazonaws.com", awsDocs + "apprunner/latest/dg/security_iam_service-with-iam.html#security_iam_service-with-iam-roles-service.access"},
	{"AWS::AppRunner::Service", "InstanceConfiguration.InstanceRoleArn", "tasks.apprunner.amazonaws.com", awsDocs + "apprunner/latest/dg/security_iam_service-with-iam.html#security_iam_service-with-iam-roles-service.instance"},
	{"AWS::AppSync::DataSource", "ServiceRoleArn", "appsync.amazonaws.com", awsDocs + "appsync/latest/devguide/attaching-a-data-source.html"},
	{"AWS::Backup::BackupSelection", "BackupSelection.IamRoleArn", "backup.amazonaws.com", awsDocs + "aws-backup/latest/devguide/iam-service-roles.html"},
	{"AWS::Batch::ComputeEnvironment", "ServiceRole", "batch.amazonaws.com", awsDocs + "batch/latest/userguide/service_IAM_role.html"},
	{"AWS::Batch::JobDefinition", "ContainerProperties.ExecutionRoleArn", "ecs-tasks.amazonaws.com", awsDocs + "batch/latest/userguide/execution-IAM-role.html"},
	{"AWS::Batch::JobDefinition", "ContainerProperties.JobRoleArn", "ecs-tasks.amazonaws.com", awsDocs + "batch/latest/userguide/job_definition_parameters.html"},
	{"AWS::Config::ConfigurationRecorder", "RoleARN", "config.amazonaws.com", awsDocs + "config/latest/developerguide/iamrole-permissions.html"},
	{"AWS::DLM::LifecyclePolicy", "ExecutionRoleArn", "dlm.amazonaws.com", awsDocs + "ebs/latest/userguide/service-role.html"},
	{"AWS::EKS::Cluster", "RoleArn", "eks.amazonaws.com", awsDocs + "eks/latest/userguide/cluster-iam-role.html"},
	{"AWS::EKS::FargateProfile", "PodExecutionRoleArn", "eks-fargate-pods.amazonaws.com", awsDocs + "eks/latest/userguide/pod-execution-role.html"},
	{"AWS::EKS::Nodegroup", "NodeRole", "ec2.amazonaws.com", awsDocs + "eks/latest/userguide/create-node-role.html"},
	{"AWS::Glue::Crawler", "Role", "glue.amazonaws.com", awsDocs + "glue/latest/dg/create-an-iam-role.html"},
	{"AWS::Glue::Job", "Role", "glue.amazonaws.com", awsDocs + "glue/latest/dg/create-an-iam-role.html"},
	{"AWS::RDS::DBCluster", "MonitoringRoleArn", "monitoring.rds.amazonaws.com", awsDocs + "AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html"},
	{"AWS::RDS::DBInstance", "MonitoringRoleArn", "monitoring.rds.amazonaws.com", awsDocs + "AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html"},
	{"AWS::SageMaker::NotebookInstance", "RoleArn", "sagemaker.amazonaws.com", awsDocs + "sagemaker/latest/dg/sagemaker-roles.html"},
	{"AWS::Transfer::Server", "LoggingRole", "transfer.amazonaws.com", awsDocs + "transfer/latest/userguide/configure-cw-logging-role.html"},
}

// jobs are those of the types of handedRoles, one a type.
var jobs = handedJobs()

func handedJobs() []service.Job {
	var out []service.Job
	for _, h := range handedRoles {
		row := service.Row{
			ID:     "iam.handed." + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(h.typ, "AWS::"), "::", ".")) + "." + strings.ToLower(h.prop[strings.LastIndexByte(h.prop, '.')+1:]),
			Caller: h.principal, Actions: []string{"sts:AssumeRole"}, Resource: "<" + h.prop + ">",
			Why:  "the service assumes the role that the resource names",
			Need: service.Stops, Basis: service.Documented, Source: h.source,
			Targets: h.target,
		}
		if n := len(out); n > 0 && out[n-1].Type == h.typ {
			out[n-1].Rows = append(out[n-1].Rows, row)
			continue
		}
		out = append(out, service.Job{Type: h.typ, Alone: hands(h.typ), Rows: []service.Row{row}})
	}
	return out
}

// hands reports whether a resource names a role at all.
func hands(typ string) func(*service.Site) bool {
	return func(s *service.Site) bool {
		for _, h := range handedRoles {
			if h.typ == typ && len(h.target(s)) > 0 {
				return true
			}
		}
		return false
	}
}

func (h handed) target(s *service.Site) []service.Target {
	n := s.Resource.Prop(strings.Split(h.prop, ".")...)
	role := s.RoleARN(cloud.Text(n), s.Resource.Account)
	if role == "" || len(s.Resource.Maybe) > 0 || strings.Contains(role, ":role/aws-service-role/") {
		return nil
	}
	return []service.Target{{
		Caller: iam.Principal{Service: h.principal}, Resource: role, Account: arn.Account(role), At: n.Where(), What: "role of " + s.Resource.LogicalID,
		Context: service.Unknown("aws:SourceArn", "aws:SourceAccount"),
		Assume:  h.principal + " sends what the trust of " + match.Render(role) + " asks of it",
	}}
}
