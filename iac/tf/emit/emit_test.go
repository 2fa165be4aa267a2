package emit_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/iac/tf"
	"penstock/iac/tf/emit"
	"penstock/services/all"
)

var update = flag.Bool("update", false, "write testdata/*.tf")

// compare is the law: what is written as Terraform and read again is what the
// same blueprint is as CloudFormation. Stacks must have different accounts or
// regions and names that are their modules', so that unknowns have one name.
func compare(t testing.TB, set *blueprint.Set) []*emit.Module {
	t.Helper()
	modules, err := emit.Emit(set, emit.Options{Book: all.Terraform()})
	if err != nil {
		t.Fatal(err)
	}
	formatted(t, modules)
	want := resources(asCFN(t, set), func(r *cloud.Resource) string { return r.Account + " " + r.Region + " " + r.LogicalID })
	got := resources(asTF(t, modules), func(r *cloud.Resource) string { return r.Account + " " + r.Region + " " + r.LogicalID })
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-CloudFormation +Terraform\n%s\n%s", d, show(modules))
	}
	return modules
}

// formatted checks that formatting changes nothing.
func formatted(t testing.TB, modules []*emit.Module) {
	t.Helper()
	for _, m := range modules {
		for _, f := range m.Files {
			if again := tf.Format(f.Text); !bytes.Equal(again, f.Text) {
				t.Errorf("%s: formatting changes it:\n%s", m.Join(f), cmp.Diff(string(f.Text), string(again)))
			}
		}
	}
}

// The example holds what a pipeline has, with references of every kind.
func TestGolden(t *testing.T) {
	modules := compare(t, example())
	dir := "testdata/example"
	for _, m := range modules {
		for _, f := range m.Files {
			name := filepath.Join(dir, m.Dir, f.Name)
			if *update {
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, f.Text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(f.Text)); d != "" {
				t.Errorf("%s: -want +got\n%s", name, d)
			}
		}
	}
}

func terraform(t *testing.T) string {
	t.Helper()
	name, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not installed: its opinion is not asked")
	}
	return name
}

func TestFmt(t *testing.T) {
	out, err := exec.Command(terraform(t), "fmt", "-check", "-recursive", "-diff", "testdata/example").CombinedOutput()
	if err != nil {
		t.Errorf("terraform fmt -check: %v\n%s", err, out)
	}
}

func TestValidate(t *testing.T) {
	terraform := terraform(t)
	modules, err := emit.Emit(example(), emit.Options{Book: all.Terraform()})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		tmp := t.TempDir()
		for _, f := range m.Files {
			if err := os.WriteFile(filepath.Join(tmp, f.Name), f.Text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(terraform, "init", "-backend=false", "-input=false", "-no-color")
		cmd.Dir = tmp
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("terraform init does not find the provider, so terraform validate is not asked: %d bytes of its output", len(out))
		}
		cmd = exec.Command(terraform, "validate", "-no-color")
		cmd.Dir = tmp
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("terraform validate: %v\n%s", err, out)
		}
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		r    *blueprint.Resource
		want string
	}{
		"type":     {&blueprint.Resource{ID: "X", Type: "AWS::X::Y"}, "resource type AWS::X::Y has no mapping to Terraform"},
		"property": {&blueprint.Resource{ID: "X", Type: "AWS::KMS::Key", Props: blueprint.KV("Nope", "x")}, "property Nope has no mapping"},
		"inner":    {&blueprint.Resource{ID: "X", Type: "AWS::CodeBuild::Project", Props: blueprint.KV("Source", blueprint.KV("Type", "NO_SOURCE", "Nope", "x"))}, "property Source: property Nope has no mapping"},
		"path":     {&blueprint.Resource{ID: "X", Type: "AWS::S3::Bucket", Props: blueprint.KV("VersioningConfiguration", blueprint.KV("Status", "Enabled", "Nope", 1))}, "property VersioningConfiguration.Nope has no mapping"},
		"ref":      {&blueprint.Resource{ID: "X", Type: "AWS::KMS::Key", Props: blueprint.KV("Description", blueprint.Ref("Nobody"))}, "${Nobody} is neither a parameter nor a resource"},
		"att":      {&blueprint.Resource{ID: "X", Type: "AWS::KMS::Key", Props: blueprint.KV("Description", blueprint.Att("X", "Nope"))}, "${X.Nope}: no attribute of aws_kms_key says it"},
		"pseudo":   {&blueprint.Resource{ID: "X", Type: "AWS::KMS::Key", Props: blueprint.KV("Description", blueprint.Sub("${AWS::StackId}"))}, "${AWS::StackId} has no counterpart"},
		"resolve":  {&blueprint.Resource{ID: "X", Type: "AWS::KMS::Key", Props: blueprint.KV("Description", "{{resolve:ssm:/a}}")}, "has no counterpart in Terraform"},
		"unicode":  {&blueprint.Resource{ID: "X", Type: "AWS::KMS::Key", Props: blueprint.KV("Description", "e\u0301")}, "normal form C"},
		"depends":  {&blueprint.Resource{ID: "X", Type: "AWS::KMS::Key", DependsOn: []string{"Y"}}, "DependsOn names Y"},
	} {
		t.Run(name, func(t *testing.T) {
			set := &blueprint.Set{Stacks: []*blueprint.Stack{{Name: "s", Account: "111111111111", Region: "eu-west-1", Resources: []*blueprint.Resource{c.r}}}}
			_, err := emit.Emit(set, emit.Options{Book: all.Terraform()})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "stack s") {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
