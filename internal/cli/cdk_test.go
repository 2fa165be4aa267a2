package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cdkReport is the part of the JSON report that the golden files hold.
type cdkReport struct {
	Theorems []struct {
		Theorem, Outcome                  string
		Calls, Allowed, Denied, Depending int
	}
	Pipelines []struct {
		Kind, Name string
		Before     []cdkStep
		Stages     []struct {
			Name    string
			Actions []cdkStep
		}
	}
	Findings []struct{ Code, Severity, Message string }
	Coverage struct {
		Resources, Understood int
		NotUnderstood         []string
	}
}

type cdkStep struct {
	Kind, Name, Type, Role, When string
	Calls                        []struct {
		Principal, Action, Resource, What, Verdict, Layer, Need, When string
		Depends                                                       []string
		Deciding                                                      *struct {
			Sid, Why string
			Place    *struct {
				File string
				Line int
			}
		}
		Row struct{ ID, Basis, Source string }
	}
	Jobs []cdkStep
}

// TestCDK proves the output of the real CDK: PENSTOCK_CDK names the directory
// in which tools/cdk/synth.sh left it (`make cdk`). The golden file of an app
// names every call with its verdict, and for one that is denied or depends
// also the reason and the AWS source of the row.
func TestCDK(t *testing.T) {
	dir := os.Getenv("PENSTOCK_CDK")
	if dir == "" {
		t.Skip("PENSTOCK_CDK does not name a directory with synthesised CDK apps; `make cdk` makes one")
	}
	apps, err := filepath.Glob(filepath.Join(dir, "*", "penstock.stacks.yaml"))
	if err != nil || len(apps) == 0 {
		t.Fatalf("no apps in %s (%v)", dir, err)
	}
	for _, app := range apps {
		name := filepath.Base(filepath.Dir(app))
		t.Run(name, func(t *testing.T) {
			code, out, errs := try(dir, "prove", "--theorem", "runs", name, "--format", "json")
			if code != exitOK && code != exitNo {
				t.Fatalf("prove %s exits with %d:\n%s", name, code, errs)
			}
			var r cdkReport
			if err := json.Unmarshal([]byte(out), &r); err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("exit %d\n", code) + r.summary()
			file := filepath.Join("testdata", "cdk", name+".golden")
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s (-want +got):\n%s", file, d)
			}
		})
	}
}

// TestCDKGate holds the story of a pipeline that CDK Pipelines makes: the
// project that updates the pipeline runs the commit's own code, reaches the
// administrator that makes the stacks, and so approves itself and deploys to
// production.
func TestCDKGate(t *testing.T) {
	dir := os.Getenv("PENSTOCK_CDK")
	if dir == "" {
		t.Skip("PENSTOCK_CDK does not name a directory with synthesised CDK apps; `make cdk` makes one")
	}
	code, out, errs := try(dir, "prove", "--theorem", "gate", "pipelines-cross-account", "--format", "json")
	if code != exitNo {
		t.Fatalf("prove exits with %d, want %d:\n%s", code, exitNo, errs)
	}
	var r struct {
		Findings []struct {
			Code, Severity, Message string
			Trace                   []string
		}
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	for want, steps := range map[string][]string{
		"GATE001": {"sts:AssumeRole on arn:aws:iam::111111111111:role/cdk-hnb659fds-deploy-role", "iam:PassRole on arn:aws:iam::111111111111:role/cdk-hnb659fds-cfn-exec-role", "codepipeline:PutApprovalResult"},
		"GATE003": {"sts:AssumeRole on arn:aws:iam::333333333333:role/cdk-hnb659fds-deploy-role"},
	} {
		found := false
		for _, f := range r.Findings {
			story := strings.Join(f.Trace, "\n")
			hit := f.Code == want && f.Severity == "error" && strings.Contains(f.Message, "selfupdate")
			for _, s := range steps {
				hit = hit && strings.Contains(story, s)
			}
			found = found || hit
		}
		if !found {
			t.Errorf("no %s of the self-update whose story has %q", want, steps)
		}
	}
}

func (r *cdkReport) summary() string {
	var b strings.Builder
	for _, t := range r.Theorems {
		fmt.Fprintf(&b, "%s %s: %d calls, %d allowed, %d denied, %d depend\n", t.Theorem, t.Outcome, t.Calls, t.Allowed, t.Denied, t.Depending)
	}
	fmt.Fprintf(&b, "resources: %d of %d understood\n", r.Coverage.Understood, r.Coverage.Resources)
	for _, n := range r.Coverage.NotUnderstood {
		fmt.Fprintf(&b, "  not understood: %s\n", n)
	}
	for _, p := range r.Pipelines {
		fmt.Fprintf(&b, "\n%s %s\n", p.Kind, p.Name)
		steps(&b, "before", p.Before)
		for _, s := range p.Stages {
			steps(&b, s.Name, s.Actions)
		}
	}
	b.WriteString("\n")
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s: %s\n", f.Severity, f.Code, f.Message)
	}
	return b.String()
}

func steps(b *strings.Builder, where string, ss []cdkStep) {
	for _, s := range ss {
		fmt.Fprintf(b, "\n%s / %s %s\n", where, s.Kind, s.Name)
		if s.Role != "" {
			fmt.Fprintf(b, "  role %s\n", s.Role)
		}
		for _, c := range s.Calls {
			who := ""
			if c.Principal != s.Role {
				who = c.Principal + ": "
			}
			fmt.Fprintf(b, "  %-7s %s%s on %s\n", c.Verdict, who, c.Action, c.Resource)
			if c.Verdict == "allow" {
				continue
			}
			fmt.Fprintf(b, "          %s, %s", c.Need, c.Layer)
			if len(c.Depends) > 0 {
				fmt.Fprintf(b, ", depends on %s", strings.Join(c.Depends, "; "))
			}
			if d := c.Deciding; d != nil && d.Place != nil {
				fmt.Fprintf(b, ", %s:%d %s", d.Place.File, d.Place.Line, d.Why)
			}
			fmt.Fprintf(b, "\n          %s (%s): %s\n", c.Row.ID, c.Row.Basis, c.Row.Source)
		}
		steps(b, where, s.Jobs)
	}
}
