package stacks

import (
	"os"
	"path/filepath"
	"strings"
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

// What a credentials file must not show stays out, byte for byte, and the rest
// keeps its place.
func TestBlot(t *testing.T) {
	for text, want := range map[string]string{
		"[a]\naws_access_key_id = AKIA\naws_secret_access_key = s3cr/t+ \r\nregion = x\n": "[a]\naws_access_key_id = AKIA\naws_secret_access_key = ********\r\nregion = x\n",
		" AWS_SESSION_TOKEN=abc\naws_security_token =":                                    " AWS_SESSION_TOKEN=***\naws_security_token =",
		"[a]\nregion = x": "[a]\nregion = x",
	} {
		if got := string(blot([]byte(text))); got != want {
			t.Errorf("blot(%q) = %q, want %q", text, got, want)
		}
	}
}

// The secret of a credentials file is in no file that the loader hands out.
func TestCredentialsAreBlotted(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		FileName:          "stacks:\n  - {name: a, template: t.yaml, account: \"111111111111\", region: eu-west-1}\n",
		"t.yaml":          "Resources: {T: {Type: AWS::SNS::Topic}}\n",
		"aws-credentials": "[a]\naws_access_key_id = AKIA\naws_secret_access_key = hush\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
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
	if len(set.Beside) != 1 || strings.Contains(string(set.Beside[0].Data), "hush") {
		t.Errorf("beside the templates: %v", set.Beside)
	}
	if f, err := set.Read("aws-credentials"); err == nil && strings.Contains(string(f.Data), "hush") {
		t.Error("the secret can be read by name")
	}
}
