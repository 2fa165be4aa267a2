package codeconnections

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-"

// types are connections and hosts under the service's names of today and of
// before July 2024. The ARN keeps the prefix that it was made with
// (https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html).
var types = []service.Type{
	{
		Name: "AWS::CodeConnections::Connection", Source: page + "codeconnections-connection.html",
		NameProp: "ConnectionName",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:codeconnections:${Region}:${Account}:connection/${Hole:ConnectionId}",
		Attrs:    map[string]string{"ConnectionArn": "${ARN}", "OwnerAccountId": "${Account}"},
		Props: []string{
			"ConnectionName", "HostArn", "ProviderType", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CodeConnections::Host", Source: page + "codeconnections-host.html",
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:codeconnections:${Region}:${Account}:host/${Name}-${Hole:HostId}",
		Attrs:    map[string]string{"HostArn": "${ARN}"},
		Props: []string{
			"Name", "ProviderEndpoint", "ProviderType", "Tags", "VpcConfiguration",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CodeStarConnections::Connection", Source: page + "codestarconnections-connection.html",
		NameProp: "ConnectionName",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:codestar-connections:${Region}:${Account}:connection/${Hole:ConnectionId}",
		Attrs:    map[string]string{"ConnectionArn": "${ARN}", "OwnerAccountId": "${Account}"},
		Props: []string{
			"ConnectionName", "HostArn", "ProviderType", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CodeStarConnections::RepositoryLink", Source: page + "codestarconnections-repositorylink.html",
		Ref:   "${ARN}",
		ARN:   "arn:${Partition}:codestar-connections:${Region}:${Account}:repository-link/${Hole:RepositoryLinkId}",
		Attrs: map[string]string{"RepositoryLinkArn": "${ARN}", "RepositoryLinkId": "${Hole:RepositoryLinkId}"},
		Props: []string{
			"ConnectionArn", "EncryptionKeyArn", "OwnerId", "RepositoryName", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CodeStarConnections::SyncConfiguration", Source: page + "codestarconnections-syncconfiguration.html",
		Ref: "${Prop:ResourceName}|${Prop:SyncType}",
		Props: []string{
			"Branch", "ConfigFile", "PublishDeploymentStatus", "RepositoryLinkId", "ResourceName", "RoleArn",
			"SyncType", "TriggerResourceUpdateOn",
		},
	},
}
