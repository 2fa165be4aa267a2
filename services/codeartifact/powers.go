package codeartifact

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/codeartifact/latest/APIReference/"

// powers: a build runs what its packages hold.
var powers = []service.Power{
	{
		ID: "codeartifact.publish", Kind: service.Tamper,
		Why:   "publishes a version of a package that builds take in",
		Basis: service.Documented, Source: apiPage + "API_PublishPackageVersion.html; " + apiPage + "API_CopyPackageVersions.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, "AWS::CodeArtifact::Repository", func(r *cloud.Resource) []service.Gain {
				s := service.Site{Model: m, Account: r.Account, Region: r.Region}
				on := s.ARN("codeartifact", "package/"+cloud.Text(r.Prop("DomainName"))+"/"+r.Name+"/*")
				return []service.Gain{{
					Calls:    []service.PowerCall{{Actions: []string{"codeartifact:PublishPackageVersion", "codeartifact:PutPackageOriginConfiguration"}, Resources: []string{on}, Account: r.Account, Why: "publishes a package"}},
					Resource: r, Touches: service.TouchesSource, What: "packages of repository " + match.Render(service.Called(r)), Maybe: r.Maybe,
				}}
			})
		},
	},
	{
		ID: "codeartifact.repository", Kind: service.Tamper,
		Why:   "changes where a repository takes packages from, and who may write it",
		Basis: service.Documented, Source: apiPage + "API_UpdateRepository.html; " + apiPage + "API_PutRepositoryPermissionsPolicy.html; " + apiPage + "API_AssociateExternalConnection.html",
		Find: service.Change("AWS::CodeArtifact::Repository", "repository", service.TouchesGuard, "changes the repository",
			"codeartifact:UpdateRepository", "codeartifact:PutRepositoryPermissionsPolicy", "codeartifact:AssociateExternalConnection", "codeartifact:DeleteRepository"),
	},
}
