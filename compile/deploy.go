package compile

import (
	"fmt"

	"penstock/blueprint"
	"penstock/spec"
)

// deploy draws what a stage needs in its account, and returns its actions, one
// or more a region.
func (b *builder) deploy(s *spec.Stage, in string) []blueprint.Map {
	d := s.Deploy
	home := b.target(d.Account, d.Regions[0])
	// The action's role is in the account that it deploys to, also where that is
	// the pipeline's own: what it may do, no other stage may.
	r := b.role(home, "deploy-"+s.Name, "The pipeline assumes this role to deploy "+s.Name+".", 0)
	var out []blueprint.Map
	for _, region := range d.Regions {
		st := b.target(d.Account, region)
		for _, a := range deployers[d.Kind](b, s, st, r, in) {
			a.Set("RoleArn", b.arn(r, b.tools()))
			if region != b.spec.Region {
				a.Set("Region", region)
			}
			if len(d.Regions) > 1 {
				a.Set("Name", fmt.Sprintf("%s-%s", a.Get("Name"), region))
			}
			out = append(out, a)
		}
	}
	return out
}

// A deployer draws what a kind of deployment needs in a stack, and returns the
// actions without role and region.
type deployer func(b *builder, s *spec.Stage, st *blueprint.Stack, r *role, in string) []blueprint.Map

// deployers are the kinds, each in a file of its own.
var deployers = map[spec.DeployKind]deployer{}
