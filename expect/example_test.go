package expect_test

import (
	"fmt"

	"penstock/cloud"
	"penstock/expect"
	"penstock/prove"
	"penstock/source"
)

func Example() {
	s, err := expect.Parse(source.NewFile("access.yaml", []byte(`
tests:
  - who: build
    may not: sts:AssumeRole
    on: arn:aws:iam::222222222222:role/deploy
`)))
	if err != nil {
		fmt.Println(err)
		return
	}
	m := cloud.New()
	m.AddPrincipal(&cloud.Principal{Kind: cloud.Role, ARN: "arn:aws:iam::111111111111:role/build", Name: "build", Account: "111111111111"})
	results, err := s.Run(prove.NewEngine(), func(expect.Templates) ([]*cloud.Model, error) { return []*cloud.Model{m}, nil })
	fmt.Println(results[0].Test.Name, results[0].Passed(), err)
	// Output: build may not sts:AssumeRole on arn:aws:iam::222222222222:role/deploy true <nil>
}
