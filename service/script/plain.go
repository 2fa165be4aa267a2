package script

import (
	"strings"

	"penstock/arn"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

// plain reads operations whose resource one option names. It reports whether
// it knew the operation.
func (c *CLI) plain(svc, op string, a args) bool {
	var t service.Target
	prefix := svc
	switch svc {
	case "iam":
		if !c.iam(op, a, &t) {
			return false
		}
	case "secretsmanager":
		switch {
		case op == "create-secret" && a.opt("--name") != "":
			t = c.named(svc, "secret:", a.opt("--name")+"-"+match.Hole(match.Suffix, "the suffix of secret "+a.opt("--name")))
		case a.has("--secret-id") && op != "get-secret-value" && op != "describe-secret" && op != "put-secret-value":
			t = c.site.Secret(c.Region, a.opt("--secret-id"))
		default:
			return false
		}
	case "logs":
		name := a.opt("--log-group-name")
		if name == "" {
			return false
		}
		t = c.named(svc, "log-group:", name)
		if s := a.opt("--log-stream-name"); s != "" {
			t.Resource += ":log-stream:" + s
		}
	case "dynamodb":
		name := a.opt("--table-name")
		if name == "" {
			return false
		}
		t = c.named(svc, "table/", name)
		if i := a.opt("--index-name"); i != "" {
			t.Resource += "/index/" + i
		}
	case "kms":
		key := a.opt("--key-id")
		if key == "" || op == "create-alias" || op == "update-alias" {
			return false
		}
		t = service.Target{Resource: service.KeyARN(c.site.Model, key, c.site.Account, c.Region)}
		if op == "encrypt" || op == "decrypt" || strings.HasPrefix(op, "generate-data-key") {
			t.Context.SetUnknown("kms:EncryptionContextKeys")
		}
	case "stepfunctions":
		machine := a.opt("--state-machine-arn")
		if machine == "" || op != "start-execution" && op != "describe-state-machine" && op != "start-sync-execution" {
			return false
		}
		prefix, t = "states", service.Target{Resource: machine}
	case "events":
		if op != "put-rule" && op != "enable-rule" && op != "disable-rule" && op != "delete-rule" || a.opt("--name") == "" {
			return false
		}
		t = c.named(svc, "rule/", a.opt("--name"))
	case "sqs":
		url := a.opt("--queue-url")
		i := strings.LastIndexByte(url, '/')
		if i < 0 || match.HasHole(url) {
			return false
		}
		t = c.named(svc, "", url[i+1:])
	default:
		return false
	}
	if t.What == "" {
		t.What = "aws " + svc + " " + op
	}
	t.Account = c.site.Account
	if x, err := arn.Parse(t.Resource); err == nil && x.Account != "" {
		t.Account = x.Account
	}
	tags(&t, a)
	c.add(t, prefix+":"+camel(op))
	return true
}

// iam: a global service, whose calls go to us-east-1 wherever they come from
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion).
func (c *CLI) iam(op string, a args, t *service.Target) bool {
	kinds := [...]struct{ opt, kind string }{
		{"--role-name", "role/"}, {"--user-name", "user/"}, {"--group-name", "group/"}, {"--instance-profile-name", "instance-profile/"},
		{"--policy-name", "policy/"},
	}
	for _, k := range kinds {
		name := a.opt(k.opt)
		if name == "" {
			continue
		}
		path := strings.TrimPrefix(a.opt("--path"), "/")
		t.Resource = c.site.ARNIn("iam", "", c.site.Account, k.kind+path+name)
		if k.kind == "role/" && !strings.HasPrefix(op, "create-") {
			t.Resource = c.site.RoleARN(name, c.site.Account)
		}
		break
	}
	if t.Resource == "" {
		if t.Resource = a.opt("--policy-arn"); t.Resource == "" {
			return false
		}
	}
	if p := a.opt("--policy-arn"); p != "" && strings.HasPrefix(op, "attach-") {
		t.Context.Set("iam:PolicyARN", p)
	}
	switch {
	case a.opt("--permissions-boundary") != "":
		t.Context.Set("iam:PermissionsBoundary", a.opt("--permissions-boundary"))
	case op == "create-role" || op == "create-user":
		t.Context.SetAbsent("iam:PermissionsBoundary")
	}
	if arn.Partition(c.Region) == "aws" {
		t.Region = "us-east-1"
	}
	return true
}

// tags are those that a command gives to what it makes: Key=k,Value=v, or JSON,
// of which nothing is told.
func tags(t *service.Target, a args) {
	vs, ok := a.opts["--tags"]
	if !ok {
		t.Context.SetAbsent("aws:TagKeys")
		return
	}
	var keys []string
	for _, v := range vs {
		var key, value string
		for part := range strings.SplitSeq(v, ",") {
			k, x, _ := strings.Cut(part, "=")
			switch strings.ToLower(k) {
			case "key":
				key = x
			case "value":
				value = x
			}
		}
		if key == "" {
			return // JSON, or a map
		}
		keys = append(keys, key)
		t.Context.Set("aws:RequestTag/"+key, value)
	}
	t.Context.Put("aws:TagKeys", iam.ContextValue{State: iam.Known, Values: keys, Multi: true})
}
