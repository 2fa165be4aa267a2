package tf_test

import (
	"fmt"

	"penstock/iac/tf"
	"penstock/services/all"
	"penstock/source"
)

// A folder becomes one template a region, with references where they stand.
func Example() {
	file := source.NewFile("main.tf", []byte(`
resource "aws_kms_key" "build_key" {
  enable_key_rotation = true
}

resource "aws_kms_alias" "name" {
  name          = "alias/build"
  target_key_id = aws_kms_key.build_key.key_id
}
`))
	m, err := tf.Load([]*source.File{file}, tf.Options{Region: "eu-west-1", Name: "tools", Book: all.Terraform()})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range m.Templates() {
		for _, f := range t.Root.Get("Resources").Fields {
			fmt.Println(t.Region, f.Name(), f.Value.Get("Type").Str())
		}
		target := t.Root.At("Resources", "Name", "Properties", "TargetKeyId")
		fmt.Println(target.Tag, target.Text, target.Span.Text())
	}
	// Output:
	// eu-west-1 BuildKey AWS::KMS::Key
	// eu-west-1 Name AWS::KMS::Alias
	// !Ref BuildKey aws_kms_key.build_key.key_id
}

func ExampleLabel() {
	for _, id := range []string{"BuildRole", "VPCEndpoint"} {
		label := tf.Label(id)
		back, _ := tf.Logical(label)
		fmt.Println(label, back)
	}
	// Output:
	// build_role BuildRole
	// VPC_endpoint VPCEndpoint
}
