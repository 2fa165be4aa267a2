package cloudfront

import (
	"strings"

	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const (
	distributionType = "AWS::CloudFront::Distribution"
	oacPage          = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html"
)

// jobs: a distribution whose origin is a bucket that it reads with an origin
// access control. Whoever visits the site sees AccessDenied where it cannot.
var jobs = []service.Job{{
	Type:  distributionType,
	Alone: alone,
	Rows: []service.Row{edgeRow, {
		ID: "cloudfront.origin", Caller: "cloudfront.amazonaws.com",
		Actions: []string{"s3:GetObject"}, Resource: "<Origins.DomainName>/<object>",
		Context: "aws:SourceArn = the distribution",
		Why:     "reads what it serves",
		Need:    service.Stops, Basis: service.Documented, Source: oacPage + "#oac-permission-to-access-s3",
		Targets: origins,
	}},
}}

// origins are the buckets behind a distribution that are read with an origin
// access control.
func origins(s *service.Site) []service.Target {
	var ts []service.Target
	for o := range s.Resource.Prop("DistributionConfig", "Origins").Elems() {
		n := o.Get("DomainName")
		bucket := bucketOf(s, n)
		if bucket == nil || cloud.Text(o.Get("OriginAccessControlId")) == "" {
			continue
		}
		t := service.Target{
			Caller: iam.Principal{Service: "cloudfront.amazonaws.com"}, Resource: bucket.ARN + "/" + match.Hole(match.Key, "any object"),
			Account: bucket.Account, Region: bucket.Region, At: n.Where(), What: "origin of the distribution",
			Context: service.Context("aws:SourceArn", s.Resource.ARN),
		}
		t.Context.Put("aws:SourceAccount", iam.ContextValue{State: iam.Known, Values: []string{s.Resource.Account}, Optional: true})
		ts = append(ts, t)
	}
	return ts
}

// bucketOf is the declared bucket whose domain name an origin has.
func bucketOf(s *service.Site, n *doc.Node) *cloud.Resource {
	name, _, ok := strings.Cut(cloud.Text(n), ".s3.")
	if !ok {
		return nil
	}
	return s.BucketResource(name)
}
