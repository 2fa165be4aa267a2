package compile

import (
	_ "embed"

	"penstock/blueprint"
)

// Logical ids of what puts alerts into words.
const (
	alertFn    = "AlertFunction"
	alertQueue = "AlertsUndelivered"
)

// alertCode is the code of the function: one file without anything that Python
// or Lambda's runtime lacks, short enough to be read in the template.
//
//go:embed alert.py
var alertCode string

// undelivered is where what cannot be delivered is kept.
func undelivered() blueprint.Map { return blueprint.KV("Arn", blueprint.Att(alertQueue, "Arn")) }

// alertFunction draws the function that puts the alerts of a place into words,
// beside the rules' own message to the topic and never in its place
// (docs/audit.md): with a role that tells the topic, a queue that keeps what
// was not told, and alarms that tell the topic of both.
//
// An event is lost at neither step: EventBridge tries for a day what may pass
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html),
// Lambda calls a function that failed twice more
// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html),
// and each then sends it to the queue.
func (b *builder) alertFunction(st *blueprint.Stack, name string) {
	b.undeliveredQueue(st)
	r := b.role(st, name, "The function that puts alerts into words: it tells the topic and does nothing else.", 0)
	r.res.Section = "alerts in words"
	logs := b.log(st, alertFn+"Logs", "/aws/lambda/${ProjectName}-alert", "")
	st.Add(&blueprint.Resource{
		ID: alertFn, Type: "AWS::Lambda::Function",
		Comment: "Beside the message of the rule itself, and never in its place: nothing rests on this code.",
		Props: blueprint.KV(
			"FunctionName", blueprint.Sub("${ProjectName}-alert"),
			"Description", "Puts alerts into words",
			"Role", blueprint.Att(r.id, "Arn"),
			"Runtime", "python3.13", "Architectures", blueprint.Strings("arm64"), "Handler", "index.handler",
			"MemorySize", 128, "Timeout", 30,
			"Code", blueprint.KV("ZipFile", alertCode),
			"DeadLetterConfig", blueprint.KV("TargetArn", blueprint.Att(alertQueue, "Arn")),
			"Environment", blueprint.KV("Variables", blueprint.KV("PROJECT", blueprint.Sub("${ProjectName}"), "TOPIC", blueprint.Ref(watchTopic))),
			"LoggingConfig", blueprint.KV("LogFormat", "JSON", "LogGroup", blueprint.Ref(logs.ID)),
			"Tags", b.tags(),
		),
	})
	// One for all rules: their names begin alike, and a policy of a function
	// holds 20,480 characters
	// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
	st.Add(&blueprint.Resource{ID: alertFn + "Permission", Type: "AWS::Lambda::Permission", Props: blueprint.KV(
		"FunctionName", blueprint.Ref(alertFn), "Action", "lambda:InvokeFunction", "Principal", "events.amazonaws.com", "SourceArn", watchRules)})
	// What it calls beside is read in its code: the key of the topic.
	r.grant("tells what it put into words", []string{"sns:Publish"}, blueprint.Ref(watchTopic))
	// The alarms tell the topic by themselves.
	b.plainAlarm(st, "AlertErrors", "alert-errors", "The function that puts alerts into words failed: the message of the rule itself has been sent",
		blueprint.KV("Namespace", "AWS/Lambda", "MetricName", "Errors", "Dimensions", blueprint.List{blueprint.KV("Name", "FunctionName", "Value", blueprint.Ref(alertFn))}, "Statistic", "Sum"))
	b.plainAlarm(st, "AlertsWait", "alert-undelivered", "An alert could not be delivered and waits in the queue",
		blueprint.KV("Namespace", "AWS/SQS", "MetricName", "ApproximateNumberOfMessagesVisible", "Dimensions", blueprint.List{blueprint.KV("Name", "QueueName", "Value", blueprint.Att(alertQueue, "QueueName"))}, "Statistic", "Maximum"))
}

// undeliveredQueue draws the queue of what could not be delivered: for two
// weeks, the longest that SQS keeps anything, and encrypted as the topic is.
func (b *builder) undeliveredQueue(st *blueprint.Stack) {
	queue := st.Add(&blueprint.Resource{ID: alertQueue, Type: "AWS::SQS::Queue", Comment: "What could not be delivered, for two weeks.", Props: blueprint.KV(
		"QueueName", blueprint.Sub("${ProjectName}-alerts-undelivered"), "MessageRetentionPeriod", 1209600,
		"KmsMasterKeyId", blueprint.Att(watchKey, "Arn"), "Tags", b.tags())})
	policy := st.Add(&blueprint.Resource{ID: alertQueue + "Policy", Type: "AWS::SQS::QueuePolicy", Props: blueprint.KV("Queues", blueprint.List{blueprint.Ref(alertQueue)})})
	arn := []blueprint.Sub{blueprint.Att(alertQueue, "Arn")}
	b.guard(st, queue, policy, "PolicyDocument",
		&blueprint.Statement{
			Sid: "TlsOnly", Effect: "Deny", Principal: "*", Actions: []string{"sqs:*"}, Resources: arn,
			Conditions: []blueprint.Condition{{Operator: "Bool", Key: "aws:SecureTransport", Values: []blueprint.Sub{"false"}}},
		},
		&blueprint.Statement{
			Sid: "RulesKeep", Principal: blueprint.KV("Service", "events.amazonaws.com"), Actions: []string{"sqs:SendMessage"}, Resources: arn,
			Conditions: []blueprint.Condition{{Operator: "ArnLike", Key: "aws:SourceArn", Values: []blueprint.Sub{watchRules}}},
			Uses:       []blueprint.Use{{Row: "events.dlq", Call: "sqs:SendMessage", Why: "keeps what could not be delivered"}},
		})
}

// plainAlarm draws an alarm that goes off at one in five minutes, on a metric
// of AWS's own.
func (b *builder) plainAlarm(st *blueprint.Stack, id, name, tells string, metric blueprint.Map) {
	props := append(blueprint.KV("AlarmName", blueprint.Sub("${ProjectName}-"+name), "AlarmDescription", tells), metric...)
	props = append(props, blueprint.KV(
		"Period", 300, "EvaluationPeriods", 1, "Threshold", 1, "ComparisonOperator", "GreaterThanOrEqualToThreshold",
		"TreatMissingData", "notBreaching", "AlarmActions", blueprint.List{blueprint.Ref(watchTopic)})...)
	st.Add(&blueprint.Resource{ID: id + "Alarm", Type: "AWS::CloudWatch::Alarm", Props: props})
}
