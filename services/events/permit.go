package events

import (
	"strings"

	"penstock/arn"
	"penstock/doc/splice"
	"penstock/iam"
)

// permit makes the EventBusPolicy that lets a request from another account
// through
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html).
func permit(q *iam.Request, write func(string) (splice.Value, bool)) ([]splice.Field, bool) {
	a, err := arn.Parse(q.Resource)
	if err != nil || q.Principal.ARN == "" {
		return nil, false
	}
	name, ok := strings.CutPrefix(a.Resource, "event-bus/")
	if !ok {
		return nil, false
	}
	bus, ok1 := write(name)
	who, ok2 := write(q.Principal.ARN)
	on, ok3 := write(q.Resource)
	if !ok1 || !ok2 || !ok3 {
		return nil, false
	}
	f := func(name string, v splice.Value) splice.Field { return splice.Field{Name: name, Value: v} }
	return []splice.Field{
		f("EventBusName", bus), f("StatementId", splice.String("From"+arn.Account(q.Principal.ARN))),
		f("Statement", splice.Map(
			f("Effect", splice.String("Allow")), f("Principal", splice.Map(f("AWS", who))),
			f("Action", splice.String(q.Action)), f("Resource", on),
		)),
	}, true
}
