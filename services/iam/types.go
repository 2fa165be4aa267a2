package iam

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-"

// types are the resources of IAM.
var types = []service.Type{
	{
		Name: "AWS::IAM::Role", Source: page + "role.html",
		ARNs:     []string{"ManagedPolicyArns[]", "PermissionsBoundary"},
		NameProp: "RoleName",
		ARN:      "arn:${Partition}:iam::${Account}:role${Path}${Name}",
		Attrs:    map[string]string{"RoleId": "${Hole:RoleId}"},
		Props: []string{
			"AssumeRolePolicyDocument", "Description", "ManagedPolicyArns", "MaxSessionDuration", "Path",
			"PermissionsBoundary", "Policies", "RoleName", "Tags",
		},
		Declare: declareRole, Attach: attachManaged,
	},
	{
		Name: "AWS::IAM::User", Source: page + "user.html",
		ARNs:     []string{"ManagedPolicyArns[]", "PermissionsBoundary"},
		NameProp: "UserName",
		ARN:      "arn:${Partition}:iam::${Account}:user${Path}${Name}",
		Props: []string{
			"Groups", "LoginProfile", "ManagedPolicyArns", "Path", "PermissionsBoundary", "Policies", "Tags",
			"UserName",
		},
		Declare: declareUser, Attach: attachUser,
	},
	{
		Name: "AWS::IAM::Group", Source: page + "group.html",
		ARNs:     []string{"ManagedPolicyArns[]"},
		NameProp: "GroupName",
		ARN:      "arn:${Partition}:iam::${Account}:group${Path}${Name}",
		Props: []string{
			"GroupName", "ManagedPolicyArns", "Path", "Policies",
		},
		Declare: declareGroup, Attach: attachManaged,
	},
	{
		// Ref is documented as the resource name: a made-up id, not PolicyName.
		Name: "AWS::IAM::Policy", Source: page + "policy.html",
		Names: []string{"Roles[]", "Users[]", "Groups[]"},
		Ref:   "${Hole:Id}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"Groups", "PolicyDocument", "PolicyName", "Roles", "Users",
		},
		Attach: attachPolicy,
	},
	{
		Name: "AWS::IAM::ManagedPolicy", Source: page + "managedpolicy.html",
		Names:    []string{"Roles[]", "Users[]", "Groups[]"},
		NameProp: "ManagedPolicyName",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:iam::${Account}:policy${Path}${Name}",
		Attrs: map[string]string{
			"PolicyArn": "${ARN}", "PolicyId": "${Hole:PolicyId}",
			"AttachmentCount":  "${Hole:AttachmentCount}",
			"DefaultVersionId": "${Hole:DefaultVersionId}", "IsAttachable": "true",
			"PermissionsBoundaryUsageCount": "${Hole:PermissionsBoundaryUsageCount}",
		},
		Props: []string{
			"Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles", "Users",
		},
		Attach: attachManagedPolicy,
	},
	{
		Name: "AWS::IAM::RolePolicy", Source: page + "rolepolicy.html",
		Ref: "${Prop:PolicyName}|${Prop:RoleName}",
		Props: []string{
			"PolicyDocument", "PolicyName", "RoleName",
		},
		Attach: attachInline("RoleName", roleType),
	},
	{
		Name: "AWS::IAM::UserPolicy", Source: page + "userpolicy.html",
		Ref: "${Prop:PolicyName}|${Prop:UserName}",
		Props: []string{
			"PolicyDocument", "PolicyName", "UserName",
		},
		Attach: attachInline("UserName", userType),
	},
	{
		Name: "AWS::IAM::GroupPolicy", Source: page + "grouppolicy.html",
		Ref: "${Prop:PolicyName}|${Prop:GroupName}",
		Props: []string{
			"GroupName", "PolicyDocument", "PolicyName",
		},
		Attach: attachInline("GroupName", groupType),
	},
	{
		Name: "AWS::IAM::UserToGroupAddition", Source: page + "usertogroupaddition.html",
		Ref:   "${Hole:Id}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"GroupName", "Users",
		},
		Attach: attachMembers,
	},
	{
		Name: "AWS::IAM::InstanceProfile", Source: page + "instanceprofile.html",
		Names:    []string{"Roles[]"},
		NameProp: "InstanceProfileName",
		ARN:      "arn:${Partition}:iam::${Account}:instance-profile${Path}${Name}",
		Props: []string{
			"InstanceProfileName", "Path", "Roles",
		},
	},
	{
		Name: "AWS::IAM::OIDCProvider", Source: page + "oidcprovider.html",
		Ref: "${ARN}",
		ARN: "arn:${Partition}:iam::${Account}:oidc-provider/${Bare:Url}",
		Props: []string{
			"ClientIdList", "Tags", "ThumbprintList", "Url",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::IAM::SAMLProvider", Source: page + "samlprovider.html",
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:iam::${Account}:saml-provider/${Name}",
		Attrs:    map[string]string{"SamlProviderUUID": "${Hole:SamlProviderUUID}"},
		Props: []string{
			"AddPrivateKey", "AssertionEncryptionMode", "Name", "PrivateKeyList", "RemovePrivateKey",
			"SamlMetadataDocument", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		// Its role is made by the service named, with AWS's own trust and
		// policy; only that service can use it.
		Name: "AWS::IAM::ServiceLinkedRole", Source: page + "servicelinkedrole.html",
		Ref:   "${Hole:RoleName}",
		ARN:   "arn:${Partition}:iam::${Account}:role/aws-service-role/${Prop:AWSServiceName}/${Ref}",
		Attrs: map[string]string{"RoleName": "${Ref}"},
		Props: []string{
			"AWSServiceName", "CustomSuffix", "Description",
		},
	},
	{
		Name: "AWS::IAM::AccessKey", Source: page + "accesskey.html",
		Ref:   "${Hole:Id}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"Serial", "Status", "UserName",
		},
	},
	{
		Name: "AWS::IAM::ServerCertificate", Source: page + "servercertificate.html",
		NameProp: "ServerCertificateName",
		ARN:      "arn:${Partition}:iam::${Account}:server-certificate${Path}${Name}",
		Props: []string{
			"CertificateBody", "CertificateChain", "Path", "PrivateKey", "ServerCertificateName", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::IAM::VirtualMFADevice", Source: page + "virtualmfadevice.html",
		NameProp: "VirtualMfaDeviceName",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:iam::${Account}:mfa${Path}${Name}",
		Attrs:    map[string]string{"SerialNumber": "${ARN}"},
		Props: []string{
			"Path", "Tags", "Users", "VirtualMfaDeviceName",
		},
		Declare: cloud.Tagged,
	},
}
