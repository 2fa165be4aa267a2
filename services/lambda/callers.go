package lambda

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

// A called function is one that a property of a resource names, and that a
// service then calls as itself, for types whose service has no room or makes
// no other calls. The function's own policy must let it in.
type called struct {
	typ, prop, principal, source string
}

const awsDocs = "https://docs.aws.amazon.com/"

var callers = []called{
	{"AWS::CodeCommit::Repository", "Triggers[].DestinationArn", "codecommit.amazonaws.com", awsDocs + "codecommit/latest/userguide/how-to-notify-lambda.html#how-to-notify-lam-perm"},
	{"AWS::Cognito::UserPool", "LambdaConfig.*", "cognito-idp.amazonaws.com", awsDocs + "cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html"},
	{"AWS::Config::ConfigRule", "Source.SourceIdentifier", "config.amazonaws.com", awsDocs + "config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html"},
	{"AWS::ElasticLoadBalancingV2::TargetGroup", "Targets[].Id", "elasticloadbalancing.amazonaws.com", awsDocs + "elasticloadbalancing/latest/application/lambda-functions.html#lambda-permissions"},
	{"AWS::IoT::TopicRule", "TopicRulePayload.Actions[].Lambda.FunctionArn", "iot.amazonaws.com", awsDocs + "iot/latest/developerguide/lambda-rule-action.html"},
	{"AWS::SES::ReceiptRule", "Rule.Actions[].LambdaAction.FunctionArn", "ses.amazonaws.com", awsDocs + "ses/latest/dg/receiving-email-permissions.html#receiving-email-permissions-lambda"},
}

// callerJobs are jobs of the types of callers.
func callerJobs() []service.Job {
	var out []service.Job
	for _, c := range callers {
		out = append(out, service.Job{
			Type:  c.typ,
			Alone: func(s *service.Site) bool { return len(c.targets(s)) > 0 },
			Rows: []service.Row{{
				ID:     "lambda.called." + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(c.typ, "AWS::"), "::", ".")),
				Caller: c.principal, Actions: []string{"lambda:InvokeFunction"}, Resource: "<" + c.prop + ">",
				Context: "aws:SourceArn = the resource, aws:SourceAccount = its account",
				Why:     "calls the function that the resource names",
				Need:    service.Stops, Basis: service.Documented, Source: c.source,
				Targets: c.targets,
			}},
		})
	}
	return out
}

func (c called) targets(s *service.Site) []service.Target {
	var ts []service.Target
	for n := range at(s.Resource.Props, c.prop) {
		text := cloud.Text(n)
		a, err := arn.Parse(text)
		if err != nil || a.Service != "lambda" || !strings.HasPrefix(a.Resource, "function:") || len(n.Maybe) > 0 {
			continue
		}
		t := service.Target{
			Caller: iam.Principal{Service: c.principal}, Resource: text, Account: a.Account, Region: a.Region, At: n.Where(), What: "function of " + s.Resource.LogicalID,
			Context: service.Unknown("aws:SourceArn", "aws:SourceAccount"),
			Assume:  c.principal + " sends what the policy of " + match.Render(text) + " asks of it",
		}
		if s.Resource.ARN != "" {
			t.Context.Set("aws:SourceArn", s.Resource.ARN)
			t.Context.Put("aws:SourceAccount", iam.ContextValue{State: iam.Known, Values: []string{s.Resource.Account}, Optional: true})
		}
		ts = append(ts, t)
	}
	return ts
}

// at yields the nodes at a path: "[]" goes through a list, "*" through the
// values of a map.
func at(n *doc.Node, path string) func(func(*doc.Node) bool) {
	return func(yield func(*doc.Node) bool) { walk(n, strings.Split(path, "."), yield) }
}

func walk(n *doc.Node, path []string, yield func(*doc.Node) bool) bool {
	if n == nil {
		return true
	}
	if len(path) == 0 {
		return yield(n)
	}
	if path[0] == "*" {
		if n.Kind != doc.Map {
			return true
		}
		for _, f := range n.Fields {
			if !walk(f.Value, path[1:], yield) {
				return false
			}
		}
		return true
	}
	name, list := strings.CutSuffix(path[0], "[]")
	n = n.Get(name)
	if !list {
		return walk(n, path[1:], yield)
	}
	for e := range n.Elems() {
		if !walk(e, path[1:], yield) {
			return false
		}
	}
	return true
}
