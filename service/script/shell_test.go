package script

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

// render writes what a script runs, one command a line: how sure it is, and
// its words with holes shown.
func render(cs []Command) []string {
	var out []string
	for _, c := range cs {
		ws := make([]string, len(c.Words))
		for i, w := range c.Words {
			ws[i] = match.Render(w.Text)
		}
		out = append(out, [...]string{"maybe", "runs", "stops"}[c.Sure]+": "+strings.Join(ws, " "))
	}
	return out
}

func TestScript(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		want         []string
	}{
		{"plain", "aws s3 ls", []string{"stops: aws s3 ls"}},
		{"quotes", `aws ssm get-parameter --name "/a b/c" --query 'Parameter.Value'`, []string{"stops: aws ssm get-parameter --name /a b/c --query Parameter.Value"}},
		{"continued", "aws s3 cp a \\\n  s3://b/", []string{"stops: aws s3 cp a s3://b/"}},
		{"comment", "# aws s3 ls\naws sts get-caller-identity # who", []string{"stops: aws sts get-caller-identity"}},
		{"a hash in a word is none", "aws s3 cp a#b c", []string{"stops: aws s3 cp a#b c"}},
		{"only the last line decides", "aws one x\naws two y", []string{"runs: aws one x", "stops: aws two y"}},
		{"set -e", "set -e\naws one x\naws two y", []string{"stops: aws one x", "stops: aws two y"}},
		{"set -euo pipefail", "set -euo pipefail; aws one x; aws two y", []string{"stops: aws one x", "stops: aws two y"}},
		{"and", "make && aws s3 ls", []string{"stops: make", "stops: aws s3 ls"}},
		{"and, where the list decides nothing", "make && aws s3 ls\ntrue", []string{"runs: make", "maybe: aws s3 ls", "stops: true"}},
		{"and, with set -e", "set -e\nmake && aws s3 ls\nmake", []string{"stops: make", "maybe: aws s3 ls", "stops: make"}},
		{"and, then or", "make && aws s3 ls || true", []string{"runs: make", "maybe: aws s3 ls", "maybe: true"}},
		{"pipe, then and", "aws one x | tee y && aws two y", []string{"runs: aws one x", "stops: tee y", "stops: aws two y"}},
		{"or", "aws one x || true", []string{"runs: aws one x", "maybe: true"}},
		{"not", "! aws one x", []string{"runs: aws one x"}},
		{"pipe", "aws one x | grep y", []string{"runs: aws one x", "stops: grep y"}},
		{"the password of a registry", "aws ecr get-login-password | docker login --username AWS --password-stdin x", []string{"stops: aws ecr get-login-password", "stops: docker login --username AWS --password-stdin x"}},
		{"background", "aws one x & aws two y", []string{"runs: aws one x", "stops: aws two y"}},
		{"redirect", "aws one x > out 2>&1", []string{"stops: aws one x"}},
		{"redirect both", "aws one x &> out", []string{"stops: aws one x"}},
		{"if", "if aws one x; then aws two y; fi; aws three z", []string{"maybe: aws one x", "maybe: aws two y", "stops: aws three z"}},
		{"for", "for i in a b; do aws one $i; done", []string{"maybe: aws one ‹$i in the build›"}},
		{"case", "case $x in\na) aws one x ;;\n*) aws two y ;;\nesac\naws three z", []string{"maybe: a", "maybe: aws one x", "maybe: *", "maybe: aws two y", "stops: aws three z"}},
		{"subshell", "(cd x && aws one y)", []string{"maybe: cd x", "maybe: aws one y"}},
		{"function", "f() { aws one x; }\naws two y", []string{"maybe: f", "maybe: aws one x", "maybe: aws two y"}},
		{"after exit", "exit 0\naws one x", []string{"maybe: aws one x"}},
		{"after source", ". ./env.sh\naws one x", []string{"maybe: aws one x"}},
		{"here-document", "cat <<EOF\naws one x\nEOF\n", []string{"maybe: cat"}},
		{"substitution", "X=$(aws one y)", []string{"stops: aws one y"}},
		{"substitution exported", "export X=$(aws one y | jq -r .z)", []string{"stops: aws one y", "stops: jq -r .z"}},
		{"substitution with another way out", "X=$(aws one y || echo none)", []string{"runs: aws one y", "maybe: echo none"}},
		{"substitution that is only said", `echo "$(aws one y)"`, []string{"runs: aws one y", "stops: echo ‹the output of a command in the build›"}},
		{"substitution of an argument", "docker login -p $(aws one y) x", []string{"stops: aws one y", "stops: docker login -p ‹the output of a command in the build› x"}},
		{"backquotes", "X=`aws one y`", []string{"stops: aws one y"}},
		{"substitution behind and", "[ -f x ] && X=$(aws one y)", []string{"stops: [ -f x ]", "stops: aws one y"}},
		{"assignment", `T=v1; aws one "$T"`, []string{"stops: aws one v1"}},
		{"assignment that may not happen", `[ -n "$A" ] && T=v1; aws one "$T"`, []string{"runs: [ -n ‹$A in the build› ]", "stops: aws one ‹$T in the build›"}},
		{"single quotes do not expand", `T=v1; aws one '$T'`, []string{"stops: aws one $T"}},
		{"prefix assignment", "A=b aws one x", []string{"stops: aws one x"}},
		{"other credentials", "AWS_PROFILE=prod aws one x; aws two y", []string{"stops: aws two y"}},
		{"credentials exported", "export AWS_SESSION_TOKEN=$T\naws one x", nil},
		{"credentials out of a command", "export $(printf 'AWS_ACCESS_KEY_ID=%s' x)\naws one x", []string{"runs: printf AWS_ACCESS_KEY_ID=%s x"}},
		{"default", `aws one "${X:-d}"`, []string{"stops: aws one ‹$X.-d in the build›"}},
		{"host of an image", `R=111111111111.dkr.ecr.eu-west-1.amazonaws.com/app; docker login "${R%%/*}"`, []string{"stops: docker login 111111111111.dkr.ecr.eu-west-1.amazonaws.com"}},
		{"unbalanced quote", `aws one "x`, []string{"maybe: aws one x"}},
		{"stray brace", "}; aws one x", []string{"maybe: aws one x"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, render(New().Read(tt.script))); d != "" {
				t.Errorf("script(%q): -want +got\n%s", tt.script, d)
			}
		})
	}
}

func FuzzScript(f *testing.F) {
	for _, s := range []string{"aws s3 ls", "if x; then y; fi", "a | b && c || d & e", "X=$(a `b` \"${c:-d}\")", "case x in a) b;; esac", "<<EOF\n", "a\x00nx\x00b", "\x00", "$((1+2", "(((", "for", "case", "for (", "A=1 >", "\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := NewCLI(&service.Site{Model: cloud.New(), Account: "111111111111", Region: "eu-west-1"}, "a build")
		for _, c := range New().Read(s) {
			if len(c.Words) == 0 {
				t.Errorf("%q: a command without words", s)
			}
			r.Command(c)
		}
	})
}
