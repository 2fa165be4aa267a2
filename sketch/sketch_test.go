package sketch_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/sketch"
	"penstock/source"
	"penstock/spec"
)

var update = flag.Bool("update", false, "rewrite the golden outputs")

// TestLook walks testdata/*.txtar: what is there, what is said by flags, and
// the draft.
func TestLook(t *testing.T) {
	for _, file := range archives(t) {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(file, func(t *testing.T) {
			in := sketch.Input{Folder: fstest.MapFS{}, Name: "webshop", AWSConfigName: "~/.aws/config"}
			var want string
			var flags string
			for _, f := range a.Files {
				switch f.Name {
				case "git/config":
					in.GitConfig = string(f.Data)
				case "git/HEAD":
					in.GitHead = string(f.Data)
				case "aws/config":
					in.AWSConfig = string(f.Data)
				case "flags":
					flags = string(f.Data)
				case "want":
					want = string(f.Data)
				default:
					in.Folder.(fstest.MapFS)[f.Name] = &fstest.MapFile{Data: f.Data}
				}
			}
			d := sketch.Look(in)
			for line := range strings.Lines(flags) {
				flag, value, _ := strings.Cut(strings.TrimSpace(line), " ")
				if err := d.Set(flag, value); err != nil {
					t.Error(err)
				}
			}
			var b strings.Builder
			for _, f := range d.Found {
				b.WriteString(f.Where + ": " + f.What + "\n")
			}
			for _, n := range d.Notes {
				b.WriteString("note: " + n + "\n")
			}
			for _, g := range d.Gaps() {
				b.WriteString("gap: " + g.What + "\n")
			}
			if len(d.Gaps()) == 0 {
				b.Write(d.YAML())
				if _, fs := spec.Read(source.NewFile("penstock.yaml", d.YAML())); len(fs) > 0 {
					t.Errorf("the draft is no spec: %v\n%s", fs, d.YAML())
				}
			}
			if *update {
				a.Files = append(slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" }), txtar.File{Name: "want", Data: []byte(b.String())})
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(want, b.String()); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestRemote(t *testing.T) {
	for at, want := range map[string]string{
		"https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/web":            "codecommit web eu-west-1",
		"ssh://APKA@git-codecommit.eu-west-1.amazonaws.com/v1/repos/web":         "codecommit web eu-west-1",
		"https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/web":        "codecommit web cn-north-1",
		"https://git-codecommit-fips.us-east-1.amazonaws.com/v1/repos/web":       "  ",
		"codecommit::eu-west-1://web":                                            "codecommit web eu-west-1",
		"codecommit://profile@web":                                               "codecommit web ",
		"codecommit::eu-west-1":                                                  "  ",
		"git@github.com:example/web.git":                                         "github example/web ",
		"https://user:token@github.com/example/web":                              "github example/web ",
		"ssh://git@gitlab.com/group/sub/web.git":                                 "gitlab group/sub/web ",
		"git@bitbucket.org:team/web.git":                                         "bitbucket team/web ",
		"https://git.example.com/web.git":                                        "  ",
		"/srv/git/web.git":                                                       "  ",
		"":                                                                       "  ",
		"https://github.com/":                                                    "  ",
		"https://git-codecommit.eu-west-1.amazonaws.com.evil.example/v1/repos/w": "  ",
	} {
		kind, name, region := sketch.Remote(at)
		if got := kind + " " + name + " " + region; got != want {
			t.Errorf("Remote(%q) = %q, want %q", at, got, want)
		}
	}
}

func TestSet(t *testing.T) {
	for _, tt := range []struct{ flag, value, want, hint string }{
		{"account", "prod", `"prod" is no account`, "twelve digits"},
		{"account", "prod=12", `is no account`, "twelve digits"},
		{"source", "svn:x", `"svn:x" is no source`, "codecommit:"},
		{"source", "github:", `is no source`, "github"},
		{"deploy", "prod=ecs:cluster", `names nothing`, "ecs:CLUSTER/SERVICE"},
		{"deploy", "lambda", `names nothing`, "lambda:FUNCTION"},
		{"deploy", "heroku:x", `there is no deployment`, "cloudformation"},
		{"need", "two", `no number of people`, "whole number"},
		{"other", "x", `there is no "other"`, ""},
	} {
		err := (&sketch.Draft{}).Set(tt.flag, tt.value)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Set(%s, %s) = %v, want %s", tt.flag, tt.value, err, tt.want)
		}
		if h, ok := err.(interface{ Hint() string }); tt.hint != "" && (!ok || !strings.Contains(h.Hint(), tt.hint)) {
			t.Errorf("Set(%s, %s): no hint %q", tt.flag, tt.value, tt.hint)
		}
	}
}

// FuzzLook: whatever lies there, the draft is a spec or what is wrong with it
// is said; nothing panics.
func FuzzLook(f *testing.F) {
	f.Add("version: 0.2\nenv: {secrets-manager: {A: b:c}}\nphases: {build: {commands: [docker push 1/x:y]}}", "os: linux", "Resources: {A: {Type: AWS::IAM::Role}}", "[remote \"origin\"]\nurl = git@github.com:a/b", "[profile prod]\nsso_account_id = 333333333333")
	f.Fuzz(func(t *testing.T, buildspec, appspec, template, git, aws string) {
		folder := fstest.MapFS{}
		for name, text := range map[string]string{"buildspec.yml": buildspec, "appspec.yml": appspec, "template.yaml": template} {
			if text != "" {
				folder[name] = &fstest.MapFile{Data: []byte(text)}
			}
		}
		d := sketch.Look(sketch.Input{Folder: folder, Name: "web", GitConfig: git, GitHead: "ref: refs/heads/main", AWSConfig: aws, AWSConfigName: "config"})
		for _, x := range []string{"region eu-west-1", "account tools=111111111111", "source github:a/b", "deploy s3:some-bucket", "approvers a", "alerts none"} {
			flag, value, _ := strings.Cut(x, " ")
			if err := d.Set(flag, value); err != nil {
				t.Fatal(err)
			}
		}
		_, fs := spec.Read(source.NewFile("penstock.yaml", d.YAML()))
		for _, x := range fs {
			// What was found may be no good, but it stays what it was.
			if slices.Contains([]string{"SPEC001", "SPEC002", "SPEC004", "DOC001"}, x.Code) && !strings.Contains(x.Message, "secrets") {
				t.Errorf("%v: %s\n%s", x.At, x.Message, d.YAML())
			}
		}
	})
}

func archives(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	return files
}
