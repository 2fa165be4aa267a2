package splice_test

import (
	"fmt"
	"strings"
	"testing"

	"penstock/doc/load"
	"penstock/doc/splice"
	"penstock/source"
)

// BenchmarkAppend makes one edit in a template of 500 resources that has been
// read before.
func BenchmarkAppend(b *testing.B) {
	var s strings.Builder
	s.WriteString("Resources:\n")
	for i := range 500 {
		fmt.Fprintf(&s, "  Role%d:\n    Type: AWS::IAM::Role\n    Properties:\n      Statement:\n        - Effect: Allow\n          Action:\n            - s3:GetObject # reads\n          Resource: !Sub \"${B.Arn}/*\"\n", i)
	}
	f := source.NewFile("f.yaml", []byte(s.String()))
	root, _, err := load.Parse(f)
	if err != nil {
		b.Fatal(err)
	}
	list := root.At("Resources", "Role250", "Properties", "Statement").Items[0].Get("Action")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := splice.AppendItem(list, splice.String("s3:PutObject")); err != nil {
			b.Fatal(err)
		}
	}
}
