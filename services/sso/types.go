package sso

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-"

const (
	setType        = "AWS::SSO::PermissionSet"
	assignmentType = "AWS::SSO::Assignment"
	policyType     = "AWS::IAM::ManagedPolicy"
)

// types are the resources of the Identity Center and of its directory.
var types = []service.Type{
	{
		Name: setType, Source: page + "sso-permissionset.html",
		NameProp: "Name",
		Ref:      "${Prop:InstanceArn}|${ARN}",
		ARN:      "arn:${Partition}:sso:::permissionSet/${Last:InstanceArn}/ps-${Hole:Id}",
		Attrs:    map[string]string{"PermissionSetArn": "${ARN}"},
		Props: []string{
			"CustomerManagedPolicyReferences", "Description", "InlinePolicy", "InstanceArn", "ManagedPolicies", "Name",
			"PermissionsBoundary", "RelayStateType", "SessionDuration", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: assignmentType, Source: page + "sso-assignment.html",
		Ref:    "${Prop:InstanceArn}|${Prop:TargetId}|${Prop:TargetType}|${Prop:PermissionSetArn}|${Prop:PrincipalType}|${Prop:PrincipalId}",
		Props:  []string{"InstanceArn", "PermissionSetArn", "PrincipalId", "PrincipalType", "TargetId", "TargetType"},
		Attach: assign,
	},
	{
		Name: "AWS::SSO::Instance", Source: page + "sso-instance.html",
		Ref:   "${ARN}",
		ARN:   "arn:${Partition}:sso:::instance/ssoins-${Hole:Id}",
		Attrs: map[string]string{"InstanceArn": "${ARN}", "IdentityStoreId": "d-${Hole:IdentityStoreId}", "OwnerAccountId": "${Account}", "Status": "${Any:Status}"},
		Props: []string{"Name", "Tags"},
		Bare:  true,
	},
	{
		Name: "AWS::SSO::InstanceAccessControlAttributeConfiguration", Source: page + "sso-instanceaccesscontrolattributeconfiguration.html",
		Ref:  "${Prop:InstanceArn}",
		Bare: true,
	},
	{
		Name: "AWS::SSO::Application", Source: page + "sso-application.html",
		Ref:   "${ARN}",
		ARN:   "arn:${Partition}:sso::${Account}:application/${Last:InstanceArn}/apl-${Hole:Id}",
		Attrs: map[string]string{"ApplicationArn": "${ARN}"},
		Bare:  true,
	},
	{
		Name: "AWS::SSO::ApplicationAssignment", Source: page + "sso-applicationassignment.html",
		Ref:  "${Prop:ApplicationArn}|${Prop:PrincipalType}|${Prop:PrincipalId}",
		Bare: true,
	},
	{
		Name: "AWS::IdentityStore::Group", Source: page + "identitystore-group.html",
		Ref:   "${Hole:GroupId}|${Prop:IdentityStoreId}",
		Attrs: map[string]string{"GroupId": "${Hole:GroupId}"},
		Bare:  true,
	},
	{
		Name: "AWS::IdentityStore::GroupMembership", Source: page + "identitystore-groupmembership.html",
		Ref:   "${Hole:MembershipId}|${Prop:IdentityStoreId}",
		Attrs: map[string]string{"MembershipId": "${Hole:MembershipId}"},
		Bare:  true,
	},
}
