// Package all is the list of the service rooms, the one place that names them
// all.
package all

import (
	"penstock/service"
	"penstock/services/acm"
	"penstock/services/apigateway"
	"penstock/services/applicationautoscaling"
	"penstock/services/autoscaling"
	"penstock/services/chatbot"
	"penstock/services/cloudformation"
	"penstock/services/cloudfront"
	"penstock/services/cloudtrail"
	"penstock/services/cloudwatch"
	"penstock/services/codeartifact"
	"penstock/services/codebuild"
	"penstock/services/codecommit"
	"penstock/services/codeconnections"
	"penstock/services/codedeploy"
	"penstock/services/codepipeline"
	"penstock/services/codestarnotifications"
	"penstock/services/dynamodb"
	"penstock/services/ec2"
	"penstock/services/ecr"
	"penstock/services/ecs"
	"penstock/services/elasticfilesystem"
	"penstock/services/elasticloadbalancing"
	"penstock/services/events"
	"penstock/services/firehose"
	"penstock/services/githubactions"
	"penstock/services/gitlab"
	"penstock/services/iam"
	"penstock/services/kms"
	"penstock/services/lambda"
	"penstock/services/logs"
	"penstock/services/organizations"
	"penstock/services/pipes"
	"penstock/services/rds"
	"penstock/services/route53"
	"penstock/services/s3"
	"penstock/services/scheduler"
	"penstock/services/secretsmanager"
	"penstock/services/servicediscovery"
	"penstock/services/sns"
	"penstock/services/sqs"
	"penstock/services/ssm"
	"penstock/services/sso"
	"penstock/services/states"
	"penstock/services/sts"
)

// Services returns every room, those of the delivery services first and then
// by name. The values are shared and are not to be changed.
func Services() []*service.Service {
	return []*service.Service{
		&codepipeline.Service,
		&codecommit.Service,
		&codeconnections.Service,
		&codebuild.Service,
		&codedeploy.Service,
		&cloudformation.Service,
		&acm.Service,
		&apigateway.Service,
		&applicationautoscaling.Service,
		&autoscaling.Service,
		&chatbot.Service,
		&cloudfront.Service,
		&cloudtrail.Service,
		&cloudwatch.Service,
		&codeartifact.Service,
		&codestarnotifications.Service,
		&dynamodb.Service,
		&ec2.Service,
		&ecr.Service,
		&ecs.Service,
		&elasticfilesystem.Service,
		&elasticloadbalancing.Service,
		&events.Service,
		&firehose.Service,
		&githubactions.Service,
		&gitlab.Service,
		&iam.Service,
		&kms.Service,
		&lambda.Service,
		&logs.Service,
		&organizations.Service,
		&pipes.Service,
		&rds.Service,
		&route53.Service,
		&s3.Service,
		&scheduler.Service,
		&secretsmanager.Service,
		&servicediscovery.Service,
		&sns.Service,
		&sqs.Service,
		&ssm.Service,
		&sso.Service,
		&states.Service,
		&sts.Service,
	}
}
