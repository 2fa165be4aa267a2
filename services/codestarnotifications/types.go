package codestarnotifications

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codestarnotifications-"

// types are the resources of AWS CodeStar Notifications.
var types = []service.Type{
	{
		Name: "AWS::CodeStarNotifications::NotificationRule", Source: page + "notificationrule.html",
		ARNs: []string{"Resource", "Targets[].TargetAddress"},
		Ref:  "${ARN}",
		ARN:  "arn:${Partition}:codestar-notifications:${Region}:${Account}:notificationrule/${Hole:Id}",
		Props: []string{
			"CreatedBy", "DetailType", "EventTypeId", "EventTypeIds", "Name", "Resource", "Status", "Tags",
			"TargetAddress", "Targets",
		},
		Declare: cloud.Tagged,
	},
}
