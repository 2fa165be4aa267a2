package service_test

import (
	"testing"

	"penstock/match"
	"penstock/service"
)

func TestPublicImage(t *testing.T) {
	for image, want := range map[string]bool{
		"golang:1.22":                                        true,
		"library/golang":                                     true,
		"public.ecr.aws/docker/library/go:1":                 true,
		"ghcr.io/owner/app@sha256:00":                        true,
		"111111111111.dkr.ecr.eu-west-1.amazonaws.com/app:1": false,
		"nexus.example.com/app":                              false,
		"localhost/app":                                      false,
		"registry:5000/app":                                  false,
		match.Hole(match.Any, "Image"):                       false,
		"":                                                   false,
	} {
		if got := service.PublicImage(image); got != want {
			t.Errorf("PublicImage(%q) = %v, want %v", match.Render(image), got, want)
		}
	}
}
