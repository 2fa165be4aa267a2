package compile

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/blueprint"
	"penstock/spec"
)

// secretsKey is the logical id of the key of the secrets.
const secretsKey = "SecretsKey"

// buildsOfAll are the builds and tests of the spec.
func (b *builder) buildsOfAll() []*spec.Build {
	out := slices.Clone(b.spec.Builds)
	for _, s := range b.spec.Stages {
		if s.Test != nil {
			out = append(out, s.Test)
		}
	}
	return out
}

// A vaulted secret is one that variables of builds take their values from.
type vaulted struct {
	spec.Secret
	keys    []string // of its JSON value, in order; none where it is read whole
	readers []string // names of the builds
}

// vaulted are the secrets of one kind, each once.
func (b *builder) vaulted(kind spec.SecretKind) []*vaulted {
	var out []*vaulted
	for _, d := range b.buildsOfAll() {
		for _, s := range d.Secrets {
			if s.Kind != kind {
				continue
			}
			i := slices.IndexFunc(out, func(v *vaulted) bool { return v.Name == s.Name && v.ARN == s.ARN })
			if i < 0 {
				i = len(out)
				out = append(out, &vaulted{Secret: s})
			}
			v := out[i]
			v.Create = v.Create || s.Create
			if v.Rotate == 0 {
				v.Rotate, v.Function = s.Rotate, s.Function
			}
			v.keys = addKey(v.keys, s.JSONKey)
			v.readers = addOnce(v.readers, d.Name)
		}
	}
	return out
}

func addKey(keys []string, key string) []string {
	if key == "" {
		return keys
	}
	return addOnce(keys, key)
}

// own reports whether a parameter or secret is one of the tools account in the
// pipeline's region, named there and not by the ARN of somebody else's.
func (b *builder) own(s *spec.Secret) bool {
	if s.ARN == "" {
		return true
	}
	a, err := arn.Parse(s.ARN)
	return err == nil && a.Account == b.spec.Tools.ID && a.Region == b.spec.Region
}

// vault draws what keeps the secrets of builds: a key, the secrets that are to
// be made, with who may read them, and their rotation. No value stands in a
// template: steps ask for each.
func (b *builder) vault() {
	st := b.tools()
	parameters := slices.DeleteFunc(b.vaulted(spec.Parameter), func(v *vaulted) bool { return v.ARN != "" })
	made := slices.DeleteFunc(b.vaulted(spec.Secrets), func(v *vaulted) bool { return !v.Create && v.Rotate == 0 })
	create := slices.ContainsFunc(made, func(v *vaulted) bool { return v.Create })
	if create || len(parameters) > 0 {
		b.vaultKey(st, create, len(parameters) > 0)
	}
	for _, v := range parameters {
		b.askParameter(v)
	}
	for _, v := range made {
		if v.Create {
			b.secret(st, v)
			b.askSecret(v)
		}
		if v.Rotate > 0 {
			b.rotation(st, v)
		}
	}
}

// vaultKey draws the key of the secrets. Builds use it as derived; people who
// may write a secret by IAM use it through the service that keeps the secret,
// and the roles of the pipeline are not among them.
func (b *builder) vaultKey(st *blueprint.Stack, secrets, parameters bool) {
	through := func(sid, svc string, actions ...string) *blueprint.Statement {
		return &blueprint.Statement{
			Sid: sid, Principal: blueprint.KV("AWS", blueprint.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")),
			Actions: actions, Resources: []blueprint.Sub{"*"},
			Conditions: []blueprint.Condition{
				{Operator: "StringEquals", Key: "kms:ViaService", Values: []blueprint.Sub{blueprint.Sub(svc) + ".${AWS::Region}.amazonaws.com"}},
				{Operator: "ArnNotLike", Key: "aws:PrincipalArn", Values: []blueprint.Sub{"arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${ProjectName}-*"}},
			},
		}
	}
	var base []*blueprint.Statement
	if secrets {
		s := through("WriteSecrets", "secretsmanager", "kms:Decrypt", "kms:GenerateDataKey")
		s.Comment = "Whoever may write a secret by IAM, and not a role of the pipeline; Secrets Manager decrypts to compare the new " +
			"value with the old (https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html)."
		base = append(base, s)
	}
	if parameters {
		s := through("WriteParameters", "ssm", "kms:Encrypt")
		s.Comment = "Whoever may write a parameter by IAM (https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html)."
		base = append(base, s)
	}
	b.key(st, secretsKey, "Secrets of the builds", "", "secrets", base...)
	st.Add(&blueprint.Resource{ID: "SecretsKeyAlias", Type: "AWS::KMS::Alias", Props: blueprint.KV(
		"AliasName", blueprint.Sub("alias/${ProjectName}-secrets"), "TargetKeyId", blueprint.Ref(secretsKey))})
}

// secretID is the logical id of a secret that is made here. Two names that
// differ in their punctuation alone are told apart by a number.
func (b *builder) secretID(s *spec.Secret) string {
	id := func(name string) string { return "Secret" + ident(strings.TrimPrefix(name, b.spec.Project)) }
	n := 1
	for _, v := range b.vaulted(spec.Secrets) {
		if v.Name == s.Name {
			break
		}
		if id(v.Name) == id(s.Name) {
			n++
		}
	}
	if n > 1 {
		return id(s.Name) + fmt.Sprint(n)
	}
	return id(s.Name)
}

// secret draws a secret without a value, and who may read it: the builds that
// take it, and nobody else, whatever a policy of IAM says.
func (b *builder) secret(st *blueprint.Stack, v *vaulted) {
	id := b.secretID(&v.Secret)
	res := st.Add(&blueprint.Resource{
		ID: id, Type: "AWS::SecretsManager::Secret", Retain: true,
		Comment: "Empty: the value is put in by hand, once, and stands in no template.",
		Props: blueprint.KV("Name", b.project(blueprint.Lit(v.Name)), "Description", "For "+strings.Join(v.readers, ", "),
			"KmsKeyId", blueprint.Att(secretsKey, "Arn"), "Tags", b.tags()),
	})
	policy := st.Add(&blueprint.Resource{ID: id + "Policy", Type: "AWS::SecretsManager::ResourcePolicy", Props: blueprint.KV(
		"SecretId", blueprint.Ref(id), "BlockPublicPolicy", true)})
	var base []*blueprint.Statement
	if v.Rotate == 0 {
		var roles []blueprint.Sub
		for _, name := range v.readers {
			roles = append(roles, blueprint.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${ProjectName}-"+name))
		}
		base = append(base, &blueprint.Statement{
			Sid: "ReadersOnly", Effect: "Deny", Principal: "*", Actions: []string{"secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"},
			Comment:   "Read by the builds that take it, and by nobody else: who administers the account can write it, not read it.",
			Resources: []blueprint.Sub{"*"},
			Conditions: []blueprint.Condition{
				{Operator: "ArnNotEquals", Key: "aws:PrincipalArn", Values: roles},
			},
		})
	}
	b.guard(st, res, policy, "ResourcePolicy", base...)
}

// rotation draws the schedule of a secret's rotation. The function that rotates
// is somebody's: that it may read and write the secret is for its own role.
func (b *builder) rotation(st *blueprint.Stack, v *vaulted) {
	id := b.secretID(&v.Secret)
	of := blueprint.Lit(v.Name)
	if v.ARN != "" {
		of = blueprint.Lit(v.ARN)
	}
	if v.Create {
		of = blueprint.Ref(id)
	}
	invoke := st.Add(&blueprint.Resource{ID: id + "Rotator", Type: "AWS::Lambda::Permission", Props: blueprint.KV(
		"FunctionName", b.ids(st, blueprint.Lit(v.Function)), "Action", "lambda:InvokeFunction", "Principal", "secretsmanager.amazonaws.com",
		"SourceAccount", blueprint.Sub("${AWS::AccountId}"))})
	r := st.Add(&blueprint.Resource{ID: id + "Rotation", Type: "AWS::SecretsManager::RotationSchedule", Props: blueprint.KV(
		"SecretId", of, "RotationLambdaARN", b.ids(st, blueprint.Lit(v.Function)),
		// Rotating at once would be before there is a value.
		"RotateImmediatelyOnUpdate", false,
		"RotationRules", blueprint.KV("AutomaticallyAfterDays", v.Rotate))})
	r.DependsOn = []string{invoke.ID}
}

// secrets are the variables of a build's project that hold secrets, each by
// reference, and gives its role what no template shows to be needed: the key of
// parameters that no template can make.
func (b *builder) secrets(d *spec.Build) blueprint.List {
	st := b.tools()
	var out blueprint.List
	for i := range d.Secrets {
		s := &d.Secrets[i]
		kind, value := "SECRETS_MANAGER", b.secretValue(st, s)
		if s.Kind == spec.Parameter {
			kind, value = "PARAMETER_STORE", b.project(blueprint.Lit(s.Name))
			if !b.own(s) {
				value = b.ids(st, blueprint.Lit(s.ARN))
			}
			if s.ARN == "" {
				b.decrypts(d, s)
			}
		}
		out = append(out, blueprint.KV("Name", s.Variable, "Type", kind, "Value", value))
	}
	return out
}

// secretValue is a secret as a variable of CodeBuild names it:
// secret-id:json-key
// (https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.secrets-manager).
func (b *builder) secretValue(st *blueprint.Stack, s *spec.Secret) blueprint.Sub {
	value := b.project(blueprint.Lit(s.Name))
	made := slices.ContainsFunc(b.vaulted(spec.Secrets), func(v *vaulted) bool { return v.Name == s.Name && v.Create })
	switch {
	case made:
		value = blueprint.Ref(b.secretID(s))
	case s.ARN != "":
		value = b.ids(st, blueprint.Lit(s.ARN))
	}
	if s.JSONKey != "" {
		value += ":" + blueprint.Lit(s.JSONKey)
	}
	return value
}

// decrypts lets a build decrypt one parameter with the key of the secrets. The
// parameter is in no template, so nothing but its step says that the key is
// its.
func (b *builder) decrypts(d *spec.Build, s *spec.Secret) {
	i := slices.IndexFunc(b.roles, func(r *role) bool { return r.stack == b.tools() && r.name == b.spec.Project+"-"+d.Name })
	if i < 0 {
		return
	}
	parameter := "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter" + b.project(blueprint.Lit(s.Name))
	b.roles[i].grants = append(b.roles[i].grants, grant{
		actions: []string{"kms:Decrypt"}, resources: []blueprint.Sub{blueprint.Att(secretsKey, "Arn")},
		conditions: []blueprint.Condition{
			{Operator: "StringEquals", Key: "kms:ViaService", Values: []blueprint.Sub{"ssm.${AWS::Region}.amazonaws.com"}},
			{Operator: "StringEquals", Key: "kms:EncryptionContext:PARAMETER_ARN", Values: []blueprint.Sub{parameter}},
		},
		why: "Systems Manager decrypts parameter " + s.Name + " with the rights of the build (SecureString)",
	})
}

// quoted is a text as a shell takes it.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// ask is a command that reads values from the terminal without an echo, each
// into a variable of the shell. So they stand in no history and in no list of
// processes: printf and read are the shell's own.
func ask(names ...[2]string) string {
	var out []string
	for _, n := range names {
		out = append(out, "printf '%s: ' "+quoted(n[0])+"; read -rs "+n[1]+"; echo")
	}
	return strings.Join(out, "; ")
}

// askParameter is the step that makes a SecureString parameter. CloudFormation
// makes none
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html#cfn-ssm-parameter-type).
func (b *builder) askParameter(v *vaulted) {
	b.step(Step{
		After: toolsStack, Title: "Put the value of parameter " + v.Name + " in",
		Command: ask([2]string{v.Variable, "VALUE"}) + `; printf %s "$VALUE" | aws ssm put-parameter --region ` + b.spec.Region + " --name " + quoted(v.Name) +
			" --type SecureString --key-id alias/" + b.spec.Project + "-secrets --value file:///dev/stdin; unset VALUE",
		Why: "CloudFormation makes no SecureString parameter, and a value in a template is no secret",
	})
}

// askSecret is the step that gives a secret its first value.
func (b *builder) askSecret(v *vaulted) {
	put := "aws secretsmanager put-secret-value --region " + b.spec.Region + " --secret-id " + quoted(v.Name) + " --secret-string file:///dev/stdin"
	command := ask([2]string{v.Variable, "VALUE"}) + `; printf %s "$VALUE" | ` + put + "; unset VALUE"
	if len(v.keys) > 0 {
		// By the environment of jq, which others on the machine do not see as
		// they see its arguments.
		var read [][2]string
		var env, object, names []string
		for i, k := range v.keys {
			name := fmt.Sprintf("VALUE%d", i+1)
			read = append(read, [2]string{k, name})
			env = append(env, name+`="$`+name+`"`)
			object = append(object, fmt.Sprintf("%q: env.%s", k, name))
			names = append(names, name)
		}
		command = ask(read...) + "; " + strings.Join(env, " ") + " jq -n " + quoted("{"+strings.Join(object, ", ")+"}") + " | " + put + "; unset " + strings.Join(names, " ")
	}
	b.step(Step{
		After: toolsStack, Title: "Put the value of secret " + v.Name + " in", Command: command,
		Why: "the secret is made empty: a value in a template is no secret",
	})
}
