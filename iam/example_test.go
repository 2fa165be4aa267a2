package iam_test

import (
	"fmt"

	"penstock/iam"
)

func ExampleParseJSON() {
	p, findings, err := iam.ParseJSON("policy.json", []byte(`{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*",
    "Condition": {"StringEqual": {"aws:username": "ann"}}}]
}`), iam.Identity)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(p.Statements), p.Statements[0].Effect, p.Broken != "")
	for _, x := range findings {
		fmt.Println(x.At, x.Code, x.Message)
	}
	// Output:
	// 1 Allow true
	// policy.json:4:19 POL019 condition operator "StringEqual" does not exist; did you mean StringEquals?
}

func ExampleParseOperator() {
	op, ok := iam.ParseOperator("ForAnyValue:StringNotLikeIfExists")
	fmt.Println(ok, op.Base == iam.StringLike, op.Set == iam.ForAnyValue, op.Negated, op.IfExists)
	_, ok = iam.ParseOperator("NullIfExists")
	fmt.Println(ok)
	// Output:
	// true true true true true
	// false
}

func ExampleVariables() {
	parts, _ := iam.Variables("arn:aws:s3:::home/${aws:username, 'nobody'}/*")
	for _, p := range parts {
		fmt.Printf("%q %q %q\n", p.Text, p.Key, p.Default)
	}
	// Output:
	// "arn:aws:s3:::home/" "" ""
	// "" "aws:username" "nobody"
	// "/*" "" ""
}

func ExampleContext() {
	var c iam.Context
	c.Set("aws:SourceIp", "203.0.113.7")
	c.SetAbsent("aws:SourceVpce")
	c.Open = true
	fmt.Println(c.Get("AWS:sourceip").Values, c.Get("aws:SourceVpce").State == iam.Absent, c.Get("aws:username").State == iam.Unknown)
	// Output: [203.0.113.7] true true
}
