package emit_test

import (
	"fmt"

	"penstock/blueprint"
	"penstock/iac/tf/emit"
	"penstock/services/all"
)

func Example() {
	st := &blueprint.Stack{Name: "tools", Account: "111111111111", Region: "eu-west-1"}
	st.Parameter(blueprint.Parameter{Name: "ProjectName", Value: "shop", Inline: true})
	st.Add(&blueprint.Resource{
		ID: "BuildKey", Type: "AWS::KMS::Key", Comment: "Encrypts what builds make.",
		Props: blueprint.KV("Description", blueprint.Sub("Builds of ${ProjectName}"), "EnableKeyRotation", true),
	})
	modules, err := emit.Emit(&blueprint.Set{Stacks: []*blueprint.Stack{st}}, emit.Options{Book: all.Terraform()})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range modules[0].Files {
		if f.Name == "main.tf" || f.Name == "locals.tf" {
			fmt.Printf("# %s\n%s", modules[0].Join(f), f.Text)
		}
	}
	// Output:
	// # tools/locals.tf
	// locals {
	//   project_name = "shop"
	// }
	// # tools/main.tf
	// # Encrypts what builds make.
	// resource "aws_kms_key" "build_key" {
	//   description         = "Builds of ${local.project_name}"
	//   enable_key_rotation = true
	// }
}
