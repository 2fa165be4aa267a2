package cfn_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/doc"
	"penstock/iac/cfn"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

// FuzzLoad: whatever a template holds, Load ends, does not panic, gives the
// same answer twice, and leaves no hole half open.
func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, x := range txtar.Parse(data).Files {
			if strings.HasSuffix(x.Name, ".yaml") || strings.HasSuffix(x.Name, ".json") {
				f.Add(x.Data)
			}
		}
	}
	for _, seed := range []string{
		`{"Conditions": {"A": {"Fn::Or": [{"Condition": "B"}, {"Fn::Equals": [{"Ref": "P"}, "x"]}]}, "B": {"Fn::Not": [{"Condition": "A"}]}}, "Parameters": {"P": {"Type": "String"}}, "Resources": {"R": {"Type": "AWS::S3::Bucket", "Condition": "A", "Properties": {"BucketName": {"Fn::If": ["B", {"Ref": "R"}, {"Fn::GetAtt": "R.Arn"}]}}}}}`,
		"Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: !Sub [\"${A}${A}\", {A: !Sub [\"${A}${A}\", {A: !Join [\"\", [x, !Sub \"${R}\"]]}]}]\n",
		"Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A: [I, [a, b, c], {\"Fn::ForEach::B\": [J, !Split [\",\", \"1,2,3\"], {\"R${I}${J}\": {Type: AWS::SNS::Topic}}]}]\n",
		"Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: t.yaml, Parameters: {P: !GetAtt N.Outputs.O}}\nOutputs:\n  O: {Value: !ImportValue e, Export: {Name: e}}\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<15 {
			return
		}
		load := func() string {
			r, err := cfn.Load(cfn.Input{
				Stacks: []cfn.Stack{{Name: "main", Account: "111111111111", Region: "eu-west-1", Template: "t.yaml", PhysicalIDs: map[string]string{"Key": "id"}}},
				Read:   func(string) (*source.File, error) { return source.NewFile("t.yaml", data), nil },
				Types:  func(n string) *service.Type { return types[n] },
				Attrs:  attrs,
			})
			if err != nil {
				return err.Error()
			}
			var b strings.Builder
			for _, m := range r.Models {
				for _, x := range m.Resources {
					fmt.Fprintln(&b, m.Scenario, x.ID(), x.Ref, x.Name, x.ARN, x.Maybe, x.Opaque)
					whole(t, x.Ref)
					whole(t, x.ARN)
					tree(t, &b, x.Props)
					if e, ok := r.Expr(x.Stack, x.LogicalID, x.ARN); ok {
						fmt.Fprintln(&b, e)
					}
				}
				for i := range m.Findings {
					fmt.Fprintln(&b, m.Findings[i].Code, m.Findings[i].At, m.Findings[i].Message)
					if match.HasHole(m.Findings[i].Message) {
						t.Errorf("finding %q shows a raw hole", m.Findings[i].Message)
					}
				}
			}
			return b.String()
		}
		if a, b := load(), load(); a != b {
			t.Errorf("two loads differ:\n%s\n---\n%s", a, b)
		}
	})
}

func tree(t *testing.T, b *strings.Builder, n *doc.Node) {
	fmt.Fprintln(b, n.Kind, n.Text, n.Maybe)
	whole(t, n.Text)
	for _, it := range n.Items {
		tree(t, b, it)
	}
	for _, f := range n.Fields {
		b.WriteString(f.Key.Text)
		tree(t, b, f.Value)
	}
}

// whole reports a hole that was cut.
func whole(t *testing.T, s string) {
	if strings.Count(s, "\x00")%2 != 0 {
		t.Errorf("%q has half a hole", s)
	}
}
