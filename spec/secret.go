package spec

import (
	"strings"
	"time"

	"penstock/arn"
	"penstock/doc"
)

// parseSecret reads where a secret is kept. What it lacks is said by why.
func parseSecret(s string) (x Secret, why string) {
	if strings.HasPrefix(s, "arn:") {
		return parseSecretARN(s)
	}
	kind, rest, _ := strings.Cut(s, ":")
	switch SecretKind(kind) {
	case Parameter:
		x = Secret{Kind: Parameter, Name: rest}
		return x, parameterWhy(rest)
	case Secrets:
		name, key, has := strings.Cut(rest, "#")
		x = Secret{Kind: Secrets, Name: name, JSONKey: key}
		switch {
		case has && key == "":
			why = "nothing stands after #, where the key of the JSON value belongs"
		case strings.Contains(key, ":"):
			why = "the key of the JSON value cannot hold a colon"
		default:
			why = secretNameWhy(name)
		}
		return x, why
	}
	return x, "it names neither ssm nor secretsmanager"
}

// parseSecretARN reads the whole ARN of a parameter or of a secret, with #key.
func parseSecretARN(s string) (x Secret, why string) {
	s, key, has := strings.Cut(s, "#")
	a, err := arn.Parse(s)
	if err != nil {
		return x, "it is no whole ARN"
	}
	x.ARN = s
	switch name, isParameter := strings.CutPrefix(a.Resource, "parameter/"); {
	case a.Service == "ssm" && isParameter:
		x.Kind, x.Name = Parameter, "/"+name
		if has {
			return x, "a parameter has no keys"
		}
		return x, parameterWhy(x.Name)
	case a.Service == "secretsmanager" && strings.HasPrefix(a.Resource, "secret:"):
		x.Kind, x.Name, x.JSONKey = Secrets, strings.TrimPrefix(a.Resource, "secret:"), key
		if has && key == "" {
			return x, "nothing stands after #, where the key of the JSON value belongs"
		}
		return x, secretNameWhy(x.Name)
	}
	return x, "it is the ARN of neither a parameter nor a secret"
}

// parameterWhy says what is wrong with the name of a parameter
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html).
func parameterWhy(s string) string {
	switch {
	case !strings.HasPrefix(s, "/"):
		return "the name of a parameter begins with a slash here, ssm:/" + s
	case len(s) < 2 || strings.HasSuffix(s, "/") || strings.Contains(s, "//"):
		return "a part of the parameter's name is empty"
	case !only(s, "._-/"):
		return "the name of a parameter has letters, digits and . _ - /"
	case strings.Count(s, "/") > 15:
		return "the name of a parameter has 15 levels at most"
	}
	first, _, _ := strings.Cut(strings.ToLower(s[1:]), "/")
	if strings.HasPrefix(first, "aws") || strings.HasPrefix(first, "ssm") {
		return "the name of a parameter cannot begin with aws or ssm"
	}
	return ""
}

// secretNameWhy says what is wrong with the name of a secret
// (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html).
func secretNameWhy(s string) string {
	switch {
	case s == "":
		return "the name of the secret is missing"
	case len(s) > 512:
		return "the name of a secret has 512 characters at most"
	case !only(s, "/_+=.@-"):
		return "the name of a secret has letters, digits and / _ + = . @ -"
	}
	return ""
}

func only(s, more string) bool {
	return strings.IndexFunc(s, func(c rune) bool {
		return !strings.ContainsRune(more, c) && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	}) < 0
}

func secretWhy(s string) string {
	_, why := parseSecret(s)
	return why
}

// secret reads one entry of secrets.
func (r *reader) secret(f doc.Field) (Secret, bool) {
	from, n := f.Value, (*doc.Node)(nil)
	if f.Value.Kind == doc.Map {
		from, n = f.Value.Get("from"), f.Value
	}
	x, why := parseSecret(str(from))
	if why != "" || from == nil {
		return x, false // check has said so
	}
	x.Variable, x.At = f.Name(), f.Value.Span
	x.Create = boolean(n.Get("create"), false)
	x.Rotate = int(lasts(n.Get("rotate"), 0) / (24 * time.Hour))
	x.Function = str(n.Get("function"))
	if x.Kind == Parameter {
		for _, key := range []string{"create", "rotate", "function"} {
			if v := n.Get(key); v != nil && str(v) != "false" {
				r.add("SPEC009", v.Span, "secrets.%s.%s is for Secrets Manager: CloudFormation makes no SecureString parameter, and parameters do not rotate", f.Name(), key)
			}
		}
	}
	if (x.Rotate > 0) != (x.Function != "") {
		r.add("SPEC009", f.Value.Span, "secrets.%s has only one of rotate and function: a rotation needs both, the days and the function that rotates", f.Name())
	}
	if x.Create && x.ARN != "" {
		r.add("SPEC009", f.Value.Span, "secrets.%s is made here, but is given by its ARN, which AWS chooses: write secretsmanager:name", f.Name())
	}
	return x, true
}
