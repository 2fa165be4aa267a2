package spec_test

import (
	"strings"
	"testing"

	"penstock/diag"
	"penstock/source"
	"penstock/spec"
)

// edit replaces one text of the short form by another.
func edit(t testing.TB, old, new string) string {
	t.Helper()
	if !strings.Contains(short, old) {
		t.Fatalf("the short form has no %q", old)
	}
	return strings.Replace(short, old, new, 1)
}

// brokered is a spec that goes on with a brokered role, and with audit.
func brokered(with string) string {
	return "brokered:\n  v: {account: prod, " + with + ", allow: [{actions: s3:ListBucket, resources: \"*\", why: x}]}\naudit:"
}

func TestWrong(t *testing.T) {
	const gate = "  - approve: {by: [security-team, platform-team], need: 2, within: 24h, never: [author, starter]}"
	for _, tt := range []struct{ name, old, new, code, want string }{
		{"account as number", `prod: "333333333333"`, `prod: 333333333333`, "SPEC006", `accounts.prod is 333333333333 without quotes, which YAML reads as a number, so that leading zeros are lost: write "333333333333"`},
		{"account whose zero is lost", `prod: "333333333333"`, `prod: 33333333333`, "SPEC006", `write the twelve digits of the account in quotes; if it begins with zeros, they were lost: "033333333333"`},
		{"account with a leading zero", `prod: "333333333333"`, `prod: 033333333333`, "SPEC006", `write "033333333333"`},
		{"account too short", `prod: "333333333333"`, `prod: "3333"`, "SPEC006", `accounts.prod is "3333": it has 4 characters; an account id is twelve digits in quotes`},
		{"account with hyphens", `prod: "333333333333"`, `prod: "3333-3333-3333"`, "SPEC006", `write only the digits, "333333333333"`},
		{"account with letters", `prod: "333333333333"`, `prod: "33333333333x"`, "SPEC006", `not all are digits`},
		{"account twice", `prod: "333333333333"`, `prod: "222222222222"`, "SPEC006", `accounts.prod is 222222222222, which staging is already`},
		{"account null", `prod: "333333333333"`, `prod:`, "SPEC004", `accounts.prod is empty: write twelve digits in quotes`},
		{"no tools", `tools: "111111111111", `, ``, "SPEC003", `accounts has no tools`},
		{"brokered without an external id", "audit:", "brokered: {v: {account: prod, by: \"555555555555\", allow: [{actions: s3:ListBucket, resources: \"*\", why: x}]}}\naudit:", "SPEC003", `brokered.v.externalId is missing`},
		{"external id too short", "audit:", brokered("by: \"555555555555\", externalId: a"), "SPEC005", `brokered.v.externalId is "a": write 2 to 1224 letters, digits and _ + = , . @ : / -`},
		{"external id with a blank", "audit:", brokered("by: \"555555555555\", externalId: a b"), "SPEC005", `write 2 to 1224 letters`},
		{"external id with a wildcard", "audit:", brokered("by: \"555555555555\", externalId: abc*"), "SPEC005", `write 2 to 1224 letters`},
		{"external id too long", "audit:", brokered("by: \"555555555555\", externalId: " + strings.Repeat("x", 1225)), "SPEC005", `it has 1225 characters of 1224 at most`},
		{"external id a number", "audit:", brokered("by: \"555555555555\", externalId: 1234"), "SPEC004", `in quotes: "1234"`},
		{"broker as a user", "audit:", brokered("by: arn:aws:iam::555555555555:user/x, externalId: abc"), "SPEC005", `an account id in quotes, or the ARN of a role`},
		{"broker anybody", "audit:", brokered("by: \"*\", externalId: abc"), "SPEC005", `an account id in quotes, or the ARN of a role`},
		{"broker as a number", "audit:", brokered("by: 555555555555, externalId: abc"), "SPEC004", `in quotes: "555555555555"`},
		{"brokered nowhere", "audit:", strings.Replace(brokered("by: \"555555555555\", externalId: abc"), "account: prod", "account: prd", 1), "SPEC011", `brokered.v.account is "prd", and there is no such account: did you mean prod?`},
		{"brokered for a service", "service: my-service}", "service: my-service, taskRole: mfmsapp-v}\n" + strings.TrimSuffix(brokered("by: \"555555555555\", externalId: abc"), "audit:") + "x:", "SPEC012", `taskRole of staging is the brokered role mfmsapp-v, which asks for an external id, and no service sends one`},
		{"unused account", `prod: "333333333333"`, `prod: "333333333333", other: "444444444444"`, "SPEC011", `accounts.other is used nowhere`},
		{"no such account", `deploy: prod`, `deploy: prd`, "SPEC011", `deploy is "prd", and there is no such account: did you mean prod?`},
		{"deploy to the logs", `prod: "333333333333"}`, `prod: "333333333333", logs: "444444444444"}` + "\nx: 1", "SPEC002", `a spec has no key "x"`},
		{"unknown key", "audit:", "audits:", "SPEC002", `a spec has no key "audits": did you mean audit?`},
		{"key in another spelling", "buildspec: b", "build_spec: b", "SPEC002", `build has no key "build_spec": did you mean buildspec?`},
		{"unknown key far from all", "buildspec: b", "frobnicate: b", "SPEC002", `it has buildspec, image, compute`},
		{"key twice", "region: ap-northeast-1", "region: ap-northeast-1\nregion: eu-west-1", "DOC001", `region`},
		{"region misspelt", "ap-northeast-1", "ap-norteast-1", "SPEC007", `region is "ap-norteast-1": there is no such region, did you mean ap-northeast-1`},
		{"region that is none", "ap-northeast-1", "tokyo", "SPEC007", `write a region such as eu-west-1`},
		{"region as a list", "region: ap-northeast-1", "region: [ap-northeast-1]", "SPEC004", `region is a list: write a region`},
		{"project too long", "project: mfmsapp", "project: a-project-with-a-long-name", "SPEC008", `it has 26 characters of 20 at most`},
		{"project upper case", "project: mfmsapp", "project: MfmsApp", "SPEC008", `write 2 to 20 lower case letters`},
		{"project missing", "project: mfmsapp\n", "", "SPEC003", `project is missing`},
		{"project a number", "project: mfmsapp", "project: 12", "SPEC004", `project is a number (12)`},
		{"two in a stage", "  - approve: {", "  - test: a.yml\n    approve: {", "SPEC010", `the stage has approve and test: make a stage of each`},
		{"nothing in a stage", gate, "  - name: x", "SPEC010", `the stage does nothing`},
		{"two ways to deploy", "    ecs: {cluster: staging", "    s3: {bucket: abc}\n    ecs: {cluster: staging", "SPEC010", `the stage deploys in 2 ways, ecs and s3`},
		{"no way to deploy", "    ecs: {cluster: staging-cluster, service: my-service}\n", "", "SPEC010", `does not say how it deploys to "staging": add one of ecs`},
		{"allow beside a role of one's own", "service: my-service}\n  - approve", "service: my-service, taskRole: mine, allow: [{actions: [s3:GetObject], resources: ['*'], why: w}]}\n  - approve", "SPEC010", `ecs.allow is for a role that is made here, and taskRole names one of yours`},
		{"deploys without deploy", gate, gate + "\n    s3: {bucket: abc}", "SPEC010", `s3 belongs to a stage with deploy`},
		{"no groups", "by: [security-team, platform-team]", "by: []", "SPEC003", `approve does not say who: add by`},
		{"groups missing", "by: [security-team, platform-team], ", "", "SPEC003", `approve does not say who`},
		{"group twice", "platform-team]", "security-team]", "SPEC012", `approve.by has "security-team" twice`},
		{"need none", "need: 2", "need: 0", "SPEC005", `approve.need is 0: write a whole number from 1 to 20`},
		{"need a text", "need: 2", "need: two", "SPEC004", `approve.need is a string: write a whole number`},
		{"every group, too few people", "need: 2", "need: 1, every: true", "SPEC012", `write need: 2 or more`},
		{"within too short", "within: 24h", "within: 1m", "SPEC005", `it is too short`},
		{"within too long", "within: 24h", "within: 8d", "SPEC012", `longer than 7d`},
		{"within no time", "within: 24h", "within: 24 hours", "SPEC005", `approve.within is "24 hours": write a length of time`},
		{"within a number", "within: 24h", "within: 24", "SPEC004", `approve.within is a number (24)`},
		{"never who", "never: [author, starter]", "never: [athor]", "SPEC005", `never[0] is "athor": did you mean author? It takes author or starter`},
		{"native for groups", "need: 2", "native: true, need: 2", "SPEC012", `manual approval action of CodePipeline takes one person`},
		{"stage names", gate, "  - name: Staging\n    test: x.yml", "SPEC008", `name is "Staging": write a name`},
		{"stages without names of their own", "  - approve:", "  - {deploy: prod, ecs: {cluster: a, service: b}}\n  - {deploy: prod, ecs: {cluster: a, service: b}}\n  - approve:", "SPEC008", `the stage would be named "prod-ecs", as another one is: give it a name`},
		{"stage named twice", gate, "  - {name: a-b, test: x.yml}\n  - {name: ab, test: y.yml}", "SPEC008", `as another one is but for hyphens`},
		{"stage named as the pipeline's", gate, "  - {name: source, test: x.yml}", "SPEC008", `which the pipeline has of itself`},
		{"stage named as a build", gate, "  - {name: build, test: x.yml}", "SPEC008", `build`},
		{"no stages", "stages:", "stages: []\nx:", "SPEC003", `stages is a list without items`},
		{"build from nothing", "  buildspec: buildspec.yml", "  input: lib", "SPEC011", `input of build is "lib", and there is no such build`},
		{"build from itself", "  buildspec: buildspec.yml", "  input: build", "SPEC011", `its own output`},
		{"deploy of nothing", "  - deploy: prod", "  - deploy: prod\n    input: biuld", "SPEC011", `did you mean build?`},
		{"secret without a kind", "ssm:/mfmsapp/prod/DB_PASSWORD", "/mfmsapp/prod/DB_PASSWORD", "SPEC009", `write ssm:/path, secretsmanager:name#key, or the whole ARN`},
		{"secret in plain text", "ssm:/mfmsapp/prod/DB_PASSWORD", "hunter2", "SPEC009", `write ssm:/path`},
		{"parameter of AWS", "ssm:/mfmsapp/prod/DB_PASSWORD", "ssm:/aws/x", "SPEC009", `cannot begin with aws or ssm`},
		{"secret without a key", "#api_key", "#", "SPEC009", `nothing stands after #`},
		{"secret by another ARN", "ssm:/mfmsapp/prod/DB_PASSWORD", "arn:aws:s3:::bucket", "SPEC009", `the ARN of neither a parameter nor a secret`},
		{"parameter to be made", "ssm:/mfmsapp/prod/DB_PASSWORD", "{from: ssm:/mfmsapp/x, create: true}", "SPEC009", `CloudFormation makes no SecureString parameter`},
		{"half a rotation", "ssm:/mfmsapp/prod/DB_PASSWORD", "{from: secretsmanager:x, rotate: 30d}", "SPEC009", `only one of rotate and function`},
		{"variable that is none", "DB_PASSWORD: ", "DB-PASSWORD: ", "SPEC008", `the name of an environment variable`},
		{"secret and plain", "  push:", "  env: {API_KEY: x}\n  push:", "SPEC012", `in secrets and in env`},
		{"repository", "push: {ecr: mfmsapp}", "push: {ecr: Mfms_App}", "SPEC008", `the name of an ECR repository`},
		{"two sources", "source: {codecommit: mfmsapp,", "source: {github: a/b, codecommit: mfmsapp,", "SPEC010", `source is of 2 kinds, codecommit and github`},
		{"no source", "codecommit: mfmsapp, ", "", "SPEC010", `source names no kind`},
		{"key of another source", "branch: main", "branch: main, object: a.zip", "SPEC010", `source.object does not belong to a source of kind codecommit`},
		{"repository without an owner", "{codecommit: mfmsapp,", "{github: mfmsapp,", "SPEC005", `source.github is "mfmsapp": write owner/name`},
		{"filters without a connection", "build:", "trigger: {paths: src/**}\nbuild:", "SPEC012", `only for connections`},
		{"email", "security@example.com", "security", "SPEC005", `audit.alerts[0] is "security": write an e-mail address`},
		{"in a VPC of none", "  push:", "  vpc: true\n  push:", "SPEC011", `the spec has none: add network: true`},
		{"VPC without subnets", "audit:", "network: {vpc: vpc-0a1b2c3d}\naudit:", "SPEC003", `none of its subnets`},
		{"subnets without VPC", "audit:", "network: {subnets: subnet-0a1b2c3d}\naudit:", "SPEC010", `belongs to a VPC of yours`},
		{"no range", "audit:", "network: {cidr: 10.0.0.1/16}\naudit:", "SPEC005", `its first address is 10.0.0.0/16`},
		{"range too large", "audit:", "network: {cidr: 10.0.0.0/8}\naudit:", "SPEC005", `a VPC has from /16 to /28`},
		{"mode", "audit:", "mode: fast\naudit:", "SPEC005", `mode is "fast": write superseded, queued or parallel`},
		{"other partition", "  - deploy: prod\n", "  - deploy: prod\n    regions: cn-north-1\n", "SPEC007", `another partition`},
		{"one bucket for two regions", "  - deploy: prod\n    ecs: {cluster: production-cluster, service: my-service}\n", "  - deploy: prod\n    regions: [eu-west-1, us-east-1]\n    s3: {bucket: site}\n", "SPEC012", `a bucket is in one`},
		{"region twice", "  - deploy: prod\n", "  - deploy: prod\n    regions: [eu-west-1, eu-west-1]\n", "SPEC012", `has eu-west-1 twice`},
		{"template tag", "region: ap-northeast-1", "region: !Ref Region", "SPEC004", `has the tag !Ref`},
		{"people too few", "audit:", "people: {users: {a: [security-team, platform-team], b: other}}\naudit:", "SPEC012", `approve.need is 2, and 1 people`},
		{"two artifacts for one seal", "  - deploy: prod\n", "  - deploy: prod\n    input: source\n", "SPEC012", `staging deploys the output of build and prod deploys the source, and one artifact is sealed`},
		{"build named as the pipeline's", "build:\n  buildspec: buildspec.yml\n", "builds: {source: {}}\nx:\n", "SPEC008", `the build is named "source"`},
		{"nobody works", "audit:", "people: {roles: {ops: {accounts: prod, groups: ops, policies: arn:aws:iam::aws:policy/ReadOnlyAccess}}}\naudit:", "SPEC011", `people.roles.ops.groups is "ops", and the spec has no group`},
		{"everybody is needed", "audit:", "people: {users: {a: [security-team, platform-team], b: platform-team}}\naudit:", "SPEC012", `which is everybody in security-team, platform-team: a change that one of them wrote cannot be approved`},
		{"nobody in a group", "audit:", "people: {users: {a: security-team, b: security-team}}\naudit:", "SPEC011", `approve.by is "platform-team", and there is no such group`},
		{"rule needs", gate, gate + "\n    conditions: [{when: entry, rule: CloudWatchAlarm}]", "SPEC003", `the rule CloudWatchAlarm needs AlarmName`},
		{"condition's result", gate, gate + "\n    conditions: [{when: failure, rule: LambdaInvoke, result: SKIP, config: {FunctionName: f}}]", "SPEC012", `cannot result in SKIP: write result: ROLLBACK`},
		{"boundary", "audit:", "boundary: arn:aws:iam::111111111111:role/x\naudit:", "SPEC005", `write the name of a managed policy`},
		{"organization trail", "audit: {", "audit: {organization: true, ", "SPEC011", `the spec names none`},
		{"nobody is told", "audit: {alerts: [security@example.com]}\n", "", "SPEC003", `nobody is told of alarms: add audit: {alerts: [security@example.com]}, or audit: false`},
		{"nobody is told in a list", "[security@example.com]", "[]", "SPEC003", `nobody is told of alarms`},
		{"no YAML", "accounts: {", "accounts: {{", "SPEC001", ``},
		{"control", "project: mfmsapp", "project: [", "SPEC001", ``},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := edit(t, tt.old, tt.new)
			s, fs := spec.Read(source.NewFile("s.yaml", []byte(text)))
			var all []string
			errs := 0
			hit := false
			for _, f := range fs {
				all = append(all, f.At.String()+" "+f.Code+" "+f.Message)
				hit = hit || f.Code == tt.code && strings.Contains(f.Message, tt.want)
				if f.Severity == diag.Error {
					errs++
				}
				if f.At.IsZero() || f.Certainty != diag.Proved {
					t.Errorf("%s: no place or no certainty", f.Message)
				}
			}
			if !hit {
				t.Errorf("no %s %q in\n%s", tt.code, tt.want, strings.Join(all, "\n"))
			}
			if (s == nil) != (errs > 0) {
				t.Errorf("spec %v with %d errors", s, errs)
			}
			if len(fs) > 3 {
				t.Errorf("%d findings for one mistake:\n%s", len(fs), strings.Join(all, "\n"))
			}
		})
	}
}

// Several mistakes are told at once, and the fixes that are safe leave fewer.
func TestFixes(t *testing.T) {
	text := strings.NewReplacer(`"222222222222"`, "222222222222", `"333333333333"`, `"3333-3333-3333"`, "audit:", "audit : ", "buildspec: b", "build_spec: b").Replace(short)
	f := source.NewFile("s.yaml", []byte(text))
	_, fs := spec.Read(f)
	if len(fs) != 3 {
		t.Fatalf("%d findings, want 3: %v", len(fs), fs)
	}
	var edits []diag.Edit
	for _, d := range fs {
		for _, x := range d.Fixes {
			edits = append(edits, x.Edits...)
		}
	}
	fixed, err := diag.Apply(f, edits)
	if err != nil {
		t.Fatal(err)
	}
	if s, fs := spec.Read(source.NewFile("s.yaml", fixed)); s == nil || len(fs) > 0 {
		t.Errorf("after the fixes: %v", fs)
	}
}

func FuzzRead(f *testing.F) {
	for _, file := range full(f).Files {
		f.Add(string(file.Data))
	}
	f.Add("stages: [{approve: {}}, 1, {deploy: , ecs: }]\nbuilds: {a: {input: b}, b: {input: a}}")
	f.Fuzz(func(t *testing.T, text string) {
		file := source.NewFile("s.yaml", []byte(text))
		s, fs := spec.Read(file)
		for _, d := range fs {
			if d.Message == "" || d.At.File != file || d.At.Start < 0 || d.At.End > len(text) || d.At.Start > d.At.End {
				t.Errorf("%s at %d-%d: %q", d.Code, d.At.Start, d.At.End, d.Message)
			}
			for _, x := range d.Fixes {
				if _, err := diag.Apply(file, x.Edits); err != nil {
					t.Errorf("%s: %v", d.Message, err)
				}
			}
		}
		if s == nil {
			if len(fs) == 0 {
				t.Error("neither a spec nor a finding")
			}
			return
		}
		if s.Project == "" || s.Region == "" || s.Tools.ID == "" || s.Source.Kind == "" || len(s.Stages) == 0 {
			t.Errorf("the spec is not whole: %+v", s)
		}
		for _, st := range s.Stages {
			if st.Name == "" || (st.Approve == nil) == (st.Test == nil && st.Deploy == nil) {
				t.Errorf("the stage is not whole: %+v", st)
			}
			if d := st.Deploy; d != nil && (d.Kind == "" || d.Account.ID == "" || len(d.Regions) == 0) {
				t.Errorf("the deployment is not whole: %+v", d)
			}
		}
	})
}
