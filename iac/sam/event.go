package sam

import (
	"regexp"
	"strings"

	"penstock/diag"
	"penstock/doc"
)

// An event is one entry of Events of a function
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html)
// or of a state machine.
type event struct {
	id    string // logical id of what it makes: function id and event name
	name  string
	props *doc.Node
	b     at
}

func (e *event) prop(name string) *doc.Node {
	n := e.props.Get(name)
	if n == nil || n.Kind == doc.Null || noValue(n) {
		return nil
	}
	return n
}

// rest returns the event's properties except those named.
func (e *event) rest(translated ...string) *doc.Node {
	return (&resource{props: e.props, b: e.b}).rest(translated...)
}

// newEvent reads an entry of Events; nil, with a finding, where it is none.
func (r *resource) newEvent(f doc.Field) (*event, string) {
	typ := f.Value.Get("Type").Str()
	if typ == "" || !plainMap(f.Value) {
		r.x.find(CodeRefused, f.Key.Span, diag.Error, "event %q of %q has no Type: SAM refuses it", f.Name(), r.id)
		return nil, ""
	}
	return &event{id: r.id + f.Name(), name: f.Name(), props: f.Value.Get("Properties"), b: at(f.Key.Span)}, typ
}

// stranger keeps an event that is not understood as a resource of a type that
// nobody knows, so that it counts.
func (r *resource) stranger(e *event, typ string, f doc.Field) {
	r.x.find(CodeUnknown, f.Key.Span, diag.Warning, "the event type %q of %q is not expanded: what it makes is not known", typ, r.id)
	r.make(e.id, e.b, r.body.Get("Type").Str()+".Event."+typ, e.props)
}

func (f *function) event(field doc.Field) {
	e, typ := f.newEvent(field)
	if e == nil {
		return
	}
	b := e.b
	switch typ {
	case "Api":
		f.routeAPI(e)
	case "HttpApi":
		f.routeHTTP(e)
	case "S3":
		f.bucketEvent(e)
	case "SNS":
		f.topicEvent(e)
	case "SQS", "Kinesis", "DynamoDB", "MSK", "MQ", "SelfManagedKafka", "DocumentDB":
		f.mapping(e, typ)
	case "Schedule", "CloudWatchEvent", "EventBridgeRule":
		f.permit(e, "events.amazonaws.com", b.getAtt(e.id, "Arn"), nil)
		f.rule(e, typ, f.arn(b), "Lambda", nil)
	case "ScheduleV2":
		f.schedule(e, f.arn(b), "Lambda", "lambda:InvokeFunction")
	case "CloudWatchLogs":
		group := e.prop("LogGroupName")
		f.permit(e, "logs.amazonaws.com", b.sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*", "__LogGroupName__", group), nil)
		props := e.rest()
		b.put(props, "DestinationArn", f.arn(b))
		f.make(e.id, b, "AWS::Logs::SubscriptionFilter", props, "DependsOn", b.list(b.str(e.id+"Permission")))
	case "IoTRule":
		f.permit(e, "iot.amazonaws.com", b.sub("arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}", "RuleName", b.ref(e.id)), b.ref("AWS::AccountId"))
		f.make(e.id, b, "AWS::IoT::TopicRule", b.dict("TopicRulePayload", b.dict(
			"Sql", e.prop("Sql"), "AwsIotSqlVersion", e.prop("AwsIotSqlVersion"), "RuleDisabled", b.boolean(false),
			"Actions", b.list(b.dict("Lambda", b.dict("FunctionArn", f.arn(b)))))))
	case "AlexaSkill":
		f.make(e.id+"Permission", b, "AWS::Lambda::Permission", b.dict("Action", "lambda:InvokeFunction",
			"FunctionName", f.name(b), "Principal", "alexa-appkit.amazon.com", "EventSourceToken", e.prop("SkillId")))
	case "Cognito":
		f.poolEvent(e)
	default:
		f.stranger(e, typ, field)
	}
}

// permit lets a service invoke the function for the event.
func (f *function) permit(e *event, service string, source, account *doc.Node) {
	b := e.b
	f.make(e.id+"Permission", b, "AWS::Lambda::Permission", b.dict("Action", "lambda:InvokeFunction",
		"FunctionName", f.name(b), "Principal", service, "SourceAccount", account, "SourceArn", source))
}

// bucketEvent permits S3 and writes the notification into the bucket, which
// must be of the same template.
func (f *function) bucketEvent(e *event) {
	b := e.b
	f.permit(e, "s3.amazonaws.com", nil, b.ref("AWS::AccountId"))
	ref := e.prop("Bucket")
	id := target(ref)
	if f.x.source[id] == nil {
		f.x.find(CodeRefused, e.b.span(), diag.Error, "event %q of %q names a bucket that is no resource of the template: SAM refuses it", e.name, f.id)
		return
	}
	f.x.change(id, func(body *doc.Node) *doc.Node {
		props := body.Get("Properties")
		nc := props.Get("NotificationConfiguration")
		old := nc.Get("LambdaConfigurations")
		list := b.list()
		if old != nil {
			list.Items = append(list.Items, old.Items...)
		}
		for ev := range e.prop("Events").Elems() {
			c := b.dict("Function", f.arn(b), "Filter", e.prop("Filter"), "Event", ev)
			if f.condition != "" {
				c = b.dict("Fn::If", b.list(b.str(f.condition), c, b.ref("AWS::NoValue")))
			}
			list.Items = append(list.Items, c)
		}
		body = b.with(body, "Properties", b.with(props, "NotificationConfiguration", b.with(nc, "LambdaConfigurations", list)))
		if f.condition != "" {
			return body // CloudFormation has no conditional DependsOn
		}
		deps := b.list()
		for d := range body.Get("DependsOn").Elems() {
			deps.Items = append(deps.Items, d)
		}
		deps.Items = append(deps.Items, b.str(e.id+"Permission"))
		return b.with(body, "DependsOn", deps)
	})
}

// poolEvent permits Cognito and writes the trigger into the user pool.
func (f *function) poolEvent(e *event) {
	b := e.b
	id := target(e.prop("UserPool"))
	if f.x.source[id] == nil {
		f.x.find(CodeRefused, e.b.span(), diag.Error, "event %q of %q names a user pool that is no resource of the template: SAM refuses it", e.name, f.id)
		return
	}
	owner := f.id
	if f.alias != "" {
		owner = f.alias
	}
	if _, twice := f.x.out[owner+"CognitoPermission"]; !twice {
		f.make(owner+"CognitoPermission", b, "AWS::Lambda::Permission", b.dict("Action", "lambda:InvokeFunction",
			"FunctionName", f.name(b), "Principal", "cognito-idp.amazonaws.com", "SourceArn", b.getAtt(id, "Arn")))
	}
	f.x.change(id, func(body *doc.Node) *doc.Node {
		props := body.Get("Properties")
		config := props.Get("LambdaConfig")
		for t := range e.prop("Trigger").Elems() {
			config = b.with(config, t.Str(), f.arn(b))
		}
		return b.with(body, "Properties", b.with(props, "LambdaConfig", config))
	})
}

// topicEvent subscribes the function, or a queue before it.
func (f *function) topicEvent(e *event) {
	b := e.b
	props := e.rest("Topic", "SqsSubscription")
	props.Fields = append(b.dict("TopicArn", e.prop("Topic")).Fields, props.Fields...)
	sqs := e.prop("SqsSubscription")
	if sqs == nil || sqs.Str() == "false" {
		f.permit(e, "sns.amazonaws.com", e.prop("Topic"), nil)
		b.put(props, "Protocol", "lambda")
		b.put(props, "Endpoint", f.arn(b))
		f.make(e.id, b, "AWS::SNS::Subscription", props)
		return
	}
	arn, url := sqs.Get("QueueArn"), sqs.Get("QueueUrl")
	if arn == nil || url == nil {
		f.make(e.id+"Queue", b, "AWS::SQS::Queue", b.dict())
		arn, url = b.getAtt(e.id+"Queue", "Arn"), b.ref(e.id+"Queue")
	}
	policy := e.id + "QueuePolicy"
	if n := sqs.Get("QueuePolicyLogicalId"); n != nil {
		policy = n.Str()
	}
	f.make(policy, b, "AWS::SQS::QueuePolicy", queuePolicy(b, b.str("*"), arn, url, e.prop("Topic")))
	batch, enabled := sqs.Get("BatchSize"), sqs.Get("Enabled")
	if batch == nil {
		batch = b.node(doc.Number, "10")
	}
	if enabled == nil {
		enabled = b.boolean(true)
	}
	f.events = append(f.events, "service-role/AWSLambdaSQSQueueExecutionRole")
	f.make(e.id+"EventSourceMapping", b, "AWS::Lambda::EventSourceMapping", b.dict(
		"BatchSize", batch, "Enabled", enabled, "EventSourceArn", arn, "FunctionName", f.name(b)))
	b.put(props, "Protocol", "sqs")
	b.put(props, "Endpoint", arn)
	f.make(e.id, b, "AWS::SNS::Subscription", props)
}

func queuePolicy(b at, principal, arn, url, source *doc.Node) *doc.Node {
	s := b.dict("Effect", "Allow", "Action", "sqs:SendMessage", "Principal", principal, "Resource", arn,
		"Condition", b.dict("ArnEquals", b.dict("aws:SourceArn", source)))
	return b.dict("PolicyDocument", b.document(s), "Queues", b.list(url))
}

// mapping makes the event source mapping of what a function polls, and puts on
// its role what polling needs.
func (f *function) mapping(e *event, typ string) {
	b := e.b
	props := e.rest("Stream", "Queue", "Broker", "Cluster", "DestinationConfig", "DynamicPolicyName", "SecretsManagerKmsKeyId",
		"KafkaBootstrapServers", "DatabaseName", "CollectionName", "FullDocument")
	var source *doc.Node
	for _, p := range [...]string{"Stream", "Queue", "Broker", "Cluster"} {
		if source == nil {
			source = e.prop(p)
		}
	}
	b.put(props, "EventSourceArn", source)
	b.put(props, "FunctionName", f.name(b))
	if d := e.prop("DestinationConfig"); d != nil {
		dests := at(d.Span).dict()
		for _, df := range d.Fields {
			db := at(df.Key.Span)
			typ := df.Value.Get("Type").Str()
			to := f.made(e.id, db, typ, df.Value.Get("Destination"))
			b.put(dests, df.Name(), db.dict("Destination", to))
			f.destination(e.id, typ, to, df)
		}
		b.put(props, "DestinationConfig", dests)
	}
	var secrets, virtual []*doc.Node
	for s := range e.prop("SourceAccessConfigurations").Elems() {
		switch s.Get("Type").Str() {
		case "VIRTUAL_HOST", "VPC_SUBNET", "VPC_SECURITY_GROUP":
			virtual = append(virtual, s)
		default:
			if uri := s.Get("URI"); uri != nil {
				secrets = append(secrets, uri)
			}
		}
	}
	var key *doc.Node
	if k := e.prop("SecretsManagerKmsKeyId"); k != nil {
		key = b.allow("kms:Decrypt", b.sub(arns+"kms"+here+"key/${KeyId}", "KeyId", k))
	}
	var policy []*doc.Node
	name, wrap := "", b.bare
	switch typ {
	case "SQS":
		f.events = append(f.events, "service-role/AWSLambdaSQSQueueExecutionRole")
	case "Kinesis":
		f.events = append(f.events, "service-role/AWSLambdaKinesisExecutionRole")
	case "DynamoDB":
		f.events = append(f.events, "service-role/AWSLambdaDynamoDBExecutionRole")
	case "MSK":
		f.events = append(f.events, "service-role/AWSLambdaMSKExecutionRole")
		for s := range e.prop("SourceAccessConfigurations").Elems() {
			if uri := s.Get("URI"); s.Get("Type").Str() == "CLIENT_CERTIFICATE_TLS_AUTH" && uri != nil && policy == nil {
				name, policy = "MSKExecutionRolePolicy", secretsFirst(b, []*doc.Node{uri})
			}
		}
	case "MQ":
		name = "SamAutoGeneratedAMQPolicy"
		policy = []*doc.Node{b.allow("mq:DescribeBroker", source)}
		policy = append(secretsFirst(b, secrets), policy...)
		if key != nil {
			policy = append(policy, key)
		}
	case "DocumentDB":
		name = "SamAutoGeneratedDocumentDBPolicy"
		policy = append(secretsFirst(b, secrets),
			b.allow("rds:DescribeDBClusterParameters", b.sub(arns+"rds"+here+"cluster-pg:*")),
			b.allow("rds:DescribeDBSubnetGroups", b.sub(arns+"rds"+here+"subgrp:*")),
			b.allow("rds:DescribeDBClusters", source),
			b.allow("ec2:CreateNetworkInterface DescribeNetworkInterfaces DeleteNetworkInterface DescribeVpcs DescribeSubnets DescribeSecurityGroups", b.str("*")))
		if key != nil {
			policy = append(policy, key)
		}
		b.put(props, "DocumentDBEventSourceConfig", b.dict("DatabaseName", e.prop("DatabaseName"),
			"CollectionName", e.prop("CollectionName"), "FullDocument", e.prop("FullDocument")))
	case "SelfManagedKafka":
		name, wrap = "SelfManagedKafkaExecutionRolePolicy", b.document
		policy = secretsFirst(b, secrets)
		if len(virtual) > 0 {
			policy = append(policy, b.allow("ec2:CreateNetworkInterface DescribeNetworkInterfaces DeleteNetworkInterface DescribeVpcs DescribeSubnets DescribeSecurityGroups", b.str("*")))
		}
		if key != nil {
			policy = append(policy, key)
		}
		b.put(props, "SelfManagedEventSource", b.dict("Endpoints", b.dict("KafkaBootstrapServers", e.prop("KafkaBootstrapServers"))))
	}
	if len(policy) > 0 {
		f.inline = append(f.inline, b.inline(name, wrap(policy...)))
	}
	f.make(e.id, b, "AWS::Lambda::EventSourceMapping", props)
}

func secretsFirst(b at, secrets []*doc.Node) []*doc.Node {
	if len(secrets) == 0 {
		return nil
	}
	return []*doc.Node{b.allow("secretsmanager:GetSecretValue", secrets[0])}
}

// rule makes the EventBridge rule of Schedule, CloudWatchEvent and
// EventBridgeRule.
func (r *resource) rule(e *event, typ string, arn *doc.Node, what string, role *doc.Node) {
	b := e.b
	props := e.rest("Schedule", "Pattern", "Enabled", "Input", "InputPath", "InputTransformer", "DeadLetterConfig", "RetryPolicy",
		"Target", "RuleName", "RoleArn", "PermissionsBoundary")
	b.put(props, "ScheduleExpression", e.prop("Schedule"))
	b.put(props, "EventPattern", e.prop("Pattern"))
	b.put(props, "Name", e.prop("RuleName"))
	if on := e.prop("Enabled"); on != nil {
		switch on.Str() {
		case "true":
			b.put(props, "State", "ENABLED")
		case "false":
			b.put(props, "State", "DISABLED")
		default:
			b.put(props, "State", &doc.Node{Kind: doc.Unknown, Text: "Enabled of " + e.id, Span: on.Span})
		}
	}
	id := b.str(e.id + what + "Target")
	if n := e.prop("Target").Get("Id"); n != nil {
		id = n
	}
	dead, _ := r.dead(e, true)
	b.put(props, "Targets", b.list(b.dict("Arn", arn, "Id", id, "RoleArn", role, "Input", e.prop("Input"), "InputPath", e.prop("InputPath"),
		"InputTransformer", e.prop("InputTransformer"), "DeadLetterConfig", dead, "RetryPolicy", e.prop("RetryPolicy"))))
	r.make(e.id, b, "AWS::Events::Rule", props)
}

// dead returns the DeadLetterConfig of a target, making the queue where the
// event asks SAM for one, and the queue's ARN; policy makes the policy of that
// queue for EventBridge too.
func (r *resource) dead(e *event, policy bool) (config, queue *doc.Node) {
	d := e.prop("DeadLetterConfig")
	if d == nil {
		return nil, nil
	}
	b := at(d.Span)
	if d.Get("Type") == nil {
		return d, d.Get("Arn")
	}
	id := e.id + "Queue"
	if n := d.Get("QueueLogicalId"); n != nil {
		id = n.Str()
	}
	r.make(id, b, "AWS::SQS::Queue", b.dict())
	arn := b.getAtt(id, "Arn")
	if policy {
		r.make(e.id+"QueuePolicy", b, "AWS::SQS::QueuePolicy",
			queuePolicy(b, b.dict("Service", "events.amazonaws.com"), arn, b.ref(id), b.getAtt(e.id, "Arn")))
	}
	return b.dict("Arn", arn), arn
}

// schedule makes the schedule of ScheduleV2 and its role
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-schedulev2.html).
func (r *resource) schedule(e *event, arn *doc.Node, what, action string) {
	b := e.b
	props := e.rest("Input", "DeadLetterConfig", "RetryPolicy", "RoleArn", "PermissionsBoundary", "OmitName")
	if e.prop("Name") == nil && e.prop("OmitName").Str() != "true" {
		b.put(props, "Name", e.id)
	}
	if e.prop("FlexibleTimeWindow") == nil {
		b.put(props, "FlexibleTimeWindow", b.dict("Mode", "OFF"))
	}
	dead, queue := r.dead(e, false)
	role := e.prop("RoleArn")
	if role == nil {
		name := e.id + what + "Policy"
		policies := b.list(b.inline(name, b.bare(b.allow(action, arn))))
		if queue != nil {
			policies.Items = append(policies.Items, b.inline(e.id+"SQSPolicy", b.bare(b.allow("sqs:SendMessage", queue))))
		}
		r.make(e.id+"Role", b, "AWS::IAM::Role", b.dict("AssumeRolePolicyDocument", b.trust("scheduler.amazonaws.com"),
			"Policies", policies, "PermissionsBoundary", e.prop("PermissionsBoundary")))
		role = b.getAtt(e.id+"Role", "Arn")
	}
	b.put(props, "Target", b.dict("Arn", arn, "RoleArn", role, "Input", e.prop("Input"), "DeadLetterConfig", dead, "RetryPolicy", e.prop("RetryPolicy")))
	r.make(e.id, b, "AWS::Scheduler::Schedule", props)
}

var pathParameter = regexp.MustCompile(`\{[^{}]*\}`)

// route is the end of an execute-api ARN for a method and a path.
func route(method, path string) string {
	method = strings.ToUpper(method)
	if method == "ANY" || method == "" {
		method = "*"
	}
	path = pathParameter.ReplaceAllString(path, "*")
	if path != "" && path[0] != '/' {
		path = "/" + path
	}
	return method + path
}
