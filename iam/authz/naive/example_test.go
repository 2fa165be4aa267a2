package naive_test

import (
	"fmt"

	"penstock/iam"
	"penstock/iam/authz/naive"
)

func Example() {
	policy := &iam.Policy{Kind: iam.Identity, Version: "2012-10-17", Statements: []iam.Statement{{
		Effect:      iam.Allow,
		Actions:     []iam.Elem{{Text: "s3:Get*"}},
		HasResource: true,
		Resources:   []iam.Elem{{Text: "arn:aws:s3:::b/${aws:username}/*"}},
	}}}
	req := &iam.Request{
		Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:user/ann"},
		Action:    "s3:GetObject", Resource: "arn:aws:s3:::b/ann/k", ResourceAccount: "111111111111",
	}
	in := naive.Input{Identity: []*iam.Policy{policy}, RCPService: naive.RCPService}
	fmt.Println(naive.Decide(req, in).Verdict)
	req.Action = "s3:PutObject"
	fmt.Println(naive.Decide(req, in))
	// Output:
	// allow
	// {deny false [identity resource]}
}
