package apigateway

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

const (
	guide          = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
	permissionPage = guide + "api-gateway-control-access-using-iam-policies-to-invoke-api.html"
	lambdaPage     = "https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#apigateway-permissions"
	principal      = "apigateway.amazonaws.com"
)

// jobs: a method of a REST API and a route of an HTTP or WebSocket API is
// called; the account's role for logs is set, which API Gateway tries at once.
var jobs = []service.Job{
	{
		Type: "AWS::ApiGateway::Method", Role: credentials, Principal: principal,
		Assume:       func(*service.Site) iam.Context { return service.Unknown("aws:SourceArn", "aws:SourceAccount") },
		AssumeSource: permissionPage,
		Alone:        func(s *service.Site) bool { return uri(s.Resource.Prop("Integration", "Uri")) != "" },
		Rows: []service.Row{{
			ID: "apigateway.method", Caller: principal + ", or the role of the integration",
			Actions: []string{"lambda:InvokeFunction"}, Resource: "function of <Integration.Uri>",
			Context: "aws:SourceArn = execute-api:<api>/<stage>/<METHOD>/<path>",
			Why:     "calls the function of the method",
			Need:    service.Stops, Basis: service.Documented, Source: lambdaPage,
			Targets: method,
		}},
	},
	{
		Type:  "AWS::ApiGatewayV2::Route",
		Alone: func(s *service.Site) bool { return integration(s) != nil },
		Rows: []service.Row{{
			ID: "apigateway.route", Caller: principal + ", or the role of the integration",
			Actions: []string{"lambda:InvokeFunction"}, Resource: "function of the route's integration",
			Context: "aws:SourceArn = execute-api:<api>/<stage>/<route>",
			Why:     "calls the function of the route",
			Need:    service.Stops, Basis: service.Documented, Source: lambdaPage,
			Targets: route,
		}},
	},
	{
		Type:  "AWS::ApiGateway::Authorizer",
		Alone: func(s *service.Site) bool { return len(authorizer(s)) > 0 },
		Rows:  []service.Row{authorizerRow("apigateway.authorizer")},
	},
	{
		Type:  "AWS::ApiGatewayV2::Authorizer",
		Alone: func(s *service.Site) bool { return len(authorizer(s)) > 0 },
		Rows:  []service.Row{authorizerRow("apigateway.authorizer.v2")},
	},
	{
		Type: "AWS::ApiGateway::Account", Principal: principal,
		Role: func(s *service.Site) (string, source.Span) {
			n := s.Resource.Prop("CloudWatchRoleArn")
			return s.RoleARN(cloud.Text(n), s.Resource.Account), n.Where()
		},
		Assume:       func(*service.Site) iam.Context { return service.Unknown("aws:SourceArn", "aws:SourceAccount") },
		AssumeSource: guide + "set-up-logging.html#set-up-access-logging-permissions",
		Alone:        func(s *service.Site) bool { return s.Resource.Prop("CloudWatchRoleArn") != nil },
		Rows: []service.Row{{
			ID: "apigateway.logs", Caller: "role of the account's setting",
			Actions:  []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents", "logs:GetLogEvents", "logs:FilterLogEvents"},
			Resource: "log groups of the API", Why: "writes the logs of the APIs of the account; tried when the role is set",
			Need: service.Stops, Basis: service.Documented, Source: guide + "set-up-logging.html#set-up-access-logging-permissions",
			Targets: logs,
		}},
	},
}

func credentials(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("Integration", "Credentials")
	text := cloud.Text(n)
	if strings.HasSuffix(text, ":user/*") {
		return "", n.Where() // the caller's own rights
	}
	return s.RoleARN(text, s.Resource.Account), n.Where()
}

// uri is the function in the URI of an integration
// ("arn:aws:apigateway:region:lambda:path/2015-03-31/functions/<ARN>/invocations"),
// or the ARN of one itself; "" for anything else.
func uri(n *doc.Node) string {
	text := cloud.Text(n)
	if _, rest, ok := strings.Cut(text, "/functions/"); ok {
		text, _, _ = strings.Cut(rest, "/invocations")
	}
	if a, err := arn.Parse(text); err != nil || a.Service != "lambda" || strings.Contains(text, "stageVariables") {
		return ""
	}
	return text
}

// stage is the name of the API's stage, a hole where it has not one only.
func stage(s *service.Site, api, typ, prop, idProp string) string {
	found := ""
	for r := range s.Model.OfType(typ) {
		if cloud.Text(r.Prop(idProp)) != api {
			continue
		}
		name := cloud.Text(r.Prop(prop))
		if name == "" || found != "" && found != name {
			return match.Hole(match.Name, "the stage")
		}
		found = name
	}
	if found == "" {
		return match.Hole(match.Name, "the stage")
	}
	return found
}

func from(s *service.Site, api, stage, what string) iam.Context {
	c := service.Context("aws:SourceArn", s.ARN("execute-api", api+"/"+stage+"/"+what))
	c.Put("aws:SourceAccount", iam.ContextValue{State: iam.Known, Values: []string{s.Resource.Account}, Optional: true})
	return c
}

func method(s *service.Site) []service.Target {
	n := s.Resource.Prop("Integration", "Uri")
	fn := uri(n)
	if fn == "" {
		return nil
	}
	t := service.Target{Resource: fn, Account: arn.Account(fn), Region: arnRegion(fn), At: n.Where(), What: "function of the method", Starts: started(s, fn)}
	if s.Role != "" {
		return []service.Target{t}
	}
	if cloud.Text(s.Resource.Prop("Integration", "Credentials")) != "" {
		return nil // with the rights of whoever calls
	}
	api := cloud.Text(s.Resource.Prop("RestApiId"))
	verb := cloud.Text(s.Resource.Prop("HttpMethod"))
	if verb == "ANY" || verb == "" {
		verb = match.Hole(match.Name, "the method of the request")
	}
	st := stage(s, api, "AWS::ApiGateway::Stage", "StageName", "RestApiId")
	if d := stage(s, api, "AWS::ApiGateway::Deployment", "StageName", "RestApiId"); match.HasHole(st) {
		st = d
	}
	t.Caller = iam.Principal{Service: principal}
	t.Context = from(s, api, st, verb+"/"+path(s, cloud.Text(s.Resource.Prop("ResourceId")), 0))
	return []service.Target{t}
}

// path is the path of a resource of a REST API without the first slash. What
// stands for a variable of the path in the ARN is "*", as the console and the
// CDK write it.
func path(s *service.Site, id string, depth int) string {
	r := s.Model.ByRef(id, s.Resource.Account, s.Resource.Region, "AWS::ApiGateway::Resource")
	if r == nil || depth > 20 {
		if strings.Contains(id, "RootResourceId") {
			return ""
		}
		return match.Hole(match.Key, "the path")
	}
	part := cloud.Text(r.Prop("PathPart"))
	if strings.HasPrefix(part, "{") {
		part = "*"
	}
	if head := path(s, cloud.Text(r.Prop("ParentId")), depth+1); head != "" {
		return head + "/" + part
	}
	return part
}

func arnRegion(s string) string {
	a, _ := arn.Parse(s)
	return a.Region
}

func started(s *service.Site, fn string) *cloud.Resource {
	if r := s.Model.Owner(fn); r != nil && r.Type == "AWS::Lambda::Function" {
		return r
	}
	return nil
}

// integration is that of a route, nil where it calls no function.
func integration(s *service.Site) *cloud.Resource {
	target := cloud.Text(s.Resource.Prop("Target"))
	id, ok := strings.CutPrefix(target, "integrations/")
	if !ok {
		return nil
	}
	r := s.Model.ByRef(id, s.Resource.Account, s.Resource.Region, "AWS::ApiGatewayV2::Integration")
	if r == nil || uri(r.Prop("IntegrationUri")) == "" {
		return nil
	}
	return r
}

// route: the route key is "GET /path", "$default", or the key of a route of a
// WebSocket API
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
func route(s *service.Site) []service.Target {
	in := integration(s)
	if in == nil {
		return nil
	}
	n := in.Prop("IntegrationUri")
	fn := uri(n)
	t := service.Target{Resource: fn, Account: arn.Account(fn), Region: arnRegion(fn), At: n.Where(), What: "function of the route", Starts: started(s, fn)}
	if role := s.RoleARN(cloud.Text(in.Prop("CredentialsArn")), in.Account); role != "" {
		t.Caller = iam.Principal{ARN: role}
		return []service.Target{t}
	}
	api := cloud.Text(s.Resource.Prop("ApiId"))
	verb, p, ok := strings.Cut(cloud.Text(s.Resource.Prop("RouteKey")), " ")
	what := verb
	if ok {
		if verb == "ANY" {
			verb = match.Hole(match.Name, "the method of the request")
		}
		var parts []string
		for part := range strings.SplitSeq(strings.TrimPrefix(p, "/"), "/") {
			if strings.HasPrefix(part, "{") {
				part = match.Hole(match.Key, "a part of the path")
			}
			parts = append(parts, part)
		}
		what = verb + "/" + strings.Join(parts, "/")
	}
	t.Caller = iam.Principal{Service: principal}
	t.Context = from(s, api, stage(s, api, "AWS::ApiGatewayV2::Stage", "StageName", "ApiId"), what)
	return []service.Target{t}
}

func logs(s *service.Site) []service.Target {
	if s.Role == "" {
		return nil
	}
	at := s.Resource.Prop("CloudWatchRoleArn").Where()
	group := "log-group:API-Gateway-Execution-Logs_" + match.Hole(match.Name, "the API") + "/" + match.Hole(match.Name, "the stage")
	t := service.Target{Resource: s.ARN("logs", group), At: at, What: "log group of the API", Only: []string{"logs:CreateLogGroup", "logs:DescribeLogStreams", "logs:FilterLogEvents"}}
	stream := service.Target{Resource: s.ARN("logs", group+":log-stream:"+match.Hole(match.Name, "the stream")), At: at, What: "log of the API", Only: []string{"logs:CreateLogStream", "logs:PutLogEvents", "logs:GetLogEvents"}}
	all := service.Target{Resource: s.ARN("logs", "log-group:*"), At: at, What: "log groups", Only: []string{"logs:DescribeLogGroups"}}
	return []service.Target{t, stream, all}
}
