package codebuild

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codebuild-"

// types are the resources of CodeBuild.
var types = []service.Type{
	{
		Name: "AWS::CodeBuild::Project", Source: page + "project.html",
		NameProp: "Name",
		ARN:      "arn:${Partition}:codebuild:${Region}:${Account}:project/${Name}",
		Attrs:    map[string]string{"Id": "${Hole:Id}"},
		Props: []string{
			"Artifacts", "AutoRetryLimit", "BadgeEnabled", "BuildBatchConfig", "Cache", "ConcurrentBuildLimit",
			"Description", "EncryptionKey", "Environment", "FileSystemLocations", "LogsConfig", "Name",
			"QueuedTimeoutInMinutes", "ResourceAccessRole", "SecondaryArtifacts", "SecondarySourceVersions",
			"SecondarySources", "ServiceRole", "Source", "SourceVersion", "Tags", "TimeoutInMinutes", "Triggers",
			"Visibility", "VpcConfig",
		},
		Attach: attachProject,
	},
	{
		Name: "AWS::CodeBuild::ReportGroup", Source: page + "reportgroup.html",
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:codebuild:${Region}:${Account}:report-group/${Name}",
		Attrs:    map[string]string{"Id": "${Hole:Id}"},
		Props: []string{
			"DeleteReports", "ExportConfig", "Name", "Tags", "Type",
		},
		Attach: attachReportGroup,
	},
	{
		Name: "AWS::CodeBuild::Fleet", Source: page + "fleet.html",
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:codebuild:${Region}:${Account}:fleet/${Name}:${Hole:FleetId}",
		Props: []string{
			"BaseCapacity", "ComputeConfiguration", "ComputeType", "EnvironmentType", "FleetProxyConfiguration",
			"FleetServiceRole", "FleetVpcConfig", "ImageId", "Name", "OverflowBehavior", "ScalingConfiguration",
			"Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CodeBuild::SourceCredential", Source: page + "sourcecredential.html",
		Ref: "${ARN}",
		// One for each kind of server in an account and region.
		ARN: "arn:${Partition}:codebuild:${Region}:${Account}:token/${Hole:ServerType}",
		Props: []string{
			"AuthType", "ServerType", "Token", "Username",
		},
	},
}

// attachProject reads the key that encrypts the build's output. Without
// EncryptionKey it is the AWS managed key for S3 in the account
// (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Project.html,
// encryptionKey).
func attachProject(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("EncryptionKey"))
	if r.Encryption == nil {
		r.Encryption = &cloud.Encryption{Mode: cloud.AWSManaged, Key: "alias/aws/s3", Span: r.Span}
	}
}

// attachReportGroup reads the key of the exported raw data, which is the AWS
// managed key for S3 where none is named
// (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_S3ReportExportConfig.html).
func attachReportGroup(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	d := r.Prop("ExportConfig", "S3Destination")
	switch {
	case d == nil, d.Get("EncryptionDisabled").Str() == "true":
		return
	default:
		r.Encryption = cloud.EncryptWith(m, r, d.Get("EncryptionKey"))
		if r.Encryption == nil {
			r.Encryption = &cloud.Encryption{Mode: cloud.AWSManaged, Key: "alias/aws/s3", Span: d.Span}
		}
	}
}
