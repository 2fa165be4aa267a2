package sqs

// terraform is how SQS is written for Terraform: the pages sqs_queue and
// sqs_queue_policy
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::SQS::Queue aws_sqs_queue
  ref url id
  att Arn arn
  att QueueName name
  att QueueUrl url
  QueueName name
  KmsMasterKeyId kms_master_key_id
  KmsDataKeyReusePeriodSeconds kms_data_key_reuse_period_seconds
  SqsManagedSseEnabled sqs_managed_sse_enabled
  FifoQueue fifo_queue
  ContentBasedDeduplication content_based_deduplication
  DelaySeconds delay_seconds
  MaximumMessageSize max_message_size
  MessageRetentionPeriod message_retention_seconds
  ReceiveMessageWaitTimeSeconds receive_wait_time_seconds
  VisibilityTimeout visibility_timeout_seconds
  RedrivePolicy redrive_policy json
  RedriveAllowPolicy redrive_allow_policy json
  Tags tags tags

AWS::SQS::QueuePolicy aws_sqs_queue_policy
  Queues queue_url first
  PolicyDocument policy json
`
