package compile

import (
	"fmt"
	"slices"

	"penstock/blueprint"
	"penstock/spec"
)

// Logical ids of an account's trail.
const (
	trailID   = "Trail"
	trailLogs = "TrailLogs"
)

// An audited is an account whose deeds are recorded.
type audited struct {
	spec.Account
	home  string // region of its trail
	trail bool   // it has a trail of its own
}

// trail draws the trail of an account: all regions, all management events, and
// what is done with the data that the pipeline touches.
func (b *builder) trail(st *blueprint.Stack, a *audited, w *watch) {
	group := st.Add(&blueprint.Resource{
		ID: trailLogs, Type: "AWS::Logs::LogGroup", Section: "trail", Retain: true,
		Props: blueprint.KV("LogGroupName", "/aws/cloudtrail/"+trailName, "KmsKeyId", blueprint.Att(watchKey, "Arn"), "RetentionInDays", logRetention(b.spec.Audit.Retention), "Tags", b.tags()),
	})
	role := b.role(st, "trail", "CloudTrail writes the log group with it.", 0)
	props := blueprint.KV(
		"TrailName", trailName,
		"IsLogging", true,
		"IsMultiRegionTrail", true,
		"IncludeGlobalServiceEvents", true,
		"EnableLogFileValidation", true,
	)
	if b.spec.Audit.Organization {
		props.Set("IsOrganizationTrail", true)
	}
	key := blueprint.Att(auditKey, "Arn")
	if st.Name != auditStack {
		key = b.from(st, auditStack, auditKey, "Arn")
	}
	props.Set("S3BucketName", b.auditBucketName(st))
	props.Set("KMSKeyId", key)
	props.Set("CloudWatchLogsLogGroupArn", blueprint.Att(group.ID, "Arn"))
	props.Set("CloudWatchLogsRoleArn", blueprint.Att(role.id, "Arn"))
	props.Set("AdvancedEventSelectors", w.selectors(st, a))
	if b.spec.Audit.Insights {
		props.Set("InsightSelectors", blueprint.List{blueprint.KV("InsightType", "ApiCallRateInsight"), blueprint.KV("InsightType", "ApiErrorRateInsight")})
	}
	props.Set("Tags", b.tags())
	t := &blueprint.Resource{
		ID: trailID, Type: "AWS::CloudTrail::Trail", Props: props,
		Comment: "What happens in this account, in every region, goes to a bucket that nobody writes but CloudTrail.",
	}
	if st.Name == auditStack {
		t.DependsOn = []string{auditPolicy}
	}
	st.Add(t)
}

// logRetention is the shortest time for which CloudWatch Logs keeps a log that
// is not shorter than days
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html).
func logRetention(days int) int {
	for _, d := range [...]int{90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288} {
		if d >= days {
			return d
		}
	}
	return 3653
}

// A dataType is a type of resource whose use leaves data events, which a trail
// records only if they are selected
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html).
type dataType struct {
	typ    string // of the resource
	events string // resources.type of its events
	name   string // property
	arn    blueprint.Sub
	op     string
	title  string
}

var dataTypes = []dataType{
	{"AWS::S3::Bucket", "AWS::S3::Object", "BucketName", "arn:${AWS::Partition}:s3:::%s/", "StartsWith", "objects"},
	{"AWS::Lambda::Function", "AWS::Lambda::Function", "FunctionName", "arn:${AWS::Partition}:lambda:%r:%a:function:%s", "StartsWith", "functions"},
	{"AWS::SNS::Topic", "AWS::SNS::Topic", "TopicName", "arn:${AWS::Partition}:sns:%r:%a:%s", "Equals", "topics"},
	{"AWS::SQS::Queue", "AWS::SQS::Queue", "QueueName", "arn:${AWS::Partition}:sqs:%r:%a:%s", "Equals", "queues"},
	{"AWS::DynamoDB::Table", "AWS::DynamoDB::Table", "TableName", "arn:${AWS::Partition}:dynamodb:%r:%a:table/%s", "Equals", "tables"},
}

// selectors are what the trail of an account records: all management events,
// and the data events of what the pipeline touches there.
func (w *watch) selectors(st *blueprint.Stack, a *audited) blueprint.List {
	field := func(name, op string, values ...any) blueprint.Map {
		return blueprint.KV("Field", name, op, blueprint.List(values))
	}
	out := blueprint.List{blueprint.KV("Name", "management", "FieldSelectors", blueprint.List{field("eventCategory", "Equals", "Management")})}
	for i := range dataTypes {
		d := &dataTypes[i]
		var arns []any
		for _, x := range w.data(st, a, d) {
			arns = append(arns, x)
		}
		if len(arns) == 0 {
			continue
		}
		out = append(out, blueprint.KV("Name", d.title, "FieldSelectors", blueprint.List{
			field("eventCategory", "Equals", "Data"), field("resources.type", "Equals", d.events), field("resources.ARN", d.op, arns...),
		}))
	}
	return out
}

// data lists the ARNs of what the pipeline touches of one type in an account,
// in all of them where the trail is the organization's.
func (w *watch) data(in *blueprint.Stack, a *audited, d *dataType) []blueprint.Sub {
	var out []blueprint.Sub
	add := func(s blueprint.Sub) {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	ours := func(account string) bool { return w.b.spec.Audit.Organization || account == a.ID }
	for _, st := range w.drawn {
		if !ours(st.Account) {
			continue
		}
		for _, r := range st.Resources {
			if r.Type == d.typ {
				add(w.b.arnIn(in, st, r, d.name, d.arn))
			}
		}
	}
	if d.events == "AWS::S3::Object" {
		for _, g := range w.b.givenBuckets() {
			if ours(g.account) {
				add(blueprint.Sub(fmt.Sprintf("arn:${AWS::Partition}:s3:::%s/", blueprint.Lit(g.name))))
			}
		}
	}
	return out
}

// A givenBucket is one that the pipeline uses and does not make.
type givenBucket struct{ name, account string }

func (b *builder) givenBuckets() []givenBucket {
	var out []givenBucket
	if s := b.spec.Source; s.Bucket != "" && !s.Create {
		out = append(out, givenBucket{s.Bucket, b.spec.Tools.ID})
	}
	for _, s := range b.spec.Stages {
		d := s.Deploy
		switch {
		case d == nil:
		case d.Bucket != "":
			out = append(out, givenBucket{d.Bucket, d.Account.ID})
		case d.Kind == spec.EC2:
			// The agent takes itself from there.
			for _, r := range d.Regions {
				out = append(out, givenBucket{"aws-codedeploy-" + r, d.Account.ID})
			}
		}
	}
	return out
}
