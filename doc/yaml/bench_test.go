package yaml_test

import (
	"fmt"
	"strings"
	"testing"

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

// odd returns texts of about size bytes that are all of one kind.
func odd(size int) map[string]string {
	rep := func(s string) string { return strings.Repeat(s, size/len(s)) }
	return map[string]string{
		"roles":        string(template(size / 800)),
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
}

// BenchmarkOdd reads texts in two sizes: what is odd about a text must not
// make reading it quadratic. The clock of a shared machine is no judge of
// that, so that this is no test.
func BenchmarkOdd(b *testing.B) {
	for _, size := range []int{50_000, 200_000} {
		for name, text := range odd(size) {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(name, " ", "-"), size), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					_, _, _ = yaml.Parse(source.NewFile("f", []byte(text)))
				}
			})
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
