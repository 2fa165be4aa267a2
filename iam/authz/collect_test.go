package authz

import (
	"slices"
	"testing"

	"penstock/cloud"
	"penstock/iam"
)

func attach(ps []*iam.Policy) []cloud.Attachment { return []cloud.Attachment{{Policy: ps[0]}} }

func TestCollect(t *testing.T) {
	m := cloud.New()
	stack := &cloud.Stack{Name: "tools", Account: "111111111111", Region: "eu-west-1"}
	m.Stacks = append(m.Stacks, stack)
	allow := parse(t, iam.Identity, fullPolicy)
	m.AddPrincipal(&cloud.Principal{
		Kind: cloud.User, ARN: "arn:aws:iam::111111111111:user/ann", Name: "ann", Account: "111111111111",
		Groups: []string{"devs", "lost"},
	})
	m.AddPrincipal(&cloud.Principal{Kind: cloud.Group, ARN: "arn:aws:iam::111111111111:group/devs", Name: "devs", Account: "111111111111", Identity: attach(allow)})
	trustPolicy := attach(parse(t, iam.Trust, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"111111111111"}}}`))[0]
	m.AddPrincipal(&cloud.Principal{
		Kind: cloud.Role, ARN: "arn:aws:iam::111111111111:role/team/build", Name: "build", Account: "111111111111",
		Identity: attach(allow), Boundary: &cloud.Attachment{Unknown: "the boundary is a parameter"}, Trust: &trustPolicy,
	})
	m.Add(&cloud.Resource{
		Type: "AWS::S3::Bucket", Stack: stack, LogicalID: "Store", Account: "111111111111", ARN: "arn:aws:s3:::store",
		Policies: attach(parse(t, iam.Resource, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}}`)),
	})
	m.Org = &cloud.Organization{
		Management: "999999999999", Parent: map[string]string{"111111111111": "ou-1"},
		SCPs: map[string][]cloud.Attachment{"ou-1": attach(parse(t, iam.SCP, `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"ec2:*","Resource":"*"}}`))},
	}
	e := New(Options{})
	for _, tt := range []struct {
		name                        string
		principal, action, resource string
		want                        Verdict
		unknown                     []string // layers
	}{
		{"group policies, and a group that nobody declares", "arn:aws:iam::111111111111:user/ann", "ssm:GetParameter", "arn:aws:ssm:eu-west-1:111111111111:parameter/p", Depends, []string{"identity"}},
		{"a resource without a policy of its own", "arn:aws:iam::111111111111:user/ann", "codepipeline:StartPipelineExecution", "arn:aws:codepipeline:eu-west-1:111111111111:p", Depends, []string{"identity"}},
		{"an SCP of the unit", "arn:aws:iam::111111111111:user/ann", "ec2:StopInstances", "arn:aws:ec2:eu-west-1:111111111111:instance/i-1", Deny, []string{"identity"}},
		{"a session finds its role", "arn:aws:sts::111111111111:assumed-role/build/run", "s3:GetObject", "arn:aws:s3:::store/k", Depends, []string{"boundary"}},
		{"a role that nobody declares", "arn:aws:iam::111111111111:role/other", "s3:GetObject", "arn:aws:s3:::store/k", Depends, []string{"identity", "boundary"}},
		{"a foreign role that nobody declares", "arn:aws:iam::222222222222:role/other", "sts:AssumeRole", "arn:aws:iam::111111111111:role/team/build", Deny, []string{"identity", "boundary"}},
		{"a trust that nobody declares", "arn:aws:iam::111111111111:user/ann", "sts:AssumeRole", "arn:aws:iam::222222222222:role/deploy", Depends, []string{"identity", "resource"}},
		{"an action without a resource", "arn:aws:iam::111111111111:user/ann", "s3:ListAllMyBuckets", "*", Depends, []string{"identity"}},
	} {
		req := &iam.Request{Principal: iam.Principal{ARN: tt.principal}, Action: tt.action, Resource: tt.resource}
		if tt.resource == "arn:aws:s3:::store/k" {
			req.ResourceAccount = "111111111111"
		}
		p := Collect(m, req)
		d := e.Explain(req, p)
		if d.Verdict != tt.want {
			t.Errorf("%s: %v, want %v\n%s%v", tt.name, d.Verdict, tt.want, trace(d), p.Unknown)
		}
		var layers []string
		for _, u := range p.Unknown {
			layers = append(layers, u.Layer)
		}
		slices.Sort(layers)
		layers = slices.Compact(layers)
		want := slices.Sorted(slices.Values(tt.unknown))
		if !slices.Equal(layers, want) {
			t.Errorf("%s: unknown %v, want %v", tt.name, p.Unknown, want)
		}
	}
}
