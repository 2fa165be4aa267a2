package ecr

import (
	"strings"

	"penstock/match"
	"penstock/service"
)

const (
	sourcePage  = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECR.html"
	publishPage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECRBuildAndPublish.html"
	pushPage    = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html"
)

// actions: the ECR source and the action that builds and publishes an image
// (rows 4 and 16 of the provider list). What starts the pipeline on a push is
// the pipeline's own trigger; the log of the build is with the compute
// actions of CodePipeline.
var actions = []service.Action{
	{
		Category: "Source", Owner: "AWS", Provider: "ECR", Artifacts: "action",
		Rows: []service.Row{{
			ID: "ecr.source", Caller: "pipeline or action role",
			Actions: []string{"ecr:DescribeImages"}, Resource: "repository/<RepositoryName>",
			Why:  "finds the digest of the image",
			Need: service.Stops, Basis: service.Documented, Source: sourcePage + "#edit-role-ecr",
			Targets: func(s *service.Site) []service.Target { return repository(s, "RepositoryName") },
		}},
	},
	{
		Category: "Build", Owner: "AWS", Provider: "ECRBuildAndPublish", Artifacts: "action",
		Rows: []service.Row{
			{
				// AWS's page gives the action on a repository too, where it has no
				// effect: it has no resource type.
				ID: "ecr.publish.token", Caller: "pipeline or action role",
				Actions: []string{"ecr:GetAuthorizationToken"}, Resource: "*",
				Why:  "logs in to push the image",
				Need: service.Stops, Basis: service.Documented, Source: publishPage + "#edit-role-ECRBuildAndPublish",
				Targets: func(s *service.Site) []service.Target { return anything(published(s)) },
			},
			{
				ID: "ecr.publish.push", Caller: "pipeline or action role",
				Actions: []string{
					"ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage",
				},
				Resource: "repository/<ECRRepositoryName>", Why: "pushes the image",
				Need: service.Stops, Basis: service.Documented, Source: publishPage + "#edit-role-ECRBuildAndPublish; " + pushPage,
				Targets: published,
			},
			{
				ID: "ecr.publish.describe", Caller: "pipeline or action role",
				Actions: []string{"ecr:DescribeRepositories"}, Resource: "repository/<ECRRepositoryName>",
				Why:  "finds the address of the repository",
				Need: service.Stops, Basis: service.Documented, Source: publishPage + "#edit-role-ECRBuildAndPublish",
				Targets: published,
			},
			{
				ID: "ecr.publish.layers", Caller: "pipeline or action role",
				Actions: []string{"ecr:GetDownloadUrlForLayer"}, Resource: "repository/<ECRRepositoryName>",
				Why:  "reads layers that the repository has",
				Need: service.Listed, Basis: service.Documented, Source: publishPage + "#edit-role-ECRBuildAndPublish",
				Targets: published,
			},
			{
				ID: "ecr.publish.public-token", Caller: "pipeline or action role",
				Actions: []string{"ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"}, Resource: "*",
				Why:  "logs in to a public registry (RegistryType public)",
				Need: service.Stops, Basis: service.Documented, Source: publishPage + "#edit-role-ECRBuildAndPublish; https://docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html",
				Targets: func(s *service.Site) []service.Target { return anything(public(s)) },
			},
			{
				ID: "ecr.publish.public-push", Caller: "pipeline or action role",
				Actions: []string{
					"ecr-public:BatchCheckLayerAvailability", "ecr-public:InitiateLayerUpload", "ecr-public:UploadLayerPart",
					"ecr-public:CompleteLayerUpload", "ecr-public:PutImage",
				},
				Resource: "repository/<ECRRepositoryName>", Why: "pushes the image to a public registry",
				Need: service.Stops, Basis: service.Documented, Source: publishPage + "#edit-role-ECRBuildAndPublish",
				Targets: public,
			},
			{
				ID: "ecr.publish.public-describe", Caller: "pipeline or action role",
				Actions: []string{"ecr-public:DescribeRepositories"}, Resource: "repository/<ECRRepositoryName>",
				Why:  "finds the address of the public repository",
				Need: service.Stops, Basis: service.Documented, Source: publishPage + "#edit-role-ECRBuildAndPublish",
				Targets: public,
			},
		},
	},
}

// repository is the one that a configuration key names, by name or with its
// registry in front.
func repository(s *service.Site, key string) []service.Target {
	name := s.Action.Get(key)
	if name == "" {
		return nil
	}
	if i := strings.Index(name, ".amazonaws.com/"); i >= 0 {
		name = name[i+len(".amazonaws.com/"):]
	}
	return []service.Target{{
		Resource: s.ARN("ecr", "repository/"+name), At: s.Action.Config.Get(key).Where(), What: "image repository " + match.Render(name),
	}}
}

func isPublic(s *service.Site) bool { return s.Action.Get("RegistryType") == "public" }

func published(s *service.Site) []service.Target {
	if isPublic(s) {
		return nil
	}
	return repository(s, "ECRRepositoryName")
}

// public: the ARN of a public repository has no region.
func public(s *service.Site) []service.Target {
	if !isPublic(s) {
		return nil
	}
	ts := repository(s, "ECRRepositoryName")
	for i := range ts {
		ts[i].Resource = "arn:aws:ecr-public::" + s.Account + ":repository/" + s.Action.Get("ECRRepositoryName")
	}
	return ts
}

func anything(ts []service.Target) []service.Target {
	for i := range ts {
		ts[i].Resource, ts[i].What = "*", "registry password"
	}
	return ts
}
