package chatbot

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-chatbot-"

// types are the resources of Amazon Q Developer in chat applications.
var types = []service.Type{
	{
		Name: "AWS::Chatbot::SlackChannelConfiguration", Source: page + "slackchannelconfiguration.html",
		NameProp: "ConfigurationName",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:chatbot::${Account}:chat-configuration/slack-channel/${Name}",
		Props: []string{
			"ConfigurationName", "CustomizationResourceArns", "GuardrailPolicies", "IamRoleArn", "LoggingLevel",
			"SlackChannelId", "SlackWorkspaceId", "SnsTopicArns", "Tags", "UserRoleRequired",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::Chatbot::MicrosoftTeamsChannelConfiguration", Source: page + "microsoftteamschannelconfiguration.html",
		NameProp: "ConfigurationName",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:chatbot::${Account}:chat-configuration/microsoft-teams-channel/${Name}",
		Props: []string{
			"ConfigurationName", "CustomizationResourceArns", "GuardrailPolicies", "IamRoleArn", "LoggingLevel",
			"SnsTopicArns", "Tags", "TeamId", "TeamsChannelId", "TeamsChannelName", "TeamsTenantId",
			"UserRoleRequired",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::Chatbot::CustomAction", Source: page + "customaction.html",
		NameProp: "ActionName",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:chatbot::${Account}:custom-action/${Name}",
		Attrs:    map[string]string{"CustomActionArn": "${ARN}"},
		Props: []string{
			"ActionName", "AliasName", "Attachments", "Definition", "Tags",
		},
		Declare: cloud.Tagged,
	},
}
