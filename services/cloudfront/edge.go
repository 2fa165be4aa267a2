package cloudfront

import (
	"fmt"
	"iter"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

// What CloudFront takes to all its locations comes from one region, whatever
// region the distribution is declared in
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html#https-requirements-certificate-issuer,
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html).
const home = "us-east-1"

const edgePage = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html"

// edgeRow: CloudFront replicates a function, which then runs at its
// locations; the role of the function must trust both principals when the
// distribution is made.
var edgeRow = service.Row{
	ID: "cloudfront.edge", Caller: "edgelambda.amazonaws.com",
	Actions: []string{"sts:AssumeRole"}, Resource: "role of <LambdaFunctionAssociations.LambdaFunctionARN>",
	Why:  "runs the function at the locations of CloudFront",
	Need: service.Stops, Basis: service.Documented, Source: edgePage + "#lambda-edge-permissions-function-execution",
	Targets: func(s *service.Site) []service.Target {
		var ts []service.Target
		seen := map[string]bool{}
		for n := range associations(s) {
			fn := functionOf(s.Model, cloud.Text(n))
			if fn == nil {
				continue
			}
			role := service.RoleOf(s.Model, fn, "Role")
			if role == "" || seen[role] {
				continue
			}
			seen[role] = true
			ts = append(ts, service.Target{
				Caller: iam.Principal{Service: "edgelambda.amazonaws.com"}, Resource: role, Account: arn.Account(role), At: n.Where(), What: "role of " + fn.LogicalID,
				Context: service.Unknown("aws:SourceArn", "aws:SourceAccount"),
				Assume:  "edgelambda.amazonaws.com sends what the trust of " + match.Render(role) + " asks of it",
			})
		}
		return ts
	},
}

// associations are the functions of Lambda@Edge that a distribution names.
func associations(s *service.Site) iter.Seq[*doc.Node] {
	return func(yield func(*doc.Node) bool) {
		config := s.Resource.Prop("DistributionConfig")
		behaviors := []*doc.Node{config.Get("DefaultCacheBehavior")}
		for b := range config.Get("CacheBehaviors").Elems() {
			behaviors = append(behaviors, b)
		}
		for _, b := range behaviors {
			for a := range b.Get("LambdaFunctionAssociations").Elems() {
				if n := a.Get("LambdaFunctionARN"); cloud.Text(n) != "" && len(a.Maybe) == 0 && !yield(n) {
					return
				}
			}
		}
	}
}

// functionOf is the declared function of the ARN of one of its versions.
func functionOf(m *cloud.Model, version string) *cloud.Resource {
	for r := range m.OfType("AWS::Lambda::Function") {
		if r.ARN != "" && (version == r.ARN || strings.HasPrefix(version, r.ARN+":")) {
			return r
		}
	}
	return nil
}

// checks: what keeps a distribution from being made.
var checks = []service.Check{{Code: "RUN114", On: "job", Find: elsewhere}}

// elsewhere finds a certificate or a function of another region than that
// which CloudFront takes them from.
func elsewhere(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != distributionType {
		return nil
	}
	var fs []diag.Finding
	look := func(n *doc.Node, what string) {
		a, err := arn.Parse(cloud.Text(n))
		if err != nil || match.HasHole(a.Region) || a.Region == home || a.Region == "" || arn.Partition(a.Region) != "aws" || len(n.Maybe) > 0 {
			return
		}
		fs = append(fs, diag.Finding{
			At: n.Where(), Severity: diag.Error, Certainty: diag.Proved,
			Message:  fmt.Sprintf("distribution %s names a %s of %s, and CloudFront takes it from %s only", s.Resource.ID(), what, a.Region, home),
			AWSError: map[string]string{"certificate": "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain."}[what],
		})
	}
	look(s.Resource.Prop("DistributionConfig", "ViewerCertificate", "AcmCertificateArn"), "certificate")
	for n := range associations(s) {
		look(n, "function")
	}
	return fs
}

// alone reports whether there is anything to ask about a distribution.
func alone(s *service.Site) bool {
	if len(origins(s)) > 0 || s.Resource.Prop("DistributionConfig", "ViewerCertificate", "AcmCertificateArn") != nil {
		return true
	}
	for range associations(s) {
		return true
	}
	return false
}

var codes = []service.Code{{
	Code: "RUN114", Theorem: "runs", Title: "a distribution names something of a region that CloudFront does not take it from",
	Open: "the certificate or the function has to be made in another region, which is another stack",
	Doc: strings.TrimSpace(`
CloudFront is in no region. The certificate of a distribution must be one of AWS Certificate Manager in us-east-1, and a
function of Lambda@Edge must be in us-east-1 too, wherever the stack of the distribution is deployed.

**What AWS shows**: "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a
valid certificate chain", and the stack is rolled back.

**Remedy**: a stack in us-east-1 with the certificate or the function, and its ARN handed to this one.

**Sources**
- https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
- https://repost.aws/knowledge-center/custom-ssl-certificate-cloudfront
`),
}}
