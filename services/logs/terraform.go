package logs

// terraform is how CloudWatch Logs is written for Terraform: the pages of the
// resources whose names begin with cloudwatch_log_
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::Logs::LogGroup aws_cloudwatch_log_group
  ref name id
  att Arn arn suffix=:* else=arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${.}
  LogGroupName name
  LogGroupClass log_group_class
  RetentionInDays retention_in_days
  KmsKeyId kms_key_id
  DeletionProtectionEnabled deletion_protection_enabled
  Tags tags tags
  skip skip_destroy

AWS::Logs::MetricFilter aws_cloudwatch_log_metric_filter
  ref name id
  FilterName name
  LogGroupName log_group_name
  FilterPattern pattern
  ApplyOnTransformedLogs apply_on_transformed_logs
  MetricTransformations metric_transformation blocks {
    MetricName name
    MetricNamespace namespace
    MetricValue value
    DefaultValue default_value
    Unit unit
    Dimensions dimensions pairs=Key,Value
  }

AWS::Logs::ResourcePolicy aws_cloudwatch_log_resource_policy
  ref policy_name id
  PolicyName policy_name
  PolicyDocument policy_document jsontext

AWS::Logs::SubscriptionFilter aws_cloudwatch_log_subscription_filter
  ref name
  FilterName name
  LogGroupName log_group_name
  FilterPattern filter_pattern
  DestinationArn destination_arn
  RoleArn role_arn
  Distribution distribution
`
