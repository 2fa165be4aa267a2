package lambda

// terraform is how Lambda is written for Terraform: the pages of the resources
// whose names begin with lambda_, and archive_file of the provider archive for
// code that stands in the template,
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::Lambda::Function aws_lambda_function
  ref function_name id
  att Arn arn
  FunctionName function_name
  Description description
  Role role
  PackageType package_type
  Runtime runtime
  Handler handler
  Architectures architectures
  MemorySize memory_size
  Timeout timeout
  ReservedConcurrentExecutions reserved_concurrent_executions
  KmsKeyArn kms_key_arn
  CodeSigningConfigArn code_signing_config_arn
  Layers layers
  Code.ZipFile filename zip
  Code.S3Bucket s3_bucket
  Code.S3Key s3_key
  Code.S3ObjectVersion s3_object_version
  Code.ImageUri image_uri
  Code.SourceKMSKeyArn source_kms_key_arn
  Environment.Variables environment.variables
  VpcConfig.SubnetIds vpc_config.subnet_ids
  VpcConfig.SecurityGroupIds vpc_config.security_group_ids
  DeadLetterConfig.TargetArn dead_letter_config.target_arn
  TracingConfig.Mode tracing_config.mode
  EphemeralStorage.Size ephemeral_storage.size
  LoggingConfig.LogGroup logging_config.log_group
  LoggingConfig.ApplicationLogLevel logging_config.application_log_level
  LoggingConfig.SystemLogLevel logging_config.system_log_level
  LoggingConfig.LogFormat logging_config.log_format within=Text
  Tags tags tags
  skip source_code_hash publish

AWS::Lambda::Version aws_lambda_function
  fold FunctionName publish Version
  ref qualified_arn
  att FunctionArn qualified_arn
  att Version version

AWS::Lambda::Permission aws_lambda_permission
  FunctionName function_name
  Action action
  Principal principal
  PrincipalOrgID principal_org_id
  SourceArn source_arn
  SourceAccount source_account
  EventSourceToken event_source_token
  FunctionUrlAuthType function_url_auth_type
  skip statement_id

AWS::Lambda::Url aws_lambda_function_url
  att FunctionUrl function_url
  att FunctionArn function_arn
  TargetFunctionArn function_name
  AuthType authorization_type
  InvokeMode invoke_mode
  Qualifier qualifier
  Cors.AllowCredentials cors.allow_credentials
  Cors.AllowHeaders cors.allow_headers
  Cors.AllowMethods cors.allow_methods
  Cors.AllowOrigins cors.allow_origins
  Cors.ExposeHeaders cors.expose_headers
  Cors.MaxAge cors.max_age

AWS::Lambda::Alias aws_lambda_alias
  ref arn id
  att AliasArn arn
  Name name
  Description description
  FunctionName function_name
  FunctionVersion function_version
  deployed function_version routing_config
  RoutingConfig.AdditionalVersionWeights routing_config.additional_version_weights pairs=FunctionVersion,FunctionWeight
`
