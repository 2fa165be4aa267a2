package query_test

import (
	"fmt"

	"penstock/cloud"
	"penstock/prove"
	"penstock/query"
)

func ExampleAsk() {
	m := cloud.New()
	m.AddPrincipal(&cloud.Principal{Kind: cloud.Role, ARN: "arn:aws:iam::111111111111:role/build", Name: "build", Account: "111111111111"})
	a, err := query.Ask([]*cloud.Model{m}, prove.NewEngine(), query.Question{Who: "build", Action: "s3:ListAllMyBuckets", On: "*"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(a.Verdict(), a.Main().Decision.Layer)

	_, err = query.Ask([]*cloud.Model{m}, prove.NewEngine(), query.Question{Who: "biuld", Action: "s3:ListAllMyBuckets", On: "*"})
	fmt.Println(err)
	// Output:
	// deny identity
	// there is no principal "biuld"
}
