package ask_test

import (
	"fmt"
	"os"
	"strings"

	"penstock/iam/ask"
)

func ExampleStream() {
	in := `{"id":"1","request":{"principal":"arn:aws:iam::111111111111:user/dana","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resourceAccount":"111111111111"},"policies":{"identity":[{"Version":"2012-10-17","Statement":{"Sid":"Read","Effect":"Allow","Action":"s3:Get*","Resource":"*"}}]}}
{"id":"2","request":{"principal":"dana"}}
`
	tally, err := ask.Stream(os.Stdout, strings.NewReader(in), ask.Options{})
	fmt.Println(tally.Questions, tally.Bad, err)
	// Output:
	// {"id":"1","verdict":"allow","explicit":false,"layer":"identity","missing":[],"statements":[{"layer":"identity","policy":"identity[0]","index":0,"sid":"Read","effect":"Allow"}]}
	// {"id":"2","line":2,"error":"the principal \"dana\" is no ARN, no name of a service such as codebuild.amazonaws.com, and not \"*\""}
	// 2 1 <nil>
}
