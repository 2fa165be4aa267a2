package ssm

// terraform is how Parameter Store is written for Terraform: the page ssm_parameter
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::SSM::Parameter aws_ssm_parameter
  ref name id
  att Arn arn
  att Type type
  att Value value
  Name name
  Type type
  Value value
  Description description
  AllowedPattern allowed_pattern
  DataType data_type
  Tier tier
  Tags tags
`
