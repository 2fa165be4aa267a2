package all

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/cloud"
	"penstock/iac/cfn"
	"penstock/iam"
	"penstock/iam/facts"
	"penstock/match"
	"penstock/prove"
	"penstock/service"
	"penstock/service/schema"
	"penstock/source"
)

// TestWalk walks testdata/*.txtar: templates, each named
// <stack>.<account>.<region>.yaml, other files beside them (*.yml are workflows), and in want every
// call that the pipelines make, with what is known of the keys that matter,
// the verdict, and the findings of checks.
func TestWalk(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := walk(t, ar)
			if *update {
				setWant(ar, got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want := ""
			for _, f := range ar.Files {
				if f.Name == "want" {
					want = string(f.Data)
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func setWant(ar *txtar.Archive, got string) {
	for i := range ar.Files {
		if ar.Files[i].Name == "want" {
			ar.Files[i].Data = []byte(got)
			return
		}
	}
	ar.Files = append(ar.Files, txtar.File{Name: "want", Data: []byte(got)})
}

func walk(t *testing.T, ar *txtar.Archive) string {
	t.Helper()
	types := map[string]*service.Type{}
	for _, s := range Services() {
		for i := range s.Types {
			types[s.Types[i].Name] = &s.Types[i]
		}
	}
	read := func(name string) (*source.File, error) {
		for _, f := range ar.Files {
			if f.Name == name {
				return source.NewFile(name, f.Data), nil
			}
		}
		return nil, os.ErrNotExist
	}
	in := cfn.Input{Read: read, Types: func(n string) *service.Type {
		if t := types[n]; t != nil {
			return t
		}
		return schema.Type(n)
	}}
	for _, f := range ar.Files {
		p := strings.Split(f.Name, ".")
		if len(p) == 4 && p[3] == "yaml" {
			in.Stacks = append(in.Stacks, cfn.Stack{Name: p[0], Account: p[1], Region: p[2], Template: f.Name})
		}
		if strings.HasSuffix(f.Name, ".yml") || f.Name == "aws-config" || f.Name == "aws-credentials" {
			in.Beside = append(in.Beside, source.NewFile(f.Name, f.Data))
		}
	}
	res, err := cfn.Load(in)
	if err != nil {
		t.Fatal(err)
	}
	rep := prove.Prove(res.Models, prove.Options{
		Services: Services(),
		Read:     func(_ *cloud.Stack, name string) (*source.File, error) { return read(name) },
	})
	var b strings.Builder
	for _, r := range rep.Runs {
		if r.Entry != nil && r.Entry.Resource == nil {
			fmt.Fprintf(&b, "%s %s\n", r.Entry.Kind, match.Render(r.Entry.Title))
		}
		for _, s := range r.Steps {
			switch {
			case s.Job != nil:
				fmt.Fprintf(&b, "job %s %s\n", s.Job.Type, match.Render(s.Job.Name))
			case s.Action != nil:
				fmt.Fprintf(&b, "action %s %s\n", s.Action.Provider, s.Action.Name)
			}
			for _, c := range s.Calls {
				fmt.Fprintf(&b, "  %s\n", callLine(c))
			}
			for _, f := range s.Findings {
				fmt.Fprintf(&b, "  %s %s %s: %s\n", f.Code, f.Severity, f.At, match.Render(f.Message))
			}
		}
	}
	for _, a := range rep.Assumptions {
		fmt.Fprintf(&b, "assumes %s\n", a)
	}
	return b.String()
}

// shown are the context keys that the archives show.
var shown = []string{
	"iam:PassedToService", "kms:ViaService", "kms:CallerAccount", "kms:EncryptionContext:aws:s3:arn", "kms:EncryptionContext:SecretARN",
	"sts:ExternalId", "token.actions.githubusercontent.com:sub", "aws:SourceArn", "cloudformation:ChangeSetName", "cloudformation:RoleArn", "s3:x-amz-server-side-encryption-aws-kms-key-id",
}

func callLine(c *prove.Call) string {
	q := c.Request
	who := q.Principal.Service
	if who == "" {
		who = q.Principal.ARN[strings.LastIndexByte(q.Principal.ARN, '/')+1:]
	}
	line := fmt.Sprintf("%s %s: %s %s on %s", c.Decision.Verdict, c.Row.Need, match.Render(who), q.Action, match.Render(q.Resource))
	if c.Cause != nil {
		line = "└ " + line
	}
	if c.Target.Or != "" {
		line += " or " + match.Render(c.Target.Or)
	}
	for _, k := range shown {
		v := q.Context.Get(k)
		if v.State != iam.Known {
			continue
		}
		line += fmt.Sprintf(" %s=%s", k, match.Render(strings.Join(v.Values, ",")))
		if v.Optional {
			line += "?"
		}
	}
	return line
}

// TestActionsExist compares the actions of the rows with AWS's own list.
func TestActionsExist(t *testing.T) {
	check := func(id, action string) {
		prefix, name, _ := strings.Cut(action, ":")
		s, ok := facts.Service(prefix)
		if !ok {
			t.Errorf("%s: there is no service %q", id, prefix)
			return
		}
		if _, ok := s.Action(name); !ok {
			t.Errorf("%s: %s has no action %s", id, prefix, name)
		}
	}
	allRows(func(_ *service.Service, r *service.Row) {
		for _, a := range r.Actions {
			check(r.ID, a)
		}
	})
	for _, s := range Services() {
		for _, e := range s.Effects {
			for _, a := range e.Actions {
				check(e.ID, a)
			}
		}
	}
}
