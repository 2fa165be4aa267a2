package json_test

import (
	"fmt"

	"penstock/doc/json"
	"penstock/source"
)

func ExampleParse() {
	f := source.NewFile("policy.json", []byte(`{"Effect": "Allow", "Action": ["s3:GetObject"]}`))
	n, findings, err := json.Parse(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	v := n.Get("Action").Items[0]
	fmt.Printf("%q %q at %v, %d findings\n", v.Tag, v.Text, v.Span, len(findings))
	// Output: "" "s3:GetObject" at policy.json:1:32, 0 findings
}
