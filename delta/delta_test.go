package delta_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/cloud"
	"penstock/delta"
	"penstock/internal/provetest"
	"penstock/match"
	"penstock/prove"
)

const head = `Resources:
  Store: {Type: "AWS::S3::Bucket", Properties: {BucketName: shop-store}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: shop-build
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: codebuild.amazonaws.com}, Action: "sts:AssumeRole"%TRUST%}]
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
`

func world(t *testing.T, trust, rest string, blocked bool) *cloud.Model {
	t.Helper()
	text := "-- penstock.stacks.yaml --\nstacks:\n  - {name: shop, template: shop.yaml, account: \"111111111111\", region: eu-west-1}\n-- shop.yaml --\n" +
		strings.Replace(head, "%TRUST%", trust, 1) + rest
	if blocked {
		text = strings.Replace(text, "{BucketName: shop-store}", "{BucketName: shop-store, PublicAccessBlockConfiguration: {BlockPublicPolicy: true, RestrictPublicBuckets: true}}", 1)
	}
	return provetest.Archive(t, txtar.Parse([]byte(text))).Models[0]
}

func TestCompare(t *testing.T) {
	const (
		read     = "              - {Effect: Allow, Action: \"s3:GetObject\", Resource: \"arn:aws:s3:::shop-store/*\"}\n"
		readTwo  = "              - {Effect: Allow, Action: \"s3:GetObject\", Resource: [\"arn:aws:s3:::shop-store/a*\", \"arn:aws:s3:::shop-store/*\"]}\n"
		write    = "              - {Effect: Allow, Action: [\"s3:PutObject\", \"s3:GetObject\"], Resource: \"arn:aws:s3:::shop-store/*\"}\n"
		denied   = "              - {Effect: Deny, Action: \"s3:Put*\", Resource: \"*\"}\n"
		blocked  = read + "  Blocked: {Type: \"AWS::S3::Bucket\"}\n"
		bucketBy = `  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Store
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: %s, Action: "s3:GetObject", Resource: "arn:aws:s3:::shop-store/*"}]
`
	)
	tests := []struct {
		name            string
		trustOld, trust string
		before, after   string
		want            []string
		blocked         bool // before
	}{
		{name: "nothing", before: read, after: read},
		{name: "in other words", before: read, after: readTwo},
		{name: "a write", before: read, after: write, want: []string{"gains shop-build s3:PutObject"}},
		{name: "a write that is denied", before: read, after: write + denied},
		{name: "a deny that is gone", before: write + denied, after: write, want: []string{"gains shop-build s3:PutObject"}},
		{name: "less", before: write, after: read, want: []string{"loses shop-build s3:PutObject"}},
		{
			name: "anybody", before: read, after: read + fmt.Sprintf(bucketBy, `"*"`),
			want: []string{"gains anybody s3:GetObject possibly [whether the bucket blocks public access]"},
		},
		{
			name: "another account", before: read, after: read + fmt.Sprintf(bucketBy, `{AWS: "arn:aws:iam::222222222222:root"}`),
			want: []string{"gains any-role-of-the-account s3:GetObject"},
		},
		{
			name: "a public access block that is gone", before: read + fmt.Sprintf(bucketBy, `"*"`), after: read + fmt.Sprintf(bucketBy, `"*"`), blocked: true,
			want: []string{
				"gains anybody s3:GetObject possibly [whether the bucket blocks public access]",
				"loses anybody ? possibly [whether what the policies ask of the request can hold together]",
			},
		},
		{
			name: "a trust without its condition", trustOld: `, Condition: {StringEquals: {"aws:SourceAccount": "111111111111"}}`, before: read, after: read,
			want: []string{"gains codebuild.amazonaws.com sts:AssumeRole"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := prove.NewReach(prove.NewEngine())
			var got []string
			for _, c := range delta.Compare(world(t, tt.trustOld, tt.before, tt.blocked), world(t, tt.trust, tt.after, false), e) {
				who := c.Principal[strings.LastIndex(c.Principal, "/")+1:]
				action := "?"
				if c.Witness != nil {
					action = c.Witness.Action
				}
				line := fmt.Sprintf("%s %s %s", c.Kind, who, action)
				if !c.Certain() {
					line += fmt.Sprint(" possibly ", c.Missing)
				}
				got = append(got, match.Render(line))
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(tt.want, "\n\t"))
			}
		})
	}
}
