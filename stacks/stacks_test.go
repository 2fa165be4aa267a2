package stacks_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/cloud"
	"penstock/stacks"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*.txtar")

// describe prints a set as the archives hold it.
func describe(set *stacks.Set, err error) string {
	var b strings.Builder
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
		var h interface{ Hint() string }
		if errors.As(err, &h) {
			fmt.Fprintf(&b, "hint: %s\n", h.Hint())
		}
		return b.String()
	}
	for _, s := range set.Stacks {
		fmt.Fprintf(&b, "%s %s %s %s\n", s.Name, s.Account, s.Region, s.Template)
		for _, p := range s.Parameters {
			if p.Stack != "" {
				fmt.Fprintf(&b, "\t%s = output %q of %q at %s\n", p.Name, p.Output, p.Stack, p.At)
				continue
			}
			fmt.Fprintf(&b, "\t%s = %s %q at %s\n", p.Name, p.Value.Kind, p.Value.Text, p.At)
		}
		for _, f := range s.ParameterFiles {
			fmt.Fprintf(&b, "\tfile %s\n", f)
		}
		if len(s.PhysicalIDs)+len(s.Tags) > 0 {
			fmt.Fprintf(&b, "\tids %v tags %v\n", s.PhysicalIDs, s.Tags)
		}
	}
	for _, n := range set.Needs {
		fmt.Fprintf(&b, "need %s %v on %v: %s\n", n.Principal, n.Actions, n.Resources, n.Why)
	}
	if o := set.Org; o != nil {
		fmt.Fprintf(&b, "organization %s management %s parents %v\n", o.ID, o.Management, o.Parent)
		for _, layer := range []struct {
			name string
			of   map[string][]cloud.Attachment
		}{{"scp", o.SCPs}, {"rcp", o.RCPs}} {
			var targets []string
			for target := range layer.of {
				targets = append(targets, target)
			}
			slices.Sort(targets)
			for _, target := range targets {
				for _, a := range layer.of[target] {
					fmt.Fprintf(&b, "\t%s %s: %s from %s\n", layer.name, target, a.Name, a.Node.Span)
				}
			}
		}
	}
	for _, f := range set.Findings {
		fmt.Fprintf(&b, "%s: %s %s\n", f.At, f.Code, f.Message)
	}
	return b.String()
}

// TestArchives loads what the first line of each archive's comment names, as
// a command line would: a target, then --account, --region.
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
			dir := t.TempDir()
			want := ""
			for _, f := range ar.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				p := filepath.Join(dir, filepath.FromSlash(f.Name))
				if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(p, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			line, _, _ := strings.Cut(string(ar.Comment), "\n")
			args := strings.Fields(line)
			opt := stacks.Options{Dir: "in"}
			for i := 1; i+1 < len(args); i += 2 {
				switch args[i] {
				case "--account":
					opt.Account = args[i+1]
				case "--region":
					opt.Region = args[i+1]
				default:
					t.Fatalf("no such flag %q", args[i])
				}
			}
			got := describe(stacks.Load(root, args[0], opt))
			if *update {
				ar.Files = slices.DeleteFunc(ar.Files, func(f txtar.File) bool { return f.Name == "want" })
				ar.Files = append(ar.Files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestErrors: each line of a stacks file that is wrong gets a message that
// says where, what, and what would be right.
func TestErrors(t *testing.T) {
	for _, tt := range []struct{ name, yaml, want string }{
		{"empty", "", "stacks file"},
		{"list", "- a\n", "the stacks file is a list"},
		{"no stacks", "organization: {id: o-x}\n", "the stacks file has no stacks"},
		{"empty stacks", "stacks: []\n", "stacks is a list without items"},
		{"unknown key", "stacks:\n  - {name: a, template: t.yaml, acount: \"111111111111\"}\n", `2:33: unknown key "acount"`},
		{"spelling", "stacks:\n  - {name: a, template: t.yaml, physical-ids: {}}\n", `unknown key "physical-ids"`},
		{"twice", "stacks:\n  - {name: a, name: b}\n", `2:15: key "name" is there twice`},
		{"number account", "stacks:\n  - name: a\n    template: t.yaml\n    account: 111111111111\n", "4:14: account 111111111111 is written as a number"},
		{"octal account", "stacks:\n  - name: a\n    template: t.yaml\n    account: 012345670123\n", "4:14: account 012345670123 is written as a number"},
		{"short account", "stacks:\n  - {name: a, template: t.yaml, account: \"1111\"}\n", `account "1111" has 4 characters`},
		{"bad region", "stacks:\n  - {name: a, template: t.yaml, account: \"111111111111\", region: Tokyo}\n", `"Tokyo" is no region`},
		{"no region", "stacks:\n  - {name: a, template: t.yaml, account: \"111111111111\"}\n", `has no region`},
		{"no name", "stacks:\n  - {template: t.yaml, account: \"111111111111\", region: eu-west-1}\n", `has no name`},
		{"bad name", "stacks:\n  - {name: a_b, template: t.yaml}\n", `"a_b" is no stack name`},
		{"missing template", "stacks:\n  - {name: a, template: nope.yaml, account: \"111111111111\", region: eu-west-1}\n", `2:25: template "nope.yaml": no such file`},
		{"no template", "stacks:\n  - {name: a, account: \"111111111111\", region: eu-west-1}\n", `has no template`},
		{"outside", "stacks:\n  - {name: a, template: ../t.yaml, account: \"111111111111\", region: eu-west-1}\n", `2:25: template "../t.yaml" is outside the folder`},
		{"absolute", "stacks:\n  - {name: a, template: /etc/passwd}\n", `template "/etc/passwd" is outside the folder`},
		{"link out", "stacks:\n  - {name: a, template: link.yaml, account: \"111111111111\", region: eu-west-1}\n", `template "link.yaml"`},
		{"plain folder", "stacks:\n  - {name: a, template: dir, account: \"111111111111\", region: eu-west-1}\n", `is a folder without manifest.json`},
		{"parameters list", "stacks:\n  - {name: a, template: t.yaml, parameters: [a]}\n", `parameters is a list`},
		{"parameter map", "stacks:\n  - {name: a, template: t.yaml, parameters: {P: {a: b}}}\n", `parameter "P" is a map with the key "a"`},
		{"parameter without output", "stacks:\n  - {name: a, template: t.yaml, parameters: {P: {stack: b}}}\n", `2:49: parameter "P" has no output`},
		{"parameter of no stack", "stacks:\n  - {name: a, template: t.yaml, parameters: {P: {stack: \"\", output: b}}}\n", `the stack of parameter "P" is empty`},
		{"parameter with two stacks", "stacks:\n  - {name: a, template: t.yaml, parameters: {P: {stack: b, stack: c, output: b}}}\n", `key "stack" is there twice`},
		{"parameter of a number", "stacks:\n  - {name: a, template: t.yaml, parameters: {P: {stack: b, output: 1}}}\n", `output is a number`},
		{"id number", "stacks:\n  - {name: a, template: t.yaml, physicalIds: {Key: 12}}\n", `physicalIds of Key is a number`},
		{"needs", "needs: {}\nstacks: [{name: a}]\n", "needs is a map"},
		{"need without principal", "needs: [{actions: [s3:GetObject]}]\nstacks: [{name: a}]\n", "the need names no principal"},
		{"need without action", "needs: [{principal: b}]\nstacks: [{name: a}]\n", `the need of "b" names no action`},
		{"need of everything", "needs: [{principal: b, actions: \"*\"}]\nstacks: [{name: a}]\n", `"*" is no action`},
		{"org id", "organization: {id: x}\nstacks: [{name: a}]\n", `"x" is no organization id`},
		{"org management", "organization: {id: o-x, management: 999999999999}\nstacks: [{name: a}]\n", `management 999999999999 is written as a number`},
		{"org target", "organization: {scps: {prod: [scp.json]}}\nstacks: [{name: a}]\n", `"prod" is no target`},
		{"org file", "organization: {scps: {root: [scp.json]}}\nstacks: [{name: a}]\n", `1:30: policy "scp.json": no such file`},
		{"broken yaml", "stacks:\n  - name: [a\n", "3:1: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, data := range map[string]string{stacks.FileName: tt.yaml, "t.yaml": "Resources: {}\n", "dir/x": ""} {
				p := filepath.Join(dir, name)
				os.MkdirAll(filepath.Dir(p), 0o755)
				if err := os.WriteFile(p, []byte(data), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink("/etc/hostname", filepath.Join(dir, "link.yaml")); err != nil {
				t.Skip(err)
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			_, err = stacks.Load(root, ".", stacks.Options{Dir: "in"})
			if err == nil {
				t.Fatalf("no error, want %q", tt.want)
			}
			if !strings.Contains(err.Error(), tt.want) && !(tt.name == "empty") {
				t.Errorf("error %q, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), dir) {
				t.Errorf("error %q shows the absolute folder", err)
			}
			var h interface{ Hint() string }
			if !errors.As(err, &h) || h.Hint() == "" {
				t.Errorf("error %q has no hint", err)
			}
		})
	}
}

// TestLargeFile: a file beyond any template is refused before it is read.
func TestLargeFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "t.yaml")
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 100<<20); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	_, err = stacks.Load(root, "t.yaml", stacks.Options{Dir: "in", Account: "111111111111", Region: "eu-west-1"})
	if err == nil || !strings.Contains(err.Error(), "in/t.yaml has 100 MB") {
		t.Errorf("error %v", err)
	}
}
