package scheduler

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-"

const scheduleType = "AWS::Scheduler::Schedule"

// types are the resources of EventBridge Scheduler. A schedule without a group
// is in the group "default".
var types = []service.Type{
	{
		Name: scheduleType, Source: page + "schedule.html",
		ARNs:     []string{"Target.Arn", "Target.RoleArn", "Target.DeadLetterConfig.Arn", "KmsKeyArn"},
		NameProp: "Name",
		ARN:      "arn:${Partition}:scheduler:${Region}:${Account}:schedule/${Prop:GroupName=default}/${Name}",
		Props: []string{
			"Description", "EndDate", "FlexibleTimeWindow", "GroupName", "KmsKeyArn", "Name", "ScheduleExpression",
			"ScheduleExpressionTimezone", "StartDate", "State", "Target",
		},
	},
	{
		Name: "AWS::Scheduler::ScheduleGroup", Source: page + "schedulegroup.html",
		NameProp: "Name",
		ARN:      "arn:${Partition}:scheduler:${Region}:${Account}:schedule-group/${Name}",
		Attrs: map[string]string{
			"CreationDate": "${Hole:CreationDate}", "LastModificationDate": "${Hole:LastModificationDate}", "State": "${Hole:State}",
		},
		Props: []string{
			"Name", "Tags",
		},
		Declare: cloud.Tagged,
	},
}
