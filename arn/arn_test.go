package arn

import (
	"testing"

	"penstock/match"
)

func TestParse(t *testing.T) {
	bucket := match.Hole(match.Name, "tools.Bucket")
	for _, tt := range []struct {
		in   string
		want ARN
		name string
	}{
		{"arn:aws:iam::111111111111:role/team/build", ARN{"aws", "iam", "", "111111111111", "role/team/build"}, "build"},
		{"arn:aws:s3:::b", ARN{"aws", "s3", "", "", "b"}, "b"},
		{"arn:aws:logs:eu-west-1:1:log-group:/a:log-stream:x", ARN{"aws", "logs", "eu-west-1", "1", "log-group:/a:log-stream:x"}, "a:log-stream:x"},
		{"arn:aws:s3:::" + bucket + "/k", ARN{"aws", "s3", "", "", bucket + "/k"}, "k"},
	} {
		got, err := Parse(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("Parse(%q) = %v, %v, want %v", tt.in, got, err, tt.want)
		}
		if got.String() != tt.in {
			t.Errorf("Parse(%q).String() = %q", tt.in, got.String())
		}
		if got.Name() != tt.name {
			t.Errorf("Parse(%q).Name() = %q, want %q", tt.in, got.Name(), tt.name)
		}
	}
	for _, bad := range []string{"", "*", "arn:aws:s3::b", "ARN:aws:s3:::b", "urn:aws:s3:::b"} {
		if got, err := Parse(bad); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", bad, got)
		}
	}
}

func TestIsAccountID(t *testing.T) {
	for in, want := range map[string]bool{"111111111111": true, "11111111111": false, "11111111111a": false, "": false} {
		if got := IsAccountID(in); got != want {
			t.Errorf("IsAccountID(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestPartition(t *testing.T) {
	for in, want := range map[string]string{"eu-west-1": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov", "us-iso-east-1": "aws-iso", "us-isob-east-1": "aws-iso-b", "eusc-de-east-1": "aws-eusc"} {
		if got := Partition(in); got != want {
			t.Errorf("Partition(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("arn:aws:s3:::b/k")
	f.Add("arn:aws:logs:eu-west-1:1:log-group:/a:*")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		if err == nil && a.String() != s {
			t.Errorf("Parse(%q).String() = %q", s, a.String())
		}
	})
}
