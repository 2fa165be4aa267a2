package naive

import (
	"strings"

	"penstock/iam"
)

// A Case is one request with all that bears on it.
type Case struct {
	Req iam.Request
	In  Input
}

// A Chooser picks one of n, from 0.
type Chooser func(n int) int

// Generate makes a case. The alphabets are small, so that policies often
// match the request, or just fail to.
func Generate(choose Chooser) Case {
	g := &maker{choose: choose}
	g.open = g.one(3)
	g.request()
	c := Case{Req: g.req, In: g.input()}
	return c
}

type maker struct {
	choose Chooser
	open   bool // facts may be unknown
	req    iam.Request
}

// one is true once in n times.
func (g *maker) one(n int) bool { return g.choose(n) == n-1 }

func (g *maker) pick(from ...string) string { return from[g.choose(len(from))] }

func (g *maker) facts(n int) []string {
	if g.open && g.one(n) {
		return []string{"a fact"}
	}
	return nil
}

func (g *maker) account() string { return g.pick("111111111111", "111111111111", "222222222222") }

func (g *maker) partition() string {
	if g.one(60) {
		return "aws-cn"
	}
	return "aws"
}

var callers = []string{
	"iam:user/ann", "iam:user/team/ann", "iam:user/Ann",
	"iam:role/build", "iam:role/ci/build", "iam:role/target",
	"sts:assumed-role/build/run", "sts:assumed-role/build/run2", "sts:assumed-role/target/run",
	"sts:federated-user/ann", "iam:root",
	"iam:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", "sts:assumed-role/AWSServiceRoleForX/run",
}

func (g *maker) callerARN() string {
	service, rest, _ := strings.Cut(callers[g.choose(len(callers))], ":")
	return "arn:" + g.partition() + ":" + service + "::" + g.account() + ":" + rest
}

var services = []string{"codebuild.amazonaws.com", "s3.amazonaws.com"}

func (g *maker) request() {
	type call struct{ action, resource string }
	calls := []call{
		{"s3:GetObject", "arn:P:s3:::b/k"},
		{"s3:GetObject", "arn:P:s3:::b/home/ann/x:y"},
		{"s3:PutObject", "arn:P:s3:::b/*?"},
		{"s3:ListBucket", "arn:P:s3:::b"},
		{"s3:ListAllMyBuckets", "*"},
		{"sqs:SendMessage", "arn:P:sqs:us-east-1:A:jobs"},
		{"kms:Decrypt", "arn:P:kms:us-east-1:A:key/k1"},
		{"kms:Decrypt", "arn:P:kms:us-east-1:A:key/k1"},
		{"kms:GenerateDataKey", "arn:P:kms:us-east-1:A:key/k1"},
		{"kms:DescribeKey", "arn:P:kms:us-east-1:A:key/k1"},
		{"kms:RetireGrant", "arn:P:kms:us-east-1:A:key/k1"},
		{"kms:CreateGrant", "arn:P:kms:us-east-1:A:key/k1"},
		{"kms:ScheduleKeyDeletion", "arn:P:kms:us-east-1:A:key/k1"},
		{"kms:ListKeys", "*"},
		{"s3:DeleteBucketPolicy", "arn:P:s3:::b"},
		{"sts:AssumeRole", "arn:P:iam::A:role/target"},
		{"sts:AssumeRole", "arn:P:iam::A:role/target"},
		{"sts:AssumeRole", "arn:P:iam::A:role/build"},
		{"sts:TagSession", "arn:P:iam::A:role/target"},
		{"sts:AssumeRoleWithWebIdentity", "arn:P:iam::A:role/target"},
		{"sts:GetCallerIdentity", "*"},
		{"sts:GetSessionToken", "*"},
		{"sts:GetFederationToken", "arn:P:sts::A:federated-user/ann"},
		{"sts:AssumeRoot", "arn:P:iam::A:root"},
		{"iam:PassRole", "arn:P:iam::A:role/target"},
		{"iam:GetUser", "arn:P:iam::A:user/team/ann"},
		{"logs:PutLogEvents", "arn:P:logs:us-east-1:A:log-group:/g:log-stream:s"},
		{"ec2:RunInstances", "arn:P:ec2:us-east-1:A:instance/i-1"},
	}
	c := calls[g.choose(len(calls))]
	r := &g.req
	r.Action = c.action
	owner := g.account()
	r.Resource = strings.NewReplacer("P", g.partition(), "A:", owner+":").Replace(c.resource)
	if strings.HasPrefix(c.resource, "arn:P:s3") {
		r.Resource = strings.Replace(c.resource, "P", g.partition(), 1)
	}
	if c.resource != "*" {
		r.ResourceAccount = owner
		if g.one(12) {
			r.ResourceAccount = ""
		}
	}
	if c.resource == "*" {
		r.Resource = "*"
	}
	switch {
	case c.action == "sts:AssumeRoleWithWebIdentity":
		r.Resource = strings.Replace(r.Resource, "aws-cn", "aws", 1)
		r.Principal.ARN = "arn:aws:iam::" + owner + ":" + g.pick("oidc-provider/token.example.com", "saml-provider/corp")
	case g.one(12):
		if !strings.HasPrefix(c.action, "sts:Get") {
			r.Principal.Service = g.pick(services...)
		}
	case g.one(20) && strings.HasPrefix(c.action, "s3:"):
		// anonymous
	default:
		r.Principal.ARN = g.callerARN()
	}
	if r.Principal.ARN == "" && r.Principal.Service == "" && !strings.HasPrefix(c.action, "s3:") {
		r.Principal.ARN = g.callerARN()
	}
	if rest, ok := strings.CutPrefix(r.Principal.ARN, "arn:aws:sts::"); ok && strings.Contains(rest, ":assumed-role/build/") && g.one(2) {
		r.Principal.Role = "arn:aws:iam::" + rest[:12] + ":role/" + g.pick("build", "ci/build")
	}
	g.context()
}

// keys of the context, with values of which some are malformed.
var keys = []struct {
	name   string
	kind   string
	multi  bool
	values []string
}{
	{"aws:PrincipalTag/team", "string", false, []string{"blue", "Blue", "red", "", "b*", "ann", "k", "team"}},
	{"s3:prefix", "string", false, []string{"home/ann", "home/", "home", "", "a:b"}},
	{"aws:username", "string", false, []string{"ann", "Ann", "bob"}},
	{"aws:TagKeys", "string", true, []string{"team", "cost", "Team", "", "k"}},
	{"s3:max-keys", "numeric", false, []string{"10", "10.0", "9", "11", "-1", "10abc", "", "0010"}},
	{"aws:CurrentTime", "date", false, []string{"2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", "1704067200", "1704067201", "2024-01-01", "2023-12-31T23:59:59Z", "soon", "2024-01-01T00:00:00.000Z"}},
	{"aws:SecureTransport", "bool", false, []string{"true", "false", "TRUE", "yes"}},
	{"aws:MultiFactorAuthPresent", "bool", false, []string{"true", "false"}},
	{"aws:SourceIp", "ip", false, []string{"192.0.2.1", "192.0.2.0/24", "192.0.2.77", "2001:db8::1", "2001:DB8:0:0::1", "2001:db8::/32", "::ffff:192.0.2.1", "0.0.0.0/0", "192.0.2", "192.0.2.9/24"}},
	{"aws:SourceVpce", "string", false, []string{"vpce-1", "vpce-2"}},
	{"aws:SourceArn", "arn", false, []string{"arn:aws:sns:us-east-1:111111111111:topic", "arn:aws:sns:*:111111111111:*", "arn:aws:sns:us-east-1:111111111111:top?c", "arn:aws:sns:us-east-1:999:x:111111111111:topic", "topic", "arn:aws:sns*", "arn:aws:sns:us-east-1:222222222222:topic", "*"}},
	{"aws:PrincipalArn", "arn", false, []string{"arn:aws:iam::111111111111:user/ann", "arn:aws:iam::111111111111:role/build", "arn:aws:iam::*:role/*build", "arn:aws:iam::111111111111:root", "arn:aws:sts::111111111111:federated-user/ann"}},
	{"aws:PrincipalAccount", "string", false, []string{"111111111111", "222222222222"}},
	{"aws:ResourceAccount", "string", false, []string{"111111111111", "222222222222", "${aws:PrincipalAccount}"}},
	{"aws:PrincipalIsAWSService", "bool", false, []string{"true", "false"}},
	{"aws:PrincipalType", "string", false, []string{"User", "AssumedRole", "FederatedUser", "Account", "Anonymous"}},
	{"aws:userid", "string", false, []string{"111111111111", "111111111111:ann", "AIDAX"}},
	{"aws:PrincipalOrgID", "string", false, []string{"o-1", "o-2"}},
	{"kms:CallerAccount", "string", false, []string{"111111111111"}},
	{"kms:EncryptionContext:app", "string", false, []string{"x", "X"}},
	{"kms:EncryptionContext:other", "string", false, []string{"y", "z"}},
	{"my:Blob", "binary", false, []string{"QQ==", "QUI=", "!!"}},
}

// flip changes the case of some letters.
func (g *maker) flip(s string) string {
	switch g.choose(3) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToLower(s)
	}
	return s
}

func (g *maker) context() {
	ctx := &g.req.Context
	ctx.Open = g.open && g.one(4)
	for _, k := range keys {
		derived := false
		switch k.name {
		case "aws:username", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:ResourceAccount", "aws:PrincipalIsAWSService", "aws:PrincipalType", "aws:userid", "kms:CallerAccount":
			derived = true
		}
		if derived && !g.one(20) || !derived && !g.one(2) {
			continue
		}
		name := k.name
		if g.one(6) {
			name = g.flip(name)
		}
		v := iam.ContextValue{State: iam.Known, Multi: k.multi}
		n := 1
		if k.multi {
			n = g.choose(4)
		}
		for range n {
			text := k.values[g.choose(len(k.values))]
			if k.kind == "ip" {
				text, _, _ = strings.Cut(text, "/") // a range is nobody's address
			}
			if text == "*" {
				text = "topic"
			}
			v.Values = append(v.Values, text)
		}
		switch {
		case k.multi && g.one(5):
			v.Values = []string{""} // which is no value
		case g.one(12):
			v = iam.ContextValue{}
		case g.open && g.one(5):
			v = iam.ContextValue{State: iam.Unknown}
		case g.open && g.one(6):
			v.Optional = true
		}
		ctx.Put(name, v)
	}
}

func (g *maker) input() Input {
	var in Input
	in.Unknown = map[string]bool{}
	in.RCPService = RCPService
	who := whois(g.req.Principal)
	verb, name, _ := strings.Cut(g.req.Action, ":")
	trust := verb == "sts" && strings.HasPrefix(name, "Assume") || name == "TagSession"

	// The root user can have no policies of its own.
	if who.kind != root {
		in.Identity = g.list(iam.Identity, g.choose(3))
	}
	if who.kind != root && g.one(4) {
		in.HasBoundary, in.Boundary = true, g.list(iam.Boundary, g.choose(2)+g.choose(2))
	}
	switch who.kind {
	case role, session, federated, root:
		if g.one(3) {
			in.HasSession, in.Session = true, g.list(iam.Session, g.choose(3))
		}
	}
	trust = trust || name == "PassRole" && g.one(2) // which trust policies have no say in; nor has any other
	if g.req.Resource != "*" && name != "GetUser" && g.choose(4) > 0 {
		k := iam.Resource
		if trust {
			k = iam.Trust
		}
		in.Resource = g.list(k, 1)
	}
	if g.one(3) {
		for range 1 + g.choose(2) {
			in.SCP = append(in.SCP, g.list(iam.SCP, 1+g.choose(2)))
		}
	}
	if g.one(4) {
		for range 1 + g.choose(2) {
			in.RCP = append(in.RCP, g.list(iam.RCP, 1))
		}
	}
	if g.one(6) {
		in.HasEndpoint, in.Endpoint = true, g.list(iam.Endpoint, 1)
		in.EndpointType = g.pick("", "Interface")
		if verb == "s3" && g.one(3) {
			in.EndpointType = "Gateway"
		}
	}
	if verb == "kms" && g.one(2) {
		in.Grants = append(in.Grants, g.grant(name))
	}
	in.Management = g.one(20)
	in.ResourceManagement = g.one(20)
	in.ServiceLinked = (who.kind == role || who.kind == session) && g.one(30)
	if verb == "s3" && g.one(8) {
		in.ObjectOwner = g.account()
	}
	in.AWSManagedKey = verb == "kms" && g.one(20)
	if g.open {
		for _, l := range []string{"identity", "boundary", "session", "resource", "scp", "rcp", "endpoint"} {
			own := l == "identity" || l == "boundary"
			if g.one(25) && !(own && who.kind == root) {
				in.Unknown[l] = true
			}
		}
	}
	return in
}

// RCPService reports whether RCPs bind a service: of those that the cases
// use, all but EC2 and IAM
// (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html).
func RCPService(prefix string) bool { return prefix != "ec2" && prefix != "iam" }

func (g *maker) grant(operation string) Grant {
	gr := Grant{Grantee: g.callerARN(), Operations: []string{g.pick(operation, "Encrypt"), "CreateGrant"}}
	if g.choose(3) > 0 {
		gr.Grantee = g.req.Principal.ARN
	}
	if g.req.Principal.Service != "" || g.one(10) {
		gr.Grantee = services[0]
	}
	m := map[string]string{g.pick("app", "App"): g.pick("x", "X")}
	if g.one(4) {
		m["other"] = "y"
	}
	switch g.choose(4) {
	case 0:
		gr.Equals = m
	case 1:
		gr.Subset = m
	}
	gr.Maybe = g.facts(6) != nil
	return gr
}
