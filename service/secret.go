package service

import (
	"strings"

	"penstock/arn"
	"penstock/iam"
	"penstock/match"
)

// Secret is the secret that somebody names by name, ARN, or partial
// ARN, with a json-key, stage and version behind it or without
// (https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.secrets-manager).
// A secret's ARN ends in six characters that nobody knows before it exists.
func (s *Site) Secret(region, id string) Target {
	name, stage, version := splitSecret(id)
	t := Target{What: "secret " + name, Region: region}
	const types = "AWS::SecretsManager::Secret"
	switch a, err := arn.Parse(name); {
	case err == nil && a.Service == "secretsmanager":
		t.Resource, t.Account = name, a.Account
		// ARN without the suffix: AWS takes it and finds the secret.
		for r := range s.Model.OfType(types) {
			if r.ARN != name && strings.HasPrefix(r.ARN, name+"-") && r.Name == strings.TrimPrefix(a.Resource, "secret:") {
				t.Resource = r.ARN
			}
		}
		if t.Resource == name && !hasSuffix(name) && s.Model.Resource(name) == nil {
			t.Resource += "-" + match.Hole(match.Suffix, "the suffix of secret "+a.Resource)
		}
	default:
		if r := s.Model.ByRef(name, s.Account, region, types); r != nil {
			t.Resource, t.Account = r.ARN, r.Account
			break
		}
		t.Resource = s.ARNIn("secretsmanager", region, s.Account, "secret:"+name+"-"+match.Hole(match.Suffix, "the suffix of secret "+name))
	}
	t.Context = Context("secretsmanager:SecretId", name)
	if version == "" && stage == "" {
		// Then AWSCURRENT is what is read. Whether the request says so is not
		// documented.
		t.Context.Put("secretsmanager:VersionStage", iam.ContextValue{State: iam.Known, Values: []string{"AWSCURRENT"}, Optional: true})
	}
	if stage != "" {
		t.Context.Set("secretsmanager:VersionStage", stage)
	}
	if version != "" {
		t.Context.Set("secretsmanager:VersionId", version)
	}
	t.Context.SetUnknown("secretsmanager:resource/AllowRotationLambdaArn")
	return t
}

// hasSuffix reports whether an ARN ends as one of a secret does.
func hasSuffix(a string) bool {
	if match.HasHole(a) {
		return strings.HasSuffix(a, "\x00")
	}
	i := strings.LastIndexByte(a, '-')
	if i < 0 || len(a)-i != 7 {
		return false
	}
	for _, r := range a[i+1:] {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return true
}

// SecretKey returns the json-key of secret-id:json-key:version-stage:version-id,
// "" where it names none.
func SecretKey(id string) string {
	if strings.HasPrefix(id, "arn:") {
		p := strings.SplitN(id, ":", 9)
		if len(p) < 8 {
			return ""
		}
		return p[7]
	}
	p := strings.Split(id, ":")
	if len(p) < 2 {
		return ""
	}
	return p[1]
}

// splitSecret takes secret-id:json-key:version-stage:version-id apart; a
// secret-id that is an ARN holds six colons itself.
func splitSecret(id string) (name, stage, version string) {
	head := ""
	if strings.HasPrefix(id, "arn:") {
		p := strings.SplitN(id, ":", 8)
		if len(p) < 7 {
			return id, "", ""
		}
		head = strings.Join(p[:6], ":") + ":"
		id = strings.Join(p[6:], ":")
	}
	p := strings.Split(id, ":")
	name = head + p[0]
	if len(p) > 2 {
		stage = p[2]
	}
	if len(p) > 3 {
		version = p[3]
	}
	return name, stage, version
}

// Parameter is a parameter by name or ARN. A name with a leading slash
// has one slash in the ARN, not two
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html).
func (s *Site) Parameter(region, name string) Target {
	if a, err := arn.Parse(name); err == nil {
		return Target{Resource: name, Account: a.Account, Region: region, What: "parameter " + strings.TrimPrefix(a.Resource, "parameter")}
	}
	// name:version and name:label read the same parameter.
	plain, _, _ := strings.Cut(name, ":")
	if r := s.Model.ByRef(plain, s.Account, region, "AWS::SSM::Parameter"); r != nil && r.ARN != "" {
		return Target{Resource: r.ARN, Account: r.Account, Region: region, What: "parameter " + plain}
	}
	return Target{
		Resource: s.ARNIn("ssm", region, s.Account, "parameter/"+strings.TrimPrefix(plain, "/")), Region: region, What: "parameter " + plain,
	}
}
