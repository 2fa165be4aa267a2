package denial_test

import (
	"strings"
	"testing"

	"penstock/iam/denial"
)

const (
	dana   = "arn:aws:iam::111111111111:user/dana"
	worker = "arn:aws:sts::111111111111:assumed-role/worker/i-0a"
)

// errorsPasted are errors as people pasted them into issues, with accounts,
// names and ids changed: what tools print around them, how they break lines,
// and the words of services.
var errorsPasted = []struct{ name, text, want string }{
	// Go: SDK 1 and 2, Terraform.
	{"go 2", "operation error S3: GetObject, https response error StatusCode: 403, RequestID: 8RX2, HostID: ab+c=, api error AccessDenied: Access Denied",
		"bare | - | s3:GetObject | - | - | service S3 | code AccessDenied | request 8RX2 | operation GetObject"},
	{"go 2, head", "operation error S3: HeadObject, https response error StatusCode: 403, RequestID: 8RX2, HostID: ab, api error Forbidden: Forbidden",
		"bare | - | s3:GetObject | - | - | service S3 | code Forbidden | request 8RX2 | operation HeadObject"},
	{"go 2, ec2", "operation error EC2: RunInstances, https response error StatusCode: 403, RequestID: d001-de, api error UnauthorizedOperation: You are not authorized to perform this operation. Encoded authorization failure message: rHU-pV_x",
		"encoded | - | ec2:RunInstances | - | - | service EC2 | code UnauthorizedOperation | request d001-de | operation RunInstances | encoded rHU-pV_x"},
	{"go 2 with the sentence", "Error: creating IAM Role (x): operation error IAM: CreateRole, https response error StatusCode: 403, RequestID: 9f-1, api error AccessDenied: User: " + dana + " is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111111111111:role/x because no identity-based policy allows the iam:CreateRole action",
		"sentence | " + dana + " | iam:CreateRole | arn:aws:iam::111111111111:role/x | identity | service IAM | code AccessDenied | request 9f-1 | operation CreateRole"},
	{"go 1, ec2", "UnauthorizedOperation: You are not authorized to perform this operation.\n\tstatus code: 403, request id: d001de6e-cb48",
		"encoded | - | - | - | - | code UnauthorizedOperation | request d001de6e-cb48"},
	{"go 1, version", "Error: Failed getting S3 object version .G_V: GetObjectVersion: Access Denied\n│ \tstatus code: 403, request id: MTG4, host id: wLO=",
		"bare | - | s3:GetObjectVersion | - | - | service S3 | request MTG4"},
	{"go 1, forbidden", "Error: Forbidden: Forbidden\n\tstatus code: 403, request id: 1FNQ, host id: KG6=", "bare | - | - | - | - | service S3 | code Forbidden | request 1FNQ"},
	{"go 1, empty", "2020/10/25 00:44:49 AccessDeniedException: \n\tstatus code: 403, request id: 3b0efa8d", "bare | - | - | - | - | code AccessDeniedException | request 3b0efa8d"},
	{"terraform in a box", "╷\n│ Error: creating EC2 Instance: operation error EC2: RunInstances, https response\n│ error StatusCode: 403, RequestID: aa-bb, api error UnauthorizedOperation: You\n│ are not authorized to perform this operation. User:\n│ " + worker + " is not authorized to\n│ perform: ec2:RunInstances on resource:\n│ arn:aws:ec2:eu-west-1:111111111111:instance/* because no identity-based policy\n│ allows the ec2:RunInstances action. Encoded authorization failure message:\n│ rHU-pV\n│\n│   with aws_instance.web,\n│   on main.tf line 81, in resource \"aws_instance\" \"web\":\n╵",
		"sentence | " + worker + " | ec2:RunInstances | arn:aws:ec2:eu-west-1:111111111111:instance/* | identity | service EC2 | code UnauthorizedOperation | request aa-bb | operation RunInstances | encoded rHU-pV"},
	{"terraform, no reason", "Error: error creating IAM policy p: AccessDenied: User: " + dana + " is not authorized to perform: iam:CreatePolicy on resource: policy p\n\tstatus code: 403, request id: 7c0b",
		"sentence | " + dana + " | iam:CreatePolicy | policy p | - | code AccessDenied | request 7c0b"},
	{"terraform, assume role", "Error: error configuring Terraform AWS Provider: IAM Role (arn:aws:iam::222222222222:role/deploy) cannot be assumed.\n\nThere are a number of possible causes of this - the most common are:\n  * The credentials used in order to assume the role are invalid\n\nError: operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: 3a, api error AccessDenied: User: " + worker + " is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/deploy",
		"sentence | " + worker + " | sts:AssumeRole | arn:aws:iam::222222222222:role/deploy | - | service STS | code AccessDenied | request 3a | operation AssumeRole"},

	// Java.
	{"java 2", "Caused by: software.amazon.awssdk.services.s3.model.S3Exception: User: " + worker + " is not authorized to perform: s3:PutObject because no identity-based policy allows the s3:PutObject action (Service: S3, Status Code: 403, Request ID: 8RX27QX3, Extended Request ID: 9Ij=)",
		"sentence | " + worker + " | s3:PutObject | - | identity | service S3 | request 8RX27QX3"},
	{"java 1, s3", "com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 11760BE0; S3 Extended Request ID: RXT=), S3 Extended Request ID: RXT=",
		"bare | - | - | - | - | service S3 | code AccessDenied | request 11760BE0"},
	{"java 2, s3", "software.amazon.awssdk.services.s3.model.S3Exception: Access Denied (Service: S3, Status Code: 403, Request ID: 4P, Extended Request ID: x=)",
		"bare | - | - | - | - | service S3 | request 4P"},
	{"java 1, kms", "com.amazonaws.services.kms.model.AWSKMSException: User: " + worker + " is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:111111111111:key/k because no resource-based policy allows the kms:GenerateDataKey action (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: 5f64; Proxy: null)",
		"sentence | " + worker + " | kms:GenerateDataKey | arn:aws:kms:eu-west-1:111111111111:key/k | resource | service AWSKMS | code AccessDeniedException | request 5f64"},

	// Python, JavaScript, Ruby, PHP, .NET.
	{"boto", "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied", "bare | - | s3:ListBucket | - | - | service S3 | code AccessDenied | operation ListObjectsV2"},
	{"boto with the sentence", "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the ListObjectsV2 operation: User: " + worker + " is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::artifacts\" because no identity-based policy allows the s3:ListBucket action",
		"sentence | " + worker + " | s3:ListBucket | arn:aws:s3:::artifacts | identity | code AccessDenied | operation ListObjectsV2"},
	{"boto, dynamodb", "botocore.exceptions.ClientError: An error occurred (AccessDeniedException) when calling the PutItem operation: User: " + worker + " is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:111111111111:table/orders because no identity-based policy allows the dynamodb:PutItem action",
		"sentence | " + worker + " | dynamodb:PutItem | arn:aws:dynamodb:eu-west-1:111111111111:table/orders | identity | code AccessDeniedException | operation PutItem"},
	{"javascript 2", "{ AccessDeniedException: User: " + worker + " is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:eu-west-1:111111111111:parameter/db\n    at Request.extractError (/var/runtime/node_modules/aws-sdk/lib/protocol/json.js:48:27)\n  message: 'x', code: 'AccessDeniedException', time: 2020-02-18T23:38:32.136Z, requestId: 'd267-88', statusCode: 400 }",
		"sentence | " + worker + " | ssm:GetParameter | arn:aws:ssm:eu-west-1:111111111111:parameter/db | - | code AccessDeniedException | request d267-88"},
	{"javascript 3", "AccessDenied: Access Denied\n    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:844:20) {\n  '$fault': 'client',\n  '$metadata': { httpStatusCode: 403, requestId: 'Q5', attempts: 1 },\n  Code: 'AccessDenied', RequestId: 'Q5' }", "bare | - | - | - | - | service S3 | code AccessDenied | request Q5"},
	{"ruby", "[InstanceAgent] Error during perform: Aws::S3::Errors::AccessDenied - Access Denied - /opt/codedeploy-agent/vendor/gems/aws-sdk-core/lib/seahorse/client/plugins/raise_response_errors.rb:15", "bare | - | - | - | - | service S3 | code AccessDenied"},
	{"php", "Error executing \"VerifyEmailIdentity\" on \"https://email.us-west-2.amazonaws.com\"; AWS HTTP error: Client error: 403 AccessDenied (client): User: " + dana + " is not authorized to perform: ses:VerifyEmailIdentity - <ErrorResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"> <Error> <Code>AccessDenied</Code> <Message>User: " + dana + " is not authorized to perform: ses:VerifyEmailIdentity</Message> </Error> <RequestId>c5f3</RequestId> </ErrorResponse>",
		"sentence | " + dana + " | ses:VerifyEmailIdentity | - | - | code AccessDenied | request c5f3"},
	{"dotnet", "Amazon.S3.AmazonS3Exception: Access Denied ---> Amazon.Runtime.Internal.HttpErrorResponseException", "bare | - | - | - | - | service S3"},

	// The command line.
	{"cp up", "upload failed: ./app.zip to s3://artifacts/web/app.zip An error occurred (AccessDenied) when calling the PutObject operation: Access Denied",
		"bare | - | s3:PutObject | arn:aws:s3:::artifacts/web/app.zip | - | service S3 | code AccessDenied | operation PutObject"},
	{"cp down", "download failed: s3://artifacts/web/app.zip to ./app.zip An error occurred (403) when calling the HeadObject operation: Forbidden",
		"bare | - | s3:GetObject | arn:aws:s3:::artifacts/web/app.zip | - | service S3 | code 403 | operation HeadObject"},
	{"sync", "fatal error: An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied", "bare | - | s3:ListBucket | - | - | service S3 | code AccessDenied | operation ListObjectsV2"},
	{"docker push", "denied: User: " + worker + " is not authorized to perform: ecr:InitiateLayerUpload on resource: arn:aws:ecr:eu-west-1:111111111111:repository/web because no identity-based policy allows the ecr:InitiateLayerUpload action",
		"sentence | " + worker + " | ecr:InitiateLayerUpload | arn:aws:ecr:eu-west-1:111111111111:repository/web | identity"},
	{"git", "fatal: unable to access 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/web/': The requested URL returned error: 403",
		"codecommit over https | - | codecommit:* | arn:aws:codecommit:eu-west-1:*:web | - | service CodeCommit"},
	{"login", "Error: Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity", "web identity | - | sts:AssumeRoleWithWebIdentity | - | trust"},
	{"login with tags", "Error: Could not assume role with user credentials: User: " + dana + " is not authorized to perform: sts:TagSession on resource: arn:aws:iam::111111111111:role/deploy",
		"sentence | " + dana + " | sts:TagSession | arn:aws:iam::111111111111:role/deploy | -"},
	{"sam", "An error occurred (AccessDenied) when calling the AssumeRoleWithSAML operation: Not authorized to perform sts:AssumeRoleWithSAML", "saml | - | sts:AssumeRoleWithSAML | - | trust | code AccessDenied | operation AssumeRoleWithSAML"},

	// The console.
	{"console", "Access denied\nYou don't have permission to iam:ListUsers. To request access, copy the following text and send it to your AWS administrator. Learn more about troubleshooting access denied errors.\n\nUser: " + dana + "\nAction: iam:ListUsers\nOn resource(s): arn:aws:iam::111111111111:user/\nContext: no identity-based policy allows the iam:ListUsers action",
		"console | " + dana + " | iam:ListUsers | arn:aws:iam::111111111111:user/ | identity"},
	{"console, explicit", "You don’t have permission to s3:ListAllMyBuckets. To request access, copy the following text and send it to your AWS administrator.\nUser: " + worker + "\nService: s3\nAction: ListAllMyBuckets\nOn resource(s): *\nContext: a service control policy explicitly denies the action",
		"console | " + worker + " | s3:ListAllMyBuckets | * | scp explicit"},
	{"console, on one line", "User: " + dana + " Action: codebuild:ListProjects On resource(s): arn:aws:codebuild:eu-west-1:111111111111:project/* Context: no permissions boundary allows the codebuild:ListProjects action",
		"console | " + dana + " | codebuild:ListProjects | arn:aws:codebuild:eu-west-1:111111111111:project/* | boundary"},

	// CodePipeline.
	{"pipeline bucket, typographic", "Insufficient permissions\nThe service role or action role doesn’t have the permissions required to access the Amazon S3 bucket named pre-reqs-artifactbucket-x. Update the IAM role permissions, and then try again.\nError: Amazon S3:AccessDenied:Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: R7)",
		"codepipeline role | - | s3:* | arn:aws:s3:::pre-reqs-artifactbucket-x | - | service CodePipeline | code AccessDenied | request R7"},
	{"pipeline, underlying", "The provided role does not have permissions to perform this action. Underlying error: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: BDA7; S3 Extended Request ID: nQ=)",
		"codepipeline role | - | s3:* | - | - | service CodePipeline | code AccessDenied | request BDA7"},
	{"pipeline s3 deploy", "Insufficient permissions\nYou do not have sufficient permissions to call s3.putObject for the deployment bucket", "codepipeline role | - | s3:PutObject | - | - | service CodePipeline"},
	{"pipeline connection", "[GitHub] Unable to use Connection: arn:aws:codeconnections:eu-west-1:111111111111:connection/0a. The provided role does not have sufficient permissions.",
		"codepipeline role | - | codeconnections:UseConnection | arn:aws:codeconnections:eu-west-1:111111111111:connection/0a | - | service CodePipeline"},
	{"pipeline, lambda", "The AWS Lambda function my-fn failed to return a result. Check the function to verify that it has permission to call the PutJobSuccessResult API action",
		"lambda result | - | codepipeline:PutJobSuccessResult | - | - | service Lambda"},

	// CodeBuild.
	{"build source", "AccessDenied: Access Denied status code: 403, request id: D18C, host id: q8= for primary source and source version arn:aws:s3:::artifacts/Infra/Source/EEB5s",
		"codebuild source | - | s3:GetObject | arn:aws:s3:::artifacts/Infra/Source/EEB5s | - | service CodeBuild | code AccessDenied | request D18C"},
	{"build source, broken lines", "[Container] 2022/05/27 21:28:40 Waiting for DOWNLOAD_SOURCE\nAccessDenied: Access Denied\nstatus code: 403, request id: BTFH, host id: LNd= for primary source",
		"codebuild source | - | s3:GetObject | - | - | service CodeBuild | code AccessDenied | request BTFH"},
	{"build network", "VPC_CLIENT_ERROR: Unexpected EC2 error: UnauthorizedOperation", "codebuild network | - | ec2:* | - | - | service CodeBuild | code UnauthorizedOperation"},
	{"build role", "CodeBuild is not authorized to perform: sts:AssumeRole on service role. Please verify that: 1) The provided service role exists, 2) The role name is case-sensitive and matches exactly, and 3) The role has the necessary trust policy configured",
		"role not assumed | codebuild.amazonaws.com | sts:AssumeRole | - | trust | service CodeBuild"},
	{"build artifacts", "CLIENT_ERROR: Error in UPLOAD_ARTIFACTS phase: AccessDenied: User: " + worker + " is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::artifacts/web/Build/x\" because no identity-based policy allows the s3:PutObject action\nstatus code: 403, request id: 0B, host id: c=",
		"sentence | " + worker + " | s3:PutObject | arn:aws:s3:::artifacts/web/Build/x | identity | code AccessDenied | request 0B"},
	{"build environment", "Secrets Manager Error Message: AccessDeniedException: User: " + worker + " is not authorized to perform: secretsmanager:GetSecretValue on resource: ci/token because no identity-based policy allows the secretsmanager:GetSecretValue action",
		"sentence | " + worker + " | secretsmanager:GetSecretValue | ci/token | identity | code AccessDeniedException"},

	// CloudFormation.
	{"stack of encoded", "AWS::EC2::Instance MasterServer API: ec2:RunInstances You are not authorized to perform this operation. Encoded authorization failure message: rHU-pVHM",
		"encoded | - | ec2:RunInstances | - | - | encoded rHU-pVHM"},
	{"stack, code of a function", "Resource handler returned message: \"Your access has been denied by S3, please make sure your request credentials have permission to GetObject for assets-111111111111/fn.zip. S3 Error Code: AccessDenied. S3 Error Message: Access Denied (Service: Lambda, Status Code: 403, Request ID: e7)\" (RequestToken: cc, HandlerErrorCode: AccessDenied)",
		"code of a function | - | s3:GetObject | arn:aws:s3:::assets-111111111111/fn.zip | - | service Lambda | code AccessDenied | request e7"},
	{"stack template", "S3 error: Access Denied\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html", "bare | - | s3:GetObject | - | - | service S3"},
	{"stack, operation", "Resource handler returned message: \"Access denied for operation 'AWS::Logs::LogGroup'.\" (RequestToken: cc, HandlerErrorCode: AccessDenied)", "resource handler | - | - | AWS::Logs::LogGroup | - | service CloudFormation | code AccessDenied"},
	{"stack, tags", "Resource handler returned message: \"Encountered a permissions error performing a tagging operation, please add required tag permissions. See https://repost.aws/knowledge-center/cloudformation-tagging-permission-error for how to resolve.\" (RequestToken: cc, HandlerErrorCode: UnauthorizedTaggingOperation)",
		"tagging | - | - | - | - | service CloudFormation | code UnauthorizedTaggingOperation"},
	{"stack, s3", "Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 25B4; S3 Extended Request ID: TB=; Proxy: null)", "bare | - | - | - | - | service S3 | code AccessDenied | request 25B4"},
	{"stack, custom resource", "Received response status [FAILED] from custom resource. Message returned: User: " + worker + " is not authorized to perform: wafv2:CreateWebACL on resource: arn:aws:wafv2:us-east-1:111111111111:global/ipset/a/b because no identity-based policy allows the wafv2:CreateWebACL action (RequestId: 75f7)",
		"sentence | " + worker + " | wafv2:CreateWebACL | arn:aws:wafv2:us-east-1:111111111111:global/ipset/a/b | identity | request 75f7"},
	{"changeset", "User: " + worker + " is not authorized to perform: cloudformation:CreateChangeSet on resource: arn:aws:cloudformation:eu-west-1:111111111111:stack/web/* because no identity-based policy allows the cloudformation:CreateChangeSet action (Service: AmazonCloudFormation; Status Code: 403; Error Code: AccessDenied; Request ID: ab; Proxy: null)",
		"sentence | " + worker + " | cloudformation:CreateChangeSet | arn:aws:cloudformation:eu-west-1:111111111111:stack/web/* | identity | service AmazonCloudFormation | code AccessDenied | request ab"},

	// ECS, ECR, Lambda, Step Functions, EventBridge.
	{"pull, 403", "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 111111111111.dkr.ecr.eu-west-1.amazonaws.com/web:latest: pulling from host 111111111111.dkr.ecr.eu-west-1.amazonaws.com failed with status code [manifests latest]: 403 Forbidden",
		"image pull | - | ecr:BatchGetImage | arn:aws:ecr:eu-west-1:111111111111:repository/web | - | code Forbidden"},
	{"function image", "Lambda does not have permission to access the ECR image. Check the ECR permissions.", "function image | lambda.amazonaws.com | ecr:BatchGetImage | - | resource | service Lambda"},
	{"function variables", "Lambda was unable to decrypt the environment variables because KMS access was denied. Please check the function's KMS key settings. KMS Exception: AccessDeniedException KMS Message: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
		"kms hidden | - | kms:Decrypt | - | resource | code AccessDeniedException"},
	{"managed rule", "'arn:aws:iam::111111111111:role/flow' is not authorized to create managed-rule.", "managed rule | arn:aws:iam::111111111111:role/flow | events:PutRule | - | - | service StepFunctions"},
	{"states trust", "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.", "role not assumed | states.amazonaws.com | sts:AssumeRole | - | trust"},
	{"states log", "The state machine IAM Role is not authorized to access the Log Destination", "log delivery | - | logs:CreateLogDelivery | - | - | service StepFunctions"},
	{"scheduler", "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.", "role not assumed | scheduler.amazonaws.com | sts:AssumeRole | - | trust"},
	{"ecs action", "The Amazon ECS service cannot be updated due to an unexpected error: User: " + worker + " is not authorized to perform: ecs:DescribeTaskDefinition because no identity-based policy allows the ecs:DescribeTaskDefinition action (Service: AmazonECS; Status Code: 400; Error Code: AccessDeniedException; Request ID: 3; Proxy: null). Check your Amazon ECS service status.",
		"sentence | " + worker + " | ecs:DescribeTaskDefinition | - | identity | service AmazonECS | code AccessDeniedException | request 3"},

	// SES, API Gateway, Organizations, SQS.
	{"ses", "smtplib.SMTPDataError: (554, b\"Access denied: User `arn:aws:iam::111111111111:user/mail' is not authorized to perform `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-2:111111111111:identity/a@example.com'\")",
		"sentence | arn:aws:iam::111111111111:user/mail | ses:SendRawEmail | arn:aws:ses:eu-west-2:111111111111:identity/a@example.com | -"},
	{"api", `{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:********1111:abc/prod/GET/ with an explicit deny"}`,
		"sentence | anonymous | execute-api:Invoke | arn:aws:execute-api:eu-west-1:********1111:abc/prod/GET/ | - explicit"},
	{"api authorizer", `{"Message":"User is not authorized to access this resource with an explicit deny"}`, "api authorizer | - | execute-api:Invoke | - | - explicit"},
	{"organizations", "An error occurred (AccessDeniedException) when calling the ListAccounts operation: You don't have permissions to access this resource.", "organizations | - | organizations:ListAccounts | - | - | service Organizations | code AccessDeniedException | operation ListAccounts"},
	{"sqs", "AWS.SimpleQueueService.AccessDenied: Access to the resource https://sqs.eu-west-1.amazonaws.com/ is denied.", "sqs | - | - | https://sqs.eu-west-1.amazonaws.com/ | - | code AccessDenied"},
	{"route 53", "AccessDenied: User: " + worker + " is not authorized to perform: route53:ChangeResourceRecordSets on resource: arn:aws:route53:::hostedzone/Z1 with an explicit deny in an identity-based policy: arn:aws:iam::111111111111:policy/guard",
		"sentence | " + worker + " | route53:ChangeResourceRecordSets | arn:aws:route53:::hostedzone/Z1 | identity explicit | policy arn:aws:iam::111111111111:policy/guard | code AccessDenied"},

	// Events of CloudTrail that say no more than "Access Denied".
	{"event of s3", `{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole","principalId":"AROAX:s","arn":"` + worker + `","accountId":"111111111111"},"eventSource":"s3.amazonaws.com","eventName":"GetObject","errorCode":"AccessDenied","errorMessage":"Access Denied","requestParameters":{"bucketName":"artifacts","key":"web/app.zip"},"requestID":"Z9"}`,
		"event | " + worker + " | s3:GetObject | arn:aws:s3:::artifacts/web/app.zip | - | code AccessDenied | request Z9"},
	{"event of ec2", "{\n  \"userIdentity\": {\n    \"arn\": \"" + worker + "\"\n  },\n  \"eventSource\": \"ec2.amazonaws.com\",\n  \"eventName\": \"RunInstances\",\n  \"errorCode\": \"Client.UnauthorizedOperation\",\n  \"errorMessage\": \"You are not authorized to perform this operation. Encoded authorization failure message: rHU-pV\"\n}",
		"event | " + worker + " | ec2:RunInstances | - | - | code Client.UnauthorizedOperation | encoded rHU-pV"},

	// Not a matter of policies.
	{"expired", "An error occurred (ExpiredToken) when calling the GetObject operation: The provided token has expired.", "credentials | - | - | - | - | code ExpiredToken | operation GetObject"},
	{"invalid token", "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.", "credentials | - | - | - | - | code InvalidClientTokenId | operation GetCallerIdentity"},
	{"none", "Unable to locate credentials. You can configure credentials by running \"aws configure\".", "credentials | - | - | - | -"},
	{"signature", "The request signature we calculated does not match the signature you provided. Check your key and signing method.", "credentials | - | - | - | -"},

	// How it is pasted.
	{"json in json", `{\"message\":\"User: ` + worker + ` is not authorized to perform: s3:GetObject on resource: \\\"arn:aws:s3:::artifacts/app.zip\\\" because no identity-based policy allows the s3:GetObject action\"}`,
		"sentence | " + worker + " | s3:GetObject | arn:aws:s3:::artifacts/app.zip | identity"},
	{"unicode quotes", "User: " + worker + " is not authorized to perform: s3:GetObject on resource: “arn:aws:s3:::artifacts/app.zip” because no identity‑based policy allows the s3:GetObject action",
		"sentence | " + worker + " | s3:GetObject | arn:aws:s3:::artifacts/app.zip | identity"},
	{"html", "<p>User: " + worker + " is not authorized to perform: s3:GetObject on resource: &#x27;arn:aws:s3:::artifacts/app.zip&#x27; because no identity-based policy allows the s3:GetObject action</p>",
		"sentence | " + worker + " | s3:GetObject | arn:aws:s3:::artifacts/app.zip | identity"},
	{"broken after a hyphen", "User: " + worker + " is not authorized to perform: s3:GetObject because no identity-\nbased policy allows the s3:GetObject action", "sentence | " + worker + " | s3:GetObject | - | identity"},
	{"log prefixes on each line", "2022-12-08 02:25:43.771871 | controller |     \"msg\": \"User: " + worker + " is not authorized to perform: iam:UploadServerCertificate on resource: arn:aws:iam::111111111111:server-certificate/a/b because no identity-based policy allows the iam:UploadServerCertificate action (Service: Iam, Status Code: 403, Request ID: 7329)\",",
		"sentence | " + worker + " | iam:UploadServerCertificate | arn:aws:iam::111111111111:server-certificate/a/b | identity | service Iam | request 7329"},
	{"time stamps of a build", "#14 12.3 User: " + worker + " is not authorized to perform:\n#14 12.3 codeartifact:GetAuthorizationToken on resource: arn:aws:codeartifact:eu-west-1:111111111111:domain/d because no identity-based policy allows the codeartifact:GetAuthorizationToken action",
		"sentence | " + worker + " | codeartifact:GetAuthorizationToken | arn:aws:codeartifact:eu-west-1:111111111111:domain/d | identity"},
	{"quoted in a mail", "> User: " + worker + " is not authorized\n> to perform: sqs:SendMessage on resource:\n> arn:aws:sqs:eu-west-1:111111111111:jobs because no\n> resource-based policy allows the sqs:SendMessage action", "sentence | " + worker + " | sqs:SendMessage | arn:aws:sqs:eu-west-1:111111111111:jobs | resource"},
	{"masked", "User: arn:aws:sts::***:assumed-role/deploy/GitHubActions is not authorized to perform: cloudformation:DescribeStacks on resource: arn:aws:cloudformation:***:***:stack/web/* because no identity-based policy allows the cloudformation:DescribeStacks action",
		"sentence | arn:aws:sts::***:assumed-role/deploy/GitHubActions | cloudformation:DescribeStacks | arn:aws:cloudformation:***:***:stack/web/* | identity"},
	{"redacted", "User: arn:aws:sts::<redacted>:assumed-role/<redacted> is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:<redacted>:key/<redacted> because no resource-based policy allows the kms:Decrypt action",
		"sentence | arn:aws:sts::<redacted>:assumed-role/<redacted> | kms:Decrypt | arn:aws:kms:us-east-1:<redacted>:key/<redacted> | resource"},
	{"china", "User: arn:aws-cn:iam::111111111111:user/dana is not authorized to perform: s3:ListAllMyBuckets with an explicit deny in a resource control policy: arn:aws-cn:organizations::222222222222:policy/o-a/resource_control_policy/p-b",
		"sentence | arn:aws-cn:iam::111111111111:user/dana | s3:ListAllMyBuckets | - | rcp explicit | policy arn:aws-cn:organizations::222222222222:policy/o-a/resource_control_policy/p-b"},
}

func TestPasted(t *testing.T) {
	for _, tt := range errorsPasted {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, d := range denial.Parse(tt.text) {
				got = append(got, line(d))
			}
			if s := strings.Join(got, " + "); s != tt.want {
				t.Errorf("got  %s\nwant %s", s, tt.want)
			}
		})
	}
}
