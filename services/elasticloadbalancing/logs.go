package elasticloadbalancing

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const (
	albPage = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html"
	nlbPage = "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html"
)

// jobs: a load balancer with access logs. The bucket is tried when they are
// switched on: "Access Denied for bucket: … Please check S3bucket permission".
var jobs = []service.Job{{
	Type:  "AWS::ElasticLoadBalancingV2::LoadBalancer",
	Alone: func(s *service.Site) bool { return bucket(s) != nil },
	Rows: []service.Row{{
		ID: "elasticloadbalancing.logs", Caller: "logdelivery.elasticloadbalancing.amazonaws.com, for a network load balancer delivery.logs.amazonaws.com",
		Actions: []string{"s3:PutObject"}, Resource: "<access_logs.s3.bucket>/<prefix>/AWSLogs/<account>/…",
		Why:  "writes the access logs of the load balancer; tried when they are switched on",
		Need: service.Stops, Basis: service.Documented, Source: albPage + "#attach-bucket-policy; " + nlbPage,
		Targets: logs,
	}},
}}

// attribute is the value of an attribute of the load balancer, nil where it
// has none.
func attribute(s *service.Site, key string) *doc.Node {
	for n := range s.Resource.Prop("LoadBalancerAttributes").Elems() {
		if n.Get("Key").Str() == key {
			return n.Get("Value")
		}
	}
	return nil
}

func bucket(s *service.Site) *doc.Node {
	if attribute(s, "access_logs.s3.enabled").Str() != "true" {
		return nil
	}
	return attribute(s, "access_logs.s3.bucket")
}

// owners are the accounts of Elastic Load Balancing from which the logs of the
// older regions come: a bucket policy may name the account in the place of the
// service
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html#attach-bucket-policy).
var owners = map[string]string{
	"us-east-1": "127311923021", "us-east-2": "033677994240", "us-west-1": "027434742980", "us-west-2": "797873946194",
	"af-south-1": "098369216593", "ap-east-1": "754344448648", "ap-southeast-3": "589379963580", "ap-south-1": "718504428378",
	"ap-northeast-3": "383597477331", "ap-northeast-2": "600734575887", "ap-southeast-1": "114774131450", "ap-southeast-2": "783225319266",
	"ap-northeast-1": "582318560864", "ca-central-1": "985666609251", "eu-central-1": "054676820928", "eu-west-1": "156460612806",
	"eu-west-2": "652711504416", "eu-south-1": "635631232127", "eu-west-3": "009996457667", "eu-north-1": "897822967062",
	"me-south-1": "076674570225", "sa-east-1": "507241528517",
}

func logs(s *service.Site) []service.Target {
	n := bucket(s)
	name := cloud.Text(n)
	if name == "" {
		return nil
	}
	key := "AWSLogs/" + s.Resource.Account + "/" + match.Hole(match.Key, "the log file")
	if p := cloud.Text(attribute(s, "access_logs.s3.prefix")); p != "" {
		key = strings.TrimSuffix(p, "/") + "/" + key
	}
	t := s.Object(name, key)
	t.At, t.What = n.Where(), "access log of the load balancer"
	t.Context.SetUnknown("s3:x-amz-acl")
	t.Context.SetUnknown("aws:SourceArn")
	t.Context.Put("aws:SourceAccount", iam.ContextValue{State: iam.Known, Values: []string{s.Resource.Account}, Optional: true})
	if s.Resource.Prop("Type").Str() == "network" {
		t.Caller = iam.Principal{Service: "delivery.logs.amazonaws.com"}
		t.Context.Set("s3:x-amz-acl", "bucket-owner-full-control")
		return []service.Target{t}
	}
	t.Caller = iam.Principal{Service: "logdelivery.elasticloadbalancing.amazonaws.com"}
	if owner := owners[s.Resource.Region]; owner != "" {
		old := t
		old.Caller = iam.Principal{ARN: "arn:" + arn.Partition(s.Resource.Region) + ":iam::" + owner + ":root"}
		old.Only = []string{"s3:PutObject"}
		old.Context = iam.Context{Open: true}
		t.Instead = &old
	}
	return []service.Target{t}
}
