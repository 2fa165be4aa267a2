package events

import (
	"fmt"
	"strings"

	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// checks: what keeps a rule from its targets whatever the policies say.
var checks = []service.Check{
	{Code: "RUN050", On: "job", Find: noRole},
	{Code: "RUN052", On: "job", Find: otherRegion},
}

// noRole finds a target that EventBridge reaches with a role only, and that
// has none. Targets in another account need one too, whatever they are
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html),
// but those of the kinds with a policy of their own are left to it here: that
// was the way before.
func noRole(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != ruleType {
		return nil
	}
	var fs []diag.Finding
	for _, t := range targets(s) {
		if t.role != "" || roled[t.service()] == nil {
			continue
		}
		fs = append(fs, diag.Finding{
			At: t.at, Severity: diag.Error, Certainty: diag.Proved,
			Message: fmt.Sprintf("target %s of rule %s is a %s, which EventBridge reaches only with a role, and has no RoleArn",
				match.Render(t.node.Get("Id").Str()), match.Render(s.Resource.Name), strings.TrimSpace(kind(t))),
			AWSError: "RoleArn is required for target " + match.Render(t.text) + ".",
			Fixes:    s.OnlyRole(s.Resource, "events.amazonaws.com", "", t.node, "RoleArn"),
		})
	}
	return fs
}

func kind(t *target) string {
	k := map[string]string{
		"events": "event bus or API destination", "states": "state machine", "codebuild": "build project", "codepipeline": "pipeline",
		"kinesis": "stream", "firehose": "delivery stream", "ecs": "task of ECS",
	}[t.service()]
	if t.service() == "events" && strings.HasPrefix(t.arn.Resource, "event-bus/") {
		return "event bus"
	}
	return k
}

// otherRegion finds a target in another region than the rule. Only event
// buses may be elsewhere.
func otherRegion(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != ruleType {
		return nil
	}
	var fs []diag.Finding
	for _, t := range targets(s) {
		r := t.arn.Region
		if r == "" || r == s.Resource.Region || match.HasHole(r) || match.HasHole(s.Resource.Region) || t.service() == "events" {
			continue
		}
		fs = append(fs, diag.Finding{
			At: t.at, Severity: diag.Error, Certainty: diag.Proved,
			Message: fmt.Sprintf("target %s of rule %s is in %s and the rule in %s; only an event bus can be a target in another region",
				match.Render(t.node.Get("Id").Str()), match.Render(s.Resource.Name), r, s.Resource.Region),
		})
	}
	return fs
}

var codes = []service.Code{
	{
		Code: "RUN050", Theorem: "runs",
		Fix:   "the only role of the account that EventBridge may take on",
		Open:  "there is none, or more than one",
		Title: "a target of an EventBridge rule needs a role and has none",
		Doc: strings.TrimSpace(`
EventBridge reaches some targets by their own policy (SNS topics, SQS queues, Lambda functions, log groups) and all others
with a role that the target names in ` + "`RoleArn`" + `: pipelines, build projects, state machines, tasks of ECS, streams, API
destinations, and other event buses.

**What AWS shows**: the stack fails with ` + "`RoleArn is required for target …`" + `, or the rule runs and its metric
FailedInvocations counts.

**Remedy**: a role that trusts events.amazonaws.com and may make the one call on that target, named in ` + "`RoleArn`" + `.

**Sources**
- https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html#eb-target-permissions
- https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
- https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html
`),
	},
	{
		Code: "RUN052", Theorem: "runs",
		Open:  "the rule or the target has to be made in another region, which is another stack",
		Title: "a target of an EventBridge rule is in another region",
		Doc: strings.TrimSpace(`
The targets of a rule must be in the region of the rule. Events reach another region by way of an event bus there, which is
a target of the rule here and has a rule of its own.

**Remedy**: put the rule where its target is, or send the events to the event bus of that region.

**Sources**
- https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
- https://repost.aws/knowledge-center/sns-not-getting-eventbridge-notification
`),
	},
}
