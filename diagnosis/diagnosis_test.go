package diagnosis_test

import (
	"strings"
	"testing"

	"penstock/cloud"
	"penstock/diagnosis"
	"penstock/doc/json"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/denial"
	"penstock/match"
	"penstock/query"
	"penstock/source"
)

// world declares roles as a template would: one with a name of its own, one
// whose name CloudFormation makes, and a secret.
func world(t testing.TB) *cloud.Model {
	m := cloud.New()
	s := &cloud.Stack{Name: "app", Account: "111111111111", Region: "eu-west-1"}
	m.Stacks = []*cloud.Stack{s}
	role := func(id, name, identity, trust string) {
		r := &cloud.Resource{Type: "AWS::IAM::Role", Stack: s, LogicalID: id, Account: s.Account, Region: s.Region, Name: name, ARN: "arn:aws:iam::111111111111:role/" + name}
		m.Add(r)
		p := &cloud.Principal{Kind: cloud.Role, ARN: r.ARN, Name: name, Path: "/", Account: s.Account, Resource: r}
		attach := func(k iam.Kind, text string) cloud.Attachment {
			n, _, err := json.Parse(source.NewFile("policy.json", []byte(text)))
			if err != nil {
				t.Fatal(err)
			}
			return cloud.Attachment{Policy: m.Policy(n, k), Node: n, Resource: r}
		}
		if identity != "" {
			p.Identity = []cloud.Attachment{attach(iam.Identity, identity)}
		}
		if trust != "" {
			p.Trust = new(attach(iam.Trust, trust))
		}
		m.AddPrincipal(p)
	}
	role("Build", "build", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci/token"}}`, "")
	role("DeployRole", match.Hole(match.Name, "app.DeployRole"), "", "")
	role("Action", "action", "", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/build"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"e"}}}}`)
	m.Add(&cloud.Resource{Type: "AWS::SecretsManager::Secret", Stack: s, LogicalID: "Token", Account: s.Account, Region: s.Region, Name: "ci/token", ARN: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci/token-" + match.Hole(match.Suffix, "app.Token.Suffix")})
	m.Add(&cloud.Resource{Type: "AWS::KMS::Key", Stack: s, LogicalID: "Key", Account: s.Account, Region: s.Region, ARN: "arn:aws:kms:eu-west-1:111111111111:key/abcd0000-1111"})
	return m
}

func diagnose(t testing.TB, text string, settings ...query.Setting) *diagnosis.Diagnosis {
	t.Helper()
	ds := denial.Parse(text)
	if len(ds) != 1 {
		t.Fatalf("%d denials in %q", len(ds), text)
	}
	return diagnosis.Diagnose(ds[0], diagnosis.Options{Models: []*cloud.Model{world(t)}, Context: settings})
}

func TestAsked(t *testing.T) {
	for _, tt := range []struct{ name, text, on, unclear string }{
		{"the name of a secret is its ARN", "User: arn:aws:sts::111111111111:assumed-role/build/x is not authorized to perform: secretsmanager:GetSecretValue on resource: ci/token because no identity-based policy allows the secretsmanager:GetSecretValue action",
			"arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci/token-‹app.Token.Suffix›", ""},
		{"an ARN without the suffix is that of the declared secret", "User: arn:aws:sts::111111111111:assumed-role/build/x is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci/token",
			"arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci/token-‹app.Token.Suffix›", ""},
		{"a secret that no template declares, whose name ends like a suffix", "User: arn:aws:sts::111111111111:assumed-role/build/x is not authorized to perform: secretsmanager:GetSecretValue on resource: my-secret",
			"arn:aws:secretsmanager:eu-west-1:111111111111:secret:my-secret-‹suffix›", ""},
		{"a name that CloudFormation made", "User: arn:aws:sts::111111111111:assumed-role/app-DeployRole-1AU1L2JPX68KL/x is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111111111111:role/t",
			"arn:aws:iam::111111111111:role/t", ""},
		{"a masked account", "User: arn:aws:sts::XX:assumed-role/build/x is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\"", "arn:aws:s3:::b/k", ""},
		{"a piece left out", "User: arn:aws:sts::111111111111:assumed-role/build/x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:111111111111:key/abcd-…", "", ""},
		{"a piece left out of the one key", "User: arn:aws:sts::111111111111:assumed-role/build/x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:111111111111:key/abcd…", "arn:aws:kms:eu-west-1:111111111111:key/abcd0000-1111", ""},
		{"a role by its name", "User: arn:aws:sts::111111111111:assumed-role/build/x is not authorized to perform: iam:GetRole on resource: role action", "arn:aws:iam::111111111111:role/action", ""},
		{"a service", "ECS was unable to assume the role 'arn:aws:iam::111111111111:role/action' that was provided for this task.", "arn:aws:iam::111111111111:role/action", ""},
		{"nobody knows the caller", "User: arn:aws:sts::111111111111:assumed-role/other/x is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\"", "", "no template declares arn:aws:sts::111111111111:assumed-role/other/x"},
		{"no resource", "User: arn:aws:sts::111111111111:assumed-role/build/x is not authorized to perform: iam:PassRole", "", "the error does not name the resource"},
		{"no caller", "Not authorized to perform sts:AssumeRoleWithWebIdentity", "", "the error does not name the caller"},
		{"nothing", "Access Denied", "", "the error does not name the call"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := diagnose(t, tt.text)
			if d.Unclear != tt.unclear {
				t.Errorf("unclear %q, want %q", d.Unclear, tt.unclear)
			}
			if (d.Asked == nil) != (tt.unclear != "") {
				t.Fatalf("asked: %v", d.Asked)
			}
			if d.Asked != nil && tt.on != "" {
				if got := match.Render(d.Asked.Main().Request.Resource); got != tt.on {
					t.Errorf("on %s, want %s", got, tt.on)
				}
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	for _, tt := range []struct{ text, want, not string }{
		{"Cross-account pass role is not allowed", "Do not grant iam:PassRole", ""},
		{"User: arn:aws:iam::111111111111:role/build is not authorized to perform: iam:PassRole on resource: arn:aws:iam::222222222222:role/exec", "no role is passed across accounts", "iam:PassedToService"},
		{"User: arn:aws:iam::111111111111:role/build is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111111111111:role/exec", "iam:PassedToService", "across accounts"},
		{"User: arn:aws:iam::111111111111:role/build is not authorized to perform: secretsmanager:GetSecretValue on resource: ci/token", "ci/token-??????", "copied into the Resource"},
		{"User: arn:aws:iam::111111111111:role/build is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci-AbCdEf", "", "??????"},
		{"User: arn:aws:iam::111111111111:role/build is not authorized to perform: codepipeline:GetPipeline on resource: web", "is a name, not an ARN", ""},
		{"User: arn:aws:iam::111111111111:role/build is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:role/action", "wants an external id", ""},
		{"User: arn:aws:iam::111111111111:role/build is not authorized to perform: s3:GetObject with an explicit deny in a service control policy", "No policy of this account can mend it", ""},
		{"User: arn:aws:iam::111111111111:role/build is not authorized to perform: s3:GetObject because no permissions boundary allows the s3:GetObject action", "widen the boundary", ""},
		{"User: arn:aws:iam::111111111111:role/build is not authorized to perform: s3:GetObject because no session policy allows the s3:GetObject action", "whoever made the session", ""},
		{"User: arn:aws:iam::111111111111:role/build is not authorized to perform: s3:GetObject because no VPC endpoint policy allows the s3:GetObject action", "a gate of its own", ""},
		{"Not authorized to perform sts:AssumeRoleWithWebIdentity", "repo:OWNER/*", ""},
		{"X is not authorized to perform AssumeRole on role Y (Service: AWSCodePipeline; Error Code: InvalidStructureException)", "codepipeline.amazonaws.com", ""},
		{"User: arn:aws:iam::111111111111:role/build is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:222222222222:key/k", "never lets another account in", ""},
	} {
		d := diagnose(t, tt.text)
		var all []string
		for _, w := range d.Warnings {
			if !strings.HasPrefix(w.Source, "https://docs.aws.amazon.com/") {
				t.Errorf("%q has no source", w.Text)
			}
			all = append(all, w.Text)
		}
		if s := strings.Join(all, "\n"); !strings.Contains(s, tt.want) || tt.not != "" && strings.Contains(s, tt.not) {
			t.Errorf("%s: warnings %q, want %q, not %q", tt.text, s, tt.want, tt.not)
		}
	}
}

// TestCompare: the error and the templates may differ, and that is said.
func TestCompare(t *testing.T) {
	external := query.Setting{Key: "sts:ExternalId", Values: []string{"e"}}
	d := diagnose(t, "User: arn:aws:iam::111111111111:role/build is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:role/action", external)
	if d.Asked.Verdict() != authz.Allow || len(d.Notes) != 1 || !strings.Contains(d.Notes[0], "The templates allow this call") {
		t.Errorf("%v: %q", d.Asked.Verdict(), d.Notes)
	}
	d = diagnose(t, "User: arn:aws:iam::111111111111:role/build is not authorized to perform: s3:ListAllMyBuckets on resource: * with an explicit deny in a service control policy")
	if len(d.Notes) != 1 || !strings.Contains(d.Notes[0], "blames the service control policies; by the templates the caller's own policies") {
		t.Errorf("%q", d.Notes)
	}
}

// TestWithoutTemplates: the error alone is explained too.
func TestWithoutTemplates(t *testing.T) {
	d := diagnosis.Diagnose(denial.Parse("An error occurred (AccessDeniedException) when calling the UpdateService operation: User: arn:aws:sts::111111111111:assumed-role/deploy/s is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111111111111:role/task because no identity-based policy allows the iam:PassRole action")[0], diagnosis.Options{})
	want := "The role deploy of account 111111111111 (session s) wanted iam:PassRole on arn:aws:iam::111111111111:role/task, within a call of UpdateService: no policy that is attached to the caller allows it."
	if d.Sentence != want || d.Asked != nil || d.Unclear != "" {
		t.Errorf("%q\n%+v", d.Sentence, d)
	}
}
