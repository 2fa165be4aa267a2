package kms

// terraform is how KMS is written for Terraform: the pages of the provider's
// resources kms_key, kms_alias and kms_replica_key below
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::KMS::Key aws_kms_key
  ref key_id id
  att Arn arn
  att KeyId key_id
  Description description
  KeyUsage key_usage
  KeySpec customer_master_key_spec
  MultiRegion multi_region
  Enabled is_enabled
  EnableKeyRotation enable_key_rotation
  RotationPeriodInDays rotation_period_in_days
  PendingWindowInDays deletion_window_in_days
  BypassPolicyLockoutSafetyCheck bypass_policy_lockout_safety_check
  KeyPolicy policy json
  Tags tags tags
  reads aws_kms_key_policy key_id=key_id {
    KeyPolicy policy json
    skip bypass_policy_lockout_safety_check
  }

AWS::KMS::Alias aws_kms_alias
  ref name id
  sub arn arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:${.}
  AliasName name
  TargetKeyId target_key_id

AWS::KMS::ReplicaKey aws_kms_replica_key
  ref key_id id
  att Arn arn
  att KeyId key_id
  PrimaryKeyArn primary_key_arn
  Description description
  Enabled enabled
  PendingWindowInDays deletion_window_in_days
  KeyPolicy policy json
  Tags tags tags
`
