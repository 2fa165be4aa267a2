package ec2

import (
	"cmp"
	"slices"
	"strings"

	"penstock/service"
)

// endpoints are the services with a VPC endpoint, by IAM prefix; the name of
// the endpoint ends in the value
// (https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html).
// ecr and codecommit have two each, see hostsOf. Of services that are missing
// here, the global ones (iam, cloudfront, organizations, route53) among them,
// it is not known which endpoint serves them, if any does.
var endpoints = map[string]string{
	"acm-pca": "acm-pca", "athena": "athena", "autoscaling": "autoscaling", "cloudformation": "cloudformation", "cloudtrail": "cloudtrail",
	"cloudwatch": "monitoring", "codebuild": "codebuild", "codedeploy": "codedeploy", "codepipeline": "codepipeline",
	"dynamodb": "dynamodb", "ec2": "ec2", "ecs": "ecs", "eks": "eks", "elasticloadbalancing": "elasticloadbalancing", "events": "events",
	"glue": "glue", "kms": "kms", "lambda": "lambda", "logs": "logs", "rds": "rds", "s3": "s3", "secretsmanager": "secretsmanager",
	"sns": "sns", "sqs": "sqs", "ssm": "ssm", "states": "states", "sts": "sts", "xray": "xray",
}

// registry are the actions that docker makes through the registry's own API,
// at ecr.dkr, and not at ecr.api
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html).
var registry = []string{
	"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability",
	"ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage",
}

const layersWhy = "downloads the layers of images, which ECR keeps in S3"

// Hosts returns what a call has to reach over the network, the first of which
// carries the call itself. A host without Service is one of which it is not
// known which endpoint serves it.
func Hosts(s *service.Site, c *service.Call) []service.Host {
	var out []service.Host
	for _, h := range hostsOf(s, c) {
		out = append(out, service.Host{Service: h.service, Region: h.region, Name: h.name, Why: c.Row.Why, At: c.Target.At, Need: c.Row.Need})
	}
	return out
}

// hostsOf returns what a call has to reach; the first carries the call
// itself. Layers of an image come from S3
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-setting-up-s3-gateway).
func hostsOf(s *service.Site, c *service.Call) []host {
	prefix, name, _ := strings.Cut(strings.ToLower(c.Request.Action), ":")
	region := cmp.Or(c.Target.Region, s.Region)
	at := func(svc string) host { return host{service: svc, region: region, name: svc} }
	switch prefix {
	case "ecr":
		if !slices.ContainsFunc(registry, func(a string) bool { return strings.EqualFold(a, c.Request.Action) }) {
			return []host{at("ecr.api")}
		}
		if name == "getdownloadurlforlayer" {
			return []host{at("ecr.dkr"), at("s3")}
		}
		return []host{at("ecr.dkr")}
	case "codecommit":
		if name == "gitpull" || name == "gitpush" {
			return []host{at("git-codecommit")}
		}
		return []host{at("codecommit")}
	case "codeartifact":
		if strings.HasPrefix(name, "readfrom") || strings.HasPrefix(name, "publish") {
			return []host{at("codeartifact.repositories"), at("s3")}
		}
		return []host{at("codeartifact.api")}
	case "s3":
		// A bucket answers in its own region.
		if r := s.Model.Owner(c.Request.Resource); r != nil && r.Region != "" {
			region = r.Region
		}
		return []host{at("s3")}
	}
	if prefix == "sts" && name == "getservicebearertoken" || prefix == "iam" && name == "passrole" {
		return nil // no request of its own
	}
	if svc, ok := endpoints[prefix]; ok {
		return []host{at(svc)}
	}
	return []host{{region: region, name: prefix, unsure: true}}
}
