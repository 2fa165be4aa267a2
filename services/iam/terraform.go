package iam

// terraform is how IAM is written for Terraform. Inline policies and
// attachments are resources of their own, so whatever runs with a role has to
// wait for them (iac/tf). The pages of the resources whose names begin with
// iam_ below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::IAM::Role aws_iam_role
  ref name id
  att Arn arn
  att RoleId unique_id
  RoleName name
  Path path
  Description description
  MaxSessionDuration max_session_duration
  PermissionsBoundary permissions_boundary
  AssumeRolePolicyDocument assume_role_policy json
  Tags tags tags
  skip force_detach_policies
  part aws_iam_role_policy role=id each=Policies label=PolicyName wait {
    PolicyName name
    PolicyDocument policy json
  }
  part aws_iam_role_policy_attachment role=name each=ManagedPolicyArns wait {
    . policy_arn
  }

AWS::IAM::User aws_iam_user
  ref name id
  att Arn arn
  UserName name
  Path path
  PermissionsBoundary permissions_boundary
  Tags tags tags
  skip force_destroy
  part aws_iam_user_policy user=name each=Policies label=PolicyName {
    PolicyName name
    PolicyDocument policy json
  }
  part aws_iam_user_policy_attachment user=name each=ManagedPolicyArns {
    . policy_arn
  }
  part aws_iam_user_group_membership user=name {
    Groups groups
  }

AWS::IAM::Group aws_iam_group
  ref name id
  att Arn arn
  GroupName name
  Path path
  part aws_iam_group_policy group=name each=Policies label=PolicyName {
    PolicyName name
    PolicyDocument policy json
  }
  part aws_iam_group_policy_attachment group=name each=ManagedPolicyArns {
    . policy_arn
  }

AWS::IAM::ManagedPolicy aws_iam_policy
  ref arn id
  att PolicyArn arn
  att PolicyId policy_id
  ManagedPolicyName name
  Path path
  Description description
  PolicyDocument policy json
  part aws_iam_role_policy_attachment policy_arn=arn each=Roles {
    . role
  }
  part aws_iam_user_policy_attachment policy_arn=arn each=Users {
    . user
  }
  part aws_iam_group_policy_attachment policy_arn=arn each=Groups {
    . group
  }

AWS::IAM::Policy -
  spread aws_iam_role_policy role each=Roles {
    PolicyName name
    PolicyDocument policy json
  }
  spread aws_iam_user_policy user each=Users {
    PolicyName name
    PolicyDocument policy json
  }
  spread aws_iam_group_policy group each=Groups {
    PolicyName name
    PolicyDocument policy json
  }

AWS::IAM::RolePolicy aws_iam_role_policy
  RoleName role
  PolicyName name
  PolicyDocument policy json

AWS::IAM::UserPolicy aws_iam_user_policy
  UserName user
  PolicyName name
  PolicyDocument policy json

AWS::IAM::GroupPolicy aws_iam_group_policy
  GroupName group
  PolicyName name
  PolicyDocument policy json

AWS::IAM::InstanceProfile aws_iam_instance_profile
  ref name id
  att Arn arn
  InstanceProfileName name
  Path path
  Roles role first

AWS::IAM::OIDCProvider aws_iam_openid_connect_provider
  ref arn id
  att Arn arn
  Url url
  ClientIdList client_id_list
  ThumbprintList thumbprint_list
  Tags tags tags
`
