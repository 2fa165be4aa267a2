package codebuild_test

import (
	"fmt"

	"penstock/services/codebuild"
	"penstock/source"
)

func ExampleParseBuildspec() {
	f := source.NewFile("buildspec.yml", []byte(`version: 0.2
env:
  secrets-manager:
    PASSWORD: app/db:password
phases:
  build:
    commands:
      - make
`))
	b, findings, err := codebuild.ParseBuildspec(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(b.Secrets[0].Name, "is", b.Secrets[0].Value, "at", b.Secrets[0].Span)
	fmt.Println(b.Phases[0].Name, b.Phases[0].Commands[0].Text, len(findings), "findings")
	// Output:
	// PASSWORD is app/db:password at buildspec.yml:4:15
	// build make 0 findings
}
