package iam_test

import (
	"fmt"

	"penstock/doc/json"
	"penstock/iam"
	"penstock/source"
)

func ExampleParse() {
	f := source.NewFile("policy.json", []byte(`{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*",
    "Condition": {"StringEqual": {"aws:username": "ann"}}}]
}`))
	n, _, err := json.Parse(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, findings := iam.Parse(n, iam.Identity)
	fmt.Println(len(p.Statements), p.Statements[0].Effect, p.Broken != "")
	for _, x := range findings {
		fmt.Println(x.At, x.Code, x.Message)
	}
	// Output:
	// 1 Allow true
	// policy.json:4:19 POL019 condition operator "StringEqual" does not exist; did you mean StringEquals?
}

func ExampleContext() {
	var c iam.Context
	c.Set("aws:SourceIp", "203.0.113.7")
	c.SetAbsent("aws:SourceVpce")
	c.Open = true
	fmt.Println(c.Get("AWS:sourceip").Values, c.Get("aws:SourceVpce").State == iam.Absent, c.Get("aws:username").State == iam.Unknown)
	// Output: [203.0.113.7] true true
}
