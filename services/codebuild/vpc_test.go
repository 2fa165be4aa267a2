package codebuild

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/service"
)

func TestCommandHosts(t *testing.T) {
	for _, c := range []struct {
		name, commands string
		want           []string
	}{
		{"packages may come from a mirror", "npm ci", []string{"degrades the npm registry"}},
		{"with sudo", "sudo apt-get install -y jq", []string{"degrades the package mirrors"}},
		{"an index of one's own", "pip install --index-url https://pypi.example.com/simple -r r.txt", nil},
		{"after a login to CodeArtifact", "aws codeartifact login --tool npm --domain d --repository r\nnpm ci", nil},
		{"the modules of Go", "go mod download && go mod verify", []string{"degrades the Go module proxy"}},
		{"which are there", "go mod verify", nil},
		{"before one", "npm ci\naws codeartifact login --tool npm --domain d --repository r", []string{"degrades the npm registry"}},
		{"a public image", "docker pull golang:1.22", []string{"stops the registry of golang:1.22"}},
		{"one that may be missing", "docker pull golang:1.22 || true", []string{"degrades the registry of golang:1.22"}},
		{"an image of ECR", "docker pull 111111111111.dkr.ecr.eu-west-1.amazonaws.com/app:1", nil},
		{"a mirror of images", "docker pull nexus.example.com/golang:1.22", nil},
		{"under a condition", "if x; then docker pull golang:1.22; fi", nil},
		{"a clone", "git clone --depth 1 https://token@github.com/a/b", []string{"stops github.com"}},
		{"a clone from a server of one's own", "git clone https://git.example.com/a/b", nil},
		{"who it is", "ACCOUNT=$(aws sts get-caller-identity --query Account --output text)", []string{"stops sts"}},
		{"who it is, if that can be told", "aws --region eu-west-1 sts get-caller-identity || true", []string{"degrades sts"}},
		{"what makes no request", "npm test\ndocker images", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := projectOf(t, "Name: p\nSource:\n  Type: NO_SOURCE\n  BuildSpec: |\n    version: 0.2\n    phases:\n      build:\n        commands:\n          - |\n            "+strings.ReplaceAll(c.commands, "\n", "\n            ")+"\n")
			var got []string
			for _, h := range commandHosts(s) {
				got = append(got, fmt.Sprintf("%s %s", h.Need, h.Name+h.Service))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestInside: which rows of a build are made from within the VPC. A new row
// must be put on one side or the other.
func TestInside(t *testing.T) {
	outside := []string{"codebuild.vpc.", "codebuild.image", "codebuild.reports", "codebuild.batch."}
	for _, r := range jobRows() {
		in, _ := through(&service.Call{Row: &r})
		out := slices.ContainsFunc(outside, func(p string) bool { return strings.HasPrefix(r.ID, p) })
		if in == out {
			t.Errorf("row %s: inside the VPC is %v, made by CodeBuild itself is %v", r.ID, in, out)
		}
	}
}
