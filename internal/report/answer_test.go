package report_test

import (
	"bytes"
	"os"
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
