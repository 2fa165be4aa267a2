package s3

// terraform is how S3 is written for Terraform: a bucket, and each of its
// settings in a resource of its own. The pages of s3_bucket and of the
// resources whose names begin with s3_bucket_ below
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
//
// The provider wants a filter of each lifecycle rule; an empty prefix is the
// whole bucket.
const terraform = `
AWS::S3::Bucket aws_s3_bucket
  ref id bucket
  att Arn arn
  att DomainName bucket_domain_name
  att RegionalDomainName bucket_regional_domain_name
  BucketName bucket
  ObjectLockEnabled object_lock_enabled
  Tags tags tags
  skip force_destroy
  part aws_s3_bucket_ownership_controls bucket=id {
    OwnershipControls.Rules rule blocks {
      ObjectOwnership object_ownership
    }
  }
  part aws_s3_bucket_public_access_block bucket=id {
    PublicAccessBlockConfiguration.BlockPublicAcls block_public_acls
    PublicAccessBlockConfiguration.BlockPublicPolicy block_public_policy
    PublicAccessBlockConfiguration.IgnorePublicAcls ignore_public_acls
    PublicAccessBlockConfiguration.RestrictPublicBuckets restrict_public_buckets
    skip skip_destroy
  }
  part aws_s3_bucket_server_side_encryption_configuration bucket=id {
    BucketEncryption.ServerSideEncryptionConfiguration rule blocks {
      BucketKeyEnabled bucket_key_enabled
      ServerSideEncryptionByDefault.SSEAlgorithm apply_server_side_encryption_by_default.sse_algorithm
      ServerSideEncryptionByDefault.KMSMasterKeyID apply_server_side_encryption_by_default.kms_master_key_id
    }
  }
  part aws_s3_bucket_versioning bucket=id {
    VersioningConfiguration.Status versioning_configuration.status
  }
  part aws_s3_bucket_lifecycle_configuration bucket=id {
    LifecycleConfiguration.TransitionDefaultMinimumObjectSize transition_default_minimum_object_size
    LifecycleConfiguration.Rules rule blocks {
      Id id
      Status status
      Prefix filter.prefix default=
      ExpirationInDays expiration.days
      ExpiredObjectDeleteMarker expiration.expired_object_delete_marker
      AbortIncompleteMultipartUpload.DaysAfterInitiation abort_incomplete_multipart_upload.days_after_initiation
      NoncurrentVersionExpiration.NoncurrentDays noncurrent_version_expiration.noncurrent_days
      NoncurrentVersionExpiration.NewerNoncurrentVersions noncurrent_version_expiration.newer_noncurrent_versions
      Transitions transition blocks {
        StorageClass storage_class
        TransitionInDays days
      }
      NoncurrentVersionTransitions noncurrent_version_transition blocks {
        StorageClass storage_class
        TransitionInDays noncurrent_days
        NewerNoncurrentVersions newer_noncurrent_versions
      }
    }
  }
  part aws_s3_bucket_logging bucket=id {
    LoggingConfiguration.DestinationBucketName target_bucket
    LoggingConfiguration.LogFilePrefix target_prefix default=
  }
  part aws_s3_bucket_notification bucket=id {
    NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled eventbridge
    NotificationConfiguration.LambdaConfigurations lambda_function blocks {
      Event events wrap
      Function lambda_function_arn
      Filter.S3Key.Rules[Name=prefix].Value filter_prefix
      Filter.S3Key.Rules[Name=suffix].Value filter_suffix
    }
    NotificationConfiguration.QueueConfigurations queue blocks {
      Event events wrap
      Queue queue_arn
      Filter.S3Key.Rules[Name=prefix].Value filter_prefix
      Filter.S3Key.Rules[Name=suffix].Value filter_suffix
    }
    NotificationConfiguration.TopicConfigurations topic blocks {
      Event events wrap
      Topic topic_arn
      Filter.S3Key.Rules[Name=prefix].Value filter_prefix
      Filter.S3Key.Rules[Name=suffix].Value filter_suffix
    }
  }
  part aws_s3_bucket_object_lock_configuration bucket=id {
    ObjectLockConfiguration.ObjectLockEnabled object_lock_enabled
    ObjectLockConfiguration.Rule.DefaultRetention.Mode rule.default_retention.mode
    ObjectLockConfiguration.Rule.DefaultRetention.Days rule.default_retention.days
    ObjectLockConfiguration.Rule.DefaultRetention.Years rule.default_retention.years
  }
  part aws_s3_bucket_replication_configuration bucket=id {
    ReplicationConfiguration.Role role
    ReplicationConfiguration.Rules rule blocks {
      Id id
      Priority priority
      Status status
      Prefix prefix
      Filter.Prefix filter.prefix
      DeleteMarkerReplication.Status delete_marker_replication.status
      SourceSelectionCriteria.SseKmsEncryptedObjects.Status source_selection_criteria.sse_kms_encrypted_objects.status
      Destination.Bucket destination.bucket
      Destination.Account destination.account
      Destination.StorageClass destination.storage_class
      Destination.AccessControlTranslation.Owner destination.access_control_translation.owner
      Destination.EncryptionConfiguration.ReplicaKmsKeyID destination.encryption_configuration.replica_kms_key_id
    }
  }

AWS::S3::BucketPolicy aws_s3_bucket_policy
  ref bucket id
  Bucket bucket
  PolicyDocument policy json
`
