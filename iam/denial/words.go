package denial

import (
	"strings"
)

// More wordings, of which each holds the words of one service or tool. They
// come before those of wording.go where they say more about the same words.
var services = []wording{
	{Console, pattern(`User: (?P<who>\S+) (?:Service: (?P<svc>[\w-]+) )?Action: (?P<act>[\w:*-]+) (?:On resource\(s\): (?P<res>\S*) )?Context: (?P<why>[^\n]{0,200})`), console},
	{Source, pattern(`(?i)access denied[^\n]{0,300} for primary source(?: and source version (?P<res>` + arnPattern + `))?`), func(d *Denial, m map[string]string) {
		d.Action, d.Service, d.Resource = "s3:GetObject", "CodeBuild", m["res"]
	}},
	{Network, pattern(`(?i)VPC_CLIENT_ERROR: Unexpected EC2 error: UnauthorizedOperation`), func(d *Denial, _ map[string]string) {
		d.Action, d.Service = "ec2:*", "CodeBuild"
	}},
	{NotAssumed, pattern(`(?i)(?P<svc>CodeBuild) is not authorized to perform:? (?:sts:)?AssumeRole on service role\.`), notAssumed},
	{NotAssumed, pattern(`(?i)global service principal states\.amazonaws\.com, nor the regional one is authorized to assume`), func(d *Denial, m map[string]string) {
		notAssumed(d, m)
		d.Principal = "states.amazonaws.com"
	}},
	{NotAssumed, pattern(`(?i)must allow AWS EventBridge Scheduler to assume the role`), func(d *Denial, m map[string]string) {
		notAssumed(d, m)
		d.Principal = "scheduler.amazonaws.com"
	}},
	{FunctionCode, pattern(`(?i)your access has been denied by S3, please make sure your request credentials have permission to (?P<op>\w+) for (?P<what>[^\s"]+)`), func(d *Denial, m map[string]string) {
		d.Action, d.Resource, d.Service = "s3:"+m["op"], "arn:aws:s3:::"+m["what"], "Lambda"
	}},
	{FunctionImage, pattern(`(?i)lambda does not have permission to access the ECR image`), func(d *Denial, _ map[string]string) {
		d.Principal, d.Action, d.Layer, d.Service = "lambda.amazonaws.com", "ecr:BatchGetImage", "resource", "Lambda"
	}},
	{PullImage, pattern(`(?i)failed to resolve (?:ref|reference) ` + q + `(?P<image>[^\s"']+\.dkr\.ecr\.[^\s"']+[^\s"':])` + q + `:[^\n]{0,300}403 Forbidden`), func(d *Denial, m map[string]string) {
		d.Action, d.Resource = "ecr:BatchGetImage", repository(m["image"])
	}},
	{ManagedRule, pattern(`(?i)` + q + `(?P<role>` + arnPattern + `)` + q + ` is not authorized to create managed-rule`), func(d *Denial, m map[string]string) {
		d.Principal, d.Action, d.Service = trim(m["role"]), "events:PutRule", "StepFunctions"
	}},
	{LogDelivery, pattern(`(?i)state machine IAM role is not authorized to access the log destination`), func(d *Denial, _ map[string]string) {
		d.Action, d.Service = "logs:CreateLogDelivery", "StepFunctions"
	}},
	{LambdaResult, pattern(`(?i)lambda function (?P<name>\S+) failed to return a result`), func(d *Denial, _ map[string]string) {
		d.Action, d.Service = "codepipeline:PutJobSuccessResult", "Lambda"
	}},
	{PipeRole, pattern(`(?i)unable to use connection: (?P<res>` + arnPattern + `)\.? the provided role does not have sufficient permissions`), func(d *Denial, m map[string]string) {
		d.Action, d.Resource, d.Service = "codeconnections:UseConnection", m["res"], "CodePipeline"
	}},
	{PipeRole, pattern(`(?i)you do not have sufficient permissions to call s3\.(?P<op>\w+)`), func(d *Denial, m map[string]string) {
		d.Action, d.Service = "s3:"+strings.ToUpper(m["op"][:1])+m["op"][1:], "CodePipeline"
	}},
	{PipeRole, pattern(`(?i)the provided role does not have permissions to perform this action\. underlying error: [^\n]{0,60}\(Service: (?:Amazon )?(?P<svc>\w+)`), func(d *Denial, m map[string]string) {
		d.Action, d.Service = strings.ToLower(m["svc"])+":*", "CodePipeline"
	}},
	{Handler, pattern(`(?i)access denied for operation ` + q + `(?P<what>[\w:]+)`), func(d *Denial, m map[string]string) {
		d.Service = "CloudFormation"
		if strings.HasPrefix(m["what"], "AWS::") {
			d.Resource = m["what"]
		} else {
			d.Operation = m["what"]
		}
	}},
	{Tagging, pattern(`(?i)permissions error performing a tagging operation`), func(d *Denial, _ map[string]string) { d.Service = "CloudFormation" }},
	{CommitGit, pattern(`(?i)unable to access ` + q + `https://git-codecommit\.(?P<region>[\w-]+)\.amazonaws\.com/v1/repos/(?P<repo>[\w.-]+)[^\n]{0,40}error: 403`), func(d *Denial, m map[string]string) {
		d.Action, d.Service = "codecommit:*", "CodeCommit"
		d.Resource = "arn:aws:codecommit:" + m["region"] + ":*:" + m["repo"]
	}},
	{Authorizer, pattern(`(?i)user is not authorized to access this resource(?P<deny> with an explicit deny)?`), func(d *Denial, m map[string]string) {
		d.Action, d.Explicit = "execute-api:Invoke", m["deny"] != ""
	}},
	{Organization, pattern(`(?i)(?:when calling the (?P<op>\w+) operation: )?you don't have permissions to access this resource`), func(d *Denial, m map[string]string) {
		d.Service = "Organizations"
		if m["op"] != "" {
			d.Action = "organizations:" + m["op"]
		}
	}},
	{Encoded, pattern(`(?i)operation error (?P<svc>EC2|Auto Scaling|Elastic Load Balancing[\w ]*): (?P<op>\w+), [^\n]{0,200}you are not authorized to perform this operation`), func(d *Denial, m map[string]string) {
		d.Action = map[string]string{"ec2": "ec2", "auto scaling": "autoscaling"}[strings.ToLower(m["svc"])] + ":" + m["op"]
		if strings.HasPrefix(d.Action, ":") {
			d.Action = "elasticloadbalancing" + d.Action
		}
	}},
	{Encoded, pattern(`(?i)API: (?P<svc>[a-z0-9-]+):(?P<op>\w+) you are not authorized to perform this operation`), func(d *Denial, m map[string]string) {
		d.Action = strings.ToLower(m["svc"]) + ":" + m["op"]
	}},
	{Bare, pattern(`(?i)(?:(?P<to>upload|move|copy) failed: \S+ to |(?P<from>download|copy|move) failed: )s3://(?P<what>\S+)[^\n]{0,300}?\((?:AccessDenied|403|Forbidden)\) when calling the (?P<op>\w+) operation(?: \([^)]*\))?: (?:Access Denied|Forbidden)`), func(d *Denial, m map[string]string) {
		d.Action, d.Resource, d.Service = s3Action(m["op"]), "arn:aws:s3:::"+m["what"], "S3"
	}},
	{Bare, pattern(`(?i)operation error S3: (?P<op>\w+), https response error StatusCode: 403[^\n]{0,200}api error (?:AccessDenied: Access Denied|Forbidden: Forbidden)`), func(d *Denial, m map[string]string) {
		d.Action, d.Service = s3Action(m["op"]), "S3"
	}},
	{Bare, pattern(`(?i)\b(?P<op>(?:Get|Put|Head|List|Delete|Copy)(?:Object|Bucket)\w*): (?:Access ?Denied|Forbidden)`), func(d *Denial, m map[string]string) {
		d.Action, d.Service = s3Action(m["op"]), "S3"
	}},
	{Bare, pattern(`(?i)S3 error: Access Denied For more information`), func(d *Denial, _ map[string]string) { d.Action, d.Service = "s3:GetObject", "S3" }},
	{Bare, pattern(`(?i)AccessDenied - Access Denied|S3Exception: Access Denied|Forbidden: Forbidden\s+status code: 403`), func(d *Denial, _ map[string]string) { d.Service = "S3" }},
	{Bare, pattern(`AccessDenied(?:Exception)?: status code: 40[03]`), nil},
	{Credentials, pattern(`(?i)\(?(?:ExpiredToken(?:Exception)?|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure|InvalidToken)\)|the security token included in the request is (?:invalid|expired)|the provided token has expired|unable to locate credentials|no basic auth credentials|the request signature we calculated does not match|NoCredentialProviders|could not load credentials from any providers`), nil},
}

// console reads the box in which the console shows what was refused.
func console(d *Denial, m map[string]string) {
	d.Principal, d.Action, d.Resource = m["who"], m["act"], m["res"]
	if m["svc"] != "" && !strings.Contains(d.Action, ":") {
		d.Action = m["svc"] + ":" + d.Action
	}
	if strings.Count(d.Action, ":") != 1 {
		d.Action = ""
	}
	low := strings.ToLower(m["why"])
	d.Explicit = strings.Contains(low, "explicit")
	for i := range low {
		if layer, _ := typeAt(low, i); layer != "" {
			d.Layer = layer
			break
		}
	}
}
