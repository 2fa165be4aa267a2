package denial

import (
	"regexp"
	"strings"
	"sync"
)

// A Form is one wording.
type Form string

// Sentence is the common grammar; the others are words of one service.
const (
	Sentence   Form = "sentence"
	Ciphertext Form = "kms ciphertext"
	Bare       Form = "bare"
	Encoded    Form = "encoded"
	WebToken   Form = "web identity"
	SAML       Form = "saml"
	PassAcross Form = "cross-account pass role"
	NotAssumed Form = "role not assumed"
	PipeRole   Form = "codepipeline role"
	PipeStore  Form = "codepipeline artifact"
	BuildLogs  Form = "codebuild logs"
	DeployRole Form = "codedeploy role"
	KMSHidden  Form = "kms hidden"
	KMSInside  Form = "kms inside"
	PullImage  Form = "image pull"
	LambdaVPC  Form = "lambda network"
	Queue      Form = "sqs"

	Console       Form = "console"
	Event         Form = "event"
	Source        Form = "codebuild source"
	Network       Form = "codebuild network"
	FunctionCode  Form = "code of a function"
	FunctionImage Form = "function image"
	LambdaResult  Form = "lambda result"
	ManagedRule   Form = "managed rule"
	LogDelivery   Form = "log delivery"
	Handler       Form = "resource handler"
	Tagging       Form = "tagging"
	CommitGit     Form = "codecommit over https"
	Authorizer    Form = "api authorizer"
	Organization  Form = "organizations"
	Credentials   Form = "credentials"
)

// forms documents every form: what its words mean, and where that is said.
var forms = []struct {
	form   Form
	doc    string
	source string
}{
	{Sentence, "", "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"},
	{Ciphertext, "KMS does not say which key it was: the ciphertext names it. Either the key is not there, or its policy does not let the caller in, or denies.", "https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html"},
	{Bare, "S3 says no more than this where the caller is of another account than the bucket, or anonymous: the layer, the statement, even whether the object exists are not told. A missing s3:ListBucket turns \"not found\" into this as well, and an object encrypted with a KMS key that the caller may not use does too.", "https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html"},
	{Encoded, "EC2 encodes the reason. Who may call sts:DecodeAuthorizationMessage reads it: aws sts decode-authorization-message --encoded-message …", "https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html"},
	{WebToken, "STS does not say which test failed. The role's trust policy does not fit the token: its provider, its audience (aud) or its subject (sub). A job of GitHub Actions that names an environment has the subject repo:OWNER/REPO:environment:NAME, one of a pull request repo:OWNER/REPO:pull_request, not the branch's.", "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"},
	{SAML, "The role's trust policy does not fit the assertion: its provider or its audience (SAML:aud).", "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html"},
	{PassAcross, "A role can be passed only within its own account, whatever any policy says, AdministratorAccess included. Granting iam:PassRole does not help: the call must be made by a role of the account that owns the passed role. In CodePipeline that is the action's RoleArn.", "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"},
	{NotAssumed, "The service could not become the role: the role's trust policy does not name the service (or, for an action of CodePipeline, the pipeline's role), it has a condition that the service does not meet, or the role does not exist.", "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html"},
	{PipeRole, "The role of the action, or without one that of the pipeline, lacks something that the action calls in that service. CodePipeline does not say which call.", "https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html"},
	{PipeStore, "The role of the action could not read its input: s3:GetObject on the object, kms:Decrypt with the key of the artifact bucket, and where the role is of another account, the bucket policy and the key policy as well.", "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html"},
	{BuildLogs, "The build's role may not write its log, so the build stops before its first command.", "https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html"},
	{DeployRole, "The service role of the deployment group lacks something in that service, or a condition on it fails: Describe calls of Auto Scaling take no resource, so that one on aws:ResourceTag never holds.", "https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html"},
	{KMSHidden, "The key does not exist in this account and region, or its policy does not let the caller in: KMS gives both the same words.", "https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html"},
	{KMSInside, "The secret could be read, but not decrypted: the caller may not use the KMS key that it is encrypted with (kms:Decrypt, through the service: kms:ViaService).", "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"},
	{PullImage, "The registry refuses to serve the image: the role lacks ecr:GetAuthorizationToken, ecr:BatchGetImage or ecr:GetDownloadUrlForLayer, the repository policy does not let another account in, or the repository does not exist.", "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html"},
	{LambdaVPC, "A function in a VPC needs a network interface, which its role makes.", "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions"},
	{Queue, "The queue policy or the caller's own does not allow it; SQS does not say which.", "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-troubleshooting.html"},
	{Console, "The console shows the same facts as the API's message, in a box of their own.", "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"},
	{Event, "The event names the caller and the call, but not what stopped it.", "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html"},
	{Source, "The build could not read its source from S3: its role lacks s3:GetObject or s3:GetObjectVersion on it, or kms:Decrypt with the key of the bucket, or the bucket policy or key policy of another account does not let the role in.", "https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html"},
	{Network, "A build in a VPC needs a network interface, which its role makes: ec2:CreateNetworkInterface, ec2:DescribeNetworkInterfaces, ec2:DeleteNetworkInterface, ec2:DescribeSubnets, ec2:DescribeSecurityGroups, ec2:DescribeDhcpOptions, ec2:DescribeVpcs and ec2:CreateNetworkInterfacePermission.", "https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface"},
	{FunctionCode, "Lambda reads a function's code from S3 with the permissions of whoever creates or updates the function: under CloudFormation the stack's role, or the deployer; the bucket policy, and the key that the object is encrypted with, must let it in as well.", "https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html"},
	{FunctionImage, "The repository's policy must let lambda.amazonaws.com in where the repository is of another account, or whoever creates the function must be able to set that policy.", "https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#gettingstarted-images-permissions"},
	{LambdaResult, "The function that the action invoked did not say that it was done, which it does by codepipeline:PutJobSuccessResult: its role may lack that, or it ended before.", "https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html"},
	{ManagedRule, "To wait for a job of another service, Step Functions makes a rule in EventBridge with the state machine's role: events:PutRule, events:PutTargets and events:DescribeRule on the rule whose name begins with StepFunctionsGetEvents.", "https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html"},
	{LogDelivery, "The state machine's role must be able to set up the delivery of its log: logs:CreateLogDelivery, GetLogDelivery, UpdateLogDelivery, DeleteLogDelivery, ListLogDeliveries, PutResourcePolicy, DescribeResourcePolicies and DescribeLogGroups, on all resources.", "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy"},
	{Handler, "CloudFormation's handler of the resource type was refused and hides the call. The stack's role, or without one whoever deploys, lacks one of the permissions that the type's schema lists.", "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-handlers"},
	{Tagging, "The resource could be made but not tagged: CloudFormation adds the stack's tags, so that the stack's role, or whoever deploys, needs the tagging action of the service as well.", "https://repost.aws/knowledge-center/cloudformation-tagging-permission-error"},
	{CommitGit, "CodeCommit tells git no more than 403: the caller lacks codecommit:GitPull or codecommit:GitPush on the repository, or its credentials are stale.", "https://docs.aws.amazon.com/codecommit/latest/userguide/troubleshooting-ch.html"},
	{Authorizer, "API Gateway's authorizer returned a policy that does not allow the method, or denies it.", "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html"},
	{Organization, "Organizations answers the management account and delegated administrators only, and says so to everybody else as well.", "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_permissions_overview.html"},
	{Credentials, "No policy was asked: the request's credentials are missing, wrong or out of date, so AWS does not know who calls.", "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html"},
}

// Forms lists every wording that Parse knows.
func Forms() []Form {
	out := make([]Form, len(forms))
	for i := range forms {
		out[i] = forms[i].form
	}
	return out
}

// Doc says what the words of a form mean, and where that is documented; ""
// for the common grammar, which says what it means.
func Doc(f Form) (text, source string) {
	for i := range forms {
		if forms[i].form == f {
			return forms[i].doc, forms[i].source
		}
	}
	return "", ""
}

// A wording finds one form in a text.
type wording struct {
	form Form
	re   func() *regexp.Regexp
	fill func(d *Denial, m map[string]string)
}

// pattern compiles lazily: who does not read errors pays nothing.
func pattern(s string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(s) })
}

const (
	arnPattern = `arn:[^\s"'),;<>]*[^\s"'),;:.<>]`
	// quotes around a name
	q = `["'\x60]?`
)

// find returns every place where the wording stands.
func (w *wording) find(t string) []Denial {
	var out []Denial
	re := w.re()
	for _, loc := range re.FindAllStringSubmatchIndex(t, 16) {
		m := map[string]string{}
		for i, name := range re.SubexpNames() {
			if name != "" && loc[2*i] >= 0 {
				m[name] = strings.TrimRight(t[loc[2*i]:loc[2*i+1]], ".,")
			}
		}
		d := Denial{Form: w.form, Text: strings.TrimSpace(t[loc[0]:loc[1]])}
		if w.fill != nil {
			w.fill(&d, m)
		}
		out = append(out, d)
	}
	return out
}

var wordings = []wording{
	{PassAcross, pattern(`(?i)cross-account pass role is not allowed`), func(d *Denial, _ map[string]string) {
		d.Action, d.Layer = "iam:PassRole", "passrole"
	}},
	{WebToken, pattern(`(?i)not authorized to perform:? sts:AssumeRoleWithWebIdentity`), func(d *Denial, _ map[string]string) {
		d.Action, d.Layer = "sts:AssumeRoleWithWebIdentity", "trust"
	}},
	{SAML, pattern(`(?i)not authorized to perform:? sts:AssumeRoleWithSAML`), func(d *Denial, _ map[string]string) {
		d.Action, d.Layer = "sts:AssumeRoleWithSAML", "trust"
	}},
	{NotAssumed, pattern(`(?i)(?P<svc>ECS|CodeDeploy|CodeBuild|CodePipeline|CloudFormation|Lambda) (?:was unable|is unable|does not have the permissions required) to assume the role ` + q + `(?P<role>` + arnPattern + `|[\w+=,.@/-]+)`), notAssumed},
	{NotAssumed, pattern(`(?i)(?P<svc>CodeBuild|CodePipeline) is not authorized to perform:? (?:sts:)?AssumeRole on (?:service role |role )?` + q + `(?P<role>` + arnPattern + `|[\w+=,.@/-]+)`), notAssumed},
	{NotAssumed, pattern(`(?i)role ` + q + `(?P<role>` + arnPattern + `)` + q + ` is invalid or cannot be assumed`), notAssumed},
	{NotAssumed, pattern(`(?i)cannot assume role provided`), notAssumed},
	{NotAssumed, pattern(`(?i)the role defined for the function cannot be assumed by (?P<svc>Lambda)`), notAssumed},
	{PipeStore, pattern(`(?i)unable to access the artifact with Amazon S3 object key ` + q + `(?P<key>[^\s"']+)` + q + ` located in the Amazon S3 artifact bucket ` + q + `(?P<bucket>[^\s"']+)` + q + `(?:\.|,)?(?: The provided role does not have sufficient permissions)?`), func(d *Denial, m map[string]string) {
		d.Action, d.Resource, d.Service = "s3:GetObject", "arn:aws:s3:::"+m["bucket"]+"/"+m["key"], "CodePipeline"
	}},
	{PipeRole, pattern(`(?i)the (?:service role or action role|provided role|pipeline role|service role) (?:doesn't|does not) have (?:the|sufficient) permissions (?:required )?to (?:access|use|perform)(?: the)? (?P<what>[^.\n]*)`), func(d *Denial, m map[string]string) {
		d.Service = "CodePipeline"
		pipeResource(d, m["what"])
	}},
	{PipeRole, pattern(`(?i)insufficient permissions:? unable to (?:use|access) (?:the|your) (?P<what>[^.\n]*)`), func(d *Denial, m map[string]string) {
		d.Service = "CodePipeline"
		pipeResource(d, m["what"])
	}},
	{PipeRole, pattern(`(?i)the provided role does not have sufficient permissions`), func(d *Denial, _ map[string]string) { d.Service = "CodePipeline" }},
	{BuildLogs, pattern(`(?i)service role (?P<role>` + arnPattern + `) does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams for build (?P<build>` + arnPattern + `)`), func(d *Denial, m map[string]string) {
		d.Principal, d.Action, d.Service = m["role"], "logs:CreateLogStream", "CodeBuild"
	}},
	{DeployRole, pattern(`(?i)(?:the IAM role )?(?P<role>` + arnPattern + `|[\w+=,.@/-]+) does not give you permission to perform operations in the following AWS service: (?P<svc>\w+)`), func(d *Denial, m map[string]string) {
		d.Principal, d.Service = m["role"], "CodeDeploy"
		if p := serviceNames[strings.ToLower(m["svc"])]; p != "" {
			d.Action = p + ":*"
		}
	}},
	{KMSHidden, pattern(`(?i)the ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access`), func(d *Denial, _ map[string]string) {
		d.Action, d.Layer = "kms:Decrypt", "resource"
	}},
	{KMSInside, pattern(`(?i)(?:secret (?P<secret>` + arnPattern + `)[^\n]{0,80})?access to KMS is not allowed`), func(d *Denial, m map[string]string) {
		d.Action, d.Resource = "kms:Decrypt", ""
		d.Service = "SecretsManager"
	}},
	{PullImage, pattern(`(?i)pull access denied for (?P<image>[^\s,]+)`), func(d *Denial, m map[string]string) {
		d.Action = "ecr:BatchGetImage"
		d.Resource = repository(m["image"])
	}},
	{LambdaVPC, pattern(`(?i)execution role does not have permissions to call (?P<op>\w+) on (?P<svc>\w+)`), func(d *Denial, m map[string]string) {
		d.Action, d.Service = strings.ToLower(m["svc"])+":"+m["op"], "Lambda"
	}},
	{Queue, pattern(`(?i)access to the resource (?P<url>https://[^\s"']+) is denied`), func(d *Denial, m map[string]string) {
		d.Resource = queueARN(m["url"])
	}},
	{Encoded, pattern(`(?i)you are not authorized to perform this operation\.?(?: Encoded authorization failure message:)?`), nil},
	{Bare, pattern(`(?i)\((?:AccessDenied|403|Forbidden)\) when calling the (?P<op>\w+) operation(?: \([^)]*\))?: (?:Access Denied|Forbidden)`), func(d *Denial, m map[string]string) {
		d.Operation = m["op"]
		d.Action = s3Action(m["op"])
		d.Service = "S3"
	}},
	{Bare, pattern(`(?i)API: (?P<svc>[a-z0-9-]+):(?P<op>\w+) access denied`), func(d *Denial, m map[string]string) {
		d.Action = strings.ToLower(m["svc"]) + ":" + m["op"]
	}},
	{Bare, pattern(`(?i)<Code>AccessDenied</Code>|AccessDenied: Access Denied|Error Code: AccessDenied|^access denied\.?$|S3:AccessDenied`), func(d *Denial, _ map[string]string) { d.Service = "S3" }},
}

func notAssumed(d *Denial, m map[string]string) {
	d.Action, d.Layer = "sts:AssumeRole", "trust"
	if m["role"] != "service" {
		d.Resource = m["role"]
	}
	d.Service = m["svc"]
	d.Principal = map[string]string{
		"ecs": "ecs-tasks.amazonaws.com", "codedeploy": "codedeploy.amazonaws.com", "codebuild": "codebuild.amazonaws.com",
		"codepipeline": "", "cloudformation": "cloudformation.amazonaws.com", "lambda": "lambda.amazonaws.com",
	}[strings.ToLower(m["svc"])]
}

// serviceNames are how CodeDeploy names services.
var serviceNames = map[string]string{
	"amazonautoscaling": "autoscaling", "amazonec2": "ec2", "amazonecs": "ecs", "awslambda": "lambda", "amazons3": "s3",
	"elasticloadbalancing": "elasticloadbalancing", "amazonsns": "sns", "amazoncloudwatch": "cloudwatch",
}

// pipeResource reads what CodePipeline's role may not access.
func pipeResource(d *Denial, what string) {
	low := strings.ToLower(what)
	name := ""
	if _, rest, ok := strings.Cut(low, " named "); ok {
		name = what[len(what)-len(rest):]
		name = trim(strings.TrimRight(strings.SplitN(name, " ", 2)[0], ".,"))
	}
	switch {
	case strings.Contains(low, "s3 bucket") || strings.Contains(low, "amazon s3"):
		d.Service = "CodePipeline"
		if name != "" {
			d.Resource = "arn:aws:s3:::" + name
		}
		d.Action = "s3:*"
	case strings.Contains(low, "codecommit"):
		d.Action, d.Resource = "codecommit:*", name
	case strings.Contains(low, "codestar connection") || strings.Contains(low, "connection"):
		d.Action, d.Resource = "codeconnections:UseConnection", name
	case strings.Contains(low, "ecr"):
		d.Action, d.Resource = "ecr:*", name
	case strings.Contains(low, "codedeploy"):
		d.Action = "codedeploy:*"
	case strings.Contains(low, "codebuild"):
		d.Action = "codebuild:*"
	case strings.Contains(low, "ecs"):
		d.Action = "ecs:*"
	case strings.Contains(low, "lambda"):
		d.Action = "lambda:*"
	case strings.Contains(low, "cloudformation"):
		d.Action = "cloudformation:*"
	}
}

// s3Action is the IAM action of an S3 operation, where the two differ
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html).
func s3Action(op string) string {
	switch op {
	case "HeadObject":
		return "s3:GetObject"
	case "HeadBucket", "ListObjects", "ListObjectsV2":
		return "s3:ListBucket"
	case "CopyObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload":
		return "s3:PutObject"
	case "DeleteObjects":
		return "s3:DeleteObject"
	case "ListBuckets":
		return "s3:ListAllMyBuckets"
	}
	if strings.Contains(op, "Object") || strings.Contains(op, "Bucket") {
		return "s3:" + op
	}
	return ""
}

// repository returns the ARN of the repository of an image of ECR, else the
// image.
func repository(image string) string {
	host, name, ok := strings.Cut(image, "/")
	parts := strings.Split(host, ".")
	if !ok || len(parts) < 5 || parts[1] != "dkr" {
		return image
	}
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, ":")
	return "arn:aws:ecr:" + parts[3] + ":" + parts[0] + ":repository/" + name
}

// queueARN returns the ARN of a queue by its URL.
func queueARN(url string) string {
	parts := strings.Split(strings.TrimPrefix(url, "https://"), "/")
	host := strings.Split(parts[0], ".")
	if len(parts) < 3 || len(host) < 3 || host[0] != "sqs" {
		return url
	}
	return "arn:aws:sqs:" + host[1] + ":" + parts[1] + ":" + parts[2]
}
