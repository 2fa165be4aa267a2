package states

// terraform is how Step Functions is written for Terraform: the page
// sfn_state_machine
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::StepFunctions::StateMachine aws_sfn_state_machine
  ref arn id
  att Arn arn
  att Name name
  StateMachineName name
  StateMachineType type
  RoleArn role_arn
  Definition definition json
  DefinitionString definition
  LoggingConfiguration.Level logging_configuration.level
  LoggingConfiguration.IncludeExecutionData logging_configuration.include_execution_data
  LoggingConfiguration.Destinations[#=0].CloudWatchLogsLogGroup.LogGroupArn logging_configuration.log_destination
  TracingConfiguration.Enabled tracing_configuration.enabled
  EncryptionConfiguration.Type encryption_configuration.type
  EncryptionConfiguration.KmsKeyId encryption_configuration.kms_key_id
  EncryptionConfiguration.KmsDataKeyReusePeriodSeconds encryption_configuration.kms_data_key_reuse_period_seconds
  Tags tags tags
`
