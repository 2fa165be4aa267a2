package codepipeline

import "penstock/service"

// authored: the commands of a Commands action and the Dockerfile of an
// ECRBuildAndPublish action run what the source holds, with the role of the
// action ("The commands action uses the pipeline service role",
// action-reference-Commands.html). That a Dockerfile can reach the credentials
// of the role is reasoned: the page says with which role the build runs, and
// not that it is kept from it.
func authored(s *service.Site) []service.Authored {
	if s.Resource != nil || s.Action == nil {
		return nil
	}
	switch a := s.Action; a.Provider {
	case "Commands":
		return []service.Authored{{
			Role: s.Role, What: "what the commands of action " + a.Name + " run", At: a.Span,
			Basis: service.Documented, Source: guide + "action-reference-Commands.html",
		}}
	case "ECRBuildAndPublish":
		return []service.Authored{{
			Role: s.Role, What: "the Dockerfile that action " + a.Name + " builds", At: a.Span,
			Basis: service.Reasoned, Source: guide + "action-reference-ECRBuildAndPublish.html",
		}}
	default:
		return nil
	}
}
