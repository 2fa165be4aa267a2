package codecommit

// terraform is how CodeCommit is written for Terraform: the page codecommit_repository
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::CodeCommit::Repository aws_codecommit_repository
  ref repository_id
  att Arn arn
  att Name repository_name
  att RepositoryId repository_id
  att CloneUrlHttp clone_url_http
  att CloneUrlSsh clone_url_ssh
  RepositoryName repository_name
  RepositoryDescription description
  KmsKeyId kms_key_id
  Tags tags tags
  skip default_branch
`
