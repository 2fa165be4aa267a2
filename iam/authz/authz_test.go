package authz

import (
	"testing"

	"penstock/doc/json"
	"penstock/iam"
	"penstock/source"
)

// parse reads one document.
func parse(t testing.TB, k iam.Kind, text string) []*iam.Policy {
	t.Helper()
	n, _, err := json.Parse(source.NewFile("policy.json", []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	p, findings := iam.Parse(n, k)
	if p.Broken != "" {
		t.Fatalf("%s: %v", p.Broken, findings)
	}
	return []*iam.Policy{p}
}
