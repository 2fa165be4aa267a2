package cfn_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/cloud"
	"penstock/iac/cfn"
	"penstock/match"
)

// TestExprEvaluates: an expression that Expr gives has the value that it was
// asked for, when the template holds it.
func TestExprEvaluates(t *testing.T) {
	for _, name := range []string{"functions", "unknown", "expr", "same-name", "equations", "parameters"} {
		ar, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		r, err := cfn.Load(input(t, ar))
		if err != nil {
			t.Fatal(err)
		}
		m := r.Models[0]
		var values []string
		for _, x := range m.Resources {
			for _, v := range []string{x.ARN, x.Ref, x.ARN + "/*", x.ARN + ":log-stream:${x}"} {
				if v != "" {
					values = append(values, v)
				}
			}
		}
		values = append(values, "*", "plain ${text}", "arn:aws:logs:eu-west-1:111111111111:log-group:/x:*", "arn:aws:iam::111111111111:root")
		for _, s := range m.Stacks {
			i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == s.Template })
			was := ar.Files[i].Data
			if bytes.Contains(was, []byte("Outputs:")) {
				continue
			}
			for _, v := range values {
				e, ok := r.Expr(s, "", v)
				if !ok {
					if !match.HasHole(v) {
						t.Errorf("%s: %q has no expression in %s", name, match.Render(v), s.Name)
					}
					continue
				}
				text := map[cfn.ExprKind]string{cfn.Literal: "%q", cfn.Ref: "!Ref %s", cfn.GetAtt: "!GetAtt %s", cfn.Sub: "!Sub %q"}[e.Kind]
				ar.Files[i].Data = append(slices.Clip(was), fmt.Sprintf("  ZZ:\n    Type: AWS::S3::Bucket\n    Properties: {V: "+text+"}\n", e.Text)...)
				again, err := cfn.Load(input(t, ar))
				ar.Files[i].Data = was
				if err != nil {
					t.Fatalf("%s: %v in %s: %v", name, e, s.Name, err)
				}
				k := slices.IndexFunc(again.Models[0].Resources, func(x *cloud.Resource) bool {
					return x.LogicalID == "ZZ" && x.Stack.Name == s.Name
				})
				if got := again.Models[0].Resources[k].Prop("V").Str(); got != v {
					t.Errorf("%s: %v in %s is %q, want %q", name, e, s.Name, match.Render(got), match.Render(v))
				}
			}
		}
	}
}

// TestExprCircle: an expression never refers to what depends on the resource
// that it is for.
func TestExprCircle(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/expr.txtar")
	if err != nil {
		t.Fatal(err)
	}
	r, err := cfn.Load(input(t, ar))
	if err != nil {
		t.Fatal(err)
	}
	s := r.Models[0].Stacks[0]
	for _, x := range r.Models[0].Resources {
		if x.LogicalID != "Key" {
			continue
		}
		if e, ok := r.Expr(s, "Role", x.ARN); ok {
			t.Errorf("the key, which depends on the role, is %v in the role", e)
		}
		if e, ok := r.Expr(s, "Topic", x.ARN); !ok || strings.Contains(e.Text, "$") {
			t.Errorf("the key is %v, %t in the topic", e, ok)
		}
	}
}
