package logs

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/"

// powers: a log group is a trace, and its filters are what an alarm sees.
var powers = []service.Power{
	{
		ID: "logs.delete", Kind: service.Blind,
		Why:   "deletes the log group or its streams, or keeps them for a day",
		Basis: service.Documented, Source: apiPage + "API_DeleteLogGroup.html; " + apiPage + "API_DeleteLogStream.html; " + apiPage + "API_PutRetentionPolicy.html",
		Find: on(nil, "deletes what is logged", "logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:PutRetentionPolicy"),
	},
	{
		ID: "logs.hide", Kind: service.Blind,
		Why:   "makes what is logged unreadable: another key, or a policy that masks it",
		Basis: service.Documented, Source: apiPage + "API_AssociateKmsKey.html; " + apiPage + "API_PutDataProtectionPolicy.html",
		Find: on(nil, "makes it unreadable", "logs:AssociateKmsKey", "logs:DisassociateKmsKey", "logs:PutDataProtectionPolicy"),
	},
	{
		ID: "logs.filter", Kind: service.Blind,
		Why:   "keeps an alarm or a reader from seeing what is logged",
		Basis: service.Documented, Source: apiPage + "API_DeleteMetricFilter.html; " + apiPage + "API_PutMetricFilter.html; " + apiPage + "API_DeleteSubscriptionFilter.html; " + apiPage + "API_PutTransformer.html",
		Find: on(filtered, "changes the filter",
			"logs:DeleteMetricFilter", "logs:PutMetricFilter", "logs:DeleteSubscriptionFilter", "logs:PutSubscriptionFilter", "logs:PutTransformer"),
	},
	{
		// Who may write a stream can say what did not happen; events that are
		// written cannot be changed.
		ID: "logs.forge", Kind: service.Tamper,
		Why:   "writes events into the log group",
		Basis: service.Documented, Source: apiPage + "API_PutLogEvents.html",
		Find: forge,
	},
}

// on returns the gain of calls on each declared log group that fits. AWS names
// a log group with and without ":*" at the end
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html).
func on(fits func(*cloud.Model, *cloud.Resource) bool, why string, actions ...string) func(*cloud.Model) []service.Gain {
	return func(m *cloud.Model) []service.Gain {
		return service.Each(m, groupType, func(r *cloud.Resource) []service.Gain {
			if fits != nil && !fits(m, r) {
				return nil
			}
			return []service.Gain{{
				Calls: []service.PowerCall{{
					Actions: actions, Resources: []string{r.ARN, r.ARN + ":*"}, Account: r.Account, Why: why,
				}},
				Resource: r, What: "log group " + match.Render(service.Called(r)), Maybe: r.Maybe,
			}}
		})
	}
}

// filtered reports whether a filter of the stacks is on a log group.
func filtered(m *cloud.Model, g *cloud.Resource) bool {
	for _, t := range [...]string{"AWS::Logs::MetricFilter", subType} {
		for r := range m.OfType(t) {
			if name := cloud.Text(r.Prop("LogGroupName")); r.Account == g.Account && (name == g.Name || name == g.Ref || name == g.ARN) {
				return true
			}
		}
	}
	return false
}

func forge(m *cloud.Model) []service.Gain {
	gs := on(filtered, "writes events", "logs:PutLogEvents")(m)
	for i := range gs {
		gs[i].Touches = service.TouchesTarget
	}
	return gs
}
