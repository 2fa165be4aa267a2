package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"penstock/sketch"
)

// On a terminal what nothing shows is asked, and again where an answer is
// none.
func TestInterview(t *testing.T) {
	d := sketch.Look(sketch.Input{Name: "web"})
	var out bytes.Buffer
	answers := "prod=12\nprod=333333333333\n\neu-west-1\n12\n111111111111\nsvn:x\ngithub:example/web\n\necs:main/web\nleads\nnone\n"
	if err := interview(d, strings.NewReader(answers), &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{
		"an account to deploy to", `error: "prod=12" is no account`, "the region of the pipeline (eu-west-1): ",
		`error: "tools=12" is no account`, `error: "svn:x" is no source`, "how prod is deployed to", "the groups that approve",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if got := string(d.YAML()); !strings.Contains(got, "  - approve: {by: [leads], need: 1") || !strings.Contains(got, "ecs: {cluster: main, service: web}") {
		t.Error(got)
	}
	err := interview(sketch.Look(sketch.Input{Name: "web"}), strings.NewReader("\n"), &out)
	if err == nil || !strings.Contains(err.Error(), "the answers end at the region") {
		t.Errorf("answers that end: %v", err)
	}
}

// A worktree has its HEAD in a folder of its own, and shares the config.
func TestGitFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main/.git/config":                 "the config",
		"main/.git/HEAD":                   "ref: refs/heads/main",
		"main/.git/worktrees/wt/HEAD":      "ref: refs/heads/topic",
		"main/.git/worktrees/wt/commondir": "../..\n",
		"wt/.git":                          "gitdir: ../main/.git/worktrees/wt\n",
		"wt/deep/er/file":                  "",
		"broken/.git":                      "nothing",
	} {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"main": "the config|ref: refs/heads/main", "wt": "the config|ref: refs/heads/topic",
		"wt/deep/er": "the config|ref: refs/heads/topic", "broken": "|",
	} {
		config, head := gitFiles(filepath.Join(dir, filepath.FromSlash(name)))
		if got := config + "|" + head; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
