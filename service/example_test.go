package service_test

import (
	"fmt"

	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

// A row says what somebody calls; its targets are the requests at one site.
func ExampleRow() {
	row := service.Row{
		ID: "example.publish", Caller: "build role", Actions: []string{"sns:Publish"},
		Need: service.Stops, Basis: service.Documented, Source: "https://docs.aws.amazon.com/sns/",
		Targets: func(s *service.Site) []service.Target {
			return []service.Target{{Resource: s.ARN("sns", "alerts"), Context: service.Context("aws:SourceAccount", s.Account)}}
		},
	}
	site := &service.Site{Account: "111111111111", Region: "eu-west-1"}
	for _, t := range row.Targets(site) {
		fmt.Println(row.Need, row.Actions[0], t.Resource)
	}
	// Output: stops sns:Publish arn:aws:sns:eu-west-1:111111111111:alerts
}

func ExampleViaKMS() {
	c := service.ViaKMS("s3", "eu-west-1", iam.Principal{ARN: "arn:aws:iam::111111111111:role/build"})
	fmt.Println(match.Render(c.Get("kms:ViaService").Values[0]))
	// Output: s3.eu-west-1.amazonaws.com
}
