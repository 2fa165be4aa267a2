package ecr

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const (
	apiPage = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/"
	tagPage = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html"
)

// powers: who writes a tag decides what runs by it.
var powers = []service.Power{
	{
		ID: "ecr.push", Kind: service.Tamper,
		Why:   "has a tag of the repository name another image",
		Basis: service.Documented, Source: apiPage + "API_PutImage.html; " + pushPage + "; " + tagPage,
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, repositoryType, func(r *cloud.Resource) []service.Gain {
				return []service.Gain{{
					Calls: push(r.ARN, r.Account, frozen(r)), Resource: r, Touches: service.TouchesImage,
					What: "tags of repository " + match.Render(service.Called(r)), Maybe: r.Maybe,
				}}
			})
		},
	},
	{
		ID: "ecr.run", Kind: service.Execute,
		Why:   "has a tag name its own image, which a container, a function or a build runs with a role when it next starts",
		Basis: service.Documented, Source: apiPage + "API_PutImage.html; " + tagPage + "; https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
		Find: images,
	},
	{
		ID: "ecr.delete", Kind: service.Tamper,
		Why:   "deletes images, or a tag, so that another can take its name",
		Basis: service.Documented, Source: apiPage + "API_BatchDeleteImage.html; " + apiPage + "API_PutLifecyclePolicy.html",
		Find: service.Change(repositoryType, "images of repository", service.TouchesImage, "deletes images",
			"ecr:BatchDeleteImage", "ecr:DeleteRepository", "ecr:PutLifecyclePolicy"),
	},
	{
		ID: "ecr.guard", Kind: service.Tamper,
		Why:   "changes who may push to the repository, or lets tags be overwritten",
		Basis: service.Documented, Source: apiPage + "API_SetRepositoryPolicy.html; " + apiPage + "API_PutImageTagMutability.html",
		Find: service.Change(repositoryType, "repository", service.TouchesGuard, "changes the repository",
			"ecr:SetRepositoryPolicy", "ecr:DeleteRepositoryPolicy", "ecr:PutImageTagMutability", "ecr:PutImageScanningConfiguration"),
	},
	{
		ID: "ecr.registry", Kind: service.Tamper,
		Why:   "has the registry replicate or pull images from elsewhere",
		Basis: service.Documented, Source: apiPage + "API_PutReplicationConfiguration.html; " + apiPage + "API_PutRegistryPolicy.html; " + apiPage + "API_CreatePullThroughCacheRule.html",
		Find: func(m *cloud.Model) []service.Gain {
			var gs []service.Gain
			seen := map[string]bool{}
			for r := range m.OfType(repositoryType) {
				if seen[r.Account] {
					continue
				}
				seen[r.Account] = true
				gs = append(gs, service.Gain{
					Calls: []service.PowerCall{{
						Actions: []string{"ecr:PutReplicationConfiguration", "ecr:PutRegistryPolicy", "ecr:DeleteRegistryPolicy", "ecr:CreatePullThroughCacheRule", "ecr:UpdatePullThroughCacheRule"},
						Account: r.Account, Why: "changes the registry",
					}},
					Touches: service.TouchesGuard, What: "registry of account " + match.Render(r.Account),
				})
			}
			return gs
		},
	},
}

// frozen reports whether tags of a repository cannot be overwritten.
func frozen(r *cloud.Resource) bool {
	return r != nil && r.Prop("ImageTagMutability").Str() == "IMMUTABLE"
}

// push is how an image comes under a tag that is in use. Its layers are
// uploaded first; where tags cannot be overwritten the old one has to go.
func push(repository, account string, frozen bool) []service.PowerCall {
	on := func(why string, actions ...string) service.PowerCall {
		return service.PowerCall{Actions: actions, Resources: []string{repository}, Account: account, Why: why}
	}
	calls := []service.PowerCall{on("uploads layers", "ecr:InitiateLayerUpload"), on("finishes the upload", "ecr:CompleteLayerUpload"), on("writes the tag", "ecr:PutImage")}
	if frozen {
		calls = append([]service.PowerCall{on("frees the tag", "ecr:BatchDeleteImage", "ecr:PutImageTagMutability")}, calls...)
	}
	return calls
}

// images finds what the stacks run by a tag.
func images(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	add := func(r *cloud.Resource, image, role, what string) {
		account, region, name, ok := service.ECRImage(image)
		if !ok || role == "" || strings.Contains(image, "@sha256:") {
			return
		}
		on := arn.ARN{Partition: arn.Partition(region), Service: "ecr", Region: region, Account: account, Resource: "repository/" + name}.String()
		gs = append(gs, service.Gain{
			Calls: push(on, account, frozen(m.Resource(on))), Principal: role, Resource: r, Touches: service.TouchesImage,
			What: "image of " + what + " " + match.Render(service.Called(r)), Maybe: r.Maybe,
		})
	}
	for r := range m.OfType("AWS::ECS::TaskDefinition") {
		role := service.RoleOf(m, r, "TaskRoleArn")
		var seen []string
		for c := range r.Prop("ContainerDefinitions").Elems() {
			image := cloud.Text(c.Get("Image"))
			if slices.Contains(seen, image) {
				continue
			}
			seen = append(seen, image)
			add(r, image, role, "task definition")
		}
	}
	for r := range m.OfType("AWS::CodeBuild::Project") {
		add(r, cloud.Text(r.Prop("Environment", "Image")), service.RoleOf(m, r, "ServiceRole"), "build project")
	}
	// A function runs the image that its tag named when it was last updated,
	// so a new one runs once somebody updates it.
	for r := range m.OfType("AWS::Lambda::Function") {
		n := len(gs)
		add(r, cloud.Text(r.Prop("Code", "ImageUri")), service.RoleOf(m, r, "Role"), "function")
		for i := n; i < len(gs); i++ {
			gs[i].Maybe = append(gs[i].Maybe[:len(gs[i].Maybe):len(gs[i].Maybe)], "whether function "+match.Render(service.Called(r))+" is updated from the tag afterwards")
		}
	}
	return gs
}
