package logs

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

const (
	guide   = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/"
	keyPage = guide + "encrypt-log-data-kms.html"
	subPage = guide + "SubscriptionFilters.html"
	subType = "AWS::Logs::SubscriptionFilter"
)

// jobs: a log group that is encrypted with a key of one's own, which CloudWatch
// Logs tries when the key is set ("The specified KMS key does not exist or is
// not allowed to be used with LogGroup"); a subscription filter, which is tried
// too.
var jobs = []service.Job{
	{
		Type:  groupType,
		Alone: func(s *service.Site) bool { return len(key(s)) > 0 },
		Rows: []service.Row{
			{
				ID: "logs.key", Caller: "logs.<region>.amazonaws.com",
				Actions: []string{"kms:GenerateDataKey", "kms:Decrypt"}, Resource: "<KmsKeyId>",
				Context: "kms:EncryptionContext:aws:logs:arn = the log group",
				Why:     "encrypts and decrypts the log",
				Need:    service.Stops, Basis: service.Documented, Source: keyPage + "#cmk-permissions",
				Targets: key,
			},
			{
				ID: "logs.key.more", Caller: "logs.<region>.amazonaws.com",
				Actions: []string{"kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey"}, Resource: "<KmsKeyId>",
				Context: "kms:EncryptionContext:aws:logs:arn = the log group",
				Why:     "looks after the key of the log",
				Need:    service.Listed, Basis: service.Documented, Source: keyPage + "#cmk-permissions",
				Targets: key,
			},
		},
	},
	{
		Type: subType, Role: subRole, Principal: "logs.amazonaws.com",
		Assume: func(s *service.Site) iam.Context {
			return service.Unknown("aws:SourceArn", "aws:SourceAccount")
		},
		AssumeSource: subPage,
		Alone:        func(*service.Site) bool { return true },
		Rows: []service.Row{
			{
				ID: "logs.filter.function", Caller: "logs.amazonaws.com",
				Actions: []string{"lambda:InvokeFunction"}, Resource: "<DestinationArn>",
				Context: "aws:SourceArn = <log group>:*, aws:SourceAccount = its account",
				Why:     "hands the log on to the function; tried when the filter is set",
				Need:    service.Stops, Basis: service.Documented, Source: subPage + "#LambdaFunctionExample",
				Targets: function,
			},
			{
				ID: "logs.filter.stream", Caller: "role of the filter",
				Resource: "<DestinationArn>",
				Why:      "hands the log on to the stream; tried when the filter is set",
				Need:     service.Stops, Basis: service.Documented, Source: subPage,
				Targets: stream,
			},
		},
	},
}

// key: CloudWatch Logs acts as the service of the region.
func key(s *service.Site) []service.Target {
	n := s.Resource.Prop("KmsKeyId")
	k := service.KeyARN(s.Model, cloud.Text(n), s.Resource.Account, s.Resource.Region)
	if k == "" {
		return nil
	}
	suffix := "amazonaws.com"
	if arn.Partition(s.Resource.Region) == "aws-cn" {
		suffix += ".cn"
	}
	t := service.Target{
		Caller:   iam.Principal{Service: "logs." + s.Resource.Region + "." + suffix},
		Resource: k, Account: arn.Account(k), At: n.Where(), What: "key of log group " + s.Resource.Name,
	}
	t.Context.Set("kms:EncryptionContext:aws:logs:arn", s.Resource.ARN)
	t.Context.SetUnknown("kms:EncryptionContextKeys")
	for _, k := range []string{"aws:SourceArn", "aws:SourceAccount", "kms:ViaService", "kms:CallerAccount"} {
		t.Context.SetUnknown(k)
	}
	if r := s.Model.Resource(k); r != nil && lets(r, "logs.amazonaws.com") {
		t.Missing = []string{"whether a key that lets logs.amazonaws.com in lets " + t.Caller.Service + " in, which AWS's page names"}
	}
	return []service.Target{t}
}

// lets reports whether a policy of r names a service principal.
func lets(r *cloud.Resource, service string) bool {
	for _, p := range r.Policies {
		if p.Policy == nil {
			continue
		}
		for _, st := range p.Policy.Statements {
			for _, e := range st.Principals {
				if st.Effect == iam.Allow && e.Text == service {
					return true
				}
			}
		}
	}
	return false
}

func subRole(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("RoleArn")
	return s.RoleARN(cloud.Text(n), s.Resource.Account), n.Where()
}

// function: the page lets logs.amazonaws.com in; before, it was the service of
// the region, which works where the policy of the function says so.
func function(s *service.Site) []service.Target {
	n := s.Resource.Prop("DestinationArn")
	text := cloud.Text(n)
	a, err := arn.Parse(text)
	if err != nil || a.Service != "lambda" {
		return nil
	}
	who := "logs.amazonaws.com"
	if regional := "logs." + s.Resource.Region + ".amazonaws.com"; s.Model.Owner(text) != nil && lets(s.Model.Owner(text), regional) {
		who = regional
	}
	group := cloud.Text(s.Resource.Prop("LogGroupName"))
	return []service.Target{{
		Caller: iam.Principal{Service: who}, Resource: text, Account: a.Account, At: n.Where(), What: "function of the filter",
		Context: service.Context("aws:SourceArn", s.ARN("logs", "log-group:"+strings.TrimSuffix(group, ":*")+":*"), "aws:SourceAccount", s.Resource.Account),
	}}
}

func stream(s *service.Site) []service.Target {
	n := s.Resource.Prop("DestinationArn")
	text := cloud.Text(n)
	a, err := arn.Parse(text)
	if err != nil || s.Role == "" || match.HasHole(a.Service) {
		return nil
	}
	only := map[string][]string{"kinesis": {"kinesis:PutRecord"}, "firehose": {"firehose:PutRecord"}}[a.Service]
	if only == nil {
		return nil
	}
	return []service.Target{{Resource: text, Account: a.Account, At: n.Where(), What: "destination of the filter", Only: only}}
}
