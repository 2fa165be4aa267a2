// Package firehose is what Penstock knows about Amazon Data Firehose: the calls
// that a delivery stream makes with its role to write to a bucket. How its
// resources are named comes from AWS's schemas.
package firehose

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

// Service is Amazon Data Firehose.
var Service = service.Service{
	Name:  "firehose",
	Title: "Amazon Data Firehose",
	Types: types,
	Jobs:  jobs,
}

// types: the streams of Kinesis, which have no room and whose schema does not
// say which part of their ARN is their name.
var types = []service.Type{{
	Name: "AWS::Kinesis::Stream", Source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html",
	NameProp: "Name",
	ARN:      "arn:${Partition}:kinesis:${Region}:${Account}:stream/${Name}",
	Props: []string{
		"DesiredShardLevelMetrics", "MaxRecordSizeInKiB", "Name", "RetentionPeriodHours", "ShardCount", "StreamEncryption", "StreamModeDetails", "Tags",
		"WarmThroughputMiBps",
	},
	Declare: cloud.Tagged,
}}

const page = "https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html"

// jobs: a delivery stream that delivers to a bucket.
var jobs = []service.Job{{
	Type: "AWS::KinesisFirehose::DeliveryStream", Principal: "firehose.amazonaws.com",
	Role: func(s *service.Site) (string, source.Span) {
		n := destination(s).Get("RoleARN")
		return s.RoleARN(cloud.Text(n), s.Resource.Account), n.Where()
	},
	Assume: func(*service.Site) iam.Context {
		return service.Unknown("aws:SourceArn", "aws:SourceAccount", "sts:ExternalId")
	},
	AssumeSource: page + "#firehose-assume-role",
	Alone:        func(s *service.Site) bool { return destination(s) != nil },
	Rows: []service.Row{{
		ID: "firehose.write", Caller: "role of the delivery stream",
		Actions: []string{"s3:PutObject"}, Resource: "<BucketARN>/<Prefix>…",
		Why:  "writes the records",
		Need: service.Stops, Basis: service.Documented, Source: page + "#using-iam-s3",
		Targets: func(s *service.Site) []service.Target {
			n := destination(s).Get("BucketARN")
			bucket, ok := strings.CutPrefix(cloud.Text(n), "arn:"+arn.Partition(s.Resource.Region)+":s3:::")
			if !ok || s.Role == "" {
				return nil
			}
			prefix := cloud.Text(destination(s).Get("Prefix"))
			if i := strings.Index(prefix, "!{"); i >= 0 {
				prefix = prefix[:i]
			}
			t := s.Object(bucket, prefix+match.Hole(match.Key, "the records"))
			t.At, t.What = n.Where(), "records of the stream"
			k := destination(s).At("EncryptionConfiguration", "KMSEncryptionConfig", "AWSKMSKeyARN")
			if key := service.KeyARN(s.Model, cloud.Text(k), s.Resource.Account, s.Resource.Region); key != "" {
				t.Encryption = &cloud.Encryption{Mode: cloud.Customer, Key: key, Span: k.Where()}
			}
			return []service.Target{t}
		},
	}},
}}

// destination is the bucket that the stream delivers to, nil where it delivers
// to none.
func destination(s *service.Site) *doc.Node {
	for _, p := range []string{"ExtendedS3DestinationConfiguration", "S3DestinationConfiguration"} {
		if n := s.Resource.Prop(p); n != nil && n.Kind == doc.Map {
			return n
		}
	}
	return nil
}
