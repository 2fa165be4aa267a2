package compile

import (
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

// given describes the secrets that builds read and that are not made here. A
// secret without a policy of its own is what the console and the CLI make.
func (b *builder) given() {
	for _, v := range b.vaulted(spec.Secrets) {
		if v.Create || v.ARN != "" {
			continue
		}
		st := b.existing(b.spec.Tools, b.spec.Region)
		st.Add(&blueprint.Resource{ID: free(st, "Secret"+ident(v.Name)), Type: "AWS::SecretsManager::Secret", Props: blueprint.KV("Name", b.project(blueprint.Lit(v.Name)))})
	}
}
