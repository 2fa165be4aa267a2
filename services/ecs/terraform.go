package ecs

// terraform is how ECS is written for Terraform: the pages ecs_cluster,
// ecs_cluster_capacity_providers, ecs_service and ecs_task_definition
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::ECS::Cluster aws_ecs_cluster
  ref name
  att Arn arn
  ClusterName name
  ClusterSettings setting blocks {
    Name name
    Value value
  }
  Configuration.ExecuteCommandConfiguration.KmsKeyId configuration.execute_command_configuration.kms_key_id
  Configuration.ExecuteCommandConfiguration.Logging configuration.execute_command_configuration.logging
  Configuration.ExecuteCommandConfiguration.LogConfiguration.CloudWatchEncryptionEnabled configuration.execute_command_configuration.log_configuration.cloud_watch_encryption_enabled
  Configuration.ExecuteCommandConfiguration.LogConfiguration.CloudWatchLogGroupName configuration.execute_command_configuration.log_configuration.cloud_watch_log_group_name
  Configuration.ExecuteCommandConfiguration.LogConfiguration.S3BucketName configuration.execute_command_configuration.log_configuration.s3_bucket_name
  Configuration.ExecuteCommandConfiguration.LogConfiguration.S3KeyPrefix configuration.execute_command_configuration.log_configuration.s3_key_prefix
  Configuration.ManagedStorageConfiguration.KmsKeyId configuration.managed_storage_configuration.kms_key_id
  Configuration.ManagedStorageConfiguration.FargateEphemeralStorageKmsKeyId configuration.managed_storage_configuration.fargate_ephemeral_storage_kms_key_id
  ServiceConnectDefaults.Namespace service_connect_defaults.namespace
  Tags tags tags
  part aws_ecs_cluster_capacity_providers cluster_name=name {
    CapacityProviders capacity_providers
    DefaultCapacityProviderStrategy default_capacity_provider_strategy blocks {
      CapacityProvider capacity_provider
      Base base
      Weight weight
    }
  }

AWS::ECS::Service aws_ecs_service
  ref id arn
  att ServiceArn id
  att Name name
  ServiceName name
  Cluster cluster
  TaskDefinition task_definition
  LaunchType launch_type
  PlatformVersion platform_version
  SchedulingStrategy scheduling_strategy
  DesiredCount desired_count
  Role iam_role
  EnableECSManagedTags enable_ecs_managed_tags
  EnableExecuteCommand enable_execute_command
  PropagateTags propagate_tags
  HealthCheckGracePeriodSeconds health_check_grace_period_seconds
  AvailabilityZoneRebalancing availability_zone_rebalancing
  DeploymentConfiguration.MaximumPercent deployment_maximum_percent
  DeploymentConfiguration.MinimumHealthyPercent deployment_minimum_healthy_percent
  DeploymentConfiguration.DeploymentCircuitBreaker.Enable deployment_circuit_breaker.enable
  DeploymentConfiguration.DeploymentCircuitBreaker.Rollback deployment_circuit_breaker.rollback
  DeploymentConfiguration.Alarms.AlarmNames alarms.alarm_names
  DeploymentConfiguration.Alarms.Enable alarms.enable
  DeploymentConfiguration.Alarms.Rollback alarms.rollback
  DeploymentController.Type deployment_controller.type
  NetworkConfiguration.AwsvpcConfiguration.Subnets network_configuration.subnets
  NetworkConfiguration.AwsvpcConfiguration.SecurityGroups network_configuration.security_groups
  NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp network_configuration.assign_public_ip words=ENABLED:true,DISABLED:false
  CapacityProviderStrategy capacity_provider_strategy blocks {
    CapacityProvider capacity_provider
    Base base
    Weight weight
  }
  LoadBalancers load_balancer blocks {
    ContainerName container_name
    ContainerPort container_port
    LoadBalancerName elb_name
    TargetGroupArn target_group_arn
  }
  ServiceRegistries[#=0].RegistryArn service_registries.registry_arn
  ServiceRegistries[#=0].Port service_registries.port
  ServiceRegistries[#=0].ContainerName service_registries.container_name
  ServiceRegistries[#=0].ContainerPort service_registries.container_port
  PlacementConstraints placement_constraints blocks {
    Type type
    Expression expression
  }
  PlacementStrategies ordered_placement_strategy blocks {
    Type type
    Field field
  }
  Tags tags tags
  skip force_delete force_new_deployment wait_for_steady_state
  deployed task_definition load_balancer

AWS::ECS::TaskDefinition aws_ecs_task_definition
  ref arn
  att TaskDefinitionArn arn
  Family family
  Cpu cpu
  Memory memory
  NetworkMode network_mode
  RequiresCompatibilities requires_compatibilities
  ExecutionRoleArn execution_role_arn
  TaskRoleArn task_role_arn
  PidMode pid_mode
  IpcMode ipc_mode
  EnableFaultInjection enable_fault_injection
  RuntimePlatform.CpuArchitecture runtime_platform.cpu_architecture
  RuntimePlatform.OperatingSystemFamily runtime_platform.operating_system_family
  EphemeralStorage.SizeInGiB ephemeral_storage.size_in_gib
  ContainerDefinitions container_definitions camel
  Volumes volume blocks {
    Name name
    ConfiguredAtLaunch configure_at_launch
    Host.SourcePath host_path
    EFSVolumeConfiguration.FilesystemId efs_volume_configuration.file_system_id
    EFSVolumeConfiguration.RootDirectory efs_volume_configuration.root_directory
    EFSVolumeConfiguration.TransitEncryption efs_volume_configuration.transit_encryption
    EFSVolumeConfiguration.TransitEncryptionPort efs_volume_configuration.transit_encryption_port
    EFSVolumeConfiguration.AuthorizationConfig.AccessPointId efs_volume_configuration.authorization_config.access_point_id
    EFSVolumeConfiguration.AuthorizationConfig.IAM efs_volume_configuration.authorization_config.iam
  }
  PlacementConstraints placement_constraints blocks {
    Type type
    Expression expression
  }
  Tags tags tags
  skip skip_destroy track_latest
`
