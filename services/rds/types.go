package rds

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-"

// types are the resources of Amazon RDS.
var types = []service.Type{
	{
		Name: "AWS::RDS::DBInstance", Source: page + "dbinstance.html",
		NameProp: "DBInstanceIdentifier",
		ARN:      "arn:${Partition}:rds:${Region}:${Account}:db:${Name}",
		Attrs:    map[string]string{"DBInstanceArn": "${ARN}"},
		Props: []string{
			"AdditionalStorageVolumes", "AllocatedStorage", "AllowMajorVersionUpgrade", "ApplyImmediately",
			"AssociatedRoles", "AutoMinorVersionUpgrade", "AutomaticBackupReplicationKmsKeyId",
			"AutomaticBackupReplicationRegion", "AutomaticBackupReplicationRetentionPeriod", "AvailabilityZone",
			"BackupRetentionPeriod", "BackupTarget", "CACertificateIdentifier", "CertificateRotationRestart",
			"CharacterSetName", "CopyTagsToSnapshot", "CustomIAMInstanceProfile", "DBClusterIdentifier",
			"DBClusterSnapshotIdentifier", "DBInstanceClass", "DBInstanceIdentifier", "DBName",
			"DBParameterGroupName", "DBSecurityGroups", "DBSnapshotIdentifier", "DBSubnetGroupName", "DBSystemId",
			"DatabaseInsightsMode", "DedicatedLogVolume", "DeleteAutomatedBackups", "DeletionProtection", "Domain",
			"DomainAuthSecretArn", "DomainDnsIps", "DomainFqdn", "DomainIAMRoleName", "DomainOu",
			"EnableCloudwatchLogsExports", "EnableIAMDatabaseAuthentication", "EnablePerformanceInsights", "Engine",
			"EngineLifecycleSupport", "EngineVersion", "Iops", "KmsKeyId", "LicenseModel",
			"ManageMasterUserPassword", "MasterUserAuthenticationType", "MasterUserPassword", "MasterUserSecret",
			"MasterUsername", "MaxAllocatedStorage", "MonitoringInterval", "MonitoringRoleArn", "MultiAZ",
			"NcharCharacterSetName", "NetworkType", "OptionGroupName", "PerformanceInsightsKMSKeyId",
			"PerformanceInsightsRetentionPeriod", "Port", "PreferredBackupWindow", "PreferredMaintenanceWindow",
			"ProcessorFeatures", "PromotionTier", "PubliclyAccessible", "ReplicaMode", "RestoreTime",
			"SourceDBClusterIdentifier", "SourceDBInstanceAutomatedBackupsArn", "SourceDBInstanceIdentifier",
			"SourceDbiResourceId", "SourceRegion", "StorageEncrypted", "StorageThroughput", "StorageType", "Tags",
			"TdeCredentialArn", "TdeCredentialPassword", "Timezone", "UseDefaultProcessorFeatures",
			"UseLatestRestorableTime", "VPCSecurityGroups",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::RDS::DBCluster", Source: page + "dbcluster.html",
		NameProp: "DBClusterIdentifier",
		ARN:      "arn:${Partition}:rds:${Region}:${Account}:cluster:${Name}",
		Attrs:    map[string]string{"DBClusterArn": "${ARN}"},
		Props: []string{
			"AllocatedStorage", "AssociatedRoles", "AutoMinorVersionUpgrade", "AvailabilityZones", "BacktrackWindow",
			"BackupRetentionPeriod", "ClusterScalabilityType", "CopyTagsToSnapshot", "DBClusterIdentifier",
			"DBClusterInstanceClass", "DBClusterParameterGroupName", "DBInstanceParameterGroupName",
			"DBSubnetGroupName", "DBSystemId", "DatabaseInsightsMode", "DatabaseName", "DeleteAutomatedBackups",
			"DeletionProtection", "Domain", "DomainIAMRoleName", "EnableCloudwatchLogsExports",
			"EnableGlobalWriteForwarding", "EnableHttpEndpoint", "EnableIAMDatabaseAuthentication",
			"EnableLocalWriteForwarding", "Engine", "EngineLifecycleSupport", "EngineMode", "EngineVersion",
			"GlobalClusterIdentifier", "Iops", "KmsKeyId", "ManageMasterUserPassword",
			"MasterUserAuthenticationType", "MasterUserPassword", "MasterUserSecret", "MasterUsername",
			"MonitoringInterval", "MonitoringRoleArn", "NetworkType", "PerformanceInsightsEnabled",
			"PerformanceInsightsKmsKeyId", "PerformanceInsightsRetentionPeriod", "Port", "PreferredBackupWindow",
			"PreferredMaintenanceWindow", "PubliclyAccessible", "ReplicationSourceIdentifier", "RestoreToTime",
			"RestoreType", "ScalingConfiguration", "ServerlessV2ScalingConfiguration", "SnapshotIdentifier",
			"SourceDBClusterIdentifier", "SourceDbClusterResourceId", "SourceRegion", "StorageEncrypted",
			"StorageType", "Tags", "UseLatestRestorableTime", "VpcSecurityGroupIds",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::RDS::DBSubnetGroup", Source: page + "dbsubnetgroup.html",
		NameProp: "DBSubnetGroupName",
		ARN:      "arn:${Partition}:rds:${Region}:${Account}:subgrp:${Name}",
		Attrs:    map[string]string{"DBSubnetGroupArn": "${ARN}"},
		Props: []string{
			"DBSubnetGroupDescription", "DBSubnetGroupName", "SubnetIds", "Tags",
		},
		Declare: cloud.Tagged,
	},
}
