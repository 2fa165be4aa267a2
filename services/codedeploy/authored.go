package codedeploy

import (
	"penstock/match"
	"penstock/service"
)

// authored: the hooks of an AppSpec file run on the instances of the
// deployment group, with the role of their instance profile
// (https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html).
func authored(s *service.Site) []service.Authored {
	if s.Resource == nil || s.Resource.Type != groupT {
		return nil
	}
	var out []service.Authored
	for _, i := range fleet(s) {
		a := service.Authored{
			Role: i.Role, What: "the revision and hooks that deployment group " + match.Render(s.Resource.Name) + " runs on its instances",
			At: i.At, Unknown: i.Unknown, Basis: service.Documented,
			Source: "https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html",
		}
		if a.Role != "" || a.Unknown != "" {
			out = append(out, a)
		}
	}
	return out
}
