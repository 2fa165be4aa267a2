package all_test

import (
	"testing"

	"penstock/cloud"
	"penstock/iac/cfn/cfntest"
	"penstock/match"
	"penstock/service"
	"penstock/services/all"
)

// One resource of each kind that a pipeline names, with the Ref and the ARN
// that AWS's page for the type gives. ‹x› is what a deployment makes.
func TestNaming(t *testing.T) {
	var types []service.Type
	for _, s := range all.Services() {
		types = append(types, s.Types...)
	}
	m := cfntest.Model(t, types, cfntest.Stack{Name: "s", Template: `
Resources:
  Repository: {Type: AWS::CodeCommit::Repository, Properties: {RepositoryName: app}}
  Connection: {Type: AWS::CodeConnections::Connection, Properties: {ConnectionName: c, ProviderType: GitHub}}
  OldConnection: {Type: AWS::CodeStarConnections::Connection, Properties: {ConnectionName: c, ProviderType: GitHub}}
  Project: {Type: AWS::CodeBuild::Project, Properties: {Name: build}}
  Reports: {Type: AWS::CodeBuild::ReportGroup, Properties: {Name: build-tests}}
  Pipeline: {Type: AWS::CodePipeline::Pipeline, Properties: {Name: app}}
  Application: {Type: AWS::CodeDeploy::Application, Properties: {ApplicationName: app}}
  DeploymentGroup: {Type: AWS::CodeDeploy::DeploymentGroup, Properties: {ApplicationName: !Ref Application, DeploymentGroupName: prod}}
  Config: {Type: AWS::CodeDeploy::DeploymentConfig, Properties: {DeploymentConfigName: slow}}
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: prod}}
  Tasks: {Type: AWS::ECS::TaskDefinition, Properties: {Family: web}}
  Image: {Type: AWS::ECR::Repository, Properties: {RepositoryName: web}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: q}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: t}}
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {StateMachineName: approve}}
  Function: {Type: AWS::Lambda::Function, Properties: {FunctionName: f}}
  Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Function}}
  Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !GetAtt Function.Arn, FunctionVersion: "1", Name: live}}
  Trail: {Type: AWS::CloudTrail::Trail, Properties: {TrailName: audit, S3BucketName: logs}}
  Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmName: a}}
  Dashboard: {Type: AWS::CloudWatch::Dashboard, Properties: {DashboardName: d}}
  Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: t}}
  Group: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {AutoScalingGroupName: g}}
  Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Name: lb}}
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Name: tg}}
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {InstanceProfileName: p, Roles: []}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
  Set: {Type: AWS::CloudFormation::StackSet, Properties: {StackSetName: base}}
  Domain: {Type: AWS::CodeArtifact::Domain, Properties: {DomainName: d}}
  Packages: {Type: AWS::CodeArtifact::Repository, Properties: {DomainName: !GetAtt Domain.Name, RepositoryName: npm}}
  Notify: {Type: AWS::CodeStarNotifications::NotificationRule, Properties: {Name: n, Resource: !GetAtt Project.Arn}}
  Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /a/b}}
`})
	const in = ":eu-west-1:111111111111:"
	for _, c := range []struct{ id, ref, arn string }{
		{"Repository", "‹s.Repository.RepositoryId›", "arn:aws:codecommit" + in + "app"},
		{"Connection", "", "arn:aws:codeconnections" + in + "connection/‹s.Connection.ConnectionId›"},
		{"OldConnection", "", "arn:aws:codestar-connections" + in + "connection/‹s.OldConnection.ConnectionId›"},
		{"Project", "build", "arn:aws:codebuild" + in + "project/build"},
		{"Reports", "", "arn:aws:codebuild" + in + "report-group/build-tests"},
		{"Pipeline", "app", "arn:aws:codepipeline" + in + "app"},
		{"Application", "app", "arn:aws:codedeploy" + in + "application:app"},
		{"DeploymentGroup", "prod", "arn:aws:codedeploy" + in + "deploymentgroup:app/prod"},
		{"Config", "slow", "arn:aws:codedeploy" + in + "deploymentconfig:slow"},
		{"Cluster", "prod", "arn:aws:ecs" + in + "cluster/prod"},
		{"Tasks", "", "arn:aws:ecs" + in + "task-definition/web:‹s.Tasks.Revision›"},
		{"Image", "web", "arn:aws:ecr" + in + "repository/web"},
		{"Queue", "https://sqs.eu-west-1.amazonaws.com/111111111111/q", "arn:aws:sqs" + in + "q"},
		{"Topic", "", "arn:aws:sns" + in + "t"},
		{"Machine", "", "arn:aws:states" + in + "stateMachine:approve"},
		{"Function", "f", "arn:aws:lambda" + in + "function:f"},
		{"Version", "", "arn:aws:lambda" + in + "function:f:‹s.Version.Version›"},
		{"Alias", "", "arn:aws:lambda" + in + "function:f:live"},
		{"Trail", "audit", "arn:aws:cloudtrail" + in + "trail/audit"},
		{"Alarm", "a", "arn:aws:cloudwatch" + in + "alarm:a"},
		{"Dashboard", "d", "arn:aws:cloudwatch::111111111111:dashboard/d"},
		{"Table", "t", "arn:aws:dynamodb" + in + "table/t"},
		{"Group", "g", "arn:aws:autoscaling" + in + "autoScalingGroup:‹s.Group.GroupId›:autoScalingGroupName/g"},
		{"Balancer", "", "arn:aws:elasticloadbalancing" + in + "loadbalancer/‹s.Balancer.Type›/lb/‹s.Balancer.Id›"},
		{"Targets", "", "arn:aws:elasticloadbalancing" + in + "targetgroup/tg/‹s.Targets.Id›"},
		{"Profile", "p", "arn:aws:iam::111111111111:instance-profile/p"},
		{"Vpc", "vpc-‹s.Vpc.Id›", "arn:aws:ec2" + in + "vpc/vpc-‹s.Vpc.Id›"},
		{"Sg", "sg-‹s.Sg.Id›", "arn:aws:ec2" + in + "security-group/sg-‹s.Sg.Id›"},
		{"Set", "base:‹s.Set.StackSetId›", "arn:aws:cloudformation" + in + "stackset/base:‹s.Set.StackSetId›"},
		{"Domain", "", "arn:aws:codeartifact" + in + "domain/d"},
		{"Packages", "", "arn:aws:codeartifact" + in + "repository/d/npm"},
		{"Notify", "", "arn:aws:codestar-notifications" + in + "notificationrule/‹s.Notify.Id›"},
		{"Log", "/a/b", "arn:aws:logs" + in + "log-group:/a/b"},
	} {
		r := cfntest.Resource(t, m, c.id)
		if c.ref == "" {
			c.ref = c.arn // Ref is the ARN
		}
		if ref, arn := match.Render(r.Ref), match.Render(r.ARN); ref != c.ref || arn != c.arn {
			t.Errorf("%s: Ref %q, ARN %q, want %q, %q", c.id, ref, arn, c.ref, c.arn)
		}
		if len(r.Opaque) > 0 {
			t.Errorf("%s: opaque for %q", c.id, r.Opaque)
		}
	}
}

// What encrypts a resource for which the template names no key.
func TestDefaultEncryption(t *testing.T) {
	var types []service.Type
	for _, s := range all.Services() {
		types = append(types, s.Types...)
	}
	m := cfntest.Model(t, types, cfntest.Stack{Name: "s", Template: `
Resources:
  Repository: {Type: AWS::CodeCommit::Repository, Properties: {RepositoryName: app}}
  Project: {Type: AWS::CodeBuild::Project, Properties: {Name: build}}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: s}}
  Topic: {Type: AWS::SNS::Topic}
  Queue: {Type: AWS::SQS::Queue}
  Log: {Type: AWS::Logs::LogGroup}
  Image: {Type: AWS::ECR::Repository}
  Bucket: {Type: AWS::S3::Bucket}
  Function: {Type: AWS::Lambda::Function}
  Machine: {Type: AWS::StepFunctions::StateMachine}
  Table: {Type: AWS::DynamoDB::Table}
  SseTable: {Type: AWS::DynamoDB::Table, Properties: {SSESpecification: {SSEEnabled: true}}}
  Domain: {Type: AWS::CodeArtifact::Domain, Properties: {DomainName: d}}
`})
	for id, want := range map[string]string{
		"Repository": "alias/aws/codecommit", "Project": "alias/aws/s3", "Secret": "alias/aws/secretsmanager",
		"Topic": "", "Queue": "", "Log": "", "Image": "", "Bucket": "", "Function": "", "Machine": "", "Table": "",
		"SseTable": "alias/aws/dynamodb", "Domain": "alias/aws/codeartifact",
	} {
		e := cfntest.Resource(t, m, id).Encryption
		mode := cloud.AWSManaged
		if want == "" {
			mode = cloud.AWSOwned
		}
		if e == nil || e.Mode != mode || e.Key != want {
			t.Errorf("%s: encryption is %+v, want mode %d, key %q", id, e, mode, want)
		}
	}
}
