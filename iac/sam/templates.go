package sam

import (
	"strings"

	"penstock/diag"
	"penstock/doc"
)

// A template is one of SAM's policy templates: the parameters that it takes
// and its statements. Where a statement has one service in all its actions,
// the prefix is written once.
type template struct {
	params     string // separated by blanks
	statements []statement
}

type statement struct {
	actions   string // "s3:GetObject ListBucket": the prefix holds for all
	resources string // separated by blanks; ${Param} is a parameter of the template
	condition [3]string
}

// The beginnings of ARNs that recur.
const (
	here = ":${AWS::Region}:${AWS::AccountId}:"
	arns = "arn:${AWS::Partition}:"

	table  = arns + "dynamodb" + here + "table/${TableName}"
	tables = table + " " + table + "/index/*"
	bucket = arns + "s3:::${BucketName}"
	emr    = arns + "elasticmapreduce" + here + "cluster/${ClusterId}"
	faces  = arns + "rekognition" + here + "collection/${CollectionId}"
	mail   = arns + "ses" + here + "identity/${IdentityName}"
)

func one(params, actions, resources string) template {
	return template{params, []statement{{actions: actions, resources: resources}}}
}

// templates are the policy templates of
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
// each with the statements that the page gives, as corrected by what the
// transform's release puts out (which names two actions more for
// ServerlessRepoReadWriteAccessPolicy, and has the templates _v2 and
// StepFunctionsCallbackPolicy).
var templates = map[string]template{
	"AcmGetCertificatePolicy": one("CertificateArn", "acm:GetCertificate", "${CertificateArn}"),
	"AMIDescribePolicy":       one("", "ec2:DescribeImages", "*"),
	"AthenaQueryPolicy": {"WorkGroupName", []statement{
		{actions: "athena:ListWorkGroups GetExecutionEngine GetExecutionEngines GetNamespace GetCatalogs GetNamespaces GetTables GetTable", resources: "*"},
		{actions: "athena:StartQueryExecution GetQueryResults DeleteNamedQuery GetNamedQuery ListQueryExecutions StopQueryExecution GetQueryResultsStream ListNamedQueries CreateNamedQuery GetQueryExecution BatchGetNamedQuery BatchGetQueryExecution GetWorkGroup", resources: arns + "athena" + here + "workgroup/${WorkGroupName}"},
	}},
	"AWSSecretsManagerGetSecretValuePolicy": one("SecretArn", "secretsmanager:GetSecretValue", "${SecretArn}"),
	"AWSSecretsManagerRotationPolicy": {"FunctionName", []statement{
		{
			actions: "secretsmanager:DescribeSecret GetSecretValue PutSecretValue UpdateSecretVersionStage", resources: arns + "secretsmanager" + here + "secret:*",
			condition: [3]string{"StringEquals", "secretsmanager:resource/AllowRotationLambdaArn", arns + "lambda" + here + "function:${FunctionName}"},
		},
		{actions: "secretsmanager:GetRandomPassword", resources: "*"},
	}},
	"CloudFormationDescribeStacksPolicy":   one("", "cloudformation:DescribeStacks", arns+"cloudformation"+here+"stack/*"),
	"CloudWatchDashboardPolicy":            one("", "cloudwatch:GetDashboard ListDashboards PutDashboard ListMetrics", "*"),
	"CloudWatchDescribeAlarmHistoryPolicy": one("", "cloudwatch:DescribeAlarmHistory", "*"),
	"CloudWatchPutMetricPolicy":            one("", "cloudwatch:PutMetricData", "*"),
	"CodePipelineLambdaExecutionPolicy":    one("", "codepipeline:PutJobSuccessResult PutJobFailureResult", "*"),
	"CodePipelineReadOnlyPolicy":           one("PipelineName", "codepipeline:ListPipelineExecutions", arns+"codepipeline"+here+"${PipelineName}"),
	"CodeCommitCrudPolicy":                 one("RepositoryName", "codecommit:GitPull GitPush CreateBranch DeleteBranch GetBranch ListBranches MergeBranchesByFastForward MergeBranchesBySquash MergeBranchesByThreeWay UpdateDefaultBranch BatchDescribeMergeConflicts CreateUnreferencedMergeCommit DescribeMergeConflicts GetMergeCommit GetMergeOptions BatchGetPullRequests CreatePullRequest DescribePullRequestEvents GetCommentsForPullRequest GetCommitsFromMergeBase GetMergeConflicts GetPullRequest ListPullRequests MergePullRequestByFastForward MergePullRequestBySquash MergePullRequestByThreeWay PostCommentForPullRequest UpdatePullRequestDescription UpdatePullRequestStatus UpdatePullRequestTitle DeleteFile GetBlob GetFile GetFolder PutFile DeleteCommentContent GetComment GetCommentsForComparedCommit PostCommentForComparedCommit PostCommentReply UpdateComment BatchGetCommits CreateCommit GetCommit GetCommitHistory GetDifferences GetObjectIdentifier GetReferences GetTree GetRepository UpdateRepositoryDescription ListTagsForResource TagResource UntagResource GetRepositoryTriggers PutRepositoryTriggers TestRepositoryTriggers UploadArchive GetUploadArchiveStatus CancelUploadArchive", arns+"codecommit"+here+"${RepositoryName}"),
	"CodeCommitReadPolicy":                 one("RepositoryName", "codecommit:GitPull GetBranch ListBranches BatchDescribeMergeConflicts DescribeMergeConflicts GetMergeCommit GetMergeOptions BatchGetPullRequests DescribePullRequestEvents GetCommentsForPullRequest GetCommitsFromMergeBase GetMergeConflicts GetPullRequest ListPullRequests GetBlob GetFile GetFolder GetComment GetCommentsForComparedCommit BatchGetCommits GetCommit GetCommitHistory GetDifferences GetObjectIdentifier GetReferences GetTree GetRepository ListTagsForResource GetRepositoryTriggers TestRepositoryTriggers GetUploadArchiveStatus", arns+"codecommit"+here+"${RepositoryName}"),
	"ComprehendBasicAccessPolicy":          one("", "comprehend:BatchDetectKeyPhrases DetectDominantLanguage DetectEntities BatchDetectEntities DetectKeyPhrases DetectSentiment BatchDetectDominantLanguage BatchDetectSentiment", "*"),
	"CostExplorerReadOnlyPolicy":           one("", "ce:GetCostAndUsage GetDimensionValues GetReservationCoverage GetReservationPurchaseRecommendation GetReservationUtilization GetTags", "*"),
	"DynamoDBBackupFullAccessPolicy": {"TableName", []statement{
		{actions: "dynamodb:CreateBackup DescribeContinuousBackups", resources: table},
		{actions: "dynamodb:DeleteBackup DescribeBackup ListBackups", resources: table + "/backup/*"},
	}},
	"DynamoDBCrudPolicy":        one("TableName", "dynamodb:GetItem DeleteItem PutItem Scan Query UpdateItem BatchWriteItem BatchGetItem DescribeTable ConditionCheckItem", tables),
	"DynamoDBReadPolicy":        one("TableName", "dynamodb:GetItem Scan Query BatchGetItem DescribeTable", tables),
	"DynamoDBReconfigurePolicy": one("TableName", "dynamodb:UpdateTable", table),
	"DynamoDBRestoreFromBackupPolicy": {"TableName", []statement{
		{actions: "dynamodb:RestoreTableFromBackup", resources: table + "/backup/*"},
		{actions: "dynamodb:PutItem UpdateItem DeleteItem GetItem Query Scan BatchWriteItem", resources: table},
	}},
	"DynamoDBStreamReadPolicy": {"TableName StreamName", []statement{
		{actions: "dynamodb:DescribeStream GetRecords GetShardIterator", resources: table + "/stream/${StreamName}"},
		{actions: "dynamodb:ListStreams", resources: table + "/stream/*"},
	}},
	"DynamoDBWritePolicy": one("TableName", "dynamodb:PutItem UpdateItem BatchWriteItem", tables),
	"EC2CopyImagePolicy":  one("ImageId", "ec2:CopyImage", arns+"ec2"+here+"image/${ImageId}"),
	"EC2DescribePolicy":   one("", "ec2:DescribeRegions DescribeInstances", "*"),
	"EcsRunTaskPolicy":    one("TaskDefinition", "ecs:RunTask", arns+"ecs"+here+"task-definition/${TaskDefinition}"),
	"EFSWriteAccessPolicy": {"FileSystem AccessPoint", []statement{{
		actions: "elasticfilesystem:ClientMount ClientWrite", resources: arns + "elasticfilesystem" + here + "file-system/${FileSystem}",
		condition: [3]string{"StringEquals", "elasticfilesystem:AccessPointArn", arns + "elasticfilesystem" + here + "access-point/${AccessPoint}"},
	}}},
	"EKSDescribePolicy":                              one("", "eks:DescribeCluster ListClusters", "*"),
	"ElasticMapReduceAddJobFlowStepsPolicy":          one("ClusterId", "elasticmapreduce:AddJobFlowSteps", emr),
	"ElasticMapReduceCancelStepsPolicy":              one("ClusterId", "elasticmapreduce:CancelSteps", emr),
	"ElasticMapReduceModifyInstanceFleetPolicy":      one("ClusterId", "elasticmapreduce:ModifyInstanceFleet ListInstanceFleets", emr),
	"ElasticMapReduceModifyInstanceGroupsPolicy":     one("ClusterId", "elasticmapreduce:ModifyInstanceGroups ListInstanceGroups", emr),
	"ElasticMapReduceSetTerminationProtectionPolicy": one("ClusterId", "elasticmapreduce:SetTerminationProtection", emr),
	"ElasticMapReduceTerminateJobFlowsPolicy":        one("ClusterId", "elasticmapreduce:TerminateJobFlows", emr),
	"ElasticsearchHttpPostPolicy":                    one("DomainName", "es:ESHttpPost ESHttpPut", arns+"es"+here+"domain/${DomainName}/*"),
	"EventBridgePutEventsPolicy":                     one("EventBusName", "events:PutEvents", arns+"events"+here+"event-bus/${EventBusName}"),
	"FilterLogEventsPolicy":                          one("LogGroupName", "logs:FilterLogEvents", arns+"logs"+here+"log-group:${LogGroupName}:log-stream:*"),
	"FirehoseCrudPolicy":                             one("DeliveryStreamName", "firehose:CreateDeliveryStream DeleteDeliveryStream DescribeDeliveryStream PutRecord PutRecordBatch UpdateDestination", arns+"firehose"+here+"deliverystream/${DeliveryStreamName}"),
	"FirehoseWritePolicy":                            one("DeliveryStreamName", "firehose:PutRecord PutRecordBatch", arns+"firehose"+here+"deliverystream/${DeliveryStreamName}"),
	"KinesisCrudPolicy":                              one("StreamName", "kinesis:AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream DescribeStream DescribeStreamSummary GetShardIterator IncreaseStreamRetentionPeriod ListTagsForStream MergeShards PutRecord PutRecords SplitShard RemoveTagsFromStream", arns+"kinesis"+here+"stream/${StreamName}"),
	"KinesisStreamReadPolicy": {"StreamName", []statement{
		{actions: "kinesis:ListStreams DescribeLimits", resources: arns + "kinesis" + here + "stream/*"},
		{actions: "kinesis:DescribeStream DescribeStreamSummary GetRecords GetShardIterator", resources: arns + "kinesis" + here + "stream/${StreamName}"},
	}},
	"KMSDecryptPolicy":                     one("KeyId", "kms:Decrypt", arns+"kms"+here+"key/${KeyId}"),
	"KMSEncryptPolicy_v2":                  one("KeyId", "kms:Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext", arns+"kms"+here+"key/${KeyId}"),
	"KMSEncryptPolicy":                     one("KeyId", "kms:Encrypt", arns+"kms"+here+"key/${KeyId}"),
	"LambdaInvokePolicy":                   one("FunctionName", "lambda:InvokeFunction", arns+"lambda"+here+"function:${FunctionName}*"),
	"MobileAnalyticsWriteOnlyAccessPolicy": one("", "mobileanalytics:PutEvents", "*"),
	"OrganizationsListAccountsPolicy":      one("", "organizations:ListAccounts", "*"),
	"PinpointEndpointAccessPolicy":         one("PinpointApplicationId", "mobiletargeting:GetEndpoint UpdateEndpoint UpdateEndpointsBatch", arns+"mobiletargeting"+here+"apps/${PinpointApplicationId}/endpoints/*"),
	"PollyFullAccessPolicy": {"LexiconName", []statement{
		{actions: "polly:GetLexicon DeleteLexicon", resources: arns + "polly" + here + "lexicon/${LexiconName}"},
		{actions: "polly:DescribeVoices ListLexicons PutLexicon SynthesizeSpeech", resources: arns + "polly" + here + "lexicon/*"},
	}},
	"RekognitionDetectOnlyPolicy":           one("", "rekognition:DetectFaces DetectLabels DetectModerationLabels DetectText", "*"),
	"RekognitionFacesManagementPolicy":      one("CollectionId", "rekognition:IndexFaces DeleteFaces SearchFaces SearchFacesByImage ListFaces", faces),
	"RekognitionFacesPolicy":                one("", "rekognition:CompareFaces DetectFaces", "*"),
	"RekognitionLabelsPolicy":               one("", "rekognition:DetectLabels DetectModerationLabels", "*"),
	"RekognitionNoDataAccessPolicy":         one("CollectionId", "rekognition:CompareFaces DetectFaces DetectLabels DetectModerationLabels", faces),
	"RekognitionReadPolicy":                 one("CollectionId", "rekognition:ListCollections ListFaces SearchFaces SearchFacesByImage", faces),
	"RekognitionWriteOnlyAccessPolicy":      one("CollectionId", "rekognition:CreateCollection IndexFaces", faces),
	"Route53ChangeResourceRecordSetsPolicy": one("HostedZoneId", "route53:ChangeResourceRecordSets", arns+"route53:::hostedzone/${HostedZoneId}"),
	"S3CrudPolicy":                          one("BucketName", "s3:GetObject ListBucket GetBucketLocation GetObjectVersion PutObject PutObjectAcl GetLifecycleConfiguration PutLifecycleConfiguration DeleteObject", bucket+" "+bucket+"/*"),
	"S3FullAccessPolicy": {"BucketName", []statement{
		{actions: "s3:GetObject GetObjectAcl GetObjectVersion PutObject PutObjectAcl DeleteObject DeleteObjectTagging DeleteObjectVersionTagging GetObjectTagging GetObjectVersionTagging PutObjectTagging PutObjectVersionTagging", resources: bucket + "/*"},
		{actions: "s3:ListBucket GetBucketLocation GetLifecycleConfiguration PutLifecycleConfiguration", resources: bucket},
	}},
	"S3ReadPolicy":                        one("BucketName", "s3:GetObject ListBucket GetBucketLocation GetObjectVersion GetLifecycleConfiguration", bucket+" "+bucket+"/*"),
	"S3WritePolicy":                       one("BucketName", "s3:PutObject PutObjectAcl PutLifecycleConfiguration", bucket+" "+bucket+"/*"),
	"SageMakerCreateEndpointConfigPolicy": one("EndpointConfigName", "sagemaker:CreateEndpointConfig", arns+"sagemaker"+here+"endpoint-config/${EndpointConfigName}"),
	"SageMakerCreateEndpointPolicy":       one("EndpointName", "sagemaker:CreateEndpoint", arns+"sagemaker"+here+"endpoint/${EndpointName}"),
	"ServerlessRepoReadWriteAccessPolicy": one("", "serverlessrepo:CreateApplication CreateApplicationVersion UpdateApplication GetApplication ListApplications ListApplicationVersions ListApplicationDependencies", arns+"serverlessrepo"+here+"applications/*"),
	"SESBulkTemplatedCrudPolicy":          one("IdentityName", "ses:GetIdentityVerificationAttributes SendEmail SendRawEmail SendTemplatedEmail SendBulkTemplatedEmail VerifyEmailIdentity", mail),
	"SESBulkTemplatedCrudPolicy_v2": {"IdentityName TemplateName", []statement{
		{actions: "ses:SendEmail SendRawEmail SendTemplatedEmail SendBulkTemplatedEmail", resources: mail + " " + arns + "ses" + here + "template/${TemplateName}"},
		{actions: "ses:GetIdentityVerificationAttributes VerifyEmailIdentity", resources: "*"},
	}},
	"SESCrudPolicy":              one("IdentityName", "ses:GetIdentityVerificationAttributes SendEmail SendRawEmail VerifyEmailIdentity", mail),
	"SESEmailTemplateCrudPolicy": one("", "ses:CreateTemplate GetTemplate ListTemplates UpdateTemplate DeleteTemplate TestRenderTemplate", "*"),
	"SESSendBouncePolicy":        one("IdentityName", "ses:SendBounce", mail),
	"SNSCrudPolicy":              one("TopicName", "sns:ListSubscriptionsByTopic CreateTopic SetTopicAttributes Subscribe Publish", arns+"sns"+here+"${TopicName}*"),
	"SNSPublishMessagePolicy":    one("TopicName", "sns:Publish", arns+"sns"+here+"${TopicName}"),
	"SQSPollerPolicy":            one("QueueName", "sqs:ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage DeleteMessageBatch GetQueueAttributes ReceiveMessage", arns+"sqs"+here+"${QueueName}"),
	"SQSSendMessagePolicy":       one("QueueName", "sqs:SendMessage*", arns+"sqs"+here+"${QueueName}"),
	"SSMParameterReadPolicy": {"ParameterName", []statement{
		{actions: "ssm:DescribeParameters", resources: "*"},
		{actions: "ssm:GetParameters GetParameter GetParametersByPath", resources: arns + "ssm" + here + "parameter/${ParameterName}"},
	}},
	"SSMParameterWithSlashPrefixReadPolicy": {"ParameterName", []statement{
		{actions: "ssm:DescribeParameters", resources: "*"},
		{actions: "ssm:GetParameters GetParameter GetParametersByPath", resources: arns + "ssm" + here + "parameter${ParameterName}"},
	}},
	"StepFunctionsCallbackPolicy":     one("StateMachineName", "states:SendTaskFailure SendTaskHeartbeat SendTaskSuccess", arns+"states"+here+"stateMachine:${StateMachineName}"),
	"StepFunctionsExecutionPolicy_v2": one("StateMachineName", "states:StartExecution StartSyncExecution", arns+"states"+here+"stateMachine:${StateMachineName}"),
	"StepFunctionsExecutionPolicy":    one("StateMachineName", "states:StartExecution", arns+"states"+here+"stateMachine:${StateMachineName}"),
	"TextractDetectAnalyzePolicy":     one("", "textract:DetectDocumentText StartDocumentTextDetection StartDocumentAnalysis AnalyzeDocument", "*"),
	"TextractGetResultPolicy":         one("", "textract:GetDocumentTextDetection GetDocumentAnalysis", "*"),
	"TextractPolicy":                  one("", "textract:*", "*"),
	"VPCAccessPolicy":                 one("", "ec2:CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces DetachNetworkInterface", "*"),
}

// instance returns the policy document of a template for the parameters that
// entry gives; nil where SAM refuses it, with a finding.
func (x *expander) instance(f doc.Field) *doc.Node {
	b := at(f.Key.Span)
	t, ok := templates[f.Name()]
	if !ok {
		x.find(CodeUnknown, f.Key.Span, diag.Warning, "SAM's policy template %q is not known here, so what it allows is not known", f.Name())
		return &doc.Node{Kind: doc.Unknown, Text: "the policy template " + f.Name(), Span: f.Key.Span}
	}
	vars := []any{}
	for p := range strings.FieldsSeq(t.params) {
		v := f.Value.Get(p)
		if v == nil {
			x.find(CodeRefused, f.Key.Span, diag.Error, "the policy template %s is without its parameter %q: SAM refuses it", f.Name(), p)
			return nil
		}
		vars = append(vars, p, v)
	}
	for i := range f.Value.Fields {
		k := f.Value.Fields[i].Key
		if f.Value.Kind == doc.Map && !strings.Contains(" "+t.params+" ", " "+k.Text+" ") {
			x.find(CodeRefused, k.Span, diag.Error, "the policy template %s has no parameter %q: SAM refuses it", f.Name(), k.Text)
		}
	}
	fill := func(text string) *doc.Node {
		if !strings.Contains(text, "${") {
			return b.str(text)
		}
		var used []any
		for i := 0; i < len(vars); i += 2 {
			if strings.Contains(text, "${"+vars[i].(string)+"}") {
				used = append(used, vars[i], vars[i+1])
			}
		}
		return b.sub(text, used...)
	}
	var statements []*doc.Node
	for _, s := range t.statements {
		var rs []*doc.Node
		for r := range strings.FieldsSeq(s.resources) {
			rs = append(rs, fill(r))
		}
		var cond *doc.Node
		if s.condition[0] != "" {
			cond = b.dict(s.condition[0], b.dict(s.condition[1], fill(s.condition[2])))
		}
		statements = append(statements, b.dict("Effect", "Allow", "Action", b.actions(s.actions), "Resource", b.list(rs...), "Condition", cond))
	}
	return b.bare(statements...)
}
