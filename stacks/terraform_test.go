package stacks_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"penstock/iac/cfn"
	"penstock/stacks"
)

// A folder of Terraform is one stack a region, with the values and ids that the
// stacks file gives.
func TestTerraform(t *testing.T) {
	folder := fstest.MapFS{}
	for name, text := range map[string]string{
		"penstock.stacks.yaml": `stacks:
  - name: tools
    template: tools
    account: "111111111111"
    region: eu-west-1
    parameters: {stage: prod}
    physicalIds: {Key: 77aa88bb-0000-4c4c-9d9d-1a2b3c4d5e6f, Far: 88aa88bb-0000-4c4c-9d9d-1a2b3c4d5e6f}
`,
		"tools/main.tf": `provider "aws" {
  region = "eu-west-1"
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
variable "stage" {}
resource "aws_kms_key" "key" {
  description = "of ${var.stage}"
}
resource "aws_kms_key" "far" {
  provider    = aws.us
  description = aws_kms_key.key.arn
}
resource "aws_kms_key" "many" {
  count = 2
}
`,
		"tools/notes.txt": "not HCL {",
	} {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	set, err := stacks.LoadFS(folder, ".", stacks.Options{Dir: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Findings) != 1 || !strings.Contains(set.Findings[0].Message, "count of aws_kms_key.many: not read yet") || set.Findings[0].At.Position().String() != "x/tools/main.tf:17:3" {
		t.Errorf("findings %+v", set.Findings)
	}
	r, err := cfn.Load(set.Input())
	if err != nil {
		t.Fatal(err)
	}
	m := r.Models[0]
	if len(m.Stacks) != 2 || m.Stacks[0].Name != "tools" || m.Stacks[1].Name != "tools-us-east-1" || m.Stacks[1].Region != "us-east-1" {
		t.Fatalf("stacks %+v", m.Stacks)
	}
	for _, f := range m.Findings {
		t.Errorf("%s: %s: %s", f.At, f.Code, f.Message)
	}
	for _, res := range m.Resources {
		switch res.LogicalID {
		case "Key":
			if got := res.Prop("Description").Str(); got != "of prod" || res.Ref != "77aa88bb-0000-4c4c-9d9d-1a2b3c4d5e6f" {
				t.Errorf("Key: %q, %q", got, res.Ref)
			}
		case "Far":
			if res.Ref != "88aa88bb-0000-4c4c-9d9d-1a2b3c4d5e6f" {
				t.Errorf("Far: %q", res.Ref)
			}
		case "Many":
			if res.Type != "Terraform::aws_kms_key" {
				t.Errorf("Many is a %s", res.Type)
			}
		}
	}
}

// What is wrong in a file says where.
func TestTerraformErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"syntax":  {"resource {", "tools/main.tf:1"},
		"account": {"provider \"aws\" {\n  allowed_account_ids = [\"222222222222\"]\n}\n", ""},
	} {
		folder := fstest.MapFS{
			"penstock.stacks.yaml": {Data: []byte("stacks:\n  - {name: tools, template: tools, account: \"111111111111\", region: eu-west-1}\n")},
			"tools/main.tf":        {Data: []byte(c.text)},
		}
		set, err := stacks.LoadFS(folder, ".", stacks.Options{})
		switch {
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		case c.want == "" && (err != nil || len(set.Findings) != 1 || set.Findings[0].Code != "TF003"):
			t.Errorf("%s: %v, %+v", name, err, set)
		}
	}
}
