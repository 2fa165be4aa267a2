package tf

import (
	"strings"
	"testing"
)

func TestLabel(t *testing.T) {
	for id, want := range map[string]string{
		"BuildRole":       "build_role",
		"Key":             "key",
		"E2eTestsRole":    "e2e_tests_role",
		"S3Bucket":        "s3_bucket",
		"VPCEndpoint":     "VPC_endpoint",
		"OIDCProviderARN": "OIDC_provider_ARN",
		"myKey":           "_my_key",
		"2faKey":          "_2fa_key",
		"A":               "a",
		"AB":              "AB",
		"ABTest":          "AB_test",
		"Key2Fa":          "key2_fa",
		"SubnetA":         "subnet_a",
		"SubnetAB":        "subnet_AB",
		"X509Cert":        "x509_cert",
	} {
		got := Label(id)
		if got != want {
			t.Errorf("Label(%q) = %q, want %q", id, got, want)
		}
		if back, ok := Logical(got); !ok || back != id {
			t.Errorf("Logical(%q) = %q, %v, want %q", got, back, ok, id)
		}
	}
	for _, label := range []string{"", "_", "a__b", "my-key", "a_", "Build_Role", "this_Is"} {
		if id, ok := Logical(label); ok && Label(id) != label {
			t.Errorf("Logical(%q) = %q, and that is labelled %q", label, id, Label(id))
		}
	}
}

func FuzzLabel(f *testing.F) {
	for _, s := range []string{"BuildRole", "VPCEndpoint", "aB", "A1b2C3", "ABCdEF", "0", "aBC"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, s)
		if id == "" {
			return
		}
		if back, ok := Logical(Label(id)); !ok || back != id {
			t.Errorf("%q is labelled %q, which is %q, %v", id, Label(id), back, ok)
		}
		Logical(s)
	})
}
