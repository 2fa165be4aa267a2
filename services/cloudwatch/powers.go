package cloudwatch

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/"

// powers: who can keep an alarm from ringing.
var powers = []service.Power{
	{
		ID: "cloudwatch.alarm", Kind: service.Blind,
		Why:   "deletes, disables, changes or resets the alarm",
		Basis: service.Documented, Source: apiPage + "API_DeleteAlarms.html; " + apiPage + "API_DisableAlarmActions.html; " + apiPage + "API_PutMetricAlarm.html; " + apiPage + "API_SetAlarmState.html",
		Find: alarms("", "silences the alarm", "cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:PutMetricAlarm", "cloudwatch:PutCompositeAlarm", "cloudwatch:SetAlarmState"),
	},
	{
		// PutMetricData takes no resource; cloudwatch:namespace limits it.
		ID: "cloudwatch.metric", Kind: service.Blind,
		Why:   "writes the metric that the alarm watches",
		Basis: service.Documented, Source: apiPage + "API_PutMetricData.html",
		Find: metrics,
	},
	{
		ID: "cloudwatch.rule", Kind: service.Tamper,
		Why:   "sets the alarm that a stage of a pipeline looks at",
		Basis: service.Documented, Source: apiPage + "API_SetAlarmState.html; https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CloudWatchAlarm.html",
		Find: alarms(service.TouchesGate, "sets the alarm", "cloudwatch:SetAlarmState", "cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"),
	},
}

func alarms(touches, why string, actions ...string) func(*cloud.Model) []service.Gain {
	return func(m *cloud.Model) []service.Gain {
		var gs []service.Gain
		for _, t := range [...]string{"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"} {
			for _, g := range service.Change(t, "alarm", touches, why, actions...)(m) {
				if touches == "" || watched(m, g.Resource) {
					gs = append(gs, g)
				}
			}
		}
		return gs
	}
}

// watched reports whether a rule of a stage asks for an alarm.
func watched(m *cloud.Model, alarm *cloud.Resource) bool {
	for r := range m.OfType("AWS::CodePipeline::Pipeline") {
		for t := range service.Texts(r.Prop("Stages")) {
			if t == alarm.Name || t == alarm.ARN {
				return true
			}
		}
	}
	return false
}

func metrics(m *cloud.Model) []service.Gain {
	return service.Each(m, "AWS::CloudWatch::Alarm", func(r *cloud.Resource) []service.Gain {
		ns := cloud.Text(r.Prop("Namespace"))
		if ns == "" {
			return nil
		}
		c := service.PowerCall{Actions: []string{"cloudwatch:PutMetricData"}, Account: r.Account, Why: "writes the metric"}
		c.Context.Set("cloudwatch:namespace", ns)
		return []service.Gain{{Calls: []service.PowerCall{c}, Resource: r, What: "metric of alarm " + match.Render(service.Called(r)), Maybe: r.Maybe}}
	})
}
