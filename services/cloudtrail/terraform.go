package cloudtrail

// terraform is how CloudTrail is written for Terraform: the page cloudtrail
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::CloudTrail::Trail aws_cloudtrail
  ref name
  att Arn arn
  TrailName name
  IsLogging enable_logging absent=true
  IsMultiRegionTrail is_multi_region_trail
  IsOrganizationTrail is_organization_trail
  IncludeGlobalServiceEvents include_global_service_events
  EnableLogFileValidation enable_log_file_validation
  S3BucketName s3_bucket_name
  S3KeyPrefix s3_key_prefix
  KMSKeyId kms_key_id
  CloudWatchLogsLogGroupArn cloud_watch_logs_group_arn
  CloudWatchLogsRoleArn cloud_watch_logs_role_arn
  SnsTopicName sns_topic_name
  EventSelectors event_selector blocks {
    ReadWriteType read_write_type
    IncludeManagementEvents include_management_events
    ExcludeManagementEventSources exclude_management_event_sources
    DataResources data_resource blocks {
      Type type
      Values values
    }
  }
  AdvancedEventSelectors advanced_event_selector blocks {
    Name name
    FieldSelectors field_selector blocks {
      Field field
      Equals equals
      NotEquals not_equals
      StartsWith starts_with
      NotStartsWith not_starts_with
      EndsWith ends_with
      NotEndsWith not_ends_with
    }
  }
  InsightSelectors insight_selector blocks {
    InsightType insight_type
  }
  Tags tags tags
`
