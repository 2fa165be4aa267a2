package compile

import (
	"slices"

	"penstock/blueprint"
	"penstock/spec"
)

// existing is the stack that describes what an account has already, in a
// region: what is deployed to or read without being made here.
func (b *builder) existing(a spec.Account, region string) *blueprint.Stack {
	name := a.Alias + "-existing"
	if region != b.spec.Region {
		name += "-" + region
	}
	st := b.stack(name, a, region, "What is there already: described for the proof, not deployed")
	st.Exists = true
	return st
}

// given describes what the pipeline reads in the tools account and does not
// make: secrets, repositories, the bucket of the source. None has a policy of
// its own, as the console and the CLI make them; one that has is for its owner
// to look at.
func (b *builder) given() {
	add := func(id, typ string, props blueprint.Map) (*blueprint.Stack, *blueprint.Resource) {
		st := b.existing(b.spec.Tools, b.spec.Region)
		return st, st.Add(&blueprint.Resource{ID: free(st, id), Type: typ, Props: props})
	}
	for _, v := range b.vaulted(spec.Secrets) {
		if !v.Create && v.ARN == "" {
			add("Secret"+ident(v.Name), "AWS::SecretsManager::Secret", blueprint.KV("Name", b.project(blueprint.Lit(v.Name))))
		}
	}
	repository := func(name string) {
		if b.repository(b.tools(), name) != nil || b.repository(b.existing(b.spec.Tools, b.spec.Region), name) != nil {
			return
		}
		// Other accounts pull from it only where its policy lets them.
		st, r := add(imagesID(b.spec.Project, name), "AWS::ECR::Repository", blueprint.KV("RepositoryName", b.project(blueprint.Lit(name)), "RepositoryPolicyText", nil))
		b.guard(st, r, r, "RepositoryPolicyText")
	}
	s := &b.spec.Source
	switch {
	case s.Create:
	case s.Kind == spec.ECRSource:
		repository(s.Repository)
	case s.Kind == spec.S3Source:
		add("SourceBucket", "AWS::S3::Bucket", blueprint.KV("BucketName", b.project(blueprint.Lit(s.Bucket)),
			"NotificationConfiguration", blueprint.KV("EventBridgeConfiguration", blueprint.KV("EventBridgeEnabled", true)),
			"VersioningConfiguration", blueprint.KV("Status", "Enabled")))
	}
	for _, d := range b.buildsOfAll() {
		for _, img := range append(slices.Clone(d.Pull), d.Push...) {
			if !img.Create {
				repository(img.Repository)
			}
		}
		if d.ImageECR != "" {
			repository(d.ImageECR)
		}
	}
}
