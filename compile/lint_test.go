package compile

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"penstock/diag"
	"penstock/source"
	"penstock/spec"
)

// TestLint holds that cfn-lint has nothing to say about the templates of the
// examples and about those that the specs of the other tests become. It has
// them all at once: it takes seconds to begin.
func TestLint(t *testing.T) {
	if testing.Short() {
		t.Skip("cfn-lint takes a while")
	}
	t.Parallel()
	tool, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("cfn-lint is not installed")
	}
	files, err := filepath.Glob("../examples/*/hardened/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var templates []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		// What is there already is described, and nobody deploys it.
		if bytes.Contains(text, []byte("AWSTemplateFormatVersion")) && !strings.HasSuffix(name, "-existing.yaml") {
			templates = append(templates, name)
		}
	}
	if len(templates) < 10 {
		t.Errorf("%d templates of examples", len(templates))
	}
	texts := map[string]string{}
	if *specs > 12 { // as many as are looked at with care take half a minute more
		texts["forty"] = forty(`tools: "111111111111", staging: "222222222222", prod: "333333333333", logs: "999999999999"`, "", true)
	}
	for _, s := range permissionSpecs {
		texts[s.name] = permissionHead + s.text
	}
	dir := t.TempDir()
	for name, text := range texts {
		s, found := spec.Read(source.NewFile("penstock.yaml", []byte(text)))
		for _, f := range found {
			if f.Severity == diag.Error {
				t.Fatalf("%s: %s: %s", name, f.At, f.Message)
			}
		}
		for _, parameters := range []bool{false, true} {
			if parameters && name != "S3" {
				continue // one will do
			}
			opt := testOptions()
			opt.Parameters = parameters
			r, err := Compile(s, opt)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			to := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
			if parameters {
				to += "-parameters"
			}
			if err := os.Mkdir(to, 0o755); err != nil {
				t.Fatal(err)
			}
			for _, st := range r.Set.Stacks {
				for _, f := range r.Files {
					// Those of the examples watch in the same way.
					if st.Exists || strings.HasPrefix(st.Name, "watch-") || f.Name != st.Name+".yaml" {
						continue
					}
					at := filepath.Join(to, f.Name)
					if err := os.WriteFile(at, f.Data, 0o644); err != nil {
						t.Fatal(err)
					}
					templates = append(templates, at)
				}
			}
		}
	}
	said, err := exec.CommandContext(t.Context(), tool, append([]string{"--format", "parseable", "--"}, templates...)...).CombinedOutput()
	if err != nil || len(bytes.TrimSpace(said)) > 0 {
		t.Errorf("cfn-lint: %v\n%s", err, said)
	}
	t.Logf("%d templates", len(templates))
}
