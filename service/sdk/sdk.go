// Package sdk tells what an operation of an AWS SDK asks IAM for: the name of
// the action, and the resource, as far as the parameters of the call name one.
// Code that calls AWS is read in several rooms (functions, state machines),
// and means the same everywhere.
//
// What cannot be told is a hole, or no call at all; nothing is guessed.
package sdk

import (
	"strconv"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/facts"
	"penstock/match"
	"penstock/service"
)

// prefixes are the IAM prefixes of services whose SDKs call them otherwise:
// by the name in boto3 or the AWS CLI, in the JavaScript SDK's packages
// (client-<name>), and in Step Functions' aws-sdk integrations
// (https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html),
// all without case, '-' and '_'.
var prefixes = map[string]string{
	"sfn": "states", "stepfunctions": "states", "eventbridge": "events", "cloudwatchevents": "events", "cloudwatchlogs": "logs",
	"deploy": "codedeploy", "elb": "elasticloadbalancing", "elbv2": "elasticloadbalancing", "elasticloadbalancingv2": "elasticloadbalancing",
	"sesv2": "ses", "email": "ses", "applicationautoscaling": "application-autoscaling", "resourcegroupstaggingapi": "tag",
	"codestarconnections": "codestar-connections", "efs": "elasticfilesystem", "cognitoidp": "cognito-idp", "cognitoidentityprovider": "cognito-idp",
	"servicecatalog": "servicecatalog", "costexplorer": "ce", "opensearch": "es", "docdb": "rds", "neptune": "rds",
	"lexmodelsv2": "lex", "ssoadmin": "sso", "wafv2": "wafv2", "ecrpublic": "ecr-public", "apigatewayv2": "apigateway",
}

// Prefix returns the IAM prefix of a service as an SDK names it, false where
// it is not known.
func Prefix(name string) (string, bool) {
	low := strings.ToLower(name)
	bare := strings.NewReplacer("-", "", "_", "").Replace(low)
	if p, ok := prefixes[bare]; ok {
		return p, true
	}
	for _, p := range []string{low, bare} {
		if _, ok := facts.Service(p); ok {
			return p, true
		}
	}
	return "", false
}

// differ are the operations whose IAM action has another name, by prefix and
// operation in lower case without '_' and '-'; "" asks for none
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html,
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html).
var differ = map[string]string{
	"s3:listobjects": "s3:ListBucket", "s3:listobjectsv2": "s3:ListBucket", "s3:headbucket": "s3:ListBucket", "s3:headobject": "s3:GetObject",
	"s3:uploadfile": "s3:PutObject", "s3:uploadfileobj": "s3:PutObject", "s3:downloadfile": "s3:GetObject", "s3:downloadfileobj": "s3:GetObject",
	"s3:deleteobjects": "s3:DeleteObject", "s3:listbuckets": "s3:ListAllMyBuckets", "s3:listobjectversions": "s3:ListBucketVersions",
	"s3:createmultipartupload": "s3:PutObject", "s3:uploadpart": "s3:PutObject", "s3:completemultipartupload": "s3:PutObject",
	"s3:copyobject": "s3:PutObject", "s3:copy": "s3:PutObject",
	"lambda:invoke": "lambda:InvokeFunction", "lambda:invokeasync": "lambda:InvokeFunction", "lambda:invokewithresponsestream": "lambda:InvokeFunction",
	"sts:getcalleridentity": "", "sts:getaccesskeyinfo": "",
	"dynamodb:transactwriteitems": "", "dynamodb:transactgetitems": "", // the actions of their items
	"sqs:sendmessagebatch": "sqs:SendMessage", "sqs:deletemessagebatch": "sqs:DeleteMessage", "sqs:changemessagevisibilitybatch": "sqs:ChangeMessageVisibility",
	"sns:publishbatch": "sns:Publish",
}

// Action returns the IAM action of an operation ("send_task_failure",
// "sendTaskFailure", "SendTaskFailure"), false where there is none or it is
// not known.
func Action(prefix, op string) (string, bool) {
	bare := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(op))
	if a, ok := differ[prefix+":"+bare]; ok {
		return a, a != ""
	}
	s, ok := facts.Service(prefix)
	if !ok {
		return "", false
	}
	a, ok := s.Action(bare)
	if !ok {
		return "", false
	}
	return prefix + ":" + a.Name, true
}

// Param returns a parameter of a call by its name in the API, without regard
// to the case of the first letter; ok is false where the call has none that
// can be seen. A value that is not known is a hole.
type Param func(name string) (value string, ok bool)

// Target is what an action is called on with these parameters, by somebody of
// the site's account and region. Where they do not tell, the resource is a
// hole, or "*" for an action that takes none.
func Target(s *service.Site, action string, p Param) service.Target {
	prefix, name, _ := strings.Cut(action, ":")
	t := service.Target{What: action}
	if r := resource(s, prefix, name, p); r != "" {
		t.Resource, t.Account = r, arn.Account(r)
		if t.Account == "" {
			if o := s.Model.Owner(r); o != nil {
				t.Account = o.Account
			}
		}
		open(&t)
		if _, ok := p("Body"); ok && action == "s3:PutObject" {
			// What a call with a body does not name, it does not send.
			for param, key := range map[string]string{
				"ACL": "s3:x-amz-acl", "ServerSideEncryption": "s3:x-amz-server-side-encryption", "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
			} {
				if v, ok := p(param); ok {
					t.Context.Set(key, v)
				} else {
					t.Context.SetAbsent(key)
				}
			}
		}
		if action == "sts:AssumeRole" {
			if v, ok := p("DurationSeconds"); ok {
				t.Seconds, _ = strconv.Atoi(v) // 0 for what cannot be read
			}
			for param, key := range map[string]string{"ExternalId": "sts:ExternalId", "RoleSessionName": "sts:RoleSessionName"} {
				if v, ok := p(param); ok {
					t.Context.Set(key, v)
				}
			}
		}
		return t
	}
	if svc, ok := facts.Service(prefix); ok {
		if a, ok := svc.Action(name); ok && !a.ResourceLevel() {
			t.Resource = "*"
			return t
		}
	}
	t.Resource, t.Account = match.Hole(match.Any, "what the code calls "+action+" on"), s.Account
	open(&t)
	if names := granted(s, prefix); names != "" {
		t.Missing = []string{"which resource the code calls " + action + " on (the policy of " + names + " may allow it)"}
	}
	return t
}

// open: what else the code sends is not read.
func open(t *service.Target) {
	t.Context.Open = true
	for _, k := range []string{"aws:SourceArn", "aws:SourceAccount", "sts:ExternalId", "aws:MultiFactorAuthAge"} {
		t.Context.SetAbsent(k)
	}
	t.Context.Put("aws:MultiFactorAuthPresent", iam.ContextValue{State: iam.Known, Values: []string{"false"}, Optional: true})
}

// granted names a declared resource of a service whose own policy speaks of
// the site's role: a call on a resource that is not known may be on that one.
func granted(s *service.Site, prefix string) string {
	for _, r := range s.Model.Resources {
		a, err := arn.Parse(r.ARN)
		if err != nil || a.Service != prefix {
			continue
		}
		for _, at := range r.Policies {
			if at.Policy == nil {
				continue
			}
			for i := range at.Policy.Statements {
				if speaks(&at.Policy.Statements[i], s.Role) {
					return r.ID()
				}
			}
		}
	}
	return ""
}

func speaks(st *iam.Statement, role string) bool {
	if st.Effect != iam.Allow {
		return false
	}
	for _, p := range st.Principals {
		if p.Type == iam.PrincipalAll || p.Type == iam.PrincipalAWS && (p.Text == "*" || p.Text == role || match.HasHole(p.Text)) {
			return true
		}
	}
	return false
}

// resource builds the ARN that the parameters name, "" where they do not.
func resource(s *service.Site, prefix, name string, p Param) string {
	get := func(names ...string) string {
		for _, n := range names {
			if v, ok := p(n); ok && v != "" {
				return v
			}
		}
		return ""
	}
	named := func(v, kind string) string { return Named(s, prefix, kind, v) }
	switch prefix {
	case "sns":
		return get("TopicArn", "TargetArn")
	case "sqs":
		return Queue(s, get("QueueUrl"))
	case "dynamodb":
		t := get("TableName")
		if i := get("IndexName"); i != "" && t != "" {
			return named(t, "table/") + "/index/" + i
		}
		return named(t, "table/")
	case "lambda":
		return named(get("FunctionName"), "function:")
	case "s3":
		return object(s, name, get("Bucket"), get("Key"))
	case "secretsmanager":
		return secret(s, get("SecretId"))
	case "ssm":
		switch name {
		case "GetParameter", "PutParameter", "DeleteParameter":
			if v := get("Name"); v != "" {
				return s.Parameter(s.Region, v).Resource
			}
		case "GetParametersByPath":
			// The path itself is the resource, not what lies below it
			// (https://github.com/cloudposse/terraform-aws-components/pull/1110).
			if v := get("Path"); v != "" {
				return s.Parameter(s.Region, v).Resource
			}
		}
	case "kms":
		if k := get("KeyId"); k != "" {
			return service.KeyARN(s.Model, k, s.Account, s.Region)
		}
	case "states":
		switch name {
		case "StartExecution", "StartSyncExecution", "DescribeStateMachine", "ListExecutions":
			return get("StateMachineArn")
		case "DescribeExecution", "StopExecution", "GetExecutionHistory":
			return get("ExecutionArn")
		case "SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat":
			return waiting(s)
		}
	case "codepipeline":
		switch name {
		case "StartPipelineExecution", "GetPipelineState", "GetPipeline", "GetPipelineExecution", "StopPipelineExecution":
			return named(get("Name", "PipelineName"), "")
		case "PutApprovalResult":
			if v := get("PipelineName"); v != "" {
				return named(v, "") + "/" + orHole(get("StageName"), "the stage") + "/" + orHole(get("ActionName"), "the action")
			}
		}
	case "codebuild":
		if name == "StartBuild" || name == "StartBuildBatch" {
			return named(get("ProjectName"), "project/")
		}
	case "sts":
		return get("RoleArn")
	case "kinesis":
		if v := get("StreamARN"); v != "" {
			return v
		}
		return named(get("StreamName"), "stream/")
	case "firehose":
		return named(get("DeliveryStreamName"), "deliverystream/")
	}
	return ""
}

func orHole(v, what string) string {
	if v == "" {
		return match.Hole(match.Name, what)
	}
	return v
}

// Named is the ARN of something of a service that is named by name or ARN in
// the site's account and region; "" for "". A hole may be either and gives a
// name that is not known.
func Named(s *service.Site, svc, kind, v string) string {
	if v == "" {
		return ""
	}
	if _, err := arn.Parse(v); err == nil {
		return v
	}
	if strings.HasPrefix(v, "\x00"+string(rune(match.Any))) {
		// May be an ARN: one of the declared, or anything.
		return v
	}
	if svc == "lambda" {
		if a, fn, ok := strings.Cut(v, ":function:"); ok && arn.IsAccountID(a) {
			return s.ARNIn(svc, s.Region, a, kind+fn)
		}
	}
	return s.ARN(svc, kind+v)
}

// Queue is the ARN of a queue by its URL, "" where the URL is of another form.
func Queue(s *service.Site, url string) string {
	if url == "" {
		return ""
	}
	for r := range s.Model.OfType("AWS::SQS::Queue") {
		if r.Ref == url {
			return r.ARN
		}
	}
	if match.HasHole(url) && strings.HasPrefix(url, "\x00") {
		return ""
	}
	host, rest, ok := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
	region, found := strings.CutPrefix(host, "sqs.")
	account, name, both := strings.Cut(rest, "/")
	if !ok || !found || !both {
		return ""
	}
	region, _, _ = strings.Cut(region, ".amazonaws.")
	return s.ARNIn("sqs", region, account, name)
}

// object is an object or a bucket, as the action has it.
func object(s *service.Site, name, bucket, key string) string {
	if bucket == "" || strings.HasPrefix(bucket, "arn:") {
		return ""
	}
	of, ok := facts.Service("s3")
	if !ok {
		return ""
	}
	a, ok := of.Action(name)
	if !ok {
		return ""
	}
	for _, r := range a.Resources {
		if strings.EqualFold(r.Type, "object") {
			if key == "" {
				key = match.Hole(match.Key, "the object that the code names")
			}
			return s.Object(bucket, key).Resource
		}
	}
	return s.Object(bucket, "").Resource
}

// secret: a name lacks the suffix that the ARN has.
func secret(s *service.Site, id string) string {
	switch {
	case id == "":
		return ""
	case strings.HasPrefix(id, "\x00"):
		return id // a name or an ARN
	}
	return s.Secret(s.Region, id).Resource
}

// waiting is the one state machine of the site's account and region whose
// tasks wait for a token, "" where there is none or more than one: a token
// belongs to a task of such a machine.
func waiting(s *service.Site) string {
	found := ""
	for r := range s.Model.OfType("AWS::StepFunctions::StateMachine") {
		if r.Account != s.Account || r.Region != s.Region || !waits(r) {
			continue
		}
		if found != "" {
			return ""
		}
		found = r.ARN
	}
	return found
}

func waits(r *cloud.Resource) bool {
	for _, prop := range []string{"Definition", "DefinitionString"} {
		if n := r.Prop(prop); n != nil && holds(n, ".waitForTaskToken") {
			return true
		}
	}
	return false
}
