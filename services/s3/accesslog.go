package s3

import (
	"fmt"

	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const accessPage = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html#grant-log-delivery-permissions-general"

// accessLogs: the server access log of a bucket.
var accessLogs = service.Row{
	ID: "s3.accesslog", Caller: logging,
	Actions: []string{"s3:PutObject"}, Resource: "<LoggingConfiguration.DestinationBucketName>/<LogFilePrefix>…",
	Context: "aws:SourceArn = the bucket, aws:SourceAccount = its account",
	Why:     "writes the server access log of the bucket",
	Need:    service.Degrades, Lost: "its access log is not written", Basis: service.Documented, Source: accessPage,
	Targets: accessLog,
}

const logging = "logging.s3.amazonaws.com"

// accessLog is what S3 writes, nothing where an ACL of the destination lets
// the log delivery group in.
func accessLog(s *service.Site) []service.Target {
	n := s.Resource.Prop("LoggingConfiguration", "DestinationBucketName")
	name := cloud.Text(n)
	if name == "" {
		return nil
	}
	dest := s.BucketResource(name)
	if dest == nil || cloud.Text(dest.Prop("AccessControl")) == "LogDeliveryWrite" {
		return nil
	}
	prefix := cloud.Text(s.Resource.Prop("LoggingConfiguration", "LogFilePrefix"))
	t := s.Object(name, prefix+match.Hole(match.Key, "the log file"))
	t.Caller, t.At, t.What = iam.Principal{Service: logging}, n.Where(), "server access log"
	t.Context = service.Context("aws:SourceArn", s.Resource.ARN, "aws:SourceAccount", s.Resource.Account)
	return []service.Target{t}
}

// plainOnly are the services that deliver logs to buckets with SSE-S3 only.
var plainOnly = map[string]string{
	"logdelivery.elasticloadbalancing.amazonaws.com": "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html#access-log-create-bucket",
	logging: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html#server-access-logging-overview",
}

// encryptedLogs finds a log that is to be written to a bucket whose default
// encryption is with KMS, by a service that cannot.
func encryptedLogs(s *service.Site, c *service.Call) []diag.Finding {
	if c.Request.Action != "s3:PutObject" || plainOnly[c.Request.Principal.Service] == "" {
		return nil
	}
	e, bucket := objectEncryption(s, c)
	if e == nil || bucket == nil || e.Mode == cloud.AWSOwned || match.HasHole(e.Key) && e.Span.IsZero() {
		return nil
	}
	f := diag.Finding{
		At: c.Target.At, Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("%s writes logs to bucket %s, whose default encryption is with KMS: it can write with SSE-S3 only",
			c.Request.Principal.Service, match.Render(bucket.Name)),
		Principal: c.Request.Principal.Service, Action: c.Request.Action, Resource: c.Request.Resource, Layer: "resource",
		AWSError: "Access Denied for bucket: " + match.Render(bucket.Name) + ". Please check S3bucket permission",
	}
	if c.Row.Need != service.Stops {
		f.Severity, f.AWSError = diag.Warning, ""
	}
	if !e.Span.IsZero() {
		f.Related = []diag.Note{{At: e.Span, Message: "the encryption of the bucket"}}
	}
	return []diag.Finding{f}
}

const encryptedDoc = `
The access logs of an Application Load Balancer and the server access logs of a bucket can be delivered to a bucket with the
default encryption SSE-S3 only; with a KMS key, even the account's own ` + "`aws/s3`" + `, nothing is delivered.

**What AWS shows**: "Access Denied for bucket: … Please check S3bucket permission" when the load balancer's access logs are
switched on; nothing at all for server access logs.

**Remedy**: ` + "`SSEAlgorithm: AES256`" + ` for the bucket of the logs.

**Sources**
- https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html#access-log-create-bucket
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
`
