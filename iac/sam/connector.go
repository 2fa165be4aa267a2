package sam

import (
	"slices"
	"strconv"
	"strings"

	"penstock/diag"
	"penstock/doc"
)

// A profile is what a connector makes between two types of resources
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html).
type profile struct {
	role        byte // whose role gets the policy: 's'ource, 'd'estination; 0 makes a resource policy
	read, write []grant
	// For a resource policy: the service that may, and what the condition names.
	service string
	account bool // with SourceAccount (S3)
	api     bool // SourceArn is an execute-api ARN
	graph   bool // SourceArn is that of an AppSync API
}

// A grant is a statement: actions, and resources as text, with ${Source},
// ${Destination}, ${Name} (of the destination) for what the ends give.
type grant struct{ actions, resources string }

const (
	// Where a state machine's executions are, and the rule by which a state
	// machine waits for another.
	executions = arns + "states" + here + "execution:${Name}:*"
	waiting    = arns + "events" + here + "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"

	lambdaType  = "AWS::Lambda::Function"
	machineType = "AWS::StepFunctions::StateMachine"
	tableType   = "AWS::DynamoDB::Table"
	queueType   = "AWS::SQS::Queue"
	topicType   = "AWS::SNS::Topic"
	bucketType  = "AWS::S3::Bucket"
	busType     = "AWS::Events::EventBus"
	ruleType    = "AWS::Events::Rule"
	placeType   = "AWS::Location::PlaceIndex"
	dataType    = "AWS::AppSync::DataSource"
	graphType   = "AWS::AppSync::GraphQLApi"
	restType    = "AWS::ApiGateway::RestApi"
	httpType    = "AWS::ApiGatewayV2::Api"
)

var (
	readTable   = []grant{{"dynamodb:GetItem Query Scan BatchGetItem ConditionCheckItem PartiQLSelect", "${Destination} ${Destination}/index/*"}}
	writeTable  = []grant{{"dynamodb:PutItem UpdateItem DeleteItem BatchWriteItem PartiQLDelete PartiQLInsert PartiQLUpdate", "${Destination} ${Destination}/index/*"}}
	readBucket  = []grant{{"s3:GetObject GetObjectAcl GetObjectLegalHold GetObjectRetention GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionForReplication GetObjectVersionTorrent ListBucket ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts", "${Destination} ${Destination}/*"}}
	writeBucket = []grant{{"s3:AbortMultipartUpload DeleteObject DeleteObjectVersion PutObject PutObjectLegalHold PutObjectRetention RestoreObject", "${Destination} ${Destination}/*"}}
	publish     = []grant{{"sns:Publish", "${Destination}"}}
	putEvents   = []grant{{"events:PutEvents", "${Destination}"}}
	invoke      = []grant{{"lambda:InvokeAsync InvokeFunction", "${Destination}"}}
	start       = []grant{{"states:StartExecution", "${Destination}"}}
)

// profiles by "source>destination", types as CloudFormation has them.
var profiles = map[string]profile{
	lambdaType + ">" + tableType:  {role: 's', read: readTable, write: writeTable},
	machineType + ">" + tableType: {role: 's', read: readTable, write: writeTable},
	lambdaType + ">" + bucketType: {role: 's', read: readBucket, write: writeBucket},
	machineType + ">" + bucketType: {
		role: 's', read: readBucket, write: writeBucket,
	},
	lambdaType + ">" + queueType: {
		role: 's', read: []grant{{"sqs:ReceiveMessage GetQueueAttributes", "${Destination}"}},
		write: []grant{{"sqs:DeleteMessage SendMessage ChangeMessageVisibility PurgeQueue", "${Destination}"}},
	},
	machineType + ">" + queueType:  {role: 's', write: []grant{{"sqs:SendMessage", "${Destination}"}}},
	lambdaType + ">" + topicType:   {role: 's', write: publish},
	machineType + ">" + topicType:  {role: 's', write: publish},
	lambdaType + ">" + busType:     {role: 's', write: putEvents},
	machineType + ">" + busType:    {role: 's', write: putEvents},
	ruleType + ">" + busType:       {role: 's', write: putEvents},
	lambdaType + ">" + lambdaType:  {role: 's', write: invoke},
	machineType + ">" + lambdaType: {role: 's', write: invoke},
	ruleType + ">" + machineType:   {role: 's', write: start},
	lambdaType + ">" + machineType: {
		role: 's',
		read: []grant{
			{"states:DescribeStateMachine ListExecutions", "${Destination}"},
			{"states:DescribeExecution DescribeStateMachineForExecution GetExecutionHistory", executions},
		},
		write: []grant{{"states:StartExecution StartSyncExecution", "${Destination}"}, {"states:StopExecution", executions}},
	},
	machineType + ">" + machineType: {
		role: 's', read: []grant{{"states:DescribeExecution", executions}, {"events:DescribeRule", waiting}},
		write: []grant{{"states:StartExecution", "${Destination}"}, {"states:StopExecution", executions}, {"events:PutTargets PutRule", waiting}},
	},
	tableType + ">" + lambdaType: {role: 'd', read: []grant{{"dynamodb:DescribeStream GetRecords GetShardIterator ListStreams", "${Source}/stream/*"}}},
	queueType + ">" + lambdaType: {
		role: 'd', read: []grant{{"sqs:ReceiveMessage GetQueueAttributes", "${Source}"}}, write: []grant{{"sqs:DeleteMessage", "${Source}"}},
	},
	lambdaType + ">" + placeType: {
		role: 's', read: []grant{{"geo:DescribePlaceIndex GetPlace SearchPlaceIndexForPosition SearchPlaceIndexForSuggestions SearchPlaceIndexForText", "${Destination}"}},
	},
	dataType + ">" + tableType:    {role: 's', read: readTable, write: writeTable},
	dataType + ">" + lambdaType:   {role: 's', write: []grant{{"lambda:InvokeAsync InvokeFunction", "${Destination} ${Destination}:*"}}},
	dataType + ">" + busType:      {role: 's', write: putEvents},
	graphType + ">" + lambdaType:  {service: "appsync.amazonaws.com", graph: true},
	bucketType + ">" + lambdaType: {service: "s3.amazonaws.com", account: true},
	topicType + ">" + lambdaType:  {service: "sns.amazonaws.com"},
	ruleType + ">" + lambdaType:   {service: "events.amazonaws.com"},
	restType + ">" + lambdaType:   {service: "apigateway.amazonaws.com", api: true},
	httpType + ">" + lambdaType:   {service: "apigateway.amazonaws.com", api: true},
	ruleType + ">" + queueType:    {service: "events.amazonaws.com"},
	ruleType + ">" + topicType:    {service: "events.amazonaws.com"},
	topicType + ">" + queueType:   {service: "sns.amazonaws.com"},
}

var plainTypes = map[string]string{
	prefix + "Function": lambdaType, prefix + "SimpleTable": tableType, prefix + "StateMachine": machineType,
	prefix + "Api": restType, prefix + "HttpApi": httpType, prefix + "GraphQLApi": graphType,
}

// An end is the source or the destination of a connector.
type end struct {
	typ            string
	arn, role, url *doc.Node
	name, id       *doc.Node // of a state machine; of an API
	qualifier      *doc.Node
}

func (x *expander) end(b at, n *doc.Node) end {
	e := end{
		typ: n.Get("Type").Str(), arn: n.Get("Arn"), role: n.Get("RoleName"), url: n.Get("QueueUrl"),
		name: n.Get("Name"), id: n.Get("ResourceId"), qualifier: n.Get("Qualifier"),
	}
	if id := n.Get("Id").Str(); id != "" {
		src := x.source[id]
		e.typ = src.Get("Type").Str()
		e.url, e.name, e.id = b.ref(id), b.getAtt(id, "Name"), b.ref(id)
		if plain(e.typ) == graphType {
			e.id = b.getAtt(id, "ApiId")
		}
		props := x.merged[id]
		if props == nil {
			props = src.Get("Properties")
		}
		switch plain(e.typ) {
		case topicType, machineType:
			e.arn = b.ref(id)
		default:
			e.arn = b.getAtt(id, "Arn")
		}
		if strings.HasPrefix(e.typ, prefix) && props.Get("Role") == nil {
			e.role = b.ref(id + "Role")
		} else {
			for _, p := range [...]string{"Role", "RoleArn", "ServiceRoleArn"} {
				// The transform finds the role behind Fn::GetAtt Role.Arn.
				if t := target(props.Get(p)); t != "" && x.source[t] != nil {
					e.role = b.ref(t)
				}
			}
		}
	}
	e.typ = plain(e.typ)
	return e
}

func plain(typ string) string {
	if p, ok := plainTypes[typ]; ok {
		return p
	}
	return typ
}

// connector makes the policies of a connector; holder is the resource whose
// attribute Connectors it stands in, nil for AWS::Serverless::Connector.
func (r *resource) connector(id string, props *doc.Node, holder *resource) {
	b := r.b
	source := props.Get("Source")
	if holder != nil {
		s := b.dict("Id", holder.id)
		if source != nil {
			s = b.with(source, "Id", b.str(holder.id))
		}
		source = s
	}
	destinations := props.Get("Destination")
	several := isList(destinations)
	i := 0
	for d := range destinations.Elems() {
		suffix := ""
		if several {
			suffix = "Destination" + strconv.Itoa(i)
		}
		i++
		condition := r.condition
		if id != r.id {
			// The transform does not carry the condition of a resource over to
			// the connectors that stand in it.
			condition = ""
		}
		r.connect(id, suffix, condition, r.x.end(b, source), r.x.end(at(d.Span), d), props)
	}
}

func (r *resource) connect(id, suffix, condition string, s, d end, props *doc.Node) {
	b := r.b
	var want []string
	for p := range props.Get("Permissions").Elems() {
		want = append(want, p.Str())
	}
	p, ok := profiles[s.typ+">"+d.typ]
	if !ok {
		r.x.find(CodeUnknown, r.key.Span, diag.Warning, "the connector %q, from %s to %s, is not expanded: what it allows is not known", id, word(s.typ), word(d.typ))
		r.make(id+suffix, b, prefix+"Connector", props)
		return
	}
	if p.role == 0 {
		r.resourcePolicy(id, suffix, condition, p, s, d)
		return
	}
	role := s.role
	if p.role == 'd' {
		role = d.role
	}
	if role == nil || s.arn == nil && p.role == 'd' || d.arn == nil && p.role == 's' {
		r.x.find(CodeRefused, r.key.Span, diag.Error, "the connector %q does not tell the role or the ARN that it needs: SAM refuses it", id)
		return
	}
	var statements []*doc.Node
	for _, category := range [...]struct {
		name   string
		grants []grant
	}{{"Read", p.read}, {"Write", p.write}} {
		if !slices.Contains(want, category.name) {
			continue
		}
		if len(category.grants) == 0 {
			r.x.find(CodeRefused, r.key.Span, diag.Error, "a connector from %s to %s has no permission %s: SAM refuses %q", word(s.typ), word(d.typ), category.name, id)
		}
		for _, g := range category.grants {
			var rs []*doc.Node
			for t := range strings.FieldsSeq(g.resources) {
				rs = append(rs, r.fill(t, s, d))
			}
			statements = append(statements, b.allow(g.actions, rs...))
		}
	}
	if len(statements) == 0 {
		return
	}
	r.x.make(id+"Policy"+suffix, b, "AWS::IAM::ManagedPolicy", condition, b.dict(
		"PolicyDocument", b.document(statements...), "Roles", b.list(role)))
}

func word(typ string) string {
	if typ == "" {
		return "a type that is not known"
	}
	return typ
}

// fill writes a resource of a grant.
func (r *resource) fill(text string, s, d end) *doc.Node {
	b := r.b
	for _, v := range [...]struct {
		name string
		n    *doc.Node
	}{{"Source", s.arn}, {"Destination", d.arn}, {"Name", d.name}} {
		switch {
		case text == "${"+v.name+"}":
			return v.n
		case strings.Contains(text, "${"+v.name+"}") && v.n != nil:
			return b.sub(text, v.name, v.n)
		}
	}
	return b.sub(text)
}

// resourcePolicy lets the source's service use the destination.
func (r *resource) resourcePolicy(id, suffix, condition string, p profile, s, d end) {
	b := r.b
	from := s.arn
	if p.api {
		q := s.qualifier
		if q == nil {
			q = b.str("*")
		}
		from = b.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${SourceResourceId}/${SourceQualifier}",
			"SourceResourceId", s.id, "SourceQualifier", q)
	}
	if p.graph {
		from = b.sub(arns+"appsync"+here+"apis/${SourceResourceId}", "SourceResourceId", s.id)
	}
	if from == nil || d.arn == nil {
		r.x.find(CodeRefused, r.key.Span, diag.Error, "the connector %q does not tell the ARN that it needs: SAM refuses it", id)
		return
	}
	statement := func(action string) *doc.Node {
		return b.document(b.dict("Effect", "Allow", "Principal", b.dict("Service", p.service), "Action", action, "Resource", d.arn,
			"Condition", b.dict("ArnEquals", b.dict("aws:SourceArn", from))))
	}
	switch d.typ {
	case lambdaType:
		var account *doc.Node
		if p.account {
			account = b.ref("AWS::AccountId")
		}
		r.x.make(id+"WriteLambdaPermission"+suffix, b, "AWS::Lambda::Permission", condition, b.dict("Action", "lambda:InvokeFunction",
			"FunctionName", d.arn, "Principal", p.service, "SourceAccount", account, "SourceArn", from))
	case queueType:
		r.x.make(id+"QueuePolicy"+suffix, b, "AWS::SQS::QueuePolicy", condition, b.dict("PolicyDocument", statement("sqs:SendMessage"), "Queues", b.list(d.url)))
	case topicType:
		r.x.make(id+"TopicPolicy"+suffix, b, "AWS::SNS::TopicPolicy", condition, b.dict("PolicyDocument", statement("sns:Publish"), "Topics", b.list(d.arn)))
	}
}
