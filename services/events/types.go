package events

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-"

const busType = "AWS::Events::EventBus"

// types are the resources of EventBridge.
var types = []service.Type{
	{
		// Ref of a rule of another bus than the default is bus|rule, which the
		// page does not say (aws-cloudformation/cloudformation-coverage-roadmap#1131).
		// The ARN of a rule of the default bus names no bus
		// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-manage-iam-access.html).
		Name: "AWS::Events::Rule", Source: page + "rule.html",
		ARNs:     []string{"RoleArn", "Targets[].Arn", "Targets[].RoleArn", "Targets[].DeadLetterConfig.Arn"},
		NameProp: "Name",
		Ref:      "${Pipe:EventBusName=default}${Name}",
		ARN:      "arn:${Partition}:events:${Region}:${Account}:rule/${Prefix:EventBusName=default}${Name}",
		Attrs:    map[string]string{"RuleName": "${Name}"},
		Props: []string{
			"Description", "EventBusName", "EventPattern", "Name", "RoleArn", "ScheduleExpression", "State", "Tags",
			"Targets",
		},
		Declare: cloud.Tagged, Attach: attachRule,
	},
	{
		Name: busType, Source: page + "eventbus.html",
		NameProp: "Name",
		Guard:    &service.Guard{Type: "AWS::Events::EventBusPolicy", Grant: permit},
		ARN:      "arn:${Partition}:events:${Region}:${Account}:event-bus/${Name}",
		Attrs:    map[string]string{"Name": "${Name}"},
		Props: []string{
			"DeadLetterConfig", "Description", "EventSourceName", "KmsKeyIdentifier", "LogConfig", "Name", "Policy",
			"Tags",
		},
		Declare: declareBus, Attach: attachBus,
	},
	{
		Name: "AWS::Events::EventBusPolicy", Source: page + "eventbuspolicy.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"Action", "Condition", "EventBusName", "Principal", "Statement", "StatementId",
		},
		Attach: attachPolicy,
	},
	{
		Name: "AWS::Events::Connection", Source: page + "connection.html",
		NameProp: "Name",
		ARN:      "arn:${Partition}:events:${Region}:${Account}:connection/${Name}/${Hole:ConnectionId}",
		Attrs: map[string]string{
			"ArnForPolicy": "arn:${Partition}:events:${Region}:${Account}:connection/${Name}",
			"SecretArn":    "arn:${Partition}:secretsmanager:${Region}:${Account}:secret:events!connection/${Name}/${Hole:Secret}",
		},
		Props: []string{
			"AuthParameters", "AuthorizationType", "Description", "InvocationConnectivityParameters",
			"KmsKeyIdentifier", "Name",
		},
	},
	{
		Name: "AWS::Events::ApiDestination", Source: page + "apidestination.html",
		NameProp: "Name",
		ARN:      "arn:${Partition}:events:${Region}:${Account}:api-destination/${Name}/${Hole:ApiDestinationId}",
		Attrs:    map[string]string{"ArnForPolicy": "arn:${Partition}:events:${Region}:${Account}:api-destination/${Name}"},
		Props: []string{
			"ConnectionArn", "Description", "HttpMethod", "InvocationEndpoint", "InvocationRateLimitPerSecond",
			"Name",
		},
	},
	{
		Name: "AWS::Events::Archive", Source: page + "archive.html",
		NameProp: "ArchiveName",
		ARN:      "arn:${Partition}:events:${Region}:${Account}:archive/${Name}",
		Props: []string{
			"ArchiveName", "Description", "EventPattern", "KmsKeyIdentifier", "RetentionDays", "SourceArn",
		},
	},
	{
		Name: "AWS::Events::Endpoint", Source: page + "endpoint.html",
		NameProp: "Name",
		ARN:      "arn:${Partition}:events:${Region}:${Account}:endpoint/${Name}",
		Props: []string{
			"Description", "EventBuses", "Name", "ReplicationConfig", "RoleArn", "RoutingConfig",
		},
	},
}

func declareBus(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	if n := r.Prop("Policy"); n != nil && n.Kind != doc.Null {
		r.Policies = append(r.Policies, m.Attachment(r, n, iam.Resource, "the event bus policy"))
	}
}

// attachBus reads the key; an event bus without one is encrypted with a key
// of AWS (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html).
func attachBus(m *cloud.Model, r *cloud.Resource) {
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("KmsKeyIdentifier"))
	if r.Encryption == nil {
		r.Encryption = &cloud.Encryption{Mode: cloud.AWSOwned, Span: r.Span}
	}
}

// attachPolicy adds a statement to the policy of a bus, the account's default
// bus where none is named. Statement wins over Action, Principal and
// Condition, as the page says.
func attachPolicy(m *cloud.Model, r *cloud.Resource) {
	bus := r.Prop("EventBusName")
	name := cloud.Text(bus)
	if name == "" {
		name = "default"
	}
	body := r.Prop("Statement")
	if body == nil || body.Kind == doc.Null {
		body = statement(r, name)
	}
	a := m.Attachment(r, document(body), iam.Resource, "the event bus policy")
	if body.Kind == doc.Unknown {
		a = m.Attachment(r, body, iam.Resource, "the event bus policy")
	}
	a.Node, a.Span = nil, r.Span // the document is not in the template
	if name == "default" {
		d := defaultBus(m, r)
		if bus != nil {
			a = a.When(bus.Maybe...)
		}
		d.Policies = append(d.Policies, a)
		return
	}
	m.Guard(r, bus, r.Region, a, busType)
}

// statement builds what PutPermission makes of Action, Principal and
// Condition: Principal is "*" or an account
// (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html).
func statement(r *cloud.Resource, bus string) *doc.Node {
	at := r.Prop("Principal").Where()
	str := func(s string) *doc.Node { return &doc.Node{Kind: doc.String, Text: s, Span: at} }
	principal := str(cloud.Text(r.Prop("Principal")))
	if arn.IsAccountID(principal.Text) {
		principal.Text = "arn:" + arn.Partition(r.Region) + ":iam::" + principal.Text + ":root"
	}
	if principal.Text != "*" {
		principal = &doc.Node{Kind: doc.Map, Span: at, Fields: []doc.Field{{Key: str("AWS"), Value: principal}}}
	}
	action := r.Prop("Action")
	if action == nil {
		action = str("events:PutEvents")
	}
	fs := []doc.Field{
		{Key: str("Sid"), Value: str(cloud.Text(r.Prop("StatementId")))},
		{Key: str("Effect"), Value: str("Allow")},
		{Key: str("Principal"), Value: principal},
		{Key: str("Action"), Value: action},
		{Key: str("Resource"), Value: str("arn:" + arn.Partition(r.Region) + ":events:" + r.Region + ":" + r.Account + ":event-bus/" + bus)},
	}
	if c := r.Prop("Condition"); c != nil && c.Kind == doc.Map {
		// {Type: StringEquals, Key: aws:PrincipalOrgID, Value: o-…}
		fs = append(fs, doc.Field{Key: str("Condition"), Value: &doc.Node{Kind: doc.Map, Span: c.Span, Fields: []doc.Field{{
			Key: str(cloud.Text(c.Get("Type"))),
			Value: &doc.Node{Kind: doc.Map, Span: c.Span, Fields: []doc.Field{
				{Key: str(cloud.Text(c.Get("Key"))), Value: str(cloud.Text(c.Get("Value")))},
			}},
		}}}})
	} else if c != nil && c.Kind == doc.Unknown {
		return c
	}
	return &doc.Node{Kind: doc.Map, Span: r.Span, Fields: fs}
}

func document(statement *doc.Node) *doc.Node {
	str := func(s string) *doc.Node { return &doc.Node{Kind: doc.String, Text: s, Span: statement.Span} }
	return &doc.Node{Kind: doc.Map, Span: statement.Span, Fields: []doc.Field{
		{Key: str("Version"), Value: str("2012-10-17")},
		{Key: str("Statement"), Value: statement},
	}}
}

// attachRule makes the default bus of another account known that a rule sends
// events to, if the stacks describe that account: a policy of it that they do
// not have is not there.
func attachRule(m *cloud.Model, r *cloud.Resource) {
	for t := range r.Prop("Targets").Elems() {
		a, err := arn.Parse(cloud.Text(t.Get("Arn")))
		if err == nil && a.Service == "events" && a.Resource == "event-bus/default" && m.Owned(a.Account) {
			at := *r
			at.Account, at.Region = a.Account, a.Region
			defaultBus(m, &at)
		}
	}
}

// defaultBus returns the account's default bus in the region of r, which no
// template declares.
func defaultBus(m *cloud.Model, r *cloud.Resource) *cloud.Resource {
	a := "arn:" + arn.Partition(r.Region) + ":events:" + r.Region + ":" + r.Account + ":event-bus/default"
	if d := m.Resource(a); d != nil {
		return d
	}
	d := &cloud.Resource{
		Type: busType, Stack: r.Stack, LogicalID: r.LogicalID, Account: r.Account, Region: r.Region,
		Ref: "default", Name: "default", ARN: a, Span: r.Span, Maybe: nil,
		Encryption: &cloud.Encryption{Mode: cloud.AWSOwned, Span: r.Span},
	}
	m.Add(d)
	return d
}
