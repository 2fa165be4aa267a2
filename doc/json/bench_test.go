package json_test

import (
	"fmt"
	"strings"
	"testing"

	"penstock/doc/json"
	"penstock/source"
)

func BenchmarkParse(b *testing.B) {
	var s strings.Builder
	s.WriteString("{\n  \"Resources\": {")
	for i := range 500 {
		if i > 0 {
			s.WriteString(",")
		}
		fmt.Fprintf(&s, `
    "Role%[1]d": {
      "Type": "AWS::IAM::Role",
      "Properties": {
        "RoleName": {"Fn::Sub": "${Project}-role-%[1]d"},
        "AssumeRolePolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Principal": {"Service": "codebuild.amazonaws.com"},
              "Action": ["sts:AssumeRole", "sts:TagSession"],
              "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
            }
          ]
        }
      }
    }`, i)
	}
	s.WriteString("\n  }\n}\n")
	data := []byte(s.String())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := json.Parse(source.NewFile("f", data)); err != nil {
			b.Fatal(err)
		}
	}
}
