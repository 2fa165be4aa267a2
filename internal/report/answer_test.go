package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"penstock/internal/cli"
)

// TestAnswerSchema holds what `penstock can --format json` writes to its schema.
func TestAnswerSchema(t *testing.T) {
	data, err := os.ReadFile("../../docs/schema/can-1.json")
	if err != nil {
		t.Fatal(err)
	}
	schema := load(t, data)
	for _, q := range [][]string{
		{"CodeBuildRole", "s3:GetObject", "ArtifactBucket"},
		{"CodeBuildRole", "s3:DeleteObject", "ArtifactBucket/x", "--context", "aws:TagKeys=a", "--context", "aws:SourceVpce"},
		{"CodeBuildRole", "kms:Decrypt", "PipelineKey"},
		{"*", "s3:GetObject", "ArtifactBucket"},
		{"codebuild.amazonaws.com", "sts:AssumeRole", "CodeBuildRole"},
		{"CodeBuildRole", "iam:PassRole", "arn:aws:iam::999999999999:role/other"},
	} {
		var out, errs bytes.Buffer
		cli.Run(t.Context(), &cli.Env{
			Args:   append([]string{"can", q[0], q[1], q[2], "examples/cross-account", "--format", "json"}, q[3:]...),
			Stdout: &out, Stderr: &errs, Dir: "../..", Getenv: func(string) string { return "" },
		})
		if errs.Len() > 0 {
			t.Fatalf("%v: %s", q, errs.String())
		}
		if err := conforms(schema, schema, load(t, out.Bytes()), "answer"); err != nil {
			t.Errorf("%v: %v", q, err)
		}
	}
}

// TestTestsSchema holds what `penstock test --format json` writes to its
// schema.
func TestTestsSchema(t *testing.T) {
	data, err := os.ReadFile("../../docs/schema/test-1.json")
	if err != nil {
		t.Fatal(err)
	}
	schema := load(t, data)
	dir := t.TempDir()
	file := filepath.Join(dir, "access.yaml")
	example, err := filepath.Abs("../../examples/cross-account")
	if err != nil {
		t.Fatal(err)
	}
	rel, err := filepath.Rel(dir, example)
	if err != nil {
		t.Fatal(err)
	}
	text := "stacks: " + rel + "\ntests:\n- {who: CodeBuildRole, may: s3:GetObject, on: ArtifactBucket}\n" +
		"- {who: CodeBuildRole, may: s3:DeleteObject, on: ArtifactBucket}\n- {who: Nobody, may: s3:DeleteObject, on: ArtifactBucket}\n"
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cli.Run(t.Context(), &cli.Env{
		Args: []string{"test", file, "--format", "json"}, Stdout: &out, Stderr: &errs, Dir: "../..", Getenv: func(string) string { return "" },
	})
	if errs.Len() > 0 {
		t.Fatal(errs.String())
	}
	if err := conforms(schema, schema, load(t, out.Bytes()), "tests"); err != nil {
		t.Error(err)
	}
}
