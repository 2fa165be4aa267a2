package dynamodb

// terraform is how DynamoDB is written for Terraform: the pages dynamodb_table
// and dynamodb_resource_policy
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::DynamoDB::Table aws_dynamodb_table
  ref name id
  att Arn arn
  att StreamArn stream_arn
  TableName name
  BillingMode billing_mode
  TableClass table_class
  DeletionProtectionEnabled deletion_protection_enabled
  KeySchema[KeyType=HASH].AttributeName hash_key
  KeySchema[KeyType=RANGE].AttributeName range_key
  ProvisionedThroughput.ReadCapacityUnits read_capacity
  ProvisionedThroughput.WriteCapacityUnits write_capacity
  AttributeDefinitions attribute blocks {
    AttributeName name
    AttributeType type
  }
  GlobalSecondaryIndexes global_secondary_index blocks {
    IndexName name
    KeySchema[KeyType=HASH].AttributeName hash_key
    KeySchema[KeyType=RANGE].AttributeName range_key
    Projection.ProjectionType projection_type
    Projection.NonKeyAttributes non_key_attributes
    ProvisionedThroughput.ReadCapacityUnits read_capacity
    ProvisionedThroughput.WriteCapacityUnits write_capacity
  }
  PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled point_in_time_recovery.enabled
  PointInTimeRecoverySpecification.RecoveryPeriodInDays point_in_time_recovery.recovery_period_in_days
  SSESpecification.SSEEnabled server_side_encryption.enabled
  SSESpecification.KMSMasterKeyId server_side_encryption.kms_key_arn
  implied SSESpecification.SSEType KMS server_side_encryption
  TimeToLiveSpecification.AttributeName ttl.attribute_name
  TimeToLiveSpecification.Enabled ttl.enabled
  Tags tags tags
  part aws_dynamodb_resource_policy resource_arn=arn {
    ResourcePolicy.PolicyDocument policy json
  }
`
