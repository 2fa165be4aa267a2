package cloudtrail

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
	guide      = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/"
	caller     = "cloudtrail.amazonaws.com"
	bucketPage = guide + "create-s3-bucket-policy-for-cloudtrail.html"
	keyPage    = guide + "create-kms-key-policy-for-cloudtrail.html"
	topicPage  = guide + "cloudtrail-permissions-for-sns-notifications.html"
	logsPage   = guide + "cloudtrail-required-policy-for-cloudwatch-logs.html"
	trailType  = "AWS::CloudTrail::Trail"
)

// jobs: a trail that delivers. CloudTrail asks for all of it when the trail is
// made, and refuses a trail that cannot deliver.
var jobs = []service.Job{{
	Type: trailType, Role: logsRole, Principal: caller,
	// A trust that asked for the source kept CloudTrail out
	// (https://github.com/prowler-cloud/prowler/issues/4714); the page's trust has
	// no condition.
	Assume: func(*service.Site) iam.Context {
		var c iam.Context
		for _, k := range []string{"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"} {
			c.SetAbsent(k)
		}
		return c
	},
	AssumeSource: logsPage + "; https://github.com/prowler-cloud/prowler/issues/4714",
	Alone:        func(s *service.Site) bool { return s.Resource.Prop("IsLogging").Str() != "false" },
	Rows: []service.Row{
		{
			ID: "cloudtrail.bucket", Caller: caller,
			Actions: []string{"s3:GetBucketAcl"}, Resource: "<S3BucketName>",
			Context: "aws:SourceArn = the trail",
			Why:     "looks at the bucket of the trail",
			Need:    service.Stops, Basis: service.Documented, Source: bucketPage,
			Targets: bucket,
		},
		{
			ID: "cloudtrail.write", Caller: caller,
			Actions: []string{"s3:PutObject"}, Resource: "<S3BucketName>/<S3KeyPrefix>/AWSLogs/<account>/…",
			Context: "aws:SourceArn = the trail, s3:x-amz-acl = bucket-owner-full-control",
			Why:     "writes the log files",
			Need:    service.Stops, Basis: service.Documented, Source: bucketPage,
			Targets: object,
		},
		{
			ID: "cloudtrail.encrypt", Caller: caller,
			Actions: []string{"kms:GenerateDataKey"}, Resource: "<KMSKeyId>",
			Context: "aws:SourceArn = the trail, kms:EncryptionContext:aws:cloudtrail:arn = the trail",
			Why:     "encrypts the log files",
			Need:    service.Stops, Basis: service.Documented, Source: keyPage + "#create-kms-key-policy-for-cloudtrail-encrypt",
			Targets: func(s *service.Site) []service.Target { return key(s, true) },
		},
		{
			ID: "cloudtrail.key", Caller: caller,
			Actions: []string{"kms:DescribeKey"}, Resource: "<KMSKeyId>",
			Context: "aws:SourceArn = the trail",
			Why:     "looks at the key",
			Need:    service.Stops, Basis: service.Documented, Source: keyPage + "#create-kms-key-policy-for-cloudtrail-describe",
			Targets: func(s *service.Site) []service.Target { return key(s, false) },
		},
		{
			ID: "cloudtrail.decrypt", Caller: caller,
			Actions: []string{"kms:Decrypt"}, Resource: "<KMSKeyId>",
			Context: "aws:SourceArn = the trail; where the bucket of the trail has an S3 Bucket Key",
			Why:     "makes or changes a trail whose bucket has a Bucket Key",
			Need:    service.Stops, Basis: service.Documented, Source: keyPage + "#create-kms-key-policy-for-cloudtrail-decrypt",
			Targets: func(s *service.Site) []service.Target {
				if !bucketKey(s) {
					return nil
				}
				ts := key(s, false)
				for i := range ts {
					for _, k := range []string{"kms:EncryptionContext:aws:cloudtrail:arn", "kms:EncryptionContext:aws:s3:arn", "kms:EncryptionContextKeys"} {
						ts[i].Context.SetUnknown(k)
					}
				}
				return ts
			},
		},
		{
			ID: "cloudtrail.notify", Caller: caller,
			Actions: []string{"sns:Publish"}, Resource: "<SnsTopicName>",
			Context: "aws:SourceArn = the trail",
			Why:     "tells of each log file",
			Need:    service.Stops, Basis: service.Documented, Source: topicPage,
			Targets: topic,
		},
		{
			ID: "cloudtrail.logs", Caller: "role of the trail",
			Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resource: "<CloudWatchLogsLogGroupArn>:log-stream:<account>_CloudTrail_<region>…",
			Why:  "sends the events to CloudWatch Logs",
			Need: service.Stops, Basis: service.Documented, Source: logsPage,
			Targets: logStream,
		},
	},
}}

func logsRole(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("CloudWatchLogsRoleArn")
	return s.RoleARN(cloud.Text(n), s.Resource.Account), n.Where()
}

// from: the pages show aws:SourceArn with the ARN of the trail, and
// aws:SourceAccount beside it for keys and topics.
func from(s *service.Site) iam.Context {
	c := service.Context("aws:SourceArn", s.Resource.ARN)
	c.Put("aws:SourceAccount", iam.ContextValue{State: iam.Known, Values: []string{s.Resource.Account}, Optional: true})
	return c
}

func bucket(s *service.Site) []service.Target {
	n := s.Resource.Prop("S3BucketName")
	name := cloud.Text(n)
	if name == "" {
		return nil
	}
	t := s.Object(name, "")
	t.Caller, t.At, t.What, t.Context = iam.Principal{Service: caller}, n.Where(), "bucket of the trail", from(s)
	return []service.Target{t}
}

// object: the log files of the trail's own account. A trail of an organization
// writes those of its members below the id of the organization as well.
func object(s *service.Site) []service.Target {
	var ts []service.Target
	for _, t := range bucket(s) {
		prefix := strings.Trim(cloud.Text(s.Resource.Prop("S3KeyPrefix")), "/")
		if prefix != "" {
			prefix += "/"
		}
		b := t.Resource
		// CloudTrail names the key, or writes with one of S3's.
		t.Encryption = &cloud.Encryption{Mode: cloud.AWSOwned}
		t.Context.Set("s3:x-amz-acl", "bucket-owner-full-control")
		t.Context.SetUnknown("s3:x-amz-server-side-encryption")
		t.Context.SetUnknown("s3:x-amz-server-side-encryption-aws-kms-key-id")
		t.Resource = b + "/" + prefix + "AWSLogs/" + s.Resource.Account + "/" + match.Hole(match.Key, "a log file")
		t.What = "log files of the trail"
		ts = append(ts, t)
		if s.Resource.Prop("IsOrganizationTrail").Str() == "true" {
			org := match.Hole(match.Name, "the id of the organization")
			if s.Model.Org != nil && s.Model.Org.ID != "" {
				org = s.Model.Org.ID
			}
			t.Context = t.Context.Clone()
			t.Resource = b + "/" + prefix + "AWSLogs/" + org + "/" + match.Hole(match.Key, "a log file")
			t.What = "log files of the organization"
			ts = append(ts, t)
		}
	}
	return ts
}

func key(s *service.Site, data bool) []service.Target {
	n := s.Resource.Prop("KMSKeyId")
	k := service.KeyARN(s.Model, cloud.Text(n), s.Resource.Account, s.Resource.Region)
	if k == "" {
		return nil
	}
	t := service.Target{
		Caller: iam.Principal{Service: caller}, Resource: k, Account: arn.Account(k), At: n.Where(), What: "key of the trail", Context: from(s),
	}
	if data {
		t.Context.Set("kms:EncryptionContext:aws:cloudtrail:arn", s.Resource.ARN)
		t.Context.SetUnknown("kms:EncryptionContext:aws:s3:arn")
		t.Context.SetUnknown("kms:EncryptionContextKeys")
	}
	t.Context.SetUnknown("kms:ViaService")
	t.Context.SetUnknown("kms:CallerAccount")
	return []service.Target{t}
}

// bucketKey reports whether the bucket of the trail is known to encrypt with an
// S3 Bucket Key.
func bucketKey(s *service.Site) bool {
	name := cloud.Text(s.Resource.Prop("S3BucketName"))
	if name == "" {
		return false
	}
	b := s.Model.Owner(s.Object(name, "").Resource)
	return b != nil && b.Encryption != nil && b.Encryption.BucketKey
}

// topic is given by name or ARN.
func topic(s *service.Site) []service.Target {
	n := s.Resource.Prop("SnsTopicName")
	name := cloud.Text(n)
	if name == "" {
		return nil
	}
	if _, err := arn.Parse(name); err != nil {
		name = s.ARN("sns", name)
	}
	return []service.Target{{
		Caller: iam.Principal{Service: caller}, Resource: name, Account: arn.Account(name), At: n.Where(), What: "topic of the trail", Context: from(s),
	}}
}

// logStream: CloudTrail makes more streams as one is not enough, whose names go
// on behind that of the first; the page grants a prefix.
func logStream(s *service.Site) []service.Target {
	n := s.Resource.Prop("CloudWatchLogsLogGroupArn")
	group := strings.TrimSuffix(cloud.Text(n), ":*")
	if group == "" || s.Role == "" {
		return nil
	}
	stream := s.Resource.Account + "_CloudTrail_" + s.Resource.Region + match.Hole(match.Name, "the number of a stream")
	if s.Resource.Prop("IsOrganizationTrail").Str() == "true" {
		stream = match.Hole(match.Name, "the stream of an account")
	}
	return []service.Target{{
		Resource: group + ":log-stream:" + stream, Account: arn.Account(group), At: n.Where(), What: "log group of the trail",
	}}
}
