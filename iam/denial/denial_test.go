package denial_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"penstock/iam/denial"
)

// line writes a denial as the tests want it: FORM PRINCIPAL ACTION RESOURCE
// LAYER, "-" for what is not said, then what else there is.
func line(d denial.Denial) string {
	or := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	var s strings.Builder
	s.WriteString(fmt.Sprintf("%s | %s | %s | %s | %s", d.Form, or(d.Principal), or(d.Action), or(d.Resource), or(d.Layer)))
	if d.Explicit {
		s.WriteString(" explicit")
	}
	for _, x := range []struct{ name, value string }{{"policy", d.Policy}, {"service", d.Service}, {"code", d.Code}, {"request", d.Request}, {"operation", d.Operation}, {"encoded", d.Encoded}} {
		if x.value != "" {
			s.WriteString(" | " + x.name + " " + x.value)
		}
	}
	return s.String()
}

const (
	build = "arn:aws:sts::111111111111:assumed-role/build/AWSCodeBuild-9f"
	obj   = "arn:aws:s3:::artifacts/web/app.zip"
)

var errorsSeen = []struct{ name, text, want string }{
	// The grammar of the page, every policy type, both ways.
	{"identity implicit", "User: " + build + " is not authorized to perform: logs:CreateLogStream on resource: arn:aws:logs:eu-west-1:111111111111:log-group:/aws/codebuild/web:log-stream:x because no identity-based policy allows the logs:CreateLogStream action",
		"sentence | " + build + " | logs:CreateLogStream | arn:aws:logs:eu-west-1:111111111111:log-group:/aws/codebuild/web:log-stream:x | identity"},
	{"identity explicit", "User: arn:aws:iam::111111111111:user/dana is not authorized to perform: codecommit:ListRepositories with an explicit deny in an identity-based policy",
		"sentence | arn:aws:iam::111111111111:user/dana | codecommit:ListRepositories | - | identity explicit"},
	{"resource implicit", "User: " + build + " is not authorized to perform: secretsmanager:GetSecretValue because no resource-based policy allows the secretsmanager:GetSecretValue action", "sentence | " + build + " | secretsmanager:GetSecretValue | - | resource"},
	{"resource explicit", "User: " + build + " is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:111111111111:secret:x-AbCdEf with an explicit deny in a resource-based policy", "sentence | " + build + " | secretsmanager:GetSecretValue | arn:aws:secretsmanager:us-east-1:111111111111:secret:x-AbCdEf | resource explicit"},
	{"scp implicit", "User: " + build + " is not authorized to perform: codecommit:ListRepositories because no service control policy allows the codecommit:ListRespositories action", "sentence | " + build + " | codecommit:ListRepositories | - | scp"},
	{"scp explicit with arn", "User: arn:aws:iam::111111111111:user/dana is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::111111111111:role/* with an explicit deny in a service control policy: arn:aws:organizations::222222222222:policy/o-abc/service_control_policy/p-xyz",
		"sentence | arn:aws:iam::111111111111:user/dana | iam:ListRoles | arn:aws:iam::111111111111:role/* | scp explicit | policy arn:aws:organizations::222222222222:policy/o-abc/service_control_policy/p-xyz"},
	{"rcp", "User: " + build + " is not authorized to perform: s3:GetObject on resource: \"" + obj + "\" with an explicit deny in a resource control policy", "sentence | " + build + " | s3:GetObject | " + obj + " | rcp explicit"},
	{"boundary implicit", "User: arn:aws:iam::111111111111:user/dana is not authorized to perform: \n  codedeploy:ListDeployments on resource: arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:* because no permissions boundary allows the codedeploy:ListDeployments action",
		"sentence | arn:aws:iam::111111111111:user/dana | codedeploy:ListDeployments | arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:* | boundary"},
	{"boundary explicit", "User: arn:aws:iam::111111111111:user/dana is not authorized to perform: sso:GetPermissionSet with an explicit deny in a permissions boundary", "sentence | arn:aws:iam::111111111111:user/dana | sso:GetPermissionSet | - | boundary explicit"},
	{"session", "User: " + build + " is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:111111111111:key/k because no session policy allows the kms:Decrypt action", "sentence | " + build + " | kms:Decrypt | arn:aws:kms:eu-west-1:111111111111:key/k | session"},
	{"session as the page misspells it", "User: " + build + " is not authorized to perform: sso:GetPermissionSet with an explicit deny in a sessions policy", "sentence | " + build + " | sso:GetPermissionSet | - | session explicit"},
	{"endpoint", "User: " + build + " is not authorized to perform: s3:PutObject on resource: \"" + obj + "\" because no VPC endpoint policy allows the s3:PutObject action", "sentence | " + build + " | s3:PutObject | " + obj + " | endpoint"},
	{"trust", "User: " + build + " is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/deploy because no role trust policy allows the sts:AssumeRole action", "sentence | " + build + " | sts:AssumeRole | arn:aws:iam::222222222222:role/deploy | trust"},
	{"trust explicit", "User: " + build + " is not authorized to perform: sts:AssumeRole with an explicit deny in the role trust policy.", "sentence | " + build + " | sts:AssumeRole | - | trust explicit"},
	{"explicit without a type", "User: " + build + " is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/deploy with an explicit deny", "sentence | " + build + " | sts:AssumeRole | arn:aws:iam::222222222222:role/deploy | - explicit"},

	// Older forms.
	{"older, no reason", "User: " + build + " is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:eu-west-1:111111111111:service/c/s", "sentence | " + build + " | ecs:UpdateService | arn:aws:ecs:eu-west-1:111111111111:service/c/s | -"},
	{"older, no resource", "User: arn:aws:iam::111111111111:user/dana is not authorized to perform: iam:PassRole", "sentence | arn:aws:iam::111111111111:user/dana | iam:PassRole | - | -"},
	{"older, role by name", "User: arn:aws:iam::111111111111:user/dana is not authorized to perform: iam:CreateRole on resource: role deploy because no identity-based policy allows the iam:CreateRole action", "sentence | arn:aws:iam::111111111111:user/dana | iam:CreateRole | role deploy | identity"},
	{"older, policy by path", "User: arn:aws:iam::111111111111:user/dana is not authorized to perform: iam:CreatePolicy on resource: policy path /team/", "sentence | arn:aws:iam::111111111111:user/dana | iam:CreatePolicy | policy path | -"},
	{"star", "User: " + build + " is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action", "sentence | " + build + " | ecr:GetAuthorizationToken | * | identity"},
	{"bare name of a secret", "AccessDeniedException: User: " + build + " is not authorized to perform: secretsmanager:GetSecretValue on resource: ci/token because no identity-based policy allows the secretsmanager:GetSecretValue action", "sentence | " + build + " | secretsmanager:GetSecretValue | ci/token | identity | code AccessDeniedException"},
	{"name of a pipeline", "User: arn:aws:iam::111111111111:user/dana is not authorized to perform: codepipeline:GetPipeline on resource: my-pipeline", "sentence | arn:aws:iam::111111111111:user/dana | codepipeline:GetPipeline | my-pipeline | -"},
	{"service", "User: codebuild.amazonaws.com is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:111111111111:key/k", "sentence | codebuild.amazonaws.com | kms:GenerateDataKey | arn:aws:kms:eu-west-1:111111111111:key/k | -"},
	{"anonymous", "User: anonymous is not authorized to perform: es:ESHttpGet because no resource-based policy allows the es:ESHttpGet action", "sentence | anonymous | es:ESHttpGet | - | resource"},
	{"capitals of SNS", "User: " + build + " is not authorized to perform: SNS:Publish on resource: arn:aws:sns:eu-west-1:111111111111:t because no identity-based policy allows the SNS:Publish action", "sentence | " + build + " | sns:Publish | arn:aws:sns:eu-west-1:111111111111:t | identity"},
	{"masked account", "User: arn:aws:sts::XX:assumed-role/create/x is not authorized to perform: iam:PassRole on resource: arn:aws:iam::XX:role/exec because no identity-based policy allows the iam:PassRole action", "sentence | arn:aws:sts::XX:assumed-role/create/x | iam:PassRole | arn:aws:iam::XX:role/exec | identity"},
	{"key with blanks", "User: " + build + " is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::artifacts/my file.zip\" because no identity-based policy allows the s3:GetObject action", "sentence | " + build + " | s3:GetObject | arn:aws:s3:::artifacts/my file.zip | identity"},

	// What SDKs, consoles and logs put around it.
	{"cli", "An error occurred (AccessDeniedException) when calling the SendTaskFailure operation: User: " + build + " is not authorized to perform: states:SendTaskFailure on resource: arn:aws:states:us-east-1:111111111111:stateMachine:", "sentence | " + build + " | states:SendTaskFailure | arn:aws:states:us-east-1:111111111111:stateMachine: | - | code AccessDeniedException | operation SendTaskFailure"},
	{"java sdk", "User: " + build + " is not authorized to perform: codebuild:CreateProject on resource: arn:aws:codebuild:us-west-2:111111111111:project/web with an explicit deny in a service control policy (Service: AWSCodeBuild; Status Code: 400; Error Code: AccessDeniedException; Request ID: 2afc9141-c3d9-4bb5-8818-81e981b6cd77; Proxy: null)",
		"sentence | " + build + " | codebuild:CreateProject | arn:aws:codebuild:us-west-2:111111111111:project/web | scp explicit | service AWSCodeBuild | code AccessDeniedException | request 2afc9141-c3d9-4bb5-8818-81e981b6cd77"},
	{"build log", "[Container] 2023/02/09 03:39:56 Phase context status code: Decrypted Variables Error Message: AccessDeniedException: User: " + build + " is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:ap-northeast-1:111111111111:parameter/docker/user because no identity-based policy allows the ssm:GetParameters action\n    status code: 400, request id: e445e913-1648-47f7-ba55-1ce654f6d9a4",
		"sentence | " + build + " | ssm:GetParameters | arn:aws:ssm:ap-northeast-1:111111111111:parameter/docker/user | identity | code AccessDeniedException | request e445e913-1648-47f7-ba55-1ce654f6d9a4"},
	{"cloudformation handler", `Resource handler returned message: "User: ` + build + ` is not authorized to perform: kms:CreateKey on resource: * because no identity-based policy allows the kms:CreateKey action (Service: Kms, Status Code: 400, Request ID: aa-bb)" (RequestToken: cc, HandlerErrorCode: AccessDenied)`,
		"sentence | " + build + " | kms:CreateKey | * | identity | service Kms | code AccessDenied | request aa-bb"},
	{"cloudformation api", "API: iam:CreateRole User: " + build + " is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111111111111:role/x", "sentence | " + build + " | iam:CreateRole | arn:aws:iam::111111111111:role/x | -"},
	{"start build", "Error calling startBuild: User: arn:aws:sts::111111111111:assumed-role/pipe/1660759156951 is not authorized to perform: codebuild:StartBuild on resource: arn:aws:codebuild:us-west-2:111111111111:project/web because no identity-based policy allows the codebuild:StartBuild action (Service: AWSCodeBuild; Status Code: 400; Error Code: AccessDeniedException; Request ID: 9915b819; Proxy: null)",
		"sentence | arn:aws:sts::111111111111:assumed-role/pipe/1660759156951 | codebuild:StartBuild | arn:aws:codebuild:us-west-2:111111111111:project/web | identity | service AWSCodeBuild | code AccessDeniedException | request 9915b819 | operation startBuild"},
	{"terraform box", "╷\n│ Error: creating ECS Service: AccessDeniedException: User:\n│ " + build + " is not authorized to\n│ perform: ecs:CreateService on resource: arn:aws:ecs:eu-west-1:111111111111:\n│ service/c/s because no identity-based policy allows the ecs:CreateService action\n╵", "sentence | " + build + " | ecs:CreateService | arn:aws:ecs:eu-west-1:111111111111:service/c/s | identity | code AccessDeniedException"},
	{"event", `{"eventName":"GetObject","errorCode":"AccessDenied","errorMessage":"User: ` + build + ` is not authorized to perform: s3:GetObject on resource: \"` + obj + `\" because no identity-based policy allows the s3:GetObject action"}`, "sentence | " + build + " | s3:GetObject | " + obj + " | identity | code AccessDenied"},
	{"html", "User: " + build + " is not authorized to perform: s3:GetObject on resource: &quot;" + obj + "&quot; because no identity-based policy allows the s3:GetObject action", "sentence | " + build + " | s3:GetObject | " + obj + " | identity"},
	{"colours", "\x1b[31mError\x1b[0m: User: \x1b[1m" + build + "\x1b[0m is not authorized to perform: s3:GetObject", "sentence | " + build + " | s3:GetObject | - | -"},
	{"passrole under another operation", "An error occurred (AccessDeniedException) when calling the UpdateService operation: User: " + build + " is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111111111111:role/task because no identity-based policy allows the iam:PassRole action", "sentence | " + build + " | iam:PassRole | arn:aws:iam::111111111111:role/task | identity | code AccessDeniedException | operation UpdateService"},
	{"ecs pulls a secret", "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci from secrets manager: AccessDeniedException: User: arn:aws:sts::111111111111:assumed-role/exec/0a is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci because no identity-based policy allows the secretsmanager:GetSecretValue action status code: 400, request id: 7",
		"sentence | arn:aws:sts::111111111111:assumed-role/exec/0a | secretsmanager:GetSecretValue | arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci | identity | code AccessDeniedException | request 7"},
	{"image pull with the sentence", "Unable to pull customer's container image. CannotPullContainerError: Error response from daemon: pull access denied for 111111111111.dkr.ecr.eu-west-1.amazonaws.com/web, repository does not exist or may require 'docker login': denied: User: " + build + " is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:111111111111:repository/web because no identity-based policy allows the ecr:BatchGetImage action",
		"sentence | " + build + " | ecr:BatchGetImage | arn:aws:ecr:eu-west-1:111111111111:repository/web | identity"},

	// KMS.
	{"kms hidden", "User: " + build + " is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:222222222222:key/k because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access", "sentence | " + build + " | kms:Decrypt | arn:aws:kms:eu-west-1:222222222222:key/k | resource"},
	{"kms ciphertext", "User: " + build + " is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access", "kms ciphertext | " + build + " | kms:Decrypt | - | resource"},
	{"kms older", "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.", "kms hidden | - | kms:Decrypt | - | resource"},
	{"kms inside a secret", "failed to fetch secret arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci-EaPYTy from secrets manager: AccessDeniedException: Access to KMS is not allowed status code: 400, request id: a8", "kms inside | - | kms:Decrypt | - | - | service SecretsManager | code AccessDeniedException | request a8"},

	// S3.
	{"bare", "Access Denied", "bare | - | - | - | - | service S3"},
	{"bare cli", "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied", "bare | - | s3:PutObject | - | - | service S3 | code AccessDenied | operation PutObject"},
	{"bare head", "An error occurred (403) when calling the HeadObject operation: Forbidden", "bare | - | s3:GetObject | - | - | service S3 | code 403 | operation HeadObject"},
	{"bare go sdk", "AccessDenied: Access Denied\n\tstatus code: 403, request id: 1A, host id: xyz=", "bare | - | - | - | - | service S3 | code AccessDenied | request 1A"},
	{"bare xml", `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>E5</RequestId><HostId>x</HostId></Error>`, "bare | - | - | - | - | service S3 | code AccessDenied | request E5"},
	{"bare cloudformation", "API: s3:CreateBucket Access Denied", "bare | - | s3:CreateBucket | - | -"},

	// STS, EC2 and the words of services.
	{"web identity", "Error: Not authorized to perform sts:AssumeRoleWithWebIdentity", "web identity | - | sts:AssumeRoleWithWebIdentity | - | trust"},
	{"web identity cli", "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity", "web identity | - | sts:AssumeRoleWithWebIdentity | - | trust | code AccessDenied | operation AssumeRoleWithWebIdentity"},
	{"encoded", "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not authorized to perform this operation. Encoded authorization failure message: 4GIOHlTkIaWHQD0Q0m6XSnuUMCm-abc", "encoded | - | - | - | - | code UnauthorizedOperation | operation RunInstances | encoded 4GIOHlTkIaWHQD0Q0m6XSnuUMCm-abc"},
	{"encoded with the sentence", "You are not authorized to perform this operation. User: " + build + " is not authorized to perform: ec2:CreateNetworkInterface on resource: arn:aws:ec2:eu-west-1:111111111111:network-interface/* because no identity-based policy allows the ec2:CreateNetworkInterface action. Encoded authorization failure message: abc_DEF", "sentence | " + build + " | ec2:CreateNetworkInterface | arn:aws:ec2:eu-west-1:111111111111:network-interface/* | identity | encoded abc_DEF"},
	{"pass role across accounts", "Cross-account pass role is not allowed (Service: AmazonCloudFormation; Status Code: 403; Error Code: AccessDenied; Request ID: d880bdd7-fe3f-11e7-8a8c-7dcffeae19ae)", "cross-account pass role | - | iam:PassRole | - | passrole | service AmazonCloudFormation | code AccessDenied | request d880bdd7-fe3f-11e7-8a8c-7dcffeae19ae"},
	{"codepipeline assume role", "arn:aws:iam::111111111111:role/pipe is not authorized to perform AssumeRole on role arn:aws:iam::111111111111:role/action (Service: AWSCodePipeline; Status Code: 400; Error Code: InvalidStructureException; Request ID: x)", "sentence | arn:aws:iam::111111111111:role/pipe | sts:AssumeRole | arn:aws:iam::111111111111:role/action | - | service AWSCodePipeline | code InvalidStructureException | request x"},
	{"codepipeline assume role, masked", "XXX is not authorized to perform AssumeRole on role XXXXX (Service: AWSCodePipeline Error Code: InvalidStructureException)", "sentence | XXX | sts:AssumeRole | XXXXX | - | service AWSCodePipeline | code InvalidStructureException"},
	{"codepipeline artifact", "Unable to access the artifact with Amazon S3 object key 'web/MyApp/abc' located in the Amazon S3 artifact bucket 'artifacts'. The provided role does not have sufficient permissions.", "codepipeline artifact | - | s3:GetObject | arn:aws:s3:::artifacts/web/MyApp/abc | - | service CodePipeline"},
	{"codepipeline bucket", "The service role or action role doesn't have the permissions required to access the Amazon S3 bucket named artifacts. Update the IAM role permissions, and then try again. Error: Amazon S3:AccessDenied:Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: R; S3 Extended Request ID: x)", "codepipeline role | - | s3:* | arn:aws:s3:::artifacts | - | service CodePipeline | code AccessDenied | request R"},
	{"codepipeline service", "The provided role does not have sufficient permissions to access CodeDeploy", "codepipeline role | - | codedeploy:* | - | - | service CodePipeline"},
	{"codepipeline nothing", "The provided role does not have sufficient permissions.", "codepipeline role | - | - | - | - | service CodePipeline"},
	{"codebuild logs", "ACCESS_DENIED: Service role arn:aws:iam::111111111111:role/build does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams for build arn:aws:codebuild:eu-west-1:111111111111:build/web:77. Error message: User: " + build + " is not authorized to perform: logs:CreateLogStream on resource: arn:aws:logs:eu-west-1:111111111111:log-group:/aws/codebuild/web:log-stream:77",
		"sentence | " + build + " | logs:CreateLogStream | arn:aws:logs:eu-west-1:111111111111:log-group:/aws/codebuild/web:log-stream:77 | - + codebuild logs | arn:aws:iam::111111111111:role/build | logs:CreateLogStream | - | - | service CodeBuild"},
	{"codebuild assume", "CodeBuild is not authorized to perform: sts:AssumeRole on arn:aws:iam::111111111111:role/build", "role not assumed | codebuild.amazonaws.com | sts:AssumeRole | arn:aws:iam::111111111111:role/build | trust | service CodeBuild"},
	{"codepipeline assume", "CodePipeline is not authorized to perform AssumeRole on role arn:aws:iam::111111111111:role/action", "role not assumed | - | sts:AssumeRole | arn:aws:iam::111111111111:role/action | trust | service CodePipeline"},
	{"ecs assume", "service web failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::111111111111:role/task' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).", "role not assumed | ecs-tasks.amazonaws.com | sts:AssumeRole | arn:aws:iam::111111111111:role/task | trust | service ECS"},
	{"cloudformation assume", "Role arn:aws:iam::111111111111:role/exec is invalid or cannot be assumed (Service: AmazonCloudFormation; Status Code: 400; Error Code: ValidationError; Request ID: 3)", "role not assumed | - | sts:AssumeRole | arn:aws:iam::111111111111:role/exec | trust | service AmazonCloudFormation | code ValidationError | request 3"},
	{"codedeploy permission", "The IAM role arn:aws:iam::111111111111:role/codedeploy does not give you permission to perform operations in the following AWS service: AmazonAutoScaling. Contact your AWS administrator if you need help.", "codedeploy role | arn:aws:iam::111111111111:role/codedeploy | autoscaling:* | - | - | service CodeDeploy"},
	{"codedeploy permission, by name", "CodeDeployRole does not give you permission to perform operations in the following AWS service: AmazonAutoScaling", "codedeploy role | CodeDeployRole | autoscaling:* | - | - | service CodeDeploy"},
	{"codedeploy assume", "AWS CodeDeploy does not have the permissions required to assume the role arn:aws:iam::111111111111:role/cd.", "role not assumed | codedeploy.amazonaws.com | sts:AssumeRole | arn:aws:iam::111111111111:role/cd | trust | service CodeDeploy"},
	{"codedeploy assume, older", "Cannot assume role provided. (Service: AmazonCodeDeploy; Status Code: 400; Error Code: InvalidRoleException; Request ID: 1)", "role not assumed | - | sts:AssumeRole | - | trust | service AmazonCodeDeploy | code InvalidRoleException | request 1"},
	{"image pull", "CannotPullContainerError: Error response from daemon: pull access denied for 111111111111.dkr.ecr.eu-west-1.amazonaws.com/web:1.2, repository does not exist or may require 'docker login'", "image pull | - | ecr:BatchGetImage | arn:aws:ecr:eu-west-1:111111111111:repository/web | -"},
	{"lambda network", "The provided execution role does not have permissions to call CreateNetworkInterface on EC2", "lambda network | - | ec2:CreateNetworkInterface | - | - | service Lambda"},
	{"queue", "Access to the resource https://sqs.eu-west-1.amazonaws.com/111111111111/jobs is denied.", "sqs | - | - | arn:aws:sqs:eu-west-1:111111111111:jobs | -"},

	{"two at once", "User: " + build + " is not authorized to perform: s3:GetObject\nUser: " + build + " is not authorized to perform: s3:PutObject\nUser: " + build + " is not authorized to perform: s3:GetObject", "sentence | " + build + " | s3:GetObject | - | - + sentence | " + build + " | s3:PutObject | - | -"},
	{"nothing", "Build succeeded in 3 minutes", ""},
	{"the words without an action", "she is not authorized to perform the opera", ""},
}

func TestParse(t *testing.T) {
	for _, tt := range errorsSeen {
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

// TestForms: every form has its page, and an error in the table above.
func TestForms(t *testing.T) {
	seen := map[denial.Form]bool{}
	for _, tt := range slices.Concat(errorsSeen, errorsPasted) {
		for _, d := range denial.Parse(tt.text) {
			seen[d.Form] = true
		}
	}
	for _, f := range denial.Forms() {
		text, source := denial.Doc(f)
		if !strings.HasPrefix(source, "https://") || text == "" && f != denial.Sentence {
			t.Errorf("%s: no text or no source", f)
		}
		if !seen[f] {
			t.Errorf("no error has the form %s", f)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, tt := range slices.Concat(errorsSeen, errorsPasted) {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range denial.Parse(text) {
			for _, s := range []string{d.Principal, d.Action, d.Resource, d.Layer, d.Policy, d.Service, d.Code, d.Request, d.Operation, d.Encoded, d.Text} {
				if !utf8.ValidString(s) || strings.Contains(s, "\n") && s != d.Text {
					t.Errorf("%q of %q", s, text)
				}
			}
			if d.Form == "" || d.Action != "" && strings.Count(d.Action, ":") != 1 {
				t.Errorf("%+v of %q", d, text)
			}
		}
	})
}
