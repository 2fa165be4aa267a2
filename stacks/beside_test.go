package stacks

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Workflows and profiles are found, in the folder and in .github/workflows;
// templates, parameters and other YAML are not taken for them.
func TestBeside(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		FileName:                       "stacks:\n  - {name: a, template: t.yaml, account: \"111111111111\", region: eu-west-1, parameterFiles: [p.yaml]}\n",
		"t.yaml":                       "Resources: {T: {Type: AWS::SNS::Topic}}\n# jobs:\njobs: x\n",
		"p.yaml":                       "jobs: x\n",
		"deploy.yml":                   "on: push\njobs:\n  a: {}\n",
		"notes.yml":                    "todo: [jobs]\n",
		".github/workflows/ci.yaml":    "jobs: {}\n",
		".github/workflows/readme.md":  "jobs:\n",
		"aws-config":                   "[profile a]\nrole_arn = x\n",
		"config":                       "[core]\n",
		"other.template.yaml":          "AWSTemplateFormatVersion: x\njobs:\n",
		"folder.yml/inside/deploy.yml": "jobs:\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	set, err := Load(root, ".", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range set.Beside {
		got = append(got, f.Name)
	}
	if d := cmp.Diff([]string{"deploy.yml", ".github/workflows/ci.yaml", "aws-config"}, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
