package cloudwatch

import "penstock/service"

// actions: the rule that looks at an alarm (row 22 of the provider list).
var actions = []service.Action{{
	Category: "Rule", Owner: "AWS", Provider: "CloudWatchAlarm",
	Rows: []service.Row{{
		// AWS's page of the rule lists no permission; nothing else tells the
		// state of an alarm.
		ID: "cloudwatch.rule", Caller: "pipeline or rule role",
		Actions: []string{"cloudwatch:DescribeAlarms"}, Resource: "alarm:<AlarmName>",
		Why:  "asks for the state of the alarm",
		Need: service.Stops, Basis: service.Reasoned,
		Source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CloudWatchAlarm.html",
		Targets: func(s *service.Site) []service.Target {
			if s.Rule == nil {
				return nil
			}
			n := s.Rule.Config.Get("AlarmName")
			if n.Str() == "" {
				return nil
			}
			t := service.Target{Resource: s.ARN("cloudwatch", "alarm:"+n.Str()), At: n.Where(), What: "alarm " + n.Str()}
			if r := s.Find(n.Str(), "AWS::CloudWatch::Alarm"); r != nil {
				t.Resource = r.ARN
			}
			return []service.Target{t}
		},
	}},
}}
