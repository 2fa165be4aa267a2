package cloudformation

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/service/schema"
)

const handlerPage = "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-handlers (permissions of the create handler, in the schema of each type)"

// executionRows: what CloudFormation calls with the execution role to create
// the resources of the stack that the action deploys (row 10e of the provider
// list), where that stack is at hand. They are the calls of a first
// deployment; a stack that holds the pipeline or one of the roles that deploy
// it exists already and is only updated, of which nothing is known.
var executionRows = []service.Row{
	{
		ID: "cloudformation.resource", Caller: "execution role of the stack",
		Resource: "each resource of the template", Why: "creates the resources of the stack",
		Need: service.Stops, Basis: service.Reasoned, Source: handlerPage,
		Targets: func(s *service.Site) []service.Target { return created(s, false) },
	},
	{
		ID: "cloudformation.parameters", Caller: "execution role of the stack, or pipeline or action role",
		Actions: []string{"ssm:GetParameters"}, Resource: "<default of a parameter of type AWS::SSM::Parameter::Value>",
		Why:  "reads the SSM parameters that the template names",
		Need: service.Stops, Basis: service.Reported,
		Source:  "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html; https://github.com/aws/aws-cdk/issues/28522 (the version of the bootstrap stack)",
		Targets: parameters,
	},
	{
		ID: "cloudformation.references", Caller: "execution role of the stack, or pipeline or action role",
		Resource: "what the template names by {{resolve:ssm:…}}, {{resolve:ssm-secure:…}} or {{resolve:secretsmanager:…}}",
		Context:  "ssm:GetParameters or secretsmanager:GetSecretValue",
		Why:      "reads the parameters and secrets that the resources of the template refer to",
		Need:     service.Stops, Basis: service.Documented,
		Source:  "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html, dynamic-references-ssm.html (permissions); https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html",
		Targets: references,
	},
	{
		ID: "cloudformation.resource.more", Caller: "execution role of the stack",
		Resource: "each resource of the template", Why: "looks at the resources of the stack and finishes them",
		Need: service.Listed, Basis: service.Reasoned, Source: handlerPage,
		Targets: func(s *service.Site) []service.Target { return created(s, true) },
	},
	{
		ID: "cloudformation.resource.later", Caller: "execution role of the stack",
		Resource: "each resource of the template", Why: "changes the resources of the stack in a later deployment, and takes them away where one goes back",
		Need: service.Listed, Lost: "the first deployment goes through without it, one that changes the resource or goes back does not",
		Basis: service.Reasoned, Source: strings.Replace(handlerPage, "the create handler", "the update and delete handlers", 1),
		Targets: func(s *service.Site) []service.Target {
			return handled(s, true, func(typ string) []string { return needsLater[typ] })
		},
	},
	{
		// The call is CloudFormation's, with the role of the stack: "is not
		// authorized to perform: lambda:InvokeFunction" on creation.
		ID: "cloudformation.resource.custom", Caller: "execution role of the stack",
		Resource: "<ServiceToken>", Context: "lambda:InvokeFunction or sns:Publish",
		Why:  "asks the provider of a custom resource",
		Need: service.Stops, Basis: service.Reported, Source: page + "customresource.html (ServiceToken)",
		Targets: asked,
	},
	{
		ID: "cloudformation.resource.pass", Caller: "execution role of the stack",
		Actions: []string{"iam:PassRole"}, Resource: "roles that the resources of the template name",
		Context: "iam:PassedToService = the service of the resource",
		Why:     "hands a role to the service of a resource of the stack",
		Need:    service.Stops, Basis: service.Documented, Source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
		Targets: passedOn,
	},
}

// execution is the role that makes the resources, and where it is named: the
// action's own, or for a change set that is executed that of the action which
// made it.
func execution(s *service.Site) (string, *doc.Node) {
	a := s.Action
	switch a.Get("ActionMode") {
	case createUpdate, replace:
		return s.RoleARN(a.Get("RoleArn"), s.Account), a.Config.Get("RoleArn")
	case execute:
		for _, st := range s.Pipeline.Stages {
			for _, b := range st.Actions {
				if b.Provider == a.Provider && b.Get("ActionMode") == changeSet && b.Account == a.Account && b.Region == a.Region &&
					b.Get("StackName") == a.Get("StackName") && b.Get("ChangeSetName") == a.Get("ChangeSetName") {
					return s.RoleARN(b.Get("RoleArn"), s.Account), b.Config.Get("RoleArn")
				}
			}
		}
	}
	return "", nil
}

// deployed returns the stack that the action deploys: the one of its name in
// its account and region, or the one of its template there.
func deployed(s *service.Site) *cloud.Stack {
	name := s.Action.Get("StackName")
	_, path, _ := strings.Cut(s.Action.Get("TemplatePath"), "::")
	var found *cloud.Stack
	for _, st := range s.Model.Stacks {
		if st.Account != s.Account || st.Region != s.Region {
			continue
		}
		if st.Name == name && name != "" {
			return st
		}
		if path != "" && (st.Template == path || strings.HasSuffix(st.Template, "/"+path)) {
			found = st
		}
	}
	return found
}

// resources yields what a first deployment of the action's stack creates, and
// the role that does; nothing where the stack is not at hand or exists
// already.
func resources(s *service.Site) (string, *doc.Node, []*cloud.Resource) {
	role, at := execution(s)
	st := deployed(s)
	if name := s.Action.Get("StackName"); role != "" && st == nil {
		s.Model.Assume("the template of stack " + match.Render(name) + " is not at hand: role " +
			match.Render(role) + " is taken to be allowed what the resources in it need")
	}
	if role == "" || st == nil || s.Pipeline != nil && s.Pipeline.Resource != nil && s.Pipeline.Resource.Stack == st {
		return "", nil, nil
	}
	for _, r := range []string{role, s.Role} {
		if p := s.Model.Principal(r); p != nil && p.Resource != nil && p.Resource.Stack == st {
			return "", nil, nil
		}
	}
	var rs []*cloud.Resource
	for _, r := range s.Model.Resources {
		if within(r.Stack, st) && len(r.Maybe) == 0 {
			rs = append(rs, r)
		}
	}
	return role, at, rs
}

// within reports whether a stack is another one or nested in it: what is
// nested is made with the role of the outermost stack
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html,
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html).
func within(s, outer *cloud.Stack) bool {
	for ; s != nil; s = s.Within {
		if s == outer {
			return true
		}
	}
	return false
}

func created(s *service.Site, listed bool) []service.Target {
	return handled(s, listed, func(typ string) []string {
		return slices.DeleteFunc(slices.Clone(needsOf(typ)), func(spec string) bool { return parseNeed(spec).listed != listed })
	})
}

// handled yields what handlers call for each resource, as a table says.
func handled(s *service.Site, listed bool, table func(string) []string) []service.Target {
	role, _, rs := resources(s)
	var ts []service.Target
	for _, r := range rs {
		for _, spec := range table(r.Type) {
			n := parseNeed(spec)
			if n.when != "" && absent(r.Prop(strings.Split(n.when, ".")...)) {
				continue
			}
			on, unknown := places(s, r, n.on), ""
			if len(on) == 0 && n.on == "" && !listed {
				// What the ARN looks like is not known: a policy about everything
				// covers it, and one without the action does not.
				prefix, _, _ := strings.Cut(n.action, ":")
				on = []string{s.ARNIn(prefix, r.Region, r.Account, match.Hole(match.Any, "the ARN of "+r.ID()))}
				unknown = "the policies of " + match.Render(role) + " speak of " + r.ID() + ", where they allow " + n.action + " on resources by name"
			}
			for _, on := range on {
				t := service.Target{
					Assume: unknown,
					Caller: iam.Principal{ARN: role}, Resource: on, Account: owner(s, r, on), Region: r.Region,
					At: r.Span, What: r.LogicalID + " of stack " + match.Render(r.Stack.Name), Only: []string{n.action},
				}
				if strings.HasPrefix(n.action, "logs:") && on != "*" {
					t.Or = on + ":*" // AWS names log groups both ways
				}
				if strings.HasPrefix(n.action, "iam:") {
					boundary(s, r, &t)
				}
				ts = append(ts, t)
			}
		}
	}
	return ts
}

// owner is the account of what a need of a resource is asked on: that of the
// resource, where neither the ARN nor a stack tells another.
func owner(s *service.Site, r *cloud.Resource, on string) string {
	if a := arn.Account(on); a != "" {
		return a
	}
	if o := s.Model.Owner(on); o != nil {
		return o.Account
	}
	return r.Account
}

// asked are the providers of the custom resources: a function, or a topic.
func asked(s *service.Site) []service.Target {
	role, _, rs := resources(s)
	var ts []service.Target
	seen := map[string]bool{}
	for _, r := range rs {
		if !schema.Custom(r.Type) {
			continue
		}
		n := r.Prop("ServiceToken")
		token := cloud.Text(n)
		a, err := arn.Parse(token)
		if err != nil || seen[token] || absent(n) {
			continue
		}
		seen[token] = true
		t := service.Target{
			Caller: iam.Principal{ARN: role}, Resource: token, Account: a.Account, Region: a.Region, At: n.Where(),
			What: "provider of " + r.LogicalID + " of stack " + match.Render(r.Stack.Name),
		}
		switch a.Service {
		case "lambda":
			t.Only = []string{"lambda:InvokeFunction"}
			if f := s.Model.Owner(token); f != nil && f.Type == "AWS::Lambda::Function" {
				t.Starts = f
			}
		case "sns":
			t.Only = []string{"sns:Publish"}
		default:
			continue
		}
		ts = append(ts, t)
	}
	return ts
}

func absent(n *doc.Node) bool {
	return n == nil || n.Kind == doc.Null || len(n.Maybe) > 0 || n.Kind == doc.List && len(n.Items) == 0 || n.Text == "false"
}

// places are the ARNs that a need is asked on: "" the resource itself, "*",
// or what the property named says.
func places(s *service.Site, r *cloud.Resource, on string) []string {
	switch on {
	case "*":
		return []string{"*"}
	case "":
		if r.ARN == "" {
			return nil
		}
		return []string{r.ARN}
	}
	if prop, ok := strings.CutPrefix(on, "{"); ok {
		return object(s, r.Prop(strings.TrimSuffix(prop, "}")))
	}
	var out []string
	add := func(n *doc.Node) {
		v := cloud.Text(n)
		switch r.Type {
		case "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy":
			if v != "" {
				out = append(out, s.RoleARN(v, r.Account))
			}
			return
		}
		if x := s.Model.ByRef(v, r.Account, "", owners[r.Type]...); x != nil && x.ARN != "" {
			out = append(out, x.ARN)
		} else if _, err := arn.Parse(v); err == nil {
			out = append(out, v)
		}
	}
	n := r.Prop(on)
	if n != nil && n.Kind == doc.List {
		for e := range n.Elems() {
			if len(e.Maybe) == 0 {
				add(e)
			}
		}
		return out
	}
	add(n)
	return out
}

// object is an object in S3 that a property names: a map with bucket and key,
// or a URL
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html,
// TemplateURL; https://github.com/aws/aws-cdk/issues/3765 and
// https://github.com/data-dot-all/dataall/issues/625 show that the execution
// role reads them).
func object(s *service.Site, n *doc.Node) []string {
	if bucket, key := cloud.Text(n.Get("S3Bucket")), cloud.Text(n.Get("S3Key")); bucket != "" && key != "" {
		return []string{s.Object(bucket, key).Resource}
	}
	bucket, key, ok := templateURL(cloud.Text(n))
	if !ok {
		return nil
	}
	return []string{s.Object(bucket, key).Resource}
}

// templateURL splits the URL of an object in its two styles
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html).
func templateURL(url string) (bucket, key string, ok bool) {
	rest, ok := strings.CutPrefix(url, "https://")
	if !ok {
		return "", "", false
	}
	host, path, ok := strings.Cut(rest, "/")
	if !ok || path == "" {
		return "", "", false
	}
	path, _, _ = strings.Cut(path, "?")
	if strings.HasPrefix(host, "s3.") || strings.HasPrefix(host, "s3-") {
		bucket, key, ok = strings.Cut(path, "/")
		return bucket, key, ok && strings.Contains(host, ".amazonaws.com")
	}
	for _, sep := range []string{".s3.", ".s3-"} {
		if b, dns, found := strings.Cut(host, sep); found && strings.Contains("."+dns, ".amazonaws.com") {
			return b, path, true
		}
	}
	return "", "", false
}

// boundary sets what IAM tells of the role that is made or changed: its
// permissions boundary, the one key that lets an execution role make roles
// with bounds only
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate).
func boundary(s *service.Site, r *cloud.Resource, t *service.Target) {
	role := r
	if r.Type != "AWS::IAM::Role" {
		p := s.Model.Principal(t.Resource)
		if p == nil || p.Resource == nil {
			t.Context.SetUnknown("iam:PermissionsBoundary")
			return
		}
		role = p.Resource
	}
	n := role.Prop("PermissionsBoundary")
	if absent(n) {
		t.Context.SetAbsent("iam:PermissionsBoundary")
		return
	}
	t.Context.Set("iam:PermissionsBoundary", cloud.Text(n))
}

// passedOn are the roles that the resources hand to their services.
func passedOn(s *service.Site) []service.Target {
	role, _, rs := resources(s)
	var ts []service.Target
	for _, r := range rs {
		for _, p := range passes[r.Type] {
			n := r.Props
			list := strings.HasSuffix(p.prop, "[]")
			n = r.Prop(strings.Split(strings.TrimSuffix(p.prop, "[]"), ".")...)
			nodes := []*doc.Node{n}
			if list {
				nodes = nil
				for e := range n.Elems() {
					if p.of != "" {
						e = e.Get(p.of)
					}
					nodes = append(nodes, e)
				}
			}
			for _, n := range nodes {
				if absent(n) || cloud.Text(n) == "" {
					continue
				}
				a := s.RoleARN(cloud.Text(n), r.Account)
				t := service.Target{
					Caller: iam.Principal{ARN: role}, Resource: a, Account: arn.Account(a), Region: r.Region, At: n.Where(),
					What: "role of " + r.LogicalID + " of stack " + match.Render(r.Stack.Name), Context: service.Context("iam:PassedToService", p.service),
				}
				t.Context.SetUnknown("iam:AssociatedResourceArn")
				ts = append(ts, t)
			}
		}
	}
	return ts
}
