package compile

import (
	"fmt"
	"os"
	"testing"

	"penstock/spec"
)

func TestNetScratch(t *testing.T) {
	s := auditSpec(func(s *spec.Spec) {
		s.Network = &spec.Network{CIDR: "10.0.0.0/16", Endpoints: true}
		d := s.Builds[0]
		d.VPC = true
		d.Buildspec, d.Inline = "version: 0.2\nphases:\n  build:\n    commands:\n      - docker push \"$IMAGE_REPOSITORY:1\"\n      - aws sts get-caller-identity\n", true
		d.Secrets = []spec.Secret{
			{Variable: "DB_PASSWORD", Kind: spec.Parameter, Name: "/mfmsapp/prod/DB_PASSWORD"},
			{Variable: "API_KEY", Kind: spec.Secrets, Name: "mfmsapp/prod/credentials", JSONKey: "api_key", Create: true},
		}
	})
	r := proved(t, s)
	dump(t, r)
}

func dump(t *testing.T, r *Result) {
	for _, f := range r.Files {
		if os.Getenv("DUMP") != "" {
			os.WriteFile(os.Getenv("DUMP")+"/"+f.Name, f.Data, 0o644)
		}
	}
	for _, x := range r.Report.Theorems {
		fmt.Println(x.Theorem, x.Outcome, x.Why, x.Allowed, x.Denied, x.Depending)
	}
	for _, f := range r.Report.Findings {
		fmt.Println(f.Severity, f.Certainty, f.Code, f.Message, f.Depends)
	}
	for _, a := range r.Report.Assumptions {
		fmt.Println("-", a)
	}
	for _, s := range r.Steps {
		fmt.Printf("step %s: %s\n  %s\n", s.After, s.Title, s.Command)
	}
}
