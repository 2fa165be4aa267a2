package ssm

import (
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-"

// types are the resources of Systems Manager.
//
// The name of a parameter may begin with '/', which its ARN does not double
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html).
// CloudFormation makes no SecureString, so none of these is encrypted.
var types = []service.Type{
	{
		Name: "AWS::SSM::Parameter", Source: page + "parameter.html",
		NameProp: "Name",
		ARN:      "arn:${Partition}:ssm:${Region}:${Account}:parameter/${Bare:Name}",
		Attrs:    map[string]string{"Type": "${Prop:Type}", "Value": "${Prop:Value}"},
		Props: []string{
			"AllowedPattern", "DataType", "Description", "Name", "Policies", "Tags", "Tier", "Type", "Value",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::SSM::Document", Source: page + "document.html",
		NameProp: "Name",
		ARN:      "arn:${Partition}:ssm:${Region}:${Account}:document/${Name}",
		Props: []string{
			"Attachments", "Content", "DocumentFormat", "DocumentType", "Name", "Requires", "Tags", "TargetType",
			"UpdateMethod", "VersionName",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::SSM::ResourcePolicy", Source: page + "resourcepolicy.html",
		Ref:   "${Hole:PolicyId}",
		Attrs: map[string]string{"PolicyHash": "${Hole:PolicyHash}", "PolicyId": "${Ref}"},
		Props: []string{
			"Policy", "ResourceArn",
		},
		Attach: attachPolicy,
	},
	{
		Name: "AWS::SSM::Association", Source: page + "association.html",
		Ref:   "${Hole:AssociationId}",
		ARN:   "arn:${Partition}:ssm:${Region}:${Account}:association/${Ref}",
		Attrs: map[string]string{"AssociationId": "${Ref}"},
		Props: []string{
			"ApplyOnlyAtCronInterval", "AssociationDispatchAssumeRole", "AssociationName",
			"AutomationTargetParameterName", "CalendarNames", "ComplianceSeverity", "DocumentVersion", "InstanceId",
			"MaxConcurrency", "MaxErrors", "Name", "OutputLocation", "Parameters", "ScheduleExpression",
			"ScheduleOffset", "SyncCompliance", "Tags", "Targets", "WaitForSuccessTimeoutSeconds",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::SSM::MaintenanceWindow", Source: page + "maintenancewindow.html",
		Ref:   "${Hole:WindowId}",
		ARN:   "arn:${Partition}:ssm:${Region}:${Account}:maintenancewindow/${Ref}",
		Attrs: map[string]string{"WindowId": "${Ref}"},
		Props: []string{
			"AllowUnassociatedTargets", "Cutoff", "Description", "Duration", "EndDate", "Name", "Schedule",
			"ScheduleOffset", "ScheduleTimezone", "StartDate", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::SSM::MaintenanceWindowTarget", Source: page + "maintenancewindowtarget.html",
		Ref:   "${Hole:WindowTargetId}",
		ARN:   "arn:${Partition}:ssm:${Region}:${Account}:windowtarget/${Ref}",
		Attrs: map[string]string{"WindowTargetId": "${Ref}"},
		Props: []string{
			"Description", "Name", "OwnerInformation", "ResourceType", "Targets", "WindowId",
		},
	},
	{
		Name: "AWS::SSM::MaintenanceWindowTask", Source: page + "maintenancewindowtask.html",
		Ref:   "${Hole:WindowTaskId}",
		ARN:   "arn:${Partition}:ssm:${Region}:${Account}:windowtask/${Ref}",
		Attrs: map[string]string{"WindowTaskId": "${Ref}"},
		Props: []string{
			"CutoffBehavior", "Description", "LoggingInfo", "MaxConcurrency", "MaxErrors", "Name", "Priority",
			"ServiceRoleArn", "Targets", "TaskArn", "TaskInvocationParameters", "TaskParameters", "TaskType",
			"WindowId",
		},
	},
	{
		Name: "AWS::SSM::PatchBaseline", Source: page + "patchbaseline.html",
		Ref:   "${Hole:Id}",
		ARN:   "arn:${Partition}:ssm:${Region}:${Account}:patchbaseline/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"ApprovalRules", "ApprovedPatches", "ApprovedPatchesComplianceLevel", "ApprovedPatchesEnableNonSecurity",
			"AvailableSecurityUpdatesComplianceStatus", "DefaultBaseline", "Description", "GlobalFilters", "Name",
			"OperatingSystem", "PatchGroups", "RejectedPatches", "RejectedPatchesAction", "Sources", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::SSM::ResourceDataSync", Source: page + "resourcedatasync.html",
		NameProp: "SyncName",
		ARN:      "arn:${Partition}:ssm:${Region}:${Account}:resource-data-sync/${Name}",
		Attrs:    map[string]string{"SyncName": "${Name}"},
		Props: []string{
			"BucketName", "BucketPrefix", "BucketRegion", "KMSKeyArn", "S3Destination", "SyncFormat", "SyncName",
			"SyncSource", "SyncType",
		},
	},
}

// attachPolicy shares a parameter or an OpsItemGroup.
func attachPolicy(m *cloud.Model, r *cloud.Resource) {
	a := m.Attachment(r, r.Prop("Policy"), iam.Resource, "the resource policy")
	m.Guard(r, r.Prop("ResourceArn"), r.Region, a, "AWS::SSM::Parameter")
}
