package codedeploy

// terraform is how CodeDeploy is written for Terraform: the pages codedeploy_app
// and codedeploy_deployment_group
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::CodeDeploy::Application aws_codedeploy_app
  ref name
  ApplicationName name
  ComputePlatform compute_platform
  Tags tags tags

AWS::CodeDeploy::DeploymentGroup aws_codedeploy_deployment_group
  ref deployment_group_name
  DeploymentGroupName deployment_group_name
  ApplicationName app_name
  ServiceRoleArn service_role_arn
  DeploymentConfigName deployment_config_name
  AutoScalingGroups autoscaling_groups
  OutdatedInstancesStrategy outdated_instances_strategy
  TerminationHookEnabled termination_hook_enabled
  DeploymentStyle.DeploymentOption deployment_style.deployment_option
  DeploymentStyle.DeploymentType deployment_style.deployment_type
  ECSServices[#=0].ClusterName ecs_service.cluster_name
  ECSServices[#=0].ServiceName ecs_service.service_name
  AutoRollbackConfiguration.Enabled auto_rollback_configuration.enabled
  AutoRollbackConfiguration.Events auto_rollback_configuration.events
  AlarmConfiguration.Enabled alarm_configuration.enabled
  AlarmConfiguration.IgnorePollAlarmFailure alarm_configuration.ignore_poll_alarm_failure
  AlarmConfiguration.Alarms alarm_configuration.alarms pluck=Name
  BlueGreenDeploymentConfiguration.DeploymentReadyOption.ActionOnTimeout blue_green_deployment_config.deployment_ready_option.action_on_timeout
  BlueGreenDeploymentConfiguration.DeploymentReadyOption.WaitTimeInMinutes blue_green_deployment_config.deployment_ready_option.wait_time_in_minutes
  BlueGreenDeploymentConfiguration.GreenFleetProvisioningOption.Action blue_green_deployment_config.green_fleet_provisioning_option.action
  BlueGreenDeploymentConfiguration.TerminateBlueInstancesOnDeploymentSuccess.Action blue_green_deployment_config.terminate_blue_instances_on_deployment_success.action
  BlueGreenDeploymentConfiguration.TerminateBlueInstancesOnDeploymentSuccess.TerminationWaitTimeInMinutes blue_green_deployment_config.terminate_blue_instances_on_deployment_success.termination_wait_time_in_minutes
  LoadBalancerInfo.ElbInfoList load_balancer_info.elb_info blocks {
    Name name
  }
  LoadBalancerInfo.TargetGroupInfoList load_balancer_info.target_group_info blocks {
    Name name
  }
  LoadBalancerInfo.TargetGroupPairInfoList[#=0].ProdTrafficRoute.ListenerArns load_balancer_info.target_group_pair_info.prod_traffic_route.listener_arns
  LoadBalancerInfo.TargetGroupPairInfoList[#=0].TestTrafficRoute.ListenerArns load_balancer_info.target_group_pair_info.test_traffic_route.listener_arns
  LoadBalancerInfo.TargetGroupPairInfoList[#=0].TargetGroups load_balancer_info.target_group_pair_info.target_group blocks {
    Name name
  }
  Ec2TagFilters ec2_tag_filter blocks {
    Key key
    Type type
    Value value
  }
  OnPremisesInstanceTagFilters on_premises_instance_tag_filter blocks {
    Key key
    Type type
    Value value
  }
  TriggerConfigurations trigger_configuration blocks {
    TriggerName trigger_name
    TriggerTargetArn trigger_target_arn
    TriggerEvents trigger_events
  }
  Tags tags tags
`
