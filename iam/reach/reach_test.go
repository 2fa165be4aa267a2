package reach

import (
	"testing"

	"penstock/doc/json"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/source"
)

// policy parses a document.
func policy(t testing.TB, k iam.Kind, text string) *iam.Policy {
	t.Helper()
	n, _, err := json.Parse(source.NewFile("p.json", []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := iam.Parse(n, k)
	return p
}

func TestFind(t *testing.T) {
	const role = "arn:aws:iam::111111111111:role/build"
	tests := []struct {
		name     string
		identity string
		space    Space
		want     Verdict
	}{
		{"plain", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}]}`, Space{Actions: []string{"s3:GetObject"}}, Some},
		{"other action", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}]}`, Space{Actions: []string{"s3:Put*"}}, None},
		{"denied", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b*"}]}`, Space{Resources: []string{"arn:aws:s3:::bucket/*"}}, None},
		{"denied elsewhere", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::bc*"}]}`, Space{Resources: []string{"arn:aws:s3:::b*"}}, Some},
		{"condition", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"},"NumericLessThan":{"s3:max-keys":"10"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}`, Space{}, Some},
		{"contradiction", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"},"StringNotLike":{"aws:PrincipalTag/team":"a*"}}}]}`, Space{}, None},
		{"addresses", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"NotIpAddress":{"aws:SourceIp":["10.0.0.0/9","10.128.0.0/9"]}}}]}`, Space{}, None},
		{"variable", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team}/*"}]}`, Space{}, Some},
		{"dates", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"},"DateLessThan":{"aws:CurrentTime":"2029-01-01T00:00:00Z"}}}]}`, Space{}, None},
	}
	e := New(authz.New(authz.Options{}), Options{})
	for _, test := range tests {
		test.space.Principal.ARN = role
		pol := &authz.Policies{Identity: []*iam.Policy{policy(t, iam.Identity, test.identity)}}
		a := e.Find(pol, test.space)
		if a.Verdict != test.want {
			t.Errorf("%s: %v, want %v; missing %q, witness %+v", test.name, a.Verdict, test.want, a.Missing, a.Witness)
		}
		if a.Verdict == Some {
			t.Logf("%s: %s on %s", test.name, a.Witness.Action, a.Witness.Resource)
			for k, v := range a.Witness.Context.All() {
				t.Logf("    %s = %q", k, v.Values)
			}
		}
	}
}

// TestHoles asks about resources whose names only a deployment makes.
func TestHoles(t *testing.T) {
	bucket := "arn:aws:s3:::" + match.Hole(match.Name, "tools.Bucket")
	other := "arn:aws:s3:::" + match.Hole(match.ID, "tools.Other")
	third := "arn:aws:s3:::" + match.Hole(match.ID, "tools.Third")
	on := func(effect iam.Effect, resources ...string) iam.Statement {
		st := iam.Statement{Effect: effect, Actions: []iam.Elem{{Text: "s3:*"}}, HasResource: true}
		for _, r := range resources {
			st.Resources = append(st.Resources, iam.Elem{Text: r})
		}
		return st
	}
	tests := []struct {
		name  string
		sts   []iam.Statement
		space []string
		want  Verdict
	}{
		{"the same hole", []iam.Statement{on(iam.Allow, bucket+"/*")}, []string{bucket + "/key"}, Some},
		{"the same hole, a pattern", []iam.Statement{on(iam.Allow, bucket+"/*")}, []string{bucket + "/a*"}, Some},
		{"a name that it may get", []iam.Statement{on(iam.Allow, "arn:aws:s3:::prod-*")}, []string{bucket + "/a*"}, Depends},
		{"a name that it may get, denied", []iam.Statement{on(iam.Allow, "*"), on(iam.Deny, "arn:aws:s3:::prod-*")}, []string{bucket + "/a*"}, Depends},
		{"denied for certain", []iam.Statement{on(iam.Allow, "*"), on(iam.Deny, bucket+"/*")}, []string{bucket + "/a*"}, None},
		{"another service", []iam.Statement{on(iam.Allow, "arn:aws:sqs:*:*:*")}, []string{bucket + "/a*"}, None},
		{"two resources", []iam.Statement{on(iam.Allow, other+"/*")}, []string{third + "/*"}, None},
		{"any resource", []iam.Statement{on(iam.Allow, other+"/*")}, nil, Some},
		{"any resource but that", []iam.Statement{on(iam.Allow, other+"/*"), on(iam.Deny, other+"/*")}, nil, None},
	}
	e := New(authz.New(authz.Options{}), Options{})
	for _, test := range tests {
		pol := &authz.Policies{Identity: []*iam.Policy{{Version: iam.Version2012, Statements: test.sts}}}
		a := e.Find(pol, Space{Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:role/build"}, Resources: test.space, ResourceAccount: "111111111111"})
		if a.Verdict != test.want {
			t.Errorf("%s: %v, want %v; missing %q, witness %+v", test.name, a.Verdict, test.want, a.Missing, a.Witness)
		}
	}
}
