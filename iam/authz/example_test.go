package authz_test

import (
	"fmt"

	"penstock/iam"
	"penstock/iam/authz"
)

func policy(kind iam.Kind, text string) *iam.Policy {
	p, _, err := iam.ParseJSON("policy.json", []byte(text), kind)
	if err != nil {
		panic(err)
	}
	return p
}

func Example() {
	e := authz.New(authz.Options{})
	req := &iam.Request{
		Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:role/pipeline"},
		Action:    "sts:AssumeRole",
		Resource:  "arn:aws:iam::222222222222:role/deploy",
	}
	p := &authz.Policies{
		Identity: []*iam.Policy{policy(iam.Identity, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}`)},
		Resource: []*iam.Policy{policy(iam.Trust, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",
			"Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Condition":{"StringEquals":{"sts:ExternalId":"e-1"}}}}`)},
	}
	d := e.Explain(req, p)
	fmt.Println(d.Verdict, d.Layer)
	fmt.Println(d.Deciding.Why)
	fmt.Println(authz.AccessDenied(req, d, "run-1"))
	// Output:
	// deny trust
	// StringEquals sts:ExternalId: the request does not carry the key
	// User: arn:aws:sts::111111111111:assumed-role/pipeline/run-1 is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/deploy
}

func ExampleEngine_Explain_depends() {
	e := authz.New(authz.Options{})
	req := &iam.Request{
		Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:user/ann"},
		Action:    "s3:DeleteObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "111111111111",
		Context: iam.Context{Open: true},
	}
	p := &authz.Policies{Identity: []*iam.Policy{policy(iam.Identity, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*",
		"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}}`)}}
	d := e.Explain(req, p)
	fmt.Println(d.Verdict, d.Missing)
	// Output: depends [aws:MultiFactorAuthPresent]
}

func ExampleEngine_Judge() {
	e := authz.New(authz.Options{})
	req := &iam.Request{
		Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:user/ann"},
		Action:    "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "111111111111",
	}
	p := &authz.Policies{
		Identity: []*iam.Policy{policy(iam.Identity, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`)},
		SCP: [][]*iam.Policy{{policy(iam.SCP, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
			{"Sid":"NoReading","Effect":"Deny","Action":"s3:Get*","Resource":"*"}]}`)}},
	}
	var matches []authz.Match
	d := e.Judge(req, p, &matches)
	fmt.Println(d.Verdict, d.Explicit, d.Layer)
	for _, m := range matches {
		fmt.Println(m.Layer, m.Statement.Index, m.Statement.Sid, m.Statement.Effect)
	}
	// Output:
	// deny true scp
	// scp 0  Allow
	// scp 1 NoReading Deny
	// identity 0  Allow
}

func ExampleDerive() {
	req := &iam.Request{Principal: iam.Principal{ARN: "arn:aws:sts::111111111111:assumed-role/build/run"}, Action: "s3:GetObject", Resource: "*"}
	ctx := authz.Derive(req)
	fmt.Println(ctx.Get("aws:PrincipalArn").Values, ctx.Get("aws:PrincipalType").Values)
	// Output: [arn:aws:iam::111111111111:role/build] [AssumedRole]
}
