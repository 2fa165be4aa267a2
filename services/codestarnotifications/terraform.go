package codestarnotifications

// terraform is how notification rules are written for Terraform: the page
// codestarnotifications_notification_rule
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::CodeStarNotifications::NotificationRule aws_codestarnotifications_notification_rule
  ref arn id
  att Arn arn
  Name name
  DetailType detail_type
  EventTypeIds event_type_ids
  Resource resource
  Status status
  Targets target blocks {
    TargetAddress address
    TargetType type
  }
  Tags tags
`
