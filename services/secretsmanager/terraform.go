package secretsmanager

// terraform is how Secrets Manager is written for Terraform: the pages of the
// resources whose names begin with secretsmanager_secret
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::SecretsManager::Secret aws_secretsmanager_secret
  ref arn id
  att Id id
  Name name
  Description description
  KmsKeyId kms_key_id
  ReplicaRegions replica blocks {
    Region region
    KmsKeyId kms_key_id
  }
  Tags tags tags
  skip recovery_window_in_days force_overwrite_replica_secret
  part aws_secretsmanager_secret_version secret_id=id {
    SecretString secret_string
  }

AWS::SecretsManager::ResourcePolicy aws_secretsmanager_secret_policy
  SecretId secret_arn
  BlockPublicPolicy block_public_policy
  ResourcePolicy policy json

AWS::SecretsManager::RotationSchedule aws_secretsmanager_secret_rotation
  SecretId secret_id
  RotationLambdaARN rotation_lambda_arn
  RotateImmediatelyOnUpdate rotate_immediately
  RotationRules.AutomaticallyAfterDays rotation_rules.automatically_after_days
  RotationRules.Duration rotation_rules.duration
  RotationRules.ScheduleExpression rotation_rules.schedule_expression
`
