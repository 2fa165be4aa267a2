package cfn_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/iac/cfn"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*.txtar")

// types stand in for the service rooms, which live on a higher floor.
var types = map[string]*service.Type{}

func init() {
	for _, t := range []service.Type{
		{Name: "AWS::S3::Bucket", NameProp: "BucketName", Lower: true, ARN: "arn:${Partition}:s3:::${Name}", Attrs: map[string]string{"DomainName": "${Name}.s3.${URLSuffix}"}},
		{Name: "AWS::S3::BucketPolicy", Ref: "${Prop:Bucket}", Props: []string{"Bucket", "PolicyDocument"}},
		{Name: "AWS::IAM::Role", NameProp: "RoleName", ARN: "arn:${Partition}:iam::${Account}:role${Path}${Name}", Attrs: map[string]string{"RoleId": "${Hole:RoleId}"}},
		{Name: "AWS::IAM::Policy", Ref: "${Hole:Id}"},
		{Name: "AWS::KMS::Key", Ref: "${Hole:KeyId}", ARN: "arn:${Partition}:kms:${Region}:${Account}:key/${Ref}", Attrs: map[string]string{"KeyId": "${Ref}"}},
		{Name: "AWS::SNS::Topic", NameProp: "TopicName", Ref: "${ARN}", ARN: "arn:${Partition}:sns:${Region}:${Account}:${Name}", Attrs: map[string]string{"TopicName": "${Name}", "TopicArn": "${ARN}"}},
		{Name: "AWS::SecretsManager::Secret", NameProp: "Name", Ref: "${ARN}", ARN: "arn:${Partition}:secretsmanager:${Region}:${Account}:secret:${Name}-${Hole:Suffix}"},
		{Name: "AWS::Kinesis::Stream", NameProp: "Name", ARN: "arn:${Partition}:kinesis:${Region}:${Account}:stream/${Name}", Props: []string{"Name", "Tags"}, Bare: true},
		{Name: "Custom::Thing", Ref: "${Any:PhysicalResourceId}", Bare: true, Free: true},
		{Name: "AWS::SSM::Parameter", NameProp: "Name", ARN: "arn:${Partition}:ssm:${Region}:${Account}:parameter/${Bare:Name}", Attrs: map[string]string{"Value": "${Prop:Value}"}},
	} {
		types[t.Name] = &t
	}
}

// attrs stand in for the facts about CloudFormation's schemas.
func attrs(typ string) ([]string, bool) {
	switch typ {
	case "AWS::S3::Bucket":
		return []string{"Arn", "DomainName", "RegionalDomainName"}, true
	case "AWS::IAM::Role":
		return []string{"Arn", "RoleId"}, true
	case "AWS::SNS::Topic":
		return []string{"TopicArn", "TopicName"}, true
	}
	return nil, false
}

// input reads the stacks section of an archive: a line is a stack,
//
//	name account region template [Param=value] [Param<stack/Output] [Logical:physical-id] [@parameter-file]
func input(t *testing.T, ar *txtar.Archive) cfn.Input {
	t.Helper()
	in := cfn.Input{
		Types: func(n string) *service.Type { return types[n] },
		Attrs: attrs,
		Read: func(name string) (*source.File, error) {
			for _, f := range ar.Files {
				if f.Name == name {
					return source.NewFile(name, f.Data), nil
				}
			}
			return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
		},
	}
	for _, f := range ar.Files {
		if f.Name != "stacks" {
			continue
		}
		for line := range strings.Lines(string(f.Data)) {
			w := strings.Fields(line)
			s := cfn.Stack{Name: w[0], Account: w[1], Region: w[2], Template: w[3], PhysicalIDs: map[string]string{}}
			for _, x := range w[4:] {
				if file, ok := strings.CutPrefix(x, "@"); ok {
					s.ParameterFiles = append(s.ParameterFiles, file)
				} else if k, v, ok := strings.Cut(x, "<"); ok {
					stack, output, _ := strings.Cut(v, "/")
					s.Parameters = append(s.Parameters, cfn.Parameter{Name: k, Stack: stack, Output: output})
				} else if k, v, ok := strings.Cut(x, "="); ok {
					s.Parameters = append(s.Parameters, cfn.Parameter{Name: k, Value: &doc.Node{Kind: doc.String, Text: v}})
				} else if k, v, ok := strings.Cut(x, ":"); ok {
					s.PhysicalIDs[k] = v
				}
			}
			in.Stacks = append(in.Stacks, s)
		}
	}
	return in
}

// plain makes a tree of values for printing.
func plain(n *doc.Node) any {
	var v any
	switch n.Kind {
	case doc.Map:
		m := make([]any, 0, 2*len(n.Fields))
		for _, f := range n.Fields {
			m = append(m, f.Name(), plain(f.Value))
		}
		v = object(m)
	case doc.List:
		l := make([]any, 0, len(n.Items))
		for _, it := range n.Items {
			l = append(l, plain(it))
		}
		v = l
	case doc.Unknown:
		v = object{"?", n.Text}
	case doc.Null:
		v = nil
	case doc.Number, doc.Bool:
		v = json.RawMessage(n.Text)
		if !json.Valid([]byte(n.Text)) {
			v = n.Text
		}
	default:
		v = match.Render(n.Text)
	}
	if len(n.Maybe) > 0 {
		return object{"?if", n.Maybe, "value", v}
	}
	return v
}

// object is an ordered JSON object.
type object []any

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i := 0; i+1 < len(o); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%s:", mustJSON(o[i]))
		b.Write(mustJSON(o[i+1]))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func mustJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

func indent(v any) string {
	var b bytes.Buffer
	if err := json.Indent(&b, mustJSON(v), "\t", "  "); err != nil {
		panic(err)
	}
	return b.String()
}

// sections prints a result, one section a stage.
func sections(r *cfn.Result, err error) map[string]string {
	if err != nil {
		text := err.Error() + "\n"
		var h interface{ Hint() string }
		if errors.As(err, &h) {
			text += "hint: " + h.Hint() + "\n"
		}
		return map[string]string{"want/error": text}
	}
	var res, found strings.Builder
	for i, m := range r.Models {
		if i >= 4 {
			fmt.Fprintf(&res, "# … %d scenarios\n", len(r.Models))
			break
		}
		if len(r.Models) > 1 {
			fmt.Fprintf(&res, "# %s\n", strings.Join(m.Scenario, ", "))
		}
		for _, x := range m.Resources {
			fmt.Fprintf(&res, "%s %s", x.ID(), x.Type)
			for _, f := range [][2]string{{"ref", x.Ref}, {"name", x.Name}, {"arn", x.ARN}, {"maybe", strings.Join(x.Maybe, "; ")}, {"opaque", strings.Join(x.Opaque, "; ")}} {
				if f[1] != "" {
					fmt.Fprintf(&res, "\n\t%s %s", f[0], match.Render(f[1]))
				}
			}
			if len(x.Tags) > 0 {
				fmt.Fprintf(&res, "\n\ttags %v", x.Tags)
			}
			if len(x.Props.Fields) > 0 || x.Props.Kind != doc.Map {
				fmt.Fprintf(&res, "\n\t%s", indent(plain(x.Props)))
			}
			res.WriteByte('\n')
		}
		diag.Sort(m.Findings)
		for _, f := range m.Findings {
			if i > 0 && f.When == "" {
				continue
			}
			fmt.Fprintf(&found, "%s: %s %s (%s): %s", f.At, f.Code, f.Severity, f.Certainty, f.Message)
			if f.When != "" {
				fmt.Fprintf(&found, " [%s]", f.When)
			}
			found.WriteByte('\n')
			for _, n := range f.Related {
				fmt.Fprintf(&found, "\t%s: %s\n", n.At, n.Message)
			}
		}
		for _, a := range m.Assumptions {
			fmt.Fprintf(&found, "assumed: %s\n", a)
		}
	}
	out := map[string]string{"want/resources": res.String()}
	if strings.Contains(found.String(), ":") {
		out["want/findings"] = found.String()
	}
	if len(r.Coverage.Gaps) > 0 {
		var b strings.Builder
		fmt.Fprintf(&b, "%d of %d\n", r.Coverage.Understood, r.Coverage.Resources)
		if r.Coverage.Named > 0 {
			fmt.Fprintf(&b, "%d by name\n", r.Coverage.Named)
		}
		for _, g := range r.Coverage.Gaps {
			fmt.Fprintf(&b, "%d %s, first at %s\n", g.Count, g.What, g.At)
		}
		out["want/coverage"] = b.String()
	}
	if len(r.Resolves) > 0 {
		var b strings.Builder
		for _, x := range r.Resolves {
			fmt.Fprintf(&b, "%s: %s %q key %q in %s/%s\n", x.At, x.Service, match.Render(x.Name), x.Key, x.Stack.Name, x.Resource)
		}
		out["want/resolves"] = b.String()
	}
	return out
}

func TestArchives(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata: %v, %d files", err, len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r, err := cfn.Load(input(t, ar))
			got := sections(r, err)
			if r != nil {
				if q := exprs(ar, r); q != "" {
					got["want/expr"] = q
				}
			}
			if *update {
				ar.Files = slices.DeleteFunc(ar.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "want/") })
				for _, name := range []string{"want/error", "want/findings", "want/resources", "want/coverage", "want/resolves", "want/expr"} {
					if got[name] != "" {
						ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(got[name])})
					}
				}
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want := map[string]string{}
			for _, f := range ar.Files {
				if strings.HasPrefix(f.Name, "want/") {
					want[f.Name] = string(f.Data)
				}
			}
			for name, text := range got {
				if d := cmp.Diff(want[name], text); d != "" {
					t.Errorf("%s (-want +got):\n%s", name, d)
				}
				delete(want, name)
			}
			for name := range want {
				t.Errorf("%s: wanted, and nothing came", name)
			}
		})
	}
}

// exprs answers the expr section: a line is a stack, the logical id of the
// resource that the expression is for ("-" for none), and what to express:
// Logical.ref, Logical.arn, either with more text after a blank, or a text.
func exprs(ar *txtar.Archive, r *cfn.Result) string {
	var b strings.Builder
	for _, f := range ar.Files {
		if f.Name != "expr" {
			continue
		}
		m := r.Models[0]
		for line := range strings.Lines(string(f.Data)) {
			w := strings.Fields(line)
			i := slices.IndexFunc(m.Stacks, func(s *cloud.Stack) bool { return s.Name == w[0] })
			value := w[2]
			for _, x := range m.Resources {
				for suffix, v := range map[string]string{".ref": x.Ref, ".arn": x.ARN} {
					if w[2] == x.ID()+suffix {
						value = v
					}
				}
			}
			if len(w) > 3 {
				value += w[3]
			}
			in := w[1]
			if in == "-" {
				in = ""
			}
			e, ok := r.Expr(m.Stacks[i], in, value)
			fmt.Fprintf(&b, "%s → %s %t\n", strings.TrimSpace(line), match.Render(e.String()), ok)
		}
	}
	return b.String()
}
