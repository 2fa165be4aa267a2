package gate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/internal/provetest"
	"penstock/prove"
)

// A breach is one broken link of the sealed pipeline of testdata/sealed.txtar:
// texts of its template, each with what takes its place.
type breach struct {
	name  string
	swaps []string // old, new, old, new …
	// want is a code that has to be reported, or with a space in it a part of
	// what has to be assumed.
	want    string
	outcome prove.Outcome
}

const (
	guesses  = "nobody guesses the key of an artifact"
	buildGot = `Resource: "arn:aws:s3:::shop-store/shop/Built/*"}` + "\n  Build:"
	digest   = `"#{Seal.DIGEST}","type":"PLAINTEXT"}]`
	sealed   = `          - Sid: OnlyTheSealSeals
            Effect: Deny
            Principal: "*"
            Action: ["s3:PutObject", "s3:ReplicateObject"]
            Resource: "arn:aws:s3:::shop-store/shop/Sealed/*"
            Condition: {ArnNotEquals: {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/shop-seal"}}
`
	approved = `          - Sid: OnlyPromoteApproves
            Effect: Deny
            Principal: "*"
            Action: ["s3:PutObject", "s3:ReplicateObject"]
            Resource: "arn:aws:s3:::shop-store/shop/Approved/*"
            Condition: {ArnNotEquals: {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/shop-promote"}}
`
	sealProject    = "      Name: shop-seal\n      ServiceRole: {\"Fn::GetAtt\": [SealRole, Arn]}\n"
	promoteProject = "      Name: shop-promote\n      ServiceRole: {\"Fn::GetAtt\": [PromoteRole, Arn]}\n"
	environment    = "        Image: \"aws/codebuild/amazonlinux-x86_64-standard:5.0\"\n"
	sealTrust      = "      RoleName: shop-seal\n      AssumeRolePolicyDocument:\n        Version: \"2012-10-17\"\n        Statement:\n"
)

// buildMay gives the build's role a statement more.
func buildMay(actions, resource string) []string {
	return []string{buildGot, strings.Replace(buildGot, "\n", "\n              - {Effect: Allow, Action: "+actions+", Resource: "+resource+"}\n", 1)}
}

// writesAll lets the build write below every artifact, where the bucket's
// policy does not keep it.
func writesAll(more ...string) []string {
	return append([]string{buildGot, strings.Replace(buildGot, "/Built/", "/", 1)}, more...)
}

// sealAction puts more into the action that seals, and promoteAction into the
// one that promotes.
func sealAction(old, new string) []string {
	const at = "Configuration: {ProjectName: {Ref: Seal}}"
	return []string{at, strings.Replace(at, old, new, 1)}
}

var breaches = []breach{
	// What promotes compares with something else than what was sealed.
	{"digest literal", []string{digest, strings.Replace(digest, "#{Seal.DIGEST}", "sha256:"+strings.Repeat("0", 64), 1)}, "GATE007", prove.Depends},
	{"digest of the build", []string{digest, strings.Replace(digest, "Seal", "Build", 1)}, "GATE007", prove.Depends},
	{"digest of nobody", []string{digest, strings.Replace(digest, "Seal", "Other", 1)}, "GATE007", prove.Depends},
	{"digest a variable of the pipeline", []string{digest, strings.Replace(digest, "Seal", "variables", 1)}, "GATE007", prove.Depends},
	{"digest another variable", []string{digest, strings.Replace(digest, "DIGEST", "OTHER", 1)}, "GATE007", prove.Depends},
	{"digest and more", []string{digest, strings.Replace(digest, "}]", "},{\"name\":\"BASH_ENV\",\"value\":\"x\"}]", 1)}, "GATE007", prove.Depends},
	{"digest twice in one entry", []string{digest, strings.Replace(digest, ",\"type\"", ",\"value\":\"x\",\"type\"", 1)}, "GATE007", prove.Depends},
	{"digest from a parameter", []string{digest, strings.Replace(digest, "PLAINTEXT", "PARAMETER_STORE", 1)}, "GATE007", prove.Depends},
	{"no digest", []string{"\n                EnvironmentVariables: '[{\"name\":\"SEALED_DIGEST\",\"value\":" + digest + "'", ""}, "GATE007", prove.Depends},
	{"the seal has no namespace", []string{"              Namespace: Seal\n", ""}, "GATE007", prove.Depends},
	{"the build has the seal's namespace", []string{"              Namespace: Build\n", "              Namespace: Seal\n"}, "GATE007", prove.Depends},

	// The code is not ours, or somebody decides what it does.
	{"seal changed", []string{"refuse 'the artifact is empty'", "true"}, "GATE007", prove.Depends},
	{"seal's buildspec in the repository", sealSpec("buildspec.yml"), guesses, prove.Depends},
	{"seal privileged", []string{sealEnvironment(), sealEnvironment() + "        PrivilegedMode: true\n"}, "GATE007", prove.Depends},
	{"seal with an image of somebody's", []string{sealEnvironment(), strings.Replace(sealEnvironment(), "aws/codebuild/amazonlinux-x86_64-standard:5.0", "node:20", 1)}, "GATE007", prove.Depends},
	{"seal with a variable", []string{sealEnvironment() + "        EnvironmentVariables:\n", sealEnvironment() + "        EnvironmentVariables:\n          - {Name: LD_PRELOAD, Value: \"./x.so\"}\n"}, "GATE007", prove.Depends},
	{"seal with a cache", []string{sealProject, sealProject + "      Cache: {Type: S3, Location: shop-store/cache}\n"}, "GATE007", prove.Depends},
	{"seal with another source", []string{sealProject, sealProject + "      SecondarySources: [{Type: S3, Location: shop-store/x.zip, SourceIdentifier: x}]\n"}, "GATE007", prove.Depends},
	{"seal with a file system", []string{sealProject, sealProject + "      FileSystemLocations: [{Type: EFS, Identifier: x, Location: \"fs:/x\", MountPoint: /usr/local/bin}]\n"}, "GATE007", prove.Depends},
	{"seal with a webhook", []string{sealProject, sealProject + "      Triggers: {Webhook: true}\n"}, "GATE007", prove.Depends},
	{"seal with two inputs", []string{"              InputArtifacts: [{Name: Built}]\n", "              InputArtifacts: [{Name: Built}, {Name: Src}]\n"}, "GATE007", prove.Depends},
	{"seal of a clone", []string{"PollForSourceChanges: \"false\"}", "PollForSourceChanges: \"false\", OutputArtifactFormat: CODEBUILD_CLONE_REF}", "              InputArtifacts: [{Name: Built}]\n", "              InputArtifacts: [{Name: Src}]\n"}, "GATE007", prove.Depends},
	{"seal's buildspec overridden", sealAction("}}", "}, BuildspecOverride: buildspec.yml}"), "GATE007", prove.Depends},
	{"seal's action sets a variable", sealAction("}}", "}, EnvironmentVariables: '[{\"name\":\"PATH\",\"value\":\".\"}]'}"), "GATE007", prove.Depends},
	{"seal in a batch", sealAction("}}", "}, BatchEnabled: \"true\"}"), "GATE007", prove.Depends},
	{"promote privileged", []string{promoteEnvironment(), promoteEnvironment() + "        PrivilegedMode: true\n"}, "GATE007", prove.Depends},

	// Somebody who runs the author's code reaches what seals.
	{"the build starts the seal", buildMay(`"codebuild:StartBuild"`, `"arn:aws:codebuild:eu-west-1:111122223333:project/shop-seal"`), "GATE002", prove.Fails},
	{"the build starts the promotion", buildMay(`"codebuild:StartBuild"`, `"arn:aws:codebuild:eu-west-1:111122223333:project/shop-promote"`), "GATE002", prove.Fails},
	{"the build runs the seal again", buildMay(`"codebuild:RetryBuild"`, `"arn:aws:codebuild:eu-west-1:111122223333:project/shop-seal"`), "GATE002", prove.Fails},
	{"the build changes the seal", buildMay(`"codebuild:UpdateProject"`, `"arn:aws:codebuild:eu-west-1:111122223333:project/shop-seal"`), "GATE002", prove.Fails},
	{"the build assumes the seal's role", append(buildMay(`"sts:AssumeRole"`, `"arn:aws:iam::111122223333:role/shop-seal"`),
		sealTrust, sealTrust+"          - {Effect: Allow, Principal: {AWS: \"arn:aws:iam::111122223333:role/shop-build\"}, Action: \"sts:AssumeRole\"}\n"), "GATE002", prove.Fails},
	{"the build passes the seal's role to a new project", buildMay(`["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"]`, `"*"`), "GATE002", prove.Fails},
	{"the build runs with the seal's role", []string{"      Name: shop-build\n      ServiceRole: {\"Fn::GetAtt\": [BuildRole, Arn]}\n", "      Name: shop-build\n      ServiceRole: {\"Fn::GetAtt\": [SealRole, Arn]}\n"}, "GATE002", prove.Fails},
	{"the build runs with the promotion's role", []string{"      Name: shop-build\n      ServiceRole: {\"Fn::GetAtt\": [BuildRole, Arn]}\n", "      Name: shop-build\n      ServiceRole: {\"Fn::GetAtt\": [PromoteRole, Arn]}\n"}, "GATE002", prove.Fails},
	{"the build changes the policy of the store", buildMay(`"s3:PutBucketPolicy"`, `"arn:aws:s3:::shop-store"`), "GATE004", prove.Fails},
	{"the build deletes the policy of the store", buildMay(`"s3:DeleteBucketPolicy"`, `"arn:aws:s3:::shop-store"`), "GATE004", prove.Fails},

	// What was promoted can be written by others.
	{"the policy leaves Approved open", writesAll(approved, ""), guesses, prove.Holds},
	{"the policy leaves Approved open, and the build lists", append(writesAll(approved, ""), "Action: [\"s3:PutObject\"], Resource: \"arn:aws:s3:::shop-store/shop/*\"", "Action: [\"s3:PutObject\", \"s3:ListBucket\"], Resource: [\"arn:aws:s3:::shop-store/shop/*\", \"arn:aws:s3:::shop-store\"]"), "GATE004", prove.Fails},
	{"the policy lets the build into Approved", writesAll("role/shop-promote\"}}", "role/shop-*\"}}", "ArnNotEquals: {\"aws:PrincipalArn\": \"arn:aws:iam::111122223333:role/shop-*", "ArnNotLike: {\"aws:PrincipalArn\": \"arn:aws:iam::111122223333:role/shop-*"), guesses, prove.Holds},
	{"the policy guards another folder", writesAll("shop/Approved/*\"\n            Condition", "shop/Approve/*\"\n            Condition"), guesses, prove.Holds},
	{"the policy guards one action", writesAll("Action: [\"s3:PutObject\", \"s3:ReplicateObject\"]\n            Resource: \"arn:aws:s3:::shop-store/shop/Approved/*\"", "Action: [\"s3:ReplicateObject\"]\n            Resource: \"arn:aws:s3:::shop-store/shop/Approved/*\""), guesses, prove.Holds},

	// The stages after the gate take something else.
	{"production takes what was built", []string{"TemplatePath: \"Approved::t.yaml\"", "TemplatePath: \"Built::t.yaml\"", "InputArtifacts: [{Name: Approved}]", "InputArtifacts: [{Name: Built}]"}, guesses, prove.Holds},
	{"production takes what was built as well", []string{"InputArtifacts: [{Name: Approved}]", "InputArtifacts: [{Name: Approved}, {Name: Built}]"}, guesses, prove.Holds},
	{"production takes what was sealed, open to all", writesAll(sealed, "", "TemplatePath: \"Approved::t.yaml\"", "TemplatePath: \"Sealed::t.yaml\"", "InputArtifacts: [{Name: Approved}]", "InputArtifacts: [{Name: Sealed}]"), guesses, prove.Holds},
	{"sealed after the gate", []string{
		"        - Name: Approve\n          Actions:\n            - Name: Ok\n              ActionTypeId: {Category: Approval, Owner: AWS, Provider: Manual, Version: \"1\"}\n              Configuration: {CustomData: \"Approve #{Seal.DIGEST}\"}\n", "",
		"        - Name: Seal\n", "        - Name: Approve\n          Actions:\n            - Name: Ok\n              ActionTypeId: {Category: Approval, Owner: AWS, Provider: Manual, Version: \"1\"}\n        - Name: Seal\n",
	}, guesses, prove.Holds},

	// The gate itself.
	{"the approval's machine goes on by itself", machine("Ok"), "GATE008", prove.Depends},
	{"the approval is skipped", []string{"        - Name: Approve\n", "        - Name: Approve\n          OnFailure: {Result: SKIP}\n"}, "GATE008", prove.Depends},
	{"the approval's stage is skipped", []string{"        - Name: Approve\n", "        - Name: Approve\n          BeforeEntry: {Conditions: [{Result: SKIP, Rules: [{Name: Urgent, RuleTypeId: {Category: Rule, Owner: AWS, Provider: VariableCheck, Version: \"1\"}, Configuration: {Variable: \"#{Build.URGENT}\", Value: \"no\", Operator: EQ}}]}]}\n"}, "GATE008", prove.Depends},
}

// machine puts a machine in the place of the approval: where its time is over
// it goes on to a state.
func machine(to string) []string {
	return []string{
		"              ActionTypeId: {Category: Approval, Owner: AWS, Provider: Manual, Version: \"1\"}\n              Configuration: {CustomData: \"Approve #{Seal.DIGEST}\"}\n",
		"              ActionTypeId: {Category: Invoke, Owner: AWS, Provider: StepFunctions, Version: \"1\"}\n              Configuration: {StateMachineArn: {Ref: Machine}}\n",
		"  Repo: {Type:", `  Machine:
    Type: "AWS::StepFunctions::StateMachine"
    Properties:
      StateMachineName: shop-approval
      RoleArn: "arn:aws:iam::111122223333:role/shop-machine"
      Definition:
        StartAt: Ask
        States:
          Ask: {Type: Task, Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken", TimeoutSeconds: 60, Catch: [{ErrorEquals: [States.Timeout], Next: ` + to + `}], Next: Ok}
          Ok: {Type: Succeed}
          No: {Type: Fail}
  Repo: {Type:`,
	}
}

// sealSpec puts another buildspec in the place of the seal's.
func sealSpec(name string) []string {
	return []string{"BuildSpec: |\n          # Penstock seal, version 1.\n", "BuildSpec: " + name + "\n      Description: |\n          # Penstock seal, version 1.\n"}
}

func sealEnvironment() string {
	return sealProject + "      Artifacts: {Type: CODEPIPELINE}\n      Environment:\n        Type: LINUX_CONTAINER\n        ComputeType: BUILD_GENERAL1_SMALL\n" + environment
}

func promoteEnvironment() string {
	return promoteProject + "      Artifacts: {Type: CODEPIPELINE}\n      Environment:\n        Type: LINUX_CONTAINER\n        ComputeType: BUILD_GENERAL1_SMALL\n" + environment
}

// prove3 proves theorem three of the sealed pipeline with some texts swapped.
func prove3(t *testing.T, swaps []string) *prove.Report {
	t.Helper()
	a, err := txtar.ParseFile("testdata/sealed.txtar")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "shop.yaml" })
	text := string(a.Files[i].Data)
	for ; len(swaps) > 1; swaps = swaps[2:] {
		if !strings.Contains(text, swaps[0]) {
			t.Fatalf("the template has no\n%s", swaps[0])
		}
		text = strings.Replace(text, swaps[0], swaps[1], 1)
	}
	a.Files[i].Data = []byte(text)
	w := provetest.Archive(t, a)
	return prove.Prove(w.Models, options(w))
}

// TestSealed breaks each link of the sealed pipeline: each breach must be told
// or must bring back what was assumed without a seal.
func TestSealed(t *testing.T) {
	for _, b := range breaches {
		t.Run(b.name, func(t *testing.T) {
			rep := prove3(t, b.swaps)
			res := rep.Theorems[slices.IndexFunc(rep.Theorems, func(r prove.TheoremResult) bool { return r.Theorem == prove.Gate })]
			found := false
			if strings.Contains(b.want, " ") {
				found = slices.ContainsFunc(res.Assumes, func(s string) bool { return strings.Contains(s, b.want) })
			}
			for _, f := range rep.Findings {
				found = found || f.Code == b.want
			}
			if !found || res.Outcome != b.outcome {
				t.Errorf("outcome %v, want %v with %s:\n%s", res.Outcome, b.outcome, b.want, provetest.Say(rep))
			}
		})
	}
}

// TestSealedWhoeverWrites holds what the seal holds although it looks open.
func TestSealedWhoeverWrites(t *testing.T) {
	for name, swaps := range map[string][]string{
		// The digest binds what promotes takes, whoever may write it.
		"the policy leaves Sealed open":            writesAll(sealed, ""),
		"Sealed open, and the build lists":         append(writesAll(sealed, ""), "Action: [\"s3:PutObject\"], Resource: \"arn:aws:s3:::shop-store/shop/*\"", "Action: [\"s3:PutObject\", \"s3:ListBucket\"], Resource: [\"arn:aws:s3:::shop-store/shop/*\", \"arn:aws:s3:::shop-store\"]"),
		"the build writes all but what is guarded": writesAll(),
		"a machine in place of the approval":       machine("No"),
		"a cache that is none":                     {sealProject, sealProject + "      Cache: {Type: NO_CACHE}\n      TimeoutInMinutes: 10\n"},
	} {
		t.Run(name, func(t *testing.T) {
			rep := prove3(t, swaps)
			res := rep.Theorems[slices.IndexFunc(rep.Theorems, func(r prove.TheoremResult) bool { return r.Theorem == prove.Gate })]
			if res.Outcome != prove.Holds || slices.ContainsFunc(res.Assumes, func(a string) bool { return strings.Contains(a, guesses) }) {
				t.Errorf("outcome %v:\n%s", res.Outcome, provetest.Say(rep))
			}
		})
	}
}
