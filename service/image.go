package service

import (
	"slices"
	"strings"

	"penstock/match"
)

// registries are public registries of container images.
var registries = []string{"docker.io", "gcr.io", "ghcr.io", "mcr.microsoft.com", "public.ecr.aws", "quay.io", "registry.k8s.io"}

// PublicImage reports whether the name of a container image surely means one
// on the internet: of a public registry, or of Docker Hub, which is meant
// where the name begins with no host
// (https://docs.docker.com/reference/cli/docker/image/tag/).
func PublicImage(name string) bool {
	if name == "" || match.HasHole(name) {
		return false
	}
	host, _, ok := strings.Cut(name, "/")
	if !ok || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return true
	}
	return slices.Contains(registries, host)
}
