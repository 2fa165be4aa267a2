package codebuild

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"penstock/cloud"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/match"
	"penstock/service"
	"penstock/service/script"
	"penstock/source"
)

func textNode(s string) *doc.Node {
	f := source.NewFile("t.yaml", []byte(s))
	return &doc.Node{Kind: doc.String, Text: s, Span: source.Span{File: f, End: len(s)}}
}

// projectOf makes a project of its properties, in an account and region of
// its own.
func projectOf(t testing.TB, props string) (*service.Site, *cloud.Resource) {
	t.Helper()
	n, _, err := load.Parse(source.NewFile("template.yaml", []byte(props)))
	if err != nil {
		t.Fatal(err)
	}
	m := cloud.New()
	st := &cloud.Stack{Name: "tools", Account: "111111111111", Region: "eu-west-1"}
	m.Stacks = append(m.Stacks, st)
	r := &cloud.Resource{
		Type: projectT, Stack: st, LogicalID: "Build", Account: st.Account, Region: st.Region,
		Ref: "app", Name: "app", ARN: "arn:aws:codebuild:eu-west-1:111111111111:project/app", Props: n,
	}
	m.Add(r)
	s := &service.Site{Model: m, Resource: r, Account: r.Account, Region: r.Region, Role: "arn:aws:iam::111111111111:role/build", Memo: map[string]any{}}
	return s, r
}

// rows renders the calls of rows at a site: action, resource, and what is
// known of some keys.
func rowsAt(s *service.Site, rows []service.Row) []string {
	var out []string
	for i := range rows {
		for _, t := range rows[i].Targets(s) {
			acts := t.Only
			if acts == nil {
				acts = rows[i].Actions
			}
			line := rows[i].Need.String() + " " + strings.Join(acts, ",") + " " + match.Render(t.Resource)
			if t.Caller.Service != "" {
				line = t.Caller.Service + " " + line
			}
			for _, k := range []string{"secretsmanager:VersionStage", "sts:ExternalId", "ec2:Subnet", "iam:PassedToService"} {
				if v := t.Context.Get(k); len(v.Values) > 0 {
					line += " " + k + "=" + match.Render(strings.Join(v.Values, ","))
					if v.Optional {
						line += "?"
					}
				}
			}
			out = append(out, line)
		}
	}
	return out
}

func TestCommands(t *testing.T) {
	for _, tt := range []struct {
		command string
		want    []string
	}{
		{"aws ecr get-login-password --region eu-west-1", []string{"stops ecr:GetAuthorizationToken *"}},
		{"docker push 111111111111.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1", []string{
			"stops " + strings.Join(script.PushActions, ",") + " arn:aws:ecr:eu-west-1:111111111111:repository/team/app",
		}},
		{"docker pull 222222222222.dkr.ecr.us-east-1.amazonaws.com/base@sha256:abc", []string{
			"stops " + strings.Join(script.PullActions, ",") + " arn:aws:ecr:us-east-1:222222222222:repository/base",
			"listed ecr:BatchCheckLayerAvailability arn:aws:ecr:us-east-1:222222222222:repository/base",
		}},
		{"docker push app:v1", nil},
		{"docker buildx build --push -t 111111111111.dkr.ecr.eu-west-1.amazonaws.com/app .", []string{
			"stops " + strings.Join(script.PushActions, ",") + " arn:aws:ecr:eu-west-1:111111111111:repository/app",
		}},
		{"aws s3 cp dist/app.zip s3://site/releases/", []string{"stops s3:PutObject arn:aws:s3:::site/releases/app.zip"}},
		{"aws s3 cp s3://site/a.txt .", []string{"stops s3:GetObject arn:aws:s3:::site/a.txt"}},
		{"aws s3 sync dist s3://site --delete", []string{
			"stops s3:ListBucket arn:aws:s3:::site",
			"stops s3:PutObject arn:aws:s3:::site/‹a file of the build›",
			"listed s3:DeleteObject arn:aws:s3:::site/‹a file of the build›",
		}},
		{"aws s3 cp x $DEST", nil},
		{"aws s3 cp x s3://$BUCKET/y", []string{"stops s3:PutObject arn:aws:s3:::‹$BUCKET in the build›/y"}},
		{"aws ssm get-parameter --name /app/db --with-decryption", []string{"stops ssm:GetParameter arn:aws:ssm:eu-west-1:111111111111:parameter/app/db"}},
		{"aws ssm get-parameters --names /a b --query x", []string{
			"stops ssm:GetParameters arn:aws:ssm:eu-west-1:111111111111:parameter/a",
			"stops ssm:GetParameters arn:aws:ssm:eu-west-1:111111111111:parameter/b",
		}},
		{"aws --region us-east-1 secretsmanager get-secret-value --secret-id app/db", []string{
			"stops secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:111111111111:secret:app/db-‹the suffix of secret app.db› secretsmanager:VersionStage=AWSCURRENT?",
		}},
		{"aws sts assume-role --role-arn arn:aws:iam::222222222222:role/deploy --role-session-name x --external-id y", []string{
			"stops sts:AssumeRole arn:aws:iam::222222222222:role/deploy sts:ExternalId=y",
		}},
		{"aws sts get-caller-identity", nil},
		{"aws ecs update-service --cluster prod --service web --force-new-deployment", []string{"stops ecs:UpdateService arn:aws:ecs:eu-west-1:111111111111:service/prod/web"}},
		{"aws lambda update-function-code --function-name f --zip-file fileb://x", []string{"stops lambda:UpdateFunctionCode arn:aws:lambda:eu-west-1:111111111111:function:f"}},
		{"aws cloudformation deploy --stack-name app --template-file t.yaml --role-arn arn:aws:iam::111111111111:role/cfn", []string{
			"stops cloudformation:DescribeStacks,cloudformation:CreateChangeSet,cloudformation:DescribeChangeSet arn:aws:cloudformation:eu-west-1:111111111111:stack/app/‹the id of the stack›",
			"stops cloudformation:ExecuteChangeSet arn:aws:cloudformation:eu-west-1:111111111111:stack/app/‹the id of the stack›",
			"stops iam:PassRole arn:aws:iam::111111111111:role/cfn iam:PassedToService=cloudformation.amazonaws.com",
			"listed cloudformation:GetTemplateSummary *",
		}},
		{"aws dynamodb put-item --table-name t --item x", []string{"stops dynamodb:PutItem arn:aws:dynamodb:eu-west-1:111111111111:table/t"}},
		{"aws s3 ls --profile prod", nil},
		{"aws --endpoint-url http://localhost:4566 s3 ls", nil},
		{"aws $SERVICE list-things", nil},
		{"aws configure set region us-east-1", nil},
		{"npx cdk deploy --all", []string{
			"stops sts:AssumeRole arn:aws:iam::‹the account of the CDK application›:role/cdk-‹the qualifier of the bootstrap stack›-deploy-role-‹the account of the CDK application›-‹the region of the CDK application›",
			"stops ssm:GetParameter arn:aws:ssm:eu-west-1:111111111111:parameter/cdk-bootstrap/‹the qualifier of the bootstrap stack›/version",
		}},
		{"cdk synth", nil},
		{"yarn install", nil},
		{"aws s3 ls s3://b || echo none", []string{"degrades s3:ListBucket arn:aws:s3:::b"}},
		{"test -f x && aws s3 ls s3://b", []string{"stops s3:ListBucket arn:aws:s3:::b"}},
	} {
		t.Run(tt.command, func(t *testing.T) {
			s, _ := projectOf(t, "Source: {Type: NO_SOURCE}\nEnvironment: {Type: LINUX_CONTAINER}\n")
			s.Memo["codebuild.buildspec"] = &spec{Buildspec: &Buildspec{Phases: []Phase{{Commands: []Command{{Text: tt.command}}}}}}
			if d := gocmp.Diff(tt.want, rowsAt(s, commandRows)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestMergeKeepsTheSurest(t *testing.T) {
	s, _ := projectOf(t, "Source: {Type: NO_SOURCE}\nEnvironment: {Type: LINUX_CONTAINER}\n")
	s.Memo["codebuild.buildspec"] = &spec{Buildspec: &Buildspec{Phases: []Phase{{Commands: []Command{
		{Text: "aws s3 ls s3://b || true"}, {Text: "aws s3 ls s3://b"},
	}}}}}
	got := cliCalls(s)
	if len(got) != 1 || got[0].Sure != script.Stops {
		t.Errorf("calls = %+v, want one that stops the build", got)
	}
}

func FuzzBuildspec(f *testing.F) {
	f.Add("version: 0.2\nphases:\n  build:\n    commands:\n      - aws s3 ls\n")
	f.Add(`{"version":"0.2","env":{"secrets-manager":{"A":"b:c"}},"reports":{"r":{"file-format":"JUNITXML"}}}`)
	f.Fuzz(func(t *testing.T, s string) {
		n := textNode(s)
		b, _, err := parseInline(n)
		if err == nil && b == nil {
			t.Errorf("%q: neither a buildspec nor an error", s)
		}
	})
}
