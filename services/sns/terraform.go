package sns

// terraform is how SNS is written for Terraform: the pages sns_topic,
// sns_topic_policy and sns_topic_subscription
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::SNS::Topic aws_sns_topic
  ref arn id
  att TopicArn arn
  att TopicName name
  TopicName name
  DisplayName display_name
  KmsMasterKeyId kms_master_key_id
  FifoTopic fifo_topic
  ContentBasedDeduplication content_based_deduplication
  SignatureVersion signature_version
  TracingConfig tracing_config
  Tags tags tags
  part aws_sns_topic_subscription topic_arn=arn each=Subscription {
    Protocol protocol
    Endpoint endpoint
  }

AWS::SNS::TopicPolicy aws_sns_topic_policy
  Topics arn first
  PolicyDocument policy json

AWS::SNS::Subscription aws_sns_topic_subscription
  ref arn id
  att Arn arn
  TopicArn topic_arn
  Protocol protocol
  Endpoint endpoint
  FilterPolicy filter_policy json
  FilterPolicyScope filter_policy_scope
  RawMessageDelivery raw_message_delivery
  RedrivePolicy redrive_policy json
  DeliveryPolicy delivery_policy json
  SubscriptionRoleArn subscription_role_arn
`
