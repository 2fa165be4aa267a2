package emit_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/iac/cfn"
	"penstock/iac/cfn/emit"
	"penstock/match"
	"penstock/service"
	"penstock/stacks"
)

// pair is a set of two stacks, of which one takes an output of the other.
func pair() *blueprint.Set {
	tools := &blueprint.Stack{Name: "tools", Account: "111111111111", Region: "ap-northeast-1", Description: "The pipeline."}
	tools.Parameter(blueprint.Parameter{Name: "ProjectName", Value: "demo", Inline: true})
	tools.Add(&blueprint.Resource{ID: "Key", Type: "AWS::KMS::Key", Props: blueprint.KV("Description", blueprint.Sub("Artifacts of ${ProjectName}"), "KeyPolicy", &blueprint.Policy{Statements: []*blueprint.Statement{{
		Sid: "Administration", Principal: blueprint.KV("AWS", blueprint.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")), Actions: []string{"kms:*"}, Resources: subs("*"),
	}}})})
	tools.Output("KeyArn", "Parameter KeyArn of staging", "${Key.Arn}")

	staging := &blueprint.Stack{Name: "staging", Account: "012345678901", Region: "us-east-1", Description: "What the pipeline deploys to"}
	staging.Parameter(blueprint.Parameter{Name: "ProjectName", Value: "demo", Inline: true})
	key := staging.Parameter(blueprint.Parameter{Name: "KeyArn", From: "tools", Output: "KeyArn"})
	tag := staging.Parameter(blueprint.Parameter{Name: "ImageTag", Value: "0123456789"})
	staging.Add(&blueprint.Resource{ID: "Role", Type: "AWS::IAM::Role", Props: blueprint.KV(
		"RoleName", blueprint.Sub("${ProjectName}-deploy"),
		"AssumeRolePolicyDocument", &blueprint.Policy{Statements: []*blueprint.Statement{{
			Principal: blueprint.KV("AWS", "arn:aws:iam::111111111111:root"), Actions: []string{"sts:AssumeRole"},
		}}},
		"Policies", blueprint.List{blueprint.KV("PolicyName", "deploy", "PolicyDocument", &blueprint.Policy{Statements: []*blueprint.Statement{
			{Sid: "Read", Comment: "DeployStaging reads its artifact: kms:Decrypt.", Actions: []string{"kms:Decrypt"}, Resources: subs(key)},
		}})},
		"Tags", blueprint.List{blueprint.KV("Key", "Image", "Value", tag)},
	)})
	waits := &blueprint.Stack{Name: "staging-existing", Account: "012345678901", Region: "us-east-1", Exists: true}
	email := waits.Parameter(blueprint.Parameter{Name: "Email"})
	waits.Add(&blueprint.Resource{ID: "Topic", Type: "AWS::SNS::Topic", Props: blueprint.KV("DisplayName", email)})
	return &blueprint.Set{Stacks: []*blueprint.Stack{tools, staging, waits}}
}

var beside = emit.StacksFile{
	Comment: "Made by penstock compile from penstock.yaml: change that, and compile again.",
	Organization: &emit.Organization{
		ID: "o-example", Management: "999999999999", Parents: map[string]string{"012345678901": "ou-b", "ou-b": "root"},
		SCPs: map[string][]string{"012345678901": {"scp.json"}, "root": {"scp.json"}},
	},
	Needs: []cloud.Need{
		{Principal: "demo-build", Actions: []string{"s3:ListBucket", "s3:GetObject"}, Resources: []string{"arn:aws:s3:::demo-fixtures", "arn:aws:s3:::demo-fixtures/*"}, Why: "the tests list: # it"},
		{Principal: "arn:aws:iam::111111111111:role/" + match.Hole(match.Name, "tools.X"), Actions: []string{"sns:Publish"}},
	},
}

// The stacks file is read back as what was given, and the stacks are the same
// model whether they were written or not, parameters and outputs included.
func TestStacks(t *testing.T) {
	set := pair()
	for name, opt := range map[string]emit.Options{"stacks.yaml": {}, "stacks-parameters.yaml": {Parameters: true}} {
		golden(t, filepath.Join("testdata", name), emit.Stacks(set, beside, opt))
		dir := t.TempDir()
		write := func(name string, data []byte) {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		write("scp.json", []byte(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}`))
		write(stacks.FileName, emit.Stacks(set, beside, opt))
		var in cfn.Input
		for _, st := range set.Stacks {
			write(emit.FileName(st), emit.Template(st, opt))
			in.Stacks = append(in.Stacks, emit.Stack(st, opt))
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		got, err := stacks.Load(root, ".", stacks.Options{})
		if err != nil {
			t.Fatalf("%v\n%s", err, emit.Stacks(set, beside, opt))
		}
		wantNeeds := []cloud.Need{beside.Needs[0], {Principal: "arn:aws:iam::111111111111:role/*", Actions: []string{"sns:Publish"}}}
		if d := cmp.Diff(wantNeeds, got.Needs, cmpopts.IgnoreFields(cloud.Need{}, "Span")); d != "" {
			t.Errorf("needs: -want +got\n%s", d)
		}
		if o := got.Org; o.ID != "o-example" || o.Management != "999999999999" || len(o.SCPs) != 2 || o.Parent["ou-b"] != "root" {
			t.Errorf("organization: %+v", o)
		}
		written := load(t, got.Input())
		made := load(t, in)
		if len(written.Resources) != 3 || len(written.Resources) != len(made.Resources) {
			t.Fatalf("%d and %d resources", len(written.Resources), len(made.Resources))
		}
		for i, r := range written.Resources {
			m := made.Resources[i]
			if r.ID() != m.ID() || r.ARN != m.ARN || r.Ref != m.Ref || r.Account != m.Account || r.Region != m.Region {
				t.Errorf("%s %s is %s %s", r.ID(), r.ARN, m.ID(), m.ARN)
			}
			if d := differ(r.Props, m.Props, false); d != "" {
				t.Errorf("%s: -written +made\n%s", r.ID(), d)
			}
		}
		// What the role names by the parameter is the key.
		key, role := written.Resources[0], written.Resources[1]
		if got := role.Props.Get("Policies").Items[0].At("PolicyDocument", "Statement").Items[0].Get("Resource").Text; got != key.ARN || !match.HasHole(got) {
			t.Errorf("the policy names %q, the key is %q", match.Render(got), match.Render(key.ARN))
		}
		if st := written.Stacks[1]; len(st.Imports) != 1 || st.Imports[0] != written.Stacks[0] {
			t.Errorf("staging is deployed after %v", st.Imports)
		}
	}
}

// types stand in for the service rooms.
var types = map[string]*service.Type{
	"AWS::KMS::Key":  {Ref: "${Hole:KeyId}", ARN: "arn:${Partition}:kms:${Region}:${Account}:key/${Ref}"},
	"AWS::IAM::Role": {NameProp: "RoleName", ARN: "arn:${Partition}:iam::${Account}:role/${Name}"},
}

func load(t *testing.T, in cfn.Input) *cloud.Model {
	t.Helper()
	in.Types = func(name string) *service.Type { return types[name] }
	r, err := cfn.Load(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Models[0].Findings {
		if f.Code != cfn.CodeNoValue {
			t.Errorf("%s: %s: %s", f.At, f.Code, f.Message)
		}
	}
	return r.Models[0]
}

// Both forms are one model, when nobody gives another value.
func TestParameterForm(t *testing.T) {
	models := map[bool]*cloud.Model{}
	for _, form := range []bool{false, true} {
		s := emit.Stack(sample(), emit.Options{Parameters: form})
		in := cfn.Input{Stacks: []cfn.Stack{s}, Types: func(string) *service.Type { return nil }}
		r, err := cfn.Load(in)
		if err != nil {
			t.Fatal(err)
		}
		models[form] = r.Models[0]
	}
	for i, r := range models[false].Resources {
		if d := differ(r.Props, models[true].Resources[i].Props, false); d != "" {
			t.Errorf("%s: -without +with parameters\n%s", r.ID(), d)
		}
	}
}
