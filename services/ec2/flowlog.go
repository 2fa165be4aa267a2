package ec2

import (
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

const flowPage = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html"

// jobs: a flow log that writes to CloudWatch Logs: "Unable to assume given IAM
// role" where it cannot.
var jobs = []service.Job{instance, {
	Type: "AWS::EC2::FlowLog", Principal: "vpc-flow-logs.amazonaws.com",
	Role: func(s *service.Site) (string, source.Span) {
		n := s.Resource.Prop("DeliverLogsPermissionArn")
		return s.RoleARN(cloud.Text(n), s.Resource.Account), n.Where()
	},
	Assume: func(s *service.Site) iam.Context {
		return service.Context("aws:SourceArn", s.Resource.ARN, "aws:SourceAccount", s.Resource.Account)
	},
	AssumeSource: flowPage,
	Alone:        func(s *service.Site) bool { return s.Resource.Prop("DeliverLogsPermissionArn") != nil },
	Rows: []service.Row{{
		ID: "ec2.flowlog", Caller: "role of the flow log",
		Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resource: "<LogGroupName>:log-stream:*",
		Why:  "writes the flow log",
		Need: service.Stops, Basis: service.Documented, Source: flowPage,
		Targets: func(s *service.Site) []service.Target {
			n := s.Resource.Prop("LogGroupName")
			name := cloud.Text(n)
			if name == "" || s.Role == "" {
				return nil
			}
			return []service.Target{{
				Resource: s.ARN("logs", "log-group:"+name+":log-stream:"+match.Hole(match.Name, "the network interface")),
				At:       n.Where(), What: "log group " + name,
			}}
		},
	}},
}}
