package service

import "penstock/match"

// PermissionSetRole is the ARN of the role that the IAM Identity Center makes
// in an account for a permission set that is assigned there. Its suffix, and
// the region in its path, are the Identity Center's
// (https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html).
func PermissionSetRole(account, name string) string {
	return "arn:aws:iam::" + account + ":role/aws-reserved/sso.amazonaws.com/" +
		match.Hole(match.Path, "the region of the identity center") + "/" + PermissionSetRoleName(name)
}

// PermissionSetRoleName is the name of that role.
func PermissionSetRoleName(name string) string {
	return "AWSReservedSSO_" + name + "_" + match.Hole(match.Name, "the suffix of the permission set")
}
