package codepipeline

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
)

const forwardPage = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html"

// forwardRows: a source in another account sends its events to an event bus
// of the pipeline's account, where the rule that starts the pipeline stands.
// The rule in the source's account names a role, which may put events on the
// bus, and the policy of the bus lets it.
var forwardRows = []service.Row{
	{
		ID: "codepipeline.forward.assume", Caller: "events.amazonaws.com",
		Actions: []string{"sts:AssumeRole"}, Resource: "role of the rule's target",
		Context: "aws:SourceArn = the rule, aws:SourceAccount = its account",
		Why:     "EventBridge assumes the role of the rule that sends the events of the source to the pipeline's account",
		Need:    service.Stops, Basis: service.Documented, Source: forwardPage,
		Targets: func(s *service.Site) []service.Target {
			var ts []service.Target
			for _, t := range forwards(s) {
				ts = append(ts, service.Target{
					Caller: iam.Principal{Service: "events.amazonaws.com"}, Resource: t.role, Account: arn.Account(t.role),
					Region: t.region, At: t.at, What: "role of the rule that sends the events on",
					Context: service.Context("aws:SourceArn", t.rule, "aws:SourceAccount", t.account),
				})
			}
			return ts
		},
	},
	{
		ID: "codepipeline.forward", Caller: "role of the EventBridge target",
		Actions: []string{"events:PutEvents"}, Resource: "event-bus/<bus>",
		Why:  "sends the events of the source to the pipeline's account",
		Need: service.Stops, Basis: service.Documented, Source: forwardPage,
		Targets: func(s *service.Site) []service.Target {
			var ts []service.Target
			for _, t := range forwards(s) {
				ts = append(ts, service.Target{
					Caller: iam.Principal{ARN: t.role}, Resource: t.bus, Account: arn.Account(t.bus), Region: t.region, At: t.at, What: "event bus of the pipeline's account",
				})
			}
			return ts
		},
	},
}

type forward struct {
	trigger
	bus string
}

// forwards finds the rules of other accounts, or of other regions, whose
// target is the bus of a rule that starts the pipeline, and that tell of a
// source of it. A rule without a role is one of the time before roles were
// demanded, and nothing is known of it.
func forwards(s *service.Site) []forward {
	buses := map[string]bool{}
	for r := range s.Model.OfType("AWS::Events::Rule") {
		for t := range r.Prop("Targets").Elems() {
			if t.Get("Arn").Str() == s.Pipeline.ARN {
				buses[busOf(s, r)] = true
			}
		}
	}
	if len(buses) == 0 {
		return nil
	}
	var out []forward
	for r := range s.Model.OfType("AWS::Events::Rule") {
		if r.Prop("State").Str() == "DISABLED" {
			continue
		}
		for t := range r.Prop("Targets").Elems() {
			bus := t.Get("Arn").Str()
			role := s.RoleARN(cloud.Text(t.Get("RoleArn")), r.Account)
			if !buses[bus] || role == "" || bus == busOf(s, r) {
				continue
			}
			out = append(out, forward{trigger{rule: r.ARN, role: role, account: r.Account, region: r.Region, at: t.Where()}, bus})
		}
	}
	return out
}

// busOf is the ARN of the bus that a rule listens on.
func busOf(s *service.Site, rule *cloud.Resource) string {
	name := rule.Prop("EventBusName").Str()
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	if name == "" {
		name = "default"
	}
	return s.ARNIn("events", rule.Region, rule.Account, "event-bus/"+name)
}
