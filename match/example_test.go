package match_test

import (
	"fmt"

	"penstock/match"
)

func Example() {
	bucket := match.Hole(match.Name, "Artifacts")
	p := match.CompileARN("arn:aws:s3:::" + bucket + "/*")
	fmt.Println(p.Match("arn:aws:s3:::" + bucket + "/source.zip"))
	fmt.Println(p.Match("arn:aws:s3:::some-bucket/source.zip"))
	fmt.Println(p.Match("arn:aws:sqs:eu-west-1:111111111111:jobs"))
	// Output:
	// yes
	// maybe
	// no
}

func ExampleBuilder() {
	var b match.Builder
	b.Wild("arn:aws:s3:::homes/")
	b.Text("a*") // the value of ${aws:username}
	b.Wild("/*")
	p := b.ARN()
	fmt.Println(p.Match("arn:aws:s3:::homes/a*/x"), p.Match("arn:aws:s3:::homes/ann/x"))
	// Output: yes no
}
