package pattern_test

import (
	"fmt"

	"penstock/doc"
	"penstock/trail"
	"penstock/trail/pattern"
)

func ExampleParse() {
	p := pattern.Parse(&doc.Node{Kind: doc.String, Text: `{"source": ["aws.iam"], "detail": {"eventName": [{"prefix": "Put"}]}}`})
	e := trail.Tree(true, "source", "aws.iam", "detail", trail.Tree(true, "eventName", "PutRolePolicy"))
	fmt.Println(p.Match(e))
	// Output: yes
}
