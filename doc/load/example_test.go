package load_test

import (
	"fmt"

	"penstock/doc/load"
	"penstock/source"
)

func ExampleParse() {
	f := source.NewFile("template.yaml", []byte(`Key: {Arn: !Sub "${Key.Arn}"}`))
	n, findings, err := load.Parse(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	v := n.At("Key", "Arn")
	fmt.Printf("%q %q at %v, %d findings\n", v.Tag, v.Text, v.Span, len(findings))
	// Output: "!Sub" "${Key.Arn}" at template.yaml:1:17, 0 findings
}
