package elasticfilesystem

import (
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-efs-"

// types are the resources of Amazon EFS.
var types = []service.Type{
	{
		Name: "AWS::EFS::FileSystem", Source: page + "filesystem.html",
		Ref:   "fs-${Hole:Id}",
		ARN:   "arn:${Partition}:elasticfilesystem:${Region}:${Account}:file-system/${Ref}",
		Attrs: map[string]string{"FileSystemId": "${Ref}"},
		Props: []string{
			"AvailabilityZoneName", "BackupPolicy", "BypassPolicyLockoutSafetyCheck", "Encrypted",
			"FileSystemPolicy", "FileSystemProtection", "FileSystemTags", "KmsKeyId", "LifecyclePolicies",
			"PerformanceMode", "ProvisionedThroughputInMibps", "ReplicationConfiguration", "ThroughputMode",
		},
		Attach: attachFileSystem,
	},
	{
		Name: "AWS::EFS::AccessPoint", Source: page + "accesspoint.html",
		Ref:   "fsap-${Hole:Id}",
		ARN:   "arn:${Partition}:elasticfilesystem:${Region}:${Account}:access-point/${Ref}",
		Attrs: map[string]string{"AccessPointId": "${Ref}"},
		Props: []string{
			"AccessPointTags", "ClientToken", "FileSystemId", "PosixUser", "RootDirectory",
		},
		Declare: tagged("AccessPointTags"),
	},
	{
		Name: "AWS::EFS::MountTarget", Source: page + "mounttarget.html",
		Ref:   "fsmt-${Hole:Id}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"FileSystemId", "IpAddress", "IpAddressType", "Ipv6Address", "SecurityGroups", "SubnetId",
		},
	},
}

// attachFileSystem reads the key, the account's aws/elasticfilesystem where
// Encrypted is true and none is named
// (https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html), and
// the file system's policy.
func attachFileSystem(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("FileSystemTags")
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("KmsKeyId"))
	if r.Encryption == nil && r.Prop("Encrypted").Str() == "true" {
		r.Encryption = &cloud.Encryption{Mode: cloud.AWSManaged, Key: "alias/aws/elasticfilesystem", Span: r.Span}
	}
	if n := r.Prop("FileSystemPolicy"); n != nil && n.Kind != doc.Null {
		r.Policies = append(r.Policies, m.Attachment(r, n, iam.Resource, "the file system policy"))
	}
}

// tagged reads the tags of a type whose property of tags has its own name.
func tagged(prop string) func(*cloud.Model, *cloud.Resource) {
	return func(_ *cloud.Model, r *cloud.Resource) { r.ReadTags(prop) }
}
