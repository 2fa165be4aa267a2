package ecr

// terraform is how ECR is written for Terraform: the pages ecr_repository,
// ecr_repository_policy and ecr_lifecycle_policy
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::ECR::Repository aws_ecr_repository
  ref name id
  att Arn arn
  att RepositoryUri repository_url
  RepositoryName name
  ImageTagMutability image_tag_mutability
  EmptyOnDelete force_delete
  ImageScanningConfiguration.ScanOnPush image_scanning_configuration.scan_on_push
  EncryptionConfiguration.EncryptionType encryption_configuration.encryption_type
  EncryptionConfiguration.KmsKey encryption_configuration.kms_key
  Tags tags tags
  part aws_ecr_repository_policy repository=name {
    RepositoryPolicyText policy json
  }
  part aws_ecr_lifecycle_policy repository=name {
    LifecyclePolicy.LifecyclePolicyText policy jsontext
  }
`
