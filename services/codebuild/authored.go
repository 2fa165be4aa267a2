package codebuild

import (
	"penstock/match"
	"penstock/service"
)

// authored: a build runs the commands of its buildspec with the service role
// of the project, and whatever they run of the source: a test, a hook of the
// package manager, a Dockerfile. A buildspec in the project pins the commands
// and not what they run. To the code that seals and promotes, the source is
// data.
func authored(s *service.Site) []service.Authored {
	const page = guide + "setting-up-service-role.html; " + specPage + " (\"commands\")"
	if r := s.Resource; r != nil {
		if r.Type != projectT {
			return nil
		}
		if _, broken, ok := sealed(s); ok && broken == "" {
			return nil
		}
		role, at := serviceRole(s)
		return []service.Authored{{
			Role: role, What: "the code that build project " + match.Render(r.Name) + " builds and tests", At: at,
			Basis: service.Documented, Source: page,
		}}
	}
	if s.Action == nil || s.Action.Provider != "CodeBuild" {
		return nil
	}
	name := s.Action.Get("ProjectName")
	if name == "" || s.Find(name, projectT) != nil {
		return nil // asked again at the job
	}
	return []service.Authored{{
		What: "the code that build project " + match.Render(name) + " builds and tests", At: s.Action.Span,
		Unknown: "the service role of build project " + match.Render(name) + ", which no stack declares",
		Basis:   service.Documented, Source: page,
	}}
}
