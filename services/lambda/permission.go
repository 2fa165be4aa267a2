package lambda

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/match"
)

// attachPermission adds the statement of a Permission to the resource policy
// of its function, as AddPermission builds it
// (https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html).
func attachPermission(m *cloud.Model, r *cloud.Resource) {
	n := r.Prop("FunctionName")
	name, qualifier := function(cloud.Text(n))
	sure, maybe := find(m, r, cloud.Text(n), name)
	put := func(f *cloud.Resource, facts ...string) {
		a := cloud.Attachment{
			Name: "the function's policy", Resource: r, Span: r.Span,
			Policy: &iam.Policy{
				Kind: iam.Resource, Version: "2012-10-17", ID: "default", Span: r.Props.Where(),
				Statements: []iam.Statement{statement(r, f.ARN+qualifier)},
			},
		}
		a = a.When(r.Maybe...).When(facts...)
		f.Policies = append(f.Policies, a)
		if qualifier == "" {
			return
		}
		// An alias or a version that is declared is a resource of its own.
		for _, typ := range [...]string{"AWS::Lambda::Alias", "AWS::Lambda::Version"} {
			for q := range m.OfType(typ) {
				if q.ARN == f.ARN+qualifier {
					q.Policies = append(q.Policies, a)
				}
			}
		}
	}
	for _, f := range sure {
		put(f, maybeOf(n)...)
	}
	for _, f := range maybe {
		put(f, append(maybeOf(n), "which function "+match.Render(cloud.Text(n))+" names")...)
	}
}

func maybeOf(n *doc.Node) []string {
	if n == nil {
		return nil
	}
	return n.Maybe
}

// find returns the function that text names: by name, ARN or partial ARN
// (123456789012:function:name), with or without a qualifier.
func find(m *cloud.Model, r *cloud.Resource, text, name string) (sure, maybe []*cloud.Resource) {
	if sure, _ = m.Refer(text, r.Account, r.Region, functionType); sure != nil {
		return sure, nil
	}
	// An alias or a version, given by its Ref, belongs to a function too.
	if q, _ := m.Refer(text, r.Account, r.Region, "AWS::Lambda::Alias", "AWS::Lambda::Version"); len(q) > 0 {
		return m.Refer(cloud.Text(q[0].Prop("FunctionName")), r.Account, r.Region, functionType)
	}
	return m.Refer(name, r.Account, r.Region, functionType)
}

// function splits what FunctionName may be into the name or the ARN of the
// function and ":qualifier", "" where it has none.
func function(s string) (name, qualifier string) {
	if x, err := arn.Parse(s); err == nil {
		fn, ok := strings.CutPrefix(x.Resource, "function:")
		if !ok {
			return s, ""
		}
		if n, q, ok := strings.Cut(fn, ":"); ok {
			x.Resource = "function:" + n
			return x.String(), ":" + q
		}
		return s, ""
	}
	if _, fn, ok := strings.Cut(s, ":function:"); ok {
		s = fn
	}
	if n, q, ok := strings.Cut(s, ":"); ok {
		return n, ":" + q
	}
	return s, ""
}

func statement(r *cloud.Resource, resource string) iam.Statement {
	elem := func(prop string) iam.Elem {
		n := r.Prop(prop)
		return iam.Elem{Text: cloud.Text(n), Span: n.Where()}
	}
	s := iam.Statement{
		Sid: r.LogicalID, Effect: iam.Allow, Span: r.Props.Where(),
		HasPrincipal: true, Principals: []iam.PrincipalElem{principal(r, elem("Principal"))},
		Actions: []iam.Elem{elem("Action")}, HasResource: true,
		Resources: []iam.Elem{{Text: resource, Span: r.Prop("FunctionName").Where()}},
	}
	if n := r.Prop("Principal"); n != nil {
		s.Maybe = append(s.Maybe, n.Maybe...)
	}
	for _, c := range [...]struct{ prop, operator, key string }{
		{"SourceArn", "ArnLike", "aws:SourceArn"},
		{"SourceAccount", "StringEquals", "aws:SourceAccount"},
		{"PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"},
		{"EventSourceToken", "StringEquals", "lambda:EventSourceToken"},
		{"FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"},
		{"InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"},
	} {
		n := r.Prop(c.prop)
		if n == nil || n.Kind == doc.Null {
			continue
		}
		// A condition that may be absent leaves open what the statement says.
		s.Maybe = append(s.Maybe, n.Maybe...)
		s.Conditions = append(s.Conditions, iam.Condition{
			Operator: c.operator, Key: c.key, Values: []iam.Elem{elem(c.prop)}, Span: n.Span,
		})
	}
	return s
}

// principal turns Principal into an element: a service, an account, an ARN
// or everybody.
func principal(r *cloud.Resource, e iam.Elem) iam.PrincipalElem {
	switch {
	case e.Text == "*":
		return iam.PrincipalElem{Type: iam.PrincipalAll, Elem: e}
	case arn.IsAccountID(e.Text):
		e.Text = "arn:" + arn.Partition(r.Region) + ":iam::" + e.Text + ":root"
		return iam.PrincipalElem{Type: iam.PrincipalAWS, Elem: e}
	case strings.HasPrefix(e.Text, "arn:"):
		return iam.PrincipalElem{Type: iam.PrincipalAWS, Elem: e}
	case strings.Contains(e.Text, ".amazonaws.com"), strings.HasSuffix(e.Text, ".alexa.com"), strings.HasSuffix(e.Text, ".amazon.com"):
		return iam.PrincipalElem{Type: iam.PrincipalService, Elem: e}
	default:
		return iam.PrincipalElem{Type: iam.PrincipalAWS, Elem: e}
	}
}

// attachPolicy sets the whole policy of a function.
func attachPolicy(m *cloud.Model, r *cloud.Resource) {
	m.Guard(r, r.Prop("ResourceArn"), r.Region, m.Attachment(r, r.Prop("PolicyDocument"), iam.Resource, "the function's policy"), functionType)
}

// permit makes the Permission that lets a request through: the source of a
// service is named where it is known, as AWS advises against the confused
// deputy
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html#cfn-lambda-permission-sourcearn).
func permit(q *iam.Request, write func(string) (splice.Value, bool)) ([]splice.Field, bool) {
	fn, ok := write(q.Resource)
	if !ok {
		return nil, false
	}
	who := splice.String(q.Principal.Service)
	if q.Principal.Service == "" {
		if who, ok = write(q.Principal.ARN); !ok {
			return nil, false
		}
	}
	fields := []splice.Field{
		{Name: "Action", Value: splice.String(q.Action)}, {Name: "FunctionName", Value: fn}, {Name: "Principal", Value: who},
	}
	known := func(key string) string {
		if v := q.Context.Get(key); v.State == iam.Known && len(v.Values) == 1 {
			return v.Values[0]
		}
		return ""
	}
	source, account := known("aws:SourceArn"), known("aws:SourceAccount")
	// A bucket is made after the permission, which therefore cannot refer to it;
	// an account goes with a bucket's ARN anyway, which does not name one
	// (https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html).
	if source != "" && q.Principal.Service != "s3.amazonaws.com" {
		v, ok := write(source)
		if !ok {
			return nil, false
		}
		fields = append(fields, splice.Field{Name: "SourceArn", Value: v})
	} else if account != "" {
		v, ok := write(account)
		if !ok {
			return nil, false
		}
		fields = append(fields, splice.Field{Name: "SourceAccount", Value: v})
	}
	return fields, true
}
