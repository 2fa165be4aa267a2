package events

// terraform is how EventBridge is written for Terraform: the pages
// cloudwatch_event_rule and cloudwatch_event_target
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::Events::Rule aws_cloudwatch_event_rule
  ref name
  att Arn arn
  att RuleName name
  Name name
  Description description
  EventBusName event_bus_name
  EventPattern event_pattern json
  ScheduleExpression schedule_expression
  State state
  RoleArn role_arn
  Tags tags tags
  skip force_destroy
  part aws_cloudwatch_event_target rule=name each=Targets label=Id {
    copy EventBusName event_bus_name
    Id target_id
    Arn arn
    RoleArn role_arn
    Input input
    InputPath input_path
    InputTransformer.InputPathsMap input_transformer.input_paths
    InputTransformer.InputTemplate input_transformer.input_template
    DeadLetterConfig.Arn dead_letter_config.arn
    RetryPolicy.MaximumEventAgeInSeconds retry_policy.maximum_event_age_in_seconds
    RetryPolicy.MaximumRetryAttempts retry_policy.maximum_retry_attempts
    SqsParameters.MessageGroupId sqs_target.message_group_id
    EcsParameters.TaskDefinitionArn ecs_target.task_definition_arn
    EcsParameters.TaskCount ecs_target.task_count
    EcsParameters.LaunchType ecs_target.launch_type
    EcsParameters.PlatformVersion ecs_target.platform_version
    EcsParameters.Group ecs_target.group
    EcsParameters.PropagateTags ecs_target.propagate_tags
    EcsParameters.NetworkConfiguration.AwsVpcConfiguration.Subnets ecs_target.network_configuration.subnets
    EcsParameters.NetworkConfiguration.AwsVpcConfiguration.SecurityGroups ecs_target.network_configuration.security_groups
    EcsParameters.NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp ecs_target.network_configuration.assign_public_ip words=ENABLED:true,DISABLED:false
    skip force_destroy
  }
`
