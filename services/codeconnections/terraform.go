package codeconnections

// terraform is how connections are written for Terraform: the pages
// codeconnections_connection and codestarconnections_connection
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::CodeConnections::Connection aws_codeconnections_connection
  ref arn id
  att ConnectionArn arn
  ConnectionName name
  ProviderType provider_type
  HostArn host_arn
  Tags tags tags

AWS::CodeStarConnections::Connection aws_codestarconnections_connection
  ref arn id
  att ConnectionArn arn
  ConnectionName name
  ProviderType provider_type
  HostArn host_arn
  Tags tags tags
`
