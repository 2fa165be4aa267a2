package compile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/blueprint"
	"penstock/prove"
	"penstock/spec"
)

func secretive(change func(*spec.Spec)) *spec.Spec {
	return auditSpec(func(s *spec.Spec) {
		s.Builds[0].Inline, s.Builds[0].Buildspec = true, inline("make")
		s.Builds[0].Secrets = []spec.Secret{
			{Variable: "DB_PASSWORD", Kind: spec.Parameter, Name: "/mfmsapp/prod/DB_PASSWORD"},
			{Variable: "SHARED", Kind: spec.Parameter, Name: "/shared", ARN: "arn:aws:ssm:ap-northeast-1:222222222222:parameter/shared"},
			{Variable: "API_KEY", Kind: spec.Secrets, Name: "mfmsapp/prod/credentials", JSONKey: "api_key", Create: true},
			{Variable: "TOKEN", Kind: spec.Secrets, Name: "mfmsapp/prod/credentials", JSONKey: "to'ken"},
			{Variable: "WHOLE", Kind: spec.Secrets, Name: "mfmsapp/prod-credentials", Create: true},
		}
		if change != nil {
			change(s)
		}
	})
}

// Secrets stand in templates by reference, and their key lets in whoever reads
// them, each for its own.
func TestSecrets(t *testing.T) {
	r := proved(t, secretive(func(s *spec.Spec) {
		s.Builds[0].Secrets = append(s.Builds[0].Secrets[:1:1], s.Builds[0].Secrets[2:]...)
	}))
	provenHolds(t, r)
	st := r.Set.Stack(toolsStack)
	got := map[string]string{}
	for _, v := range st.Resource("BuildProject").Props.Get("Environment", "EnvironmentVariables").(blueprint.List) {
		m := v.(blueprint.Map)
		if kind, ok := m.Get("Type").(string); ok {
			got[m.Get("Name").(string)] = kind + " " + string(m.Get("Value").(blueprint.Sub))
		}
	}
	want := map[string]string{
		"DB_PASSWORD": "PARAMETER_STORE /${ProjectName}/prod/DB_PASSWORD",
		"API_KEY":     "SECRETS_MANAGER ${SecretProdCredentials}:api_key",
		"TOKEN":       "SECRETS_MANAGER ${SecretProdCredentials}:to'ken",
		"WHOLE":       "SECRETS_MANAGER ${SecretProdCredentials2}",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("variables -want +got\n%s", d)
	}
	for _, res := range st.Resources {
		if res.Type == "AWS::SecretsManager::Secret" && (res.Props.Get("SecretString") != nil || res.Props.Get("GenerateSecretString") != nil) {
			t.Errorf("%s has a value", res.ID)
		}
	}
}

// A parameter of another account is named by its ARN, and nothing is asked for
// it.
func TestSharedParameter(t *testing.T) {
	r, err := Compile(secretive(nil), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for v := range blueprint.Values(r.Set.Stack(toolsStack).Resource("BuildProject").Props.Get("Environment")) {
		if s, ok := v.(blueprint.Sub); ok && strings.Contains(string(s), "/shared") {
			values = append(values, string(s))
		}
	}
	if d := cmp.Diff([]string{"arn:aws:ssm:ap-northeast-1:${StagingAccount}:parameter/shared"}, values); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	for _, s := range r.Steps {
		if strings.Contains(s.Title, "/shared") {
			t.Errorf("asks for what is somebody else's: %s", s.Title)
		}
	}
}

// Values are asked for without an echo and go by pipes.
func TestSecretSteps(t *testing.T) {
	b := &builder{spec: secretive(nil), set: &blueprint.Set{}}
	b.vault()
	var got []string
	for _, s := range b.steps {
		got = append(got, s.Command)
	}
	want := []string{
		`printf '%s: ' 'DB_PASSWORD'; read -rs VALUE; echo; printf %s "$VALUE" | aws ssm put-parameter --region ap-northeast-1 --name '/mfmsapp/prod/DB_PASSWORD' --type SecureString --key-id alias/mfmsapp-secrets --value file:///dev/stdin; unset VALUE`,
		`printf '%s: ' 'api_key'; read -rs VALUE1; echo; printf '%s: ' 'to'\''ken'; read -rs VALUE2; echo; VALUE1="$VALUE1" VALUE2="$VALUE2" jq -n '{"api_key": env.VALUE1, "to'\''ken": env.VALUE2}' | aws secretsmanager put-secret-value --region ap-northeast-1 --secret-id 'mfmsapp/prod/credentials' --secret-string file:///dev/stdin; unset VALUE1 VALUE2`,
		`printf '%s: ' 'WHOLE'; read -rs VALUE; echo; printf %s "$VALUE" | aws secretsmanager put-secret-value --region ap-northeast-1 --secret-id 'mfmsapp/prod-credentials' --secret-string file:///dev/stdin; unset VALUE`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// A rotation is by a function of the user's, of which no stack says whom it
// lets in.
func TestRotation(t *testing.T) {
	const rotate = "arn:aws:lambda:ap-northeast-1:111111111111:function:rotate"
	r := proved(t, secretive(func(s *spec.Spec) {
		s.Builds[0].Secrets = []spec.Secret{{Variable: "API_KEY", Kind: spec.Secrets, Name: "mfmsapp/prod/credentials", JSONKey: "api_key", Create: true, Rotate: 30, Function: rotate}}
	}))
	provenHolds(t, r, prove.Runs)
	for _, x := range r.Report.Theorems {
		if x.Theorem == prove.Runs && (x.Outcome != prove.Depends || x.Denied != 0) {
			t.Errorf("runs %s, %d denied", x.Outcome, x.Denied)
		}
	}
	st := r.Set.Stack(toolsStack)
	if v := st.Resource("SecretProdCredentialsRotation").Props.Get("RotationRules", "AutomaticallyAfterDays"); v != 30 {
		t.Errorf("rotates after %v days", v)
	}
	if p := st.Resource("SecretProdCredentialsPolicy"); p != nil {
		t.Errorf("a policy that shuts the function out: %v", p.Props)
	}
}
