// Package codeartifact is what Penstock knows about AWS CodeArtifact:
// domains, repositories and their policies.
package codeartifact

import "penstock/service"

// Service is AWS CodeArtifact.
var Service = service.Service{
	Name:   "codeartifact",
	Title:  "AWS CodeArtifact",
	Types:  types,
	Powers: powers,
}
