package sam

import (
	"slices"
	"strconv"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/iam/facts"
)

// A function is an AWS::Serverless::Function being expanded
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html).
type function struct {
	*resource
	alias   string      // logical id of the alias, "" without AutoPublishAlias
	managed []*doc.Node // managed policies of the role
	inline  []*doc.Node // inline policies of the role
	events  []string    // managed policies that the event sources need, by path
}

// name is what other resources put where a function is named: the alias, where
// there is one.
func (f *function) name(b at) *doc.Node {
	if f.alias != "" {
		return b.ref(f.alias)
	}
	return b.ref(f.id)
}

// arn is what other resources put where an ARN is asked for.
func (f *function) arn(b at) *doc.Node {
	if f.alias != "" {
		return b.ref(f.alias)
	}
	return b.getAtt(f.id, "Arn")
}

func (f *function) expand() {
	b := f.b
	props := f.rest("CodeUri", "InlineCode", "ImageUri", "Policies", "Role", "RolePath", "AssumeRolePolicyDocument",
		"PermissionsBoundary", "Events", "AutoPublishAlias", "AutoPublishAliasAllProperties", "AutoPublishCodeSha256",
		"VersionDescription", "VersionDeletionPolicy", "DeploymentPreference", "DeadLetterQueue", "Tracing", "Tags",
		"ProvisionedConcurrencyConfig", "FunctionUrlConfig", "EventInvokeConfig", "PropagateTags")
	b.put(props, "Code", f.code())
	b.put(props, "Tags", f.tags("lambda:createdBy"))

	basic := "service-role/AWSLambdaBasicExecutionRole"
	if f.prop("DurableConfig") != nil {
		basic = "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
	}
	f.managed = append(f.managed, b.managed(basic))
	if t := f.prop("Tracing"); t != nil && t.Str() != "Disabled" {
		b.put(props, "TracingConfig", at(t.Span).dict("Mode", t))
		// The transform takes AWSXRayDaemonWriteAccess outside the partition
		// aws, which allows no less.
		f.managed = append(f.managed, at(t.Span).managed("AWSXrayWriteOnlyAccess"))
	}
	if v := f.prop("VpcConfig"); v != nil {
		f.managed = append(f.managed, at(v.Span).managed("service-role/AWSLambdaVPCAccessExecutionRole"))
	}
	if d := f.prop("DeadLetterQueue"); d != nil {
		db, to := at(d.Span), d.Get("TargetArn")
		b.put(props, "DeadLetterConfig", db.dict("TargetArn", to))
		action := map[string]string{"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}[d.Get("Type").Str()]
		if action == "" || to == nil {
			f.x.find(CodeRefused, d.Span, diag.Error, "DeadLetterQueue of %q needs a TargetArn and the Type SQS or SNS", f.id)
		} else {
			f.inline = append(f.inline, db.inline("DeadLetterQueuePolicy", db.document(db.allow(action, to))))
		}
	}
	role := f.prop("Role")
	wants := role == nil || hasNoValue(role)
	switch {
	case role == nil:
		b.put(props, "Role", b.getAtt(f.id+"Role", "Arn"))
	case wants:
		b.put(props, "Role", fillNoValue(role, b.getAtt(f.id+"Role", "Arn")))
	default:
		b.put(props, "Role", role)
	}
	alias := f.prop("AutoPublishAlias")
	if alias != nil {
		text, _ := f.x.settled(alias)
		f.alias = f.id + "Alias" + alphanumeric(text)
		f.x.alias[f.id+".Alias"], f.x.alias[f.id+".Version"] = f.alias, f.id+"Version"
	} else if pc := f.prop("ProvisionedConcurrencyConfig"); pc != nil {
		f.x.find(CodeRefused, pc.Span, diag.Error, "ProvisionedConcurrencyConfig of %q needs AutoPublishAlias", f.id)
	}
	f.main("AWS::Lambda::Function", props)
	if alias != nil {
		f.publish(alias)
	}
	f.url()
	f.invokeConfig()
	f.policies(f.id+"Role", &f.managed, &f.inline)
	if evs := f.prop("Events"); plainMap(evs) {
		for _, e := range evs.Fields {
			f.event(e)
		}
	}
	if wants {
		slices.Sort(f.events)
		for _, p := range slices.Compact(f.events) {
			f.managed = append(f.managed, b.managed(p))
		}
		f.role("lambda.amazonaws.com", "lambda:createdBy", f.unless(role), f.managed, f.inline)
	}
}

// unless is the condition of the role that SAM makes where Role is a Fn::If
// that gives one only in one of its cases.
func (r *resource) unless(role *doc.Node) string {
	fn, arg := call(role)
	if fn != "Fn::If" || arg.Kind != doc.List || len(arg.Items) != 3 {
		return r.condition
	}
	c := arg.Items[0].Str()
	switch yes, no := noValue(arg.Items[1]), noValue(arg.Items[2]); {
	case yes && !no:
		return c
	case no && !yes:
		return r.x.not(c, at(role.Span))
	}
	return r.condition
}

// not returns the name of the condition that c does not hold, which it makes.
func (x *expander) not(c string, b at) string {
	name := "NOT" + c
	for _, f := range x.conds {
		if f.Name() == name {
			return name
		}
	}
	x.conds = append(x.conds, doc.Field{Key: b.str(name), Value: b.dict("Fn::Not", b.list(b.dict("Condition", c)))})
	return name
}

// code is the Code of AWS::Lambda::Function.
func (f *function) code() *doc.Node {
	if n := f.prop("InlineCode"); n != nil {
		return at(n.Span).dict("ZipFile", n)
	}
	if n := f.prop("ImageUri"); n != nil {
		return at(n.Span).dict("ImageUri", n)
	}
	n := f.prop("CodeUri")
	if n == nil && f.prop("PackageType").Str() == "Image" {
		return nil // the image is built from Metadata and put here on packaging
	}
	return location(n, "S3Bucket", "S3Key", "S3ObjectVersion")
}

// location translates s3://bucket/key and {Bucket, Key, Version}; anything else
// stays what it is: a path that packaging replaces.
func location(n *doc.Node, bucket, key, version string) *doc.Node {
	if n == nil {
		return nil
	}
	b := at(n.Span)
	if s, ok := strings.CutPrefix(n.Str(), "s3://"); ok && literal(n) {
		bu, ke, _ := strings.Cut(s, "/")
		return b.dict(bucket, bu, key, ke)
	}
	if plainMap(n) && n.Get("Bucket") != nil {
		return b.dict(bucket, n.Get("Bucket"), key, n.Get("Key"), version, n.Get("Version"))
	}
	return n
}

// role adds the role that SAM makes for a function or a state machine.
func (r *resource) role(service, mark, condition string, managed, inline []*doc.Node) {
	b := r.b
	trust := r.prop("AssumeRolePolicyDocument")
	if trust == nil {
		trust = b.trust(service)
	}
	var arns, docs *doc.Node
	if len(managed) > 0 {
		arns = b.list(managed...)
	}
	if len(inline) > 0 {
		docs = b.list(inline...)
	}
	r.x.make(r.id+"Role", b, "AWS::IAM::Role", condition, b.dict(
		"AssumeRolePolicyDocument", trust, "ManagedPolicyArns", arns, "Path", r.prop("RolePath"), "Policies", docs,
		"PermissionsBoundary", r.prop("PermissionsBoundary"), "Tags", r.tags(mark)))
}

// publish adds the version and the alias of AutoPublishAlias, and what
// DeploymentPreference asks for.
func (f *function) publish(alias *doc.Node) {
	b := at(alias.Span)
	keep := "Retain"
	if p := f.prop("VersionDeletionPolicy"); p != nil {
		keep = p.Str()
	}
	f.make(f.id+"Version", b, "AWS::Lambda::Version",
		b.dict("FunctionName", b.ref(f.id), "Description", f.prop("VersionDescription")), "DeletionPolicy", keep)
	props := b.dict("Name", alias, "FunctionName", b.ref(f.id), "FunctionVersion", b.getAtt(f.id+"Version", "Version"),
		"ProvisionedConcurrencyConfig", f.prop("ProvisionedConcurrencyConfig"))
	f.make(f.alias, b, "AWS::Lambda::Alias", props, "UpdatePolicy", f.preference())
}

// url adds the function URL; with AuthType NONE anybody may invoke it
// (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html).
func (f *function) url() {
	u := f.prop("FunctionUrlConfig")
	if u == nil {
		return
	}
	b := at(u.Span)
	props := b.dict("TargetFunctionArn", f.name(b))
	if plainMap(u) {
		props.Fields = append(props.Fields, u.Fields...)
	}
	f.make(f.id+"Url", b, "AWS::Lambda::Url", props)
	auth, known := f.x.settled(u.Get("AuthType"))
	if known && auth != "NONE" {
		return
	}
	if !known {
		f.x.find(CodeUnknown, u.Span, diag.Warning, "AuthType of the URL of %q is not settled in the template: it counts as NONE", f.id)
	}
	f.make(f.id+"UrlPublicPermissions", b, "AWS::Lambda::Permission", b.dict(
		"Action", "lambda:InvokeFunctionUrl", "FunctionName", f.name(b), "Principal", "*", "FunctionUrlAuthType", u.Get("AuthType")))
	f.make(f.id+"URLInvokeAllowPublicAccess", b, "AWS::Lambda::Permission", b.dict(
		"Action", "lambda:InvokeFunction", "FunctionName", f.name(b), "Principal", "*", "InvokedViaFunctionUrl", b.boolean(true)))
}

// invokeConfig adds EventInvokeConfig with the destinations' permissions.
func (f *function) invokeConfig() {
	c := f.prop("EventInvokeConfig")
	if !plainMap(c) {
		return
	}
	b := at(c.Span)
	id := f.id + "EventInvokeConfig"
	qualifier := b.str("$LATEST")
	if f.alias != "" {
		qualifier = f.prop("AutoPublishAlias")
	}
	props := b.dict("FunctionName", b.ref(f.id), "Qualifier", qualifier)
	for _, fl := range c.Fields {
		if fl.Name() != "DestinationConfig" {
			props.Fields = append(props.Fields, fl)
			continue
		}
		dests := b.dict()
		for _, d := range fl.Value.Fields {
			db := at(d.Key.Span)
			typ := d.Value.Get("Type").Str()
			// Functions that have the destination from Globals share what is
			// made for the first of them, as the transform has it.
			to := f.x.places[d.Value]
			if to == nil || f.body.Get("IgnoreGlobals") != nil {
				to = f.made(id+d.Name(), db, typ, d.Value.Get("Destination"))
				f.x.places[d.Value] = to
			}
			b.put(dests, d.Name(), db.dict("Destination", to))
			f.destination(id+d.Name(), typ, to, d)
		}
		b.put(props, "DestinationConfig", dests)
	}
	var depends *doc.Node
	if f.alias != "" {
		depends = b.list(b.str(f.alias))
	}
	f.make(id, b, "AWS::Lambda::EventInvokeConfig", props, "DependsOn", depends)
}

// made returns where results go: to, or a queue or topic that SAM makes where
// none is given, or given in one case only.
func (f *function) made(id string, b at, typ string, to *doc.Node) *doc.Node {
	fn, arg := call(to)
	some := fn == "Fn::If" && arg.Kind == doc.List && len(arg.Items) == 3 && noValue(arg.Items[1]) != noValue(arg.Items[2])
	if to != nil && !noValue(to) && !some {
		return to
	}
	condition := f.condition
	if some {
		condition = f.unless(to)
	}
	var own *doc.Node
	switch typ {
	case "SQS":
		id += "Queue"
		f.x.make(id, b, "AWS::SQS::Queue", condition, b.dict())
		own = b.getAtt(id, "Arn")
	case "SNS":
		id += "Topic"
		f.x.make(id, b, "AWS::SNS::Topic", condition, b.dict())
		own = b.ref(id)
	default:
		return to
	}
	if !some {
		return own
	}
	given := arg.Items[1]
	if noValue(given) {
		given = arg.Items[2]
	}
	return b.dict("Fn::If", b.list(b.str(condition), own, given))
}

// destination puts the policy for a destination on the role.
func (f *function) destination(name, typ string, to *doc.Node, d doc.Field) {
	b := at(d.Key.Span)
	if to == nil {
		return
	}
	var s *doc.Node
	switch typ {
	case "SQS":
		s = b.allow("sqs:SendMessage", to)
	case "SNS":
		s = b.allow("sns:publish", to)
	case "Lambda":
		s = b.allow("lambda:InvokeFunction", to)
	case "EventBridge":
		s = b.allow("events:PutEvents", to)
	case "S3", "S3Bucket":
		f.inline = append(f.inline, b.inline(name+"S3Policy", b.bare(
			b.allow("s3:PutObject", b.dict("Fn::Join", b.list(b.str("/"), b.list(to, b.str("*"))))), b.allow("s3:ListBucket", to))))
		return
	case "", "Kafka":
		return
	default:
		f.x.find(CodeUnknown, d.Key.Span, diag.Warning, "the destination type %q is not known: what SAM allows for it is not known", typ)
		f.inline = append(f.inline, &doc.Node{Kind: doc.Unknown, Text: "the destination type " + typ, Span: d.Key.Span})
		return
	}
	f.inline = append(f.inline, b.inline(name+typ+"Policy", b.bare(s)))
}

// policies reads the property Policies: names and ARNs of managed policies,
// documents, policy templates, and Fn::If over these.
func (r *resource) policies(role string, managed, inline *[]*doc.Node) {
	ps := r.prop("Policies")
	if ps == nil {
		return
	}
	var items []*doc.Node
	if isList(ps) {
		items = ps.Items
	} else {
		items = []*doc.Node{ps}
	}
	for i, p := range items {
		node, isManaged := r.policy(role+"Policy"+strconv.Itoa(i), p)
		switch {
		case node == nil:
		case isManaged:
			*managed = append(*managed, node)
		default:
			*inline = append(*inline, node)
		}
	}
}

// policy returns one entry of Policies: the ARN of a managed policy, or an
// inline policy of that name; nil for nothing.
func (r *resource) policy(name string, p *doc.Node) (n *doc.Node, isManaged bool) {
	fn, arg := call(p)
	switch {
	case fn == "Fn::If" && arg.Kind == doc.List && len(arg.Items) == 3:
		yes, m1 := r.policy(name, arg.Items[1])
		no, m2 := r.policy(name, arg.Items[2])
		if yes == nil && no == nil {
			return nil, false
		}
		if yes != nil && no != nil && m1 != m2 && !noValue(yes) && !noValue(no) {
			r.x.find(CodeRefused, p.Span, diag.Error, "Fn::If in Policies of %q chooses between a managed policy and an inline one: SAM refuses it", r.id)
			return nil, false
		}
		b := at(p.Span)
		for _, v := range []**doc.Node{&yes, &no} {
			if *v == nil {
				*v = b.ref("AWS::NoValue")
			}
		}
		cond := b.str(arg.Items[0].Str())
		cond.Span = arg.Items[0].Span
		return b.dict("Fn::If", b.list(cond, yes, no)), m1 || m2
	case fn == "Ref" && arg.Str() == "AWS::NoValue":
		return nil, false
	case fn != "":
		// What a parameter holds, a name or an ARN, is not known here: a name
		// stays one, and nothing is allowed by it.
		return p, true
	case p.Kind == doc.String:
		if path := managedARN(p.Text); path != "" {
			return at(p.Span).managed(path), true
		}
		return p, true
	case p.Kind == doc.Map && p.Get("Statement") != nil:
		return at(p.Span).inline(name, p), false
	case p.Kind == doc.Map && len(p.Fields) == 1:
		d := r.x.instance(p.Fields[0])
		if d == nil {
			return nil, false
		}
		if d.Kind == doc.Unknown { // a resource that nobody knows, so that it counts
			r.make(name, at(p.Fields[0].Key.Span), r.body.Get("Type").Str()+".Policy."+p.Fields[0].Name(), p.Fields[0].Value)
			return d, false
		}
		return at(p.Fields[0].Key.Span).inline(name, d), false
	}
	r.x.find(CodeRefused, p.Span, diag.Error, "an entry of Policies of %q is no managed policy, document with Statement or policy template: SAM refuses it", r.id)
	return nil, false
}

// managedARN returns the path of the AWS managed policy of a bare name, "" for
// none. The transform holds a list of names; paths are those of the facts.
func managedARN(name string) string {
	if name == "" || strings.ContainsAny(name, ":/") {
		return ""
	}
	for _, dir := range [...]string{"", "service-role/", "job-function/", "aws-service-role/"} {
		if _, _, ok := facts.ManagedPolicy("arn:aws:iam::aws:policy/" + dir + name); ok {
			return dir + name
		}
	}
	return ""
}

func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
}

// hasNoValue reports whether a Fn::If may give AWS::NoValue, that is, no role.
func hasNoValue(n *doc.Node) bool {
	fn, arg := call(n)
	if fn != "Fn::If" || arg.Kind != doc.List || len(arg.Items) != 3 {
		return false
	}
	for _, it := range arg.Items[1:] {
		if noValue(it) || hasNoValue(it) {
			return true
		}
	}
	return false
}

func fillNoValue(n, v *doc.Node) *doc.Node {
	if noValue(n) {
		return v
	}
	if !hasNoValue(n) {
		return n
	}
	_, arg := call(n)
	b := at(n.Span)
	cond := b.str(arg.Items[0].Str())
	return b.dict("Fn::If", b.list(cond, fillNoValue(arg.Items[1], v), fillNoValue(arg.Items[2], v)))
}
