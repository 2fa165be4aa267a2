package yaml_test

import (
	"fmt"

	"penstock/doc/yaml"
	"penstock/source"
)

func ExampleParse() {
	f := source.NewFile("template.yaml", []byte(`Role: !GetAtt Deploy.Arn`))
	n, findings, err := yaml.Parse(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	v := n.Get("Role")
	fmt.Printf("%q %q at %v, %d findings\n", v.Tag, v.Text, v.Span, len(findings))
	// Output: "!GetAtt" "Deploy.Arn" at template.yaml:1:15, 0 findings
}
