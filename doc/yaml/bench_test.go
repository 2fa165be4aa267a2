package yaml_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"penstock/doc/yaml"
	"penstock/source"
)

// template returns a template with n roles, about 800 bytes each.
func template(n int) []byte {
	var b strings.Builder
	b.WriteString("AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n  Project: {Type: String, Default: demo}\nResources:\n")
	for i := range n {
		fmt.Fprintf(&b, `  # The role of job %[1]d, which writes its log.
  Role%[1]d:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub "${Project}-role-%[1]d"
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: codebuild.amazonaws.com}
            Action: sts:AssumeRole
            Condition:
              StringEquals: {"aws:SourceAccount": !Ref AWS::AccountId}
      Policies:
        - PolicyName: p%[1]d
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Sid: Logs   # comment
                Effect: Allow
                Action: [logs:CreateLogStream, logs:PutLogEvents]
                Resource: !Sub arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/codebuild/x%[1]d:*

`, i)
	}
	return []byte(b.String())
}

// BenchmarkParse reads a template of 500 resources; 60 ms are the limit.
func BenchmarkParse(b *testing.B) {
	data := template(500)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := yaml.Parse(source.NewFile("f", data)); err != nil {
			b.Fatal(err)
		}
	}
}

// TestLinear: what is odd about a text must not make reading it quadratic.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const size = 200_000
	rep := func(s string) string { return strings.Repeat(s, size/len(s)) }
	tests := map[string]string{
		"roles":        string(template(250)),
		"comments":     rep("# x\n") + "a: b\n",
		"end comments": "a: b\n" + rep("# x\n"),
		"notes":        rep("- a # b\n"),
		"one line":     "[" + rep("é, ") + "]",
		"one string":   `"` + rep("é x ") + `"`,
		"plain":        "a: " + rep("x y ") + "\n",
		"many lines":   "a:\n" + rep("  x y\n"),
		"literal":      "a: |\n" + rep("  x\n\n"),
		"blank":        "a:" + rep("\n") + " b",
		"flow maps":    "[" + rep("{a: b}, ") + "]",
		"pairs":        "[" + rep("a: b, ") + "]",
		"nulls":        rep("-\n"),
		"keys":         keys(size / 8),
		"anchors":      rep("- &a b\n") + rep("- *a\n"),
		"documents":    rep("--- a\n"),
		"unclosed":     rep("[a, "),
		"deep":         rep("- "),
		"questions":    rep("? a\n"),
	}
	for name, text := range tests {
		start := time.Now()
		_, _, err := yaml.Parse(source.NewFile("f", []byte(text)))
		took := time.Since(start)
		t.Logf("%-14s %v %.80v", name, took.Round(time.Millisecond), err)
		if took > 3*time.Second {
			t.Errorf("%s: %d bytes took %v", name, len(text), took)
		}
	}
}

func keys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: v\n", i)
	}
	return b.String()
}
