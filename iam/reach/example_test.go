package reach_test

import (
	"fmt"

	"penstock/doc/json"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/source"
)

func Example() {
	text := `{"Version": "2012-10-17", "Statement": [
	  {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
	  {"Effect": "Deny", "Action": "s3:Put*", "Resource": "arn:aws:s3:::prod-*"}
	]}`
	n, _, err := json.Parse(source.NewFile("policy.json", []byte(text)))
	if err != nil {
		panic(err)
	}
	p, _ := iam.Parse(n, iam.Identity)
	e := reach.New(authz.New(authz.Options{}), reach.Options{})
	for _, action := range []string{"s3:GetObject", "s3:PutObject"} {
		a := e.Find(&authz.Policies{Identity: []*iam.Policy{p}}, reach.Space{
			Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:role/build"},
			Actions:   []string{action},
			Resources: []string{"arn:aws:s3:::prod-data/*"},
		})
		fmt.Println(action, a.Verdict)
	}
	// Output:
	// s3:GetObject some
	// s3:PutObject none
}
