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
	case role, session, federated:
		if g.one(3) {
			in.HasSession, in.Session = true, g.list(iam.Session, g.choose(3))
		}
	}
	trust = trust || name == "PassRole" // which trust policies have no say in
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
	in.AWSManagedKey = verb == "kms" && g.one(20)
	if g.open {
		for _, l := range []string{"identity", "boundary", "session", "resource", "scp", "rcp", "endpoint"} {
			own := l == "identity" || l == "boundary" || l == "session"
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

func (g *maker) list(k iam.Kind, n int) []*iam.Policy {
	ps := []*iam.Policy{}
	for range n {
		ps = append(ps, g.policy(k))
	}
	return ps
}

func (g *maker) policy(k iam.Kind) *iam.Policy {
	p := &iam.Policy{Kind: k, Version: "2012-10-17", Maybe: g.facts(10)}
	switch {
	case g.one(10):
		p.Version = "2008-10-17"
	case g.one(20):
		p.Version = ""
	}
	if g.one(40) {
		p.Broken = "it is broken"
	}
	n := 1 + g.choose(3)
	if k == iam.Identity && g.one(60) {
		n = 24 + g.choose(16) // long enough to be searched by an index
	}
	for i := range n {
		st := g.statement(k)
		st.Index = i
		p.Statements = append(p.Statements, st)
	}
	return p
}

func (g *maker) statement(k iam.Kind) iam.Statement {
	st := iam.Statement{Effect: iam.Allow, Maybe: g.facts(10)}
	if g.one(6) || k == iam.RCP {
		st.Effect = iam.Deny
	}
	if k != iam.RCP && g.one(12) {
		st.NotAction = true
	}
	for range 1 + g.choose(2) {
		st.Actions = append(st.Actions, iam.Elem{Text: g.action(k)})
	}
	if k != iam.Trust {
		st.HasResource = true
		if (k == iam.Resource || k == iam.Endpoint) && g.one(10) {
			st.HasResource = false
		} else {
			st.NotResource = g.one(12)
			for range 1 + g.choose(2) {
				st.Resources = append(st.Resources, iam.Elem{Text: g.resource()})
			}
		}
	}
	if g.one(40) {
		st.Actions = nil
	}
	if st.HasResource && g.one(40) {
		st.Resources = nil
	}
	// A list whose every entry may be missing may be empty, which is another
	// question: the first stays.
	for i := range st.Actions[min(1, len(st.Actions)):] {
		st.Actions[i+1].Maybe = g.facts(6)
	}
	for i := range st.Resources[min(1, len(st.Resources)):] {
		st.Resources[i+1].Maybe = g.facts(6)
	}
	switch k {
	case iam.Resource, iam.Trust, iam.Endpoint:
		st.HasPrincipal = true
		st.NotPrincipal = st.Effect == iam.Deny && k != iam.Trust && g.one(4)
		for range 1 + g.choose(3) {
			st.Principals = append(st.Principals, g.principal())
		}
	case iam.RCP:
		st.HasPrincipal = true
		st.Principals = []iam.PrincipalElem{{Type: iam.PrincipalAll, Elem: iam.Elem{Text: "*"}}}
	}
	for g.one(3) && len(st.Conditions) < 3 {
		st.Conditions = append(st.Conditions, g.condition())
	}
	return st
}

func (g *maker) action(k iam.Kind) string {
	a := g.req.Action
	service, name, _ := strings.Cut(a, ":")
	switch g.choose(12) {
	case 0:
		if k != iam.RCP {
			return "*"
		}
	case 1:
		return service + ":*"
	case 2:
		return g.flip(a)
	case 3:
		return service + ":" + name[:3] + "*"
	case 4:
		return a[:len(a)-1] + "?"
	case 5:
		return a + "?"
	case 6:
		return service + ":*" + name[2:]
	case 7:
		return g.pick(" "+a, a+",s3:*", service+":* ", a[:len(a)-1])
	case 8:
		return g.pick("s3:*", "kms:Decrypt", "sts:AssumeRole", "s*:*")
	}
	return a
}

func (g *maker) resource() string {
	r := g.req.Resource
	if r == "*" {
		return g.pick("*", "*", "**", "arn:aws:s3:::*", "arn:*")
	}
	p := strings.SplitN(r, ":", 6)
	switch g.choose(18) {
	case 16, 17:
		p[5] = g.variable(p[5])
		return strings.Join(p, ":")
	case 0, 1, 2:
		return "*"
	case 3, 4, 5:
		i := 1 + g.choose(5)
		p[i] = "*"
		return strings.Join(p, ":")
	case 6:
		p[5] = p[5][:1] + "*"
		return strings.Join(p, ":")
	case 7:
		p[5] = p[5][:len(p[5])-1] + "?"
		return strings.Join(p, ":")
	case 8:
		return g.pick("arn:aws:"+p[2]+"*", "arn:aws:"+p[2]+":*", "arn:aws:"+p[2], "arn:aws:"+p[2]+":*:"+p[5], "arn:aws:"+p[2]+":*"+p[3]+":"+p[4]+":"+p[5])
	case 9:
		i := 1 + g.choose(5)
		p[i] = strings.ToUpper(p[i])
		return strings.Join(p, ":")
	case 10:
		return g.pick("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/home/${aws:username}/*", "arn:aws:s3:::b/${aws:PrincipalTag/team, 'k'}",
			"arn:aws:s3:::b/${*}${?}", "arn:aws:s3:::${aws:PrincipalTag/team}/*", "arn:aws:s3:::b/${aws:TagKeys}*", "arn:aws:s3:::b/k${")
	case 11:
		p[5] = g.pick("*${aws:username}", "${s3:prefix}*", "user/*/${AWS:UserName}", "role/${aws:PrincipalTag/team, 'target'}", "key/${s3:prefix}k1")
		return strings.Join(p, ":")
	case 12:
		return g.pick("arn:aws:s3:::b/*", "arn:aws:s3:::b", "arn:aws:iam::*:role/*", "arn:aws:iam::111111111111:r*", "arn:aws:kms:*:*:key/*", "arn:aws:logs:*:*:log-group:/g", "arn:aws:logs:*:*:log-group:/g*")
	}
	return r
}

// variable writes a policy variable for what is the value of a key.
func (g *maker) variable(text string) string {
	k := g.pick("aws:PrincipalTag/team", "aws:TagKeys", "aws:username", "s3:prefix")
	for _, v := range g.req.Context.Get(k).Values {
		if v != "" && strings.Contains(text, v) {
			return strings.Replace(text, v, g.pick("${"+k+"}", "${"+g.flip(k)+"}", "${"+k+", 'other'}", "${"+k+"}*"), 1)
		}
	}
	return strings.Replace(text, "ann", "${aws:username}", 1)
}

func (g *maker) principal() iam.PrincipalElem {
	e := iam.PrincipalElem{Type: iam.PrincipalAWS}
	c := whois(g.req.Principal)
	arn := func(rest string) string { return "arn:aws:iam::" + c.account + ":" + rest }
	e.Text = g.callerARN()
	switch g.choose(10) {
	case 0:
		e.Type, e.Text = iam.PrincipalAll, "*"
	case 1:
		e.Text = "*"
	case 2, 3:
		if c.hasAccount() {
			e.Text = g.pick(c.account, arn("root"))
		}
	case 4, 5, 6:
		switch c.kind {
		case service:
			e.Type, e.Text = iam.PrincipalService, c.service
		case token:
			e.Type, e.Text = iam.PrincipalFederated, c.arn
		case session:
			e.Text = g.pick(c.arn, c.arn, arn("role/"+c.name), arn("role/ci/"+c.name))
		case role:
			e.Text = g.pick(c.arn, arn("role/"+c.name), "arn:aws:sts::"+c.account+":assumed-role/"+c.name+"/run")
		case federated:
			e.Text = g.pick(c.arn, arn("user/ann"))
		case user, root:
			e.Text = c.arn
		}
	case 7:
		switch g.choose(4) {
		case 0:
			e.Type, e.Text = iam.PrincipalService, g.pick(services...)
		case 1:
			e.Type, e.Text = iam.PrincipalFederated, "arn:aws:iam::111111111111:oidc-provider/token.example.com"
		case 2:
			e.Text = "AROAAAAAAAAAAAAAAAAAA"
		case 3:
			e.Type, e.Text = iam.PrincipalCanonicalUser, "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
		}
	}
	e.Maybe = g.facts(10)
	return e
}

var operators = map[string][]string{
	"string":  {"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"},
	"numeric": {"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"},
	"date":    {"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"},
	"bool":    {"Bool"},
	"ip":      {"IpAddress", "NotIpAddress"},
	"arn":     {"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike"},
	"binary":  {"BinaryEquals"},
}

func (g *maker) condition() iam.Condition {
	k := keys[g.choose(len(keys))]
	if g.req.Context.Open && g.one(4) {
		// Of these one excludes the other.
		for _, other := range keys {
			if other.name == "aws:SourceIp" || other.name == "aws:SourceVpce" && g.one(2) {
				k = other
			}
		}
	}
	kind := k.kind
	if g.one(15) {
		kind = "string"
	}
	ops := operators[kind]
	op := ops[g.choose(len(ops))]
	if k.multi && g.choose(4) > 0 || g.one(12) {
		op = g.pick("ForAnyValue:", "ForAllValues:") + op
	}
	if g.one(5) {
		op += "IfExists"
	}
	if g.one(10) {
		op = g.flip(op)
	}
	c := iam.Condition{Operator: op, Key: k.name}
	if g.one(6) {
		c.Key = g.flip(c.Key)
	}
	for range 1 + g.choose(2) {
		v := k.values[g.choose(len(k.values))]
		if kind == "string" && g.one(4) {
			v = g.pick("*", "b*", "?ed", "${aws:username}", "home/${aws:username}", "${aws:PrincipalTag/team, 'blue'}", "${aws:PrincipalTag/team}", "${*}", "b${*}", "${aws:TagKeys}", "${s3:prefix}*", "${nosuch:key}")
		}
		if kind == "string" && g.one(6) {
			v = g.variable(v)
		}
		if kind == "arn" && g.one(8) {
			v = g.pick("arn:aws:iam::${aws:PrincipalAccount}:*", "${aws:PrincipalArn}", "arn:aws:iam::111111111111:user/${aws:username}")
		}
		c.Values = append(c.Values, iam.Elem{Text: v})
	}
	for i := range c.Values[1:] {
		c.Values[i+1].Maybe = g.facts(6)
	}
	if g.one(10) {
		c.Operator, c.Values = "Null", []iam.Elem{{Text: g.pick("true", "false")}}
	}
	if g.one(60) {
		c.Values = nil
	}
	return c
}
