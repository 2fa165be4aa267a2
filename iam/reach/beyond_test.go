package reach_test

import (
	"testing"

	"penstock/doc/json"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/source"
)

func policies(t *testing.T, text string, k iam.Kind) []*iam.Policy {
	t.Helper()
	if text == "" {
		return nil
	}
	n, _, err := json.Parse(source.NewFile("p.json", []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := iam.Parse(n, k)
	return []*iam.Policy{p}
}

func TestBeyond(t *testing.T) {
	const (
		narrow = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}]}`
		wide   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::a*"}]}`
		deny   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::a*"},{"Effect":"Deny","NotAction":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::a/*"}]}`
		only   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}]}`
		bucket = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/r"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::a/*"}]}`
	)
	tests := []struct {
		name                                                 string
		oldIdentity, newIdentity, oldB, newB, oldRes, newRes string
		want                                                 reach.Verdict
	}{
		{name: "the same", oldIdentity: narrow, newIdentity: narrow, want: reach.None},
		{name: "narrower", oldIdentity: wide, newIdentity: narrow, want: reach.None},
		{name: "wider", oldIdentity: narrow, newIdentity: wide, want: reach.Some},
		{name: "wider, but denied again", oldIdentity: narrow, newIdentity: deny, want: reach.None},
		{name: "wider below the same boundary", oldIdentity: narrow, newIdentity: wide, oldB: only, newB: only, want: reach.None},
		{name: "a boundary that is gone", oldIdentity: wide, newIdentity: wide, oldB: only, want: reach.Some},
		{name: "a boundary that is new", oldIdentity: wide, newIdentity: wide, newB: only, want: reach.None},
		{name: "a bucket policy that is new", oldIdentity: narrow, newIdentity: narrow, newRes: bucket, want: reach.Some},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := authz.New(authz.Options{})
			old := &authz.Policies{Identity: policies(t, tt.oldIdentity, iam.Identity), Boundary: policies(t, tt.oldB, iam.Boundary), Resource: policies(t, tt.oldRes, iam.Resource)}
			new := &authz.Policies{Identity: policies(t, tt.newIdentity, iam.Identity), Boundary: policies(t, tt.newB, iam.Boundary), Resource: policies(t, tt.newRes, iam.Resource)}
			a := reach.New(e, reach.Options{}).Beyond(old, new, reach.Space{
				Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:role/r"}, Resources: []string{"arn:aws:s3:::*"}, ResourceAccount: "111111111111",
			})
			if a.Verdict != tt.want {
				t.Fatalf("Beyond = %s, want %s (missing %v)", a.Verdict, tt.want, a.Missing)
			}
			if a.Verdict == reach.Some && (e.Decide(a.Witness, new) != authz.Allow || e.Decide(a.Witness, old) != authz.Deny) {
				t.Errorf("the witness %s on %s is no witness", a.Witness.Action, a.Witness.Resource)
			}
		})
	}
}
