package codebuild

// terraform is how CodeBuild is written for Terraform: the pages
// codebuild_project and codebuild_report_group below
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::CodeBuild::Project aws_codebuild_project
  ref name
  att Arn arn
  Name name
  Description description
  ServiceRole service_role
  EncryptionKey encryption_key
  TimeoutInMinutes build_timeout
  QueuedTimeoutInMinutes queued_timeout
  ConcurrentBuildLimit concurrent_build_limit
  AutoRetryLimit auto_retry_limit
  BadgeEnabled badge_enabled
  Visibility project_visibility
  ResourceAccessRole resource_access_role
  SourceVersion source_version
  Source source block {
    Type type
    Location location
    BuildSpec buildspec
    GitCloneDepth git_clone_depth
    InsecureSsl insecure_ssl
    ReportBuildStatus report_build_status
    GitSubmodulesConfig.FetchSubmodules git_submodules_config.fetch_submodules
    Auth.Type auth.type
    Auth.Resource auth.resource
  }
  SecondarySources secondary_sources blocks {
    SourceIdentifier source_identifier
    Type type
    Location location
    BuildSpec buildspec
    GitCloneDepth git_clone_depth
    InsecureSsl insecure_ssl
    ReportBuildStatus report_build_status
    GitSubmodulesConfig.FetchSubmodules git_submodules_config.fetch_submodules
  }
  SecondarySourceVersions secondary_source_version blocks {
    SourceIdentifier source_identifier
    SourceVersion source_version
  }
  Artifacts artifacts block {
    Type type
    Location location
    Name name
    NamespaceType namespace_type
    Packaging packaging
    Path path
    EncryptionDisabled encryption_disabled
    OverrideArtifactName override_artifact_name
    ArtifactIdentifier artifact_identifier
  }
  SecondaryArtifacts secondary_artifacts blocks {
    ArtifactIdentifier artifact_identifier
    Type type
    Location location
    Name name
    NamespaceType namespace_type
    Packaging packaging
    Path path
    EncryptionDisabled encryption_disabled
    OverrideArtifactName override_artifact_name
  }
  Environment environment block {
    Type type
    ComputeType compute_type
    Image image
    ImagePullCredentialsType image_pull_credentials_type
    PrivilegedMode privileged_mode
    Certificate certificate
    Fleet.FleetArn fleet.fleet_arn
    RegistryCredential.Credential registry_credential.credential
    RegistryCredential.CredentialProvider registry_credential.credential_provider
    EnvironmentVariables environment_variable blocks {
      Name name
      Type type
      Value value
    }
  }
  Cache cache block {
    Type type
    Location location
    Modes modes
  }
  LogsConfig.CloudWatchLogs.Status logs_config.cloudwatch_logs.status
  LogsConfig.CloudWatchLogs.GroupName logs_config.cloudwatch_logs.group_name
  LogsConfig.CloudWatchLogs.StreamName logs_config.cloudwatch_logs.stream_name
  LogsConfig.S3Logs.Status logs_config.s3_logs.status
  LogsConfig.S3Logs.Location logs_config.s3_logs.location
  LogsConfig.S3Logs.EncryptionDisabled logs_config.s3_logs.encryption_disabled
  BuildBatchConfig.ServiceRole build_batch_config.service_role
  BuildBatchConfig.CombineArtifacts build_batch_config.combine_artifacts
  BuildBatchConfig.TimeoutInMins build_batch_config.timeout_in_mins
  BuildBatchConfig.Restrictions.ComputeTypesAllowed build_batch_config.restrictions.compute_types_allowed
  BuildBatchConfig.Restrictions.MaximumBuildsAllowed build_batch_config.restrictions.maximum_builds_allowed
  FileSystemLocations file_system_locations blocks {
    Type type
    Identifier identifier
    Location location
    MountPoint mount_point
    MountOptions mount_options
  }
  VpcConfig.VpcId vpc_config.vpc_id
  VpcConfig.Subnets vpc_config.subnets
  VpcConfig.SecurityGroupIds vpc_config.security_group_ids
  Tags tags tags

AWS::CodeBuild::ReportGroup aws_codebuild_report_group
  ref arn id
  att Arn arn
  Name name
  Type type
  DeleteReports delete_reports
  ExportConfig.ExportConfigType export_config.type
  ExportConfig.S3Destination.Bucket export_config.s3_destination.bucket
  ExportConfig.S3Destination.EncryptionKey export_config.s3_destination.encryption_key
  ExportConfig.S3Destination.EncryptionDisabled export_config.s3_destination.encryption_disabled
  ExportConfig.S3Destination.Packaging export_config.s3_destination.packaging
  ExportConfig.S3Destination.Path export_config.s3_destination.path
  Tags tags tags
`
