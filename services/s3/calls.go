package s3

import (
	"penstock/service"
)

const (
	sourcePage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html#action-reference-S3-permissions"
)

// actions: the S3 source (row 2 of the provider list). Its output is written
// like any artifact.
var actions = []service.Action{sourceAction, deployAction}

var sourceAction = service.Action{
	Category: "Source", Owner: "AWS", Provider: "S3", Artifacts: "action",
	Rows: []service.Row{
		{
			ID: "s3.source.get", Caller: "pipeline or action role",
			Actions:  []string{"s3:GetObject", "s3:GetObjectVersion"},
			Resource: "<S3Bucket>/<S3ObjectKey>", Why: "fetches the source object; the bucket must be versioned",
			Need: service.Stops, Basis: service.Documented, Source: sourcePage,
			Targets: sourceObject,
		},
		{
			ID: "s3.source.bucket", Caller: "pipeline or action role",
			Actions:  []string{"s3:GetBucketVersioning"},
			Resource: "<S3Bucket>", Why: "checks that the bucket keeps versions",
			Need: service.Stops, Basis: service.Documented, Source: sourcePage,
			Targets: sourceBucket,
		},
		{
			ID: "s3.source.more", Caller: "pipeline or action role",
			Actions:  []string{"s3:GetBucketAcl", "s3:GetBucketLocation"},
			Resource: "<S3Bucket>", Why: "inspects the source bucket",
			Need: service.Listed, Basis: service.Documented, Source: sourcePage,
			Targets: sourceBucket,
		},
		{
			ID: "s3.source.tags", Caller: "pipeline or action role",
			Actions:  []string{"s3:GetObjectTagging", "s3:GetObjectVersionTagging"},
			Resource: "<S3Bucket>/<S3ObjectKey>", Why: "copies the tags of a tagged source object",
			Need: service.Listed, Basis: service.Documented, Source: sourcePage,
			Targets: sourceObject,
		},
	},
}

func sourceObject(s *service.Site) []service.Target {
	bucket, key := s.Action.Get("S3Bucket"), s.Action.Get("S3ObjectKey")
	if bucket == "" || key == "" {
		return nil
	}
	t := s.Object(bucket, key)
	t.What, t.At = "source object "+key, s.Action.Config.Get("S3ObjectKey").Where()
	return []service.Target{t}
}

func sourceBucket(s *service.Site) []service.Target {
	bucket := s.Action.Get("S3Bucket")
	if bucket == "" {
		return nil
	}
	t := s.Object(bucket, "")
	t.What, t.At = "source bucket", s.Action.Config.Get("S3Bucket").Where()
	return []service.Target{t}
}
