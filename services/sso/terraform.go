package sso

// terraform is how the Identity Center is written for Terraform: the pages of
// the resources whose names begin with ssoadmin_
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::SSO::PermissionSet aws_ssoadmin_permission_set
  att PermissionSetArn arn
  InstanceArn instance_arn
  Name name
  Description description
  SessionDuration session_duration
  RelayStateType relay_state
  Tags tags tags
  part aws_ssoadmin_permission_set_inline_policy permission_set_arn=arn {
    copy InstanceArn instance_arn
    InlinePolicy inline_policy json
  }
  part aws_ssoadmin_managed_policy_attachment permission_set_arn=arn each=ManagedPolicies {
    copy InstanceArn instance_arn
    . managed_policy_arn
  }
  part aws_ssoadmin_permissions_boundary_attachment permission_set_arn=arn {
    copy InstanceArn instance_arn
    PermissionsBoundary.ManagedPolicyArn permissions_boundary.managed_policy_arn
    PermissionsBoundary.CustomerManagedPolicyReference.Name permissions_boundary.customer_managed_policy_reference.name
    PermissionsBoundary.CustomerManagedPolicyReference.Path permissions_boundary.customer_managed_policy_reference.path
  }

AWS::SSO::Assignment aws_ssoadmin_account_assignment
  InstanceArn instance_arn
  PermissionSetArn permission_set_arn
  PrincipalId principal_id
  PrincipalType principal_type
  TargetId target_id
  TargetType target_type
`
