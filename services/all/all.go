// Package all is the list of the service rooms, the one place that names them
// all.
package all

import (
	"penstock/service"
	"penstock/services/autoscaling"
	"penstock/services/cloudformation"
	"penstock/services/cloudtrail"
	"penstock/services/cloudwatch"
	"penstock/services/codebuild"
	"penstock/services/codecommit"
	"penstock/services/codeconnections"
	"penstock/services/codedeploy"
	"penstock/services/codepipeline"
	"penstock/services/dynamodb"
	"penstock/services/ec2"
	"penstock/services/ecr"
	"penstock/services/ecs"
	"penstock/services/elasticloadbalancing"
	"penstock/services/events"
	"penstock/services/iam"
	"penstock/services/kms"
	"penstock/services/lambda"
	"penstock/services/logs"
	"penstock/services/organizations"
	"penstock/services/s3"
	"penstock/services/secretsmanager"
	"penstock/services/sns"
	"penstock/services/sqs"
	"penstock/services/ssm"
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
		&autoscaling.Service,
		&cloudtrail.Service,
		&cloudwatch.Service,
		&dynamodb.Service,
		&ec2.Service,
		&ecr.Service,
		&ecs.Service,
		&elasticloadbalancing.Service,
		&events.Service,
		&iam.Service,
		&kms.Service,
		&lambda.Service,
		&logs.Service,
		&organizations.Service,
		&s3.Service,
		&secretsmanager.Service,
		&sns.Service,
		&sqs.Service,
		&ssm.Service,
		&states.Service,
		&sts.Service,
	}
}
