package apigateway

import (
	"cmp"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

// authorizerRow is the row of an authorizer: API Gateway asks the function of an authorizer before it
// calls anything else.
func authorizerRow(id string) service.Row {
	return service.Row{
		ID: id, Caller: principal + ", or the role of the authorizer",
		Actions: []string{"lambda:InvokeFunction"}, Resource: "function of <AuthorizerUri>",
		Context: "aws:SourceArn = execute-api:<api>/authorizers/<id>",
		Why:     "asks the function of the authorizer",
		Need:    service.Stops, Basis: service.Documented, Source: guide + "apigateway-use-lambda-authorizer.html; " + guide + "http-api-lambda-authorizer.html#http-api-lambda-authorizer.permissions",
		Targets: authorizer,
	}
}

func authorizer(s *service.Site) []service.Target {
	n := s.Resource.Prop("AuthorizerUri")
	fn := uri(n)
	if fn == "" {
		return nil
	}
	t := service.Target{Caller: iam.Principal{Service: principal}, Resource: fn, Account: arn.Account(fn), At: n.Where(), What: "function of the authorizer"}
	if role := s.RoleARN(cloud.Text(s.Resource.Prop("AuthorizerCredentialsArn")), s.Resource.Account); role != "" {
		t.Caller = iam.Principal{ARN: role}
		return []service.Target{t}
	}
	if role := s.RoleARN(cloud.Text(s.Resource.Prop("AuthorizerCredentials")), s.Resource.Account); role != "" {
		t.Caller = iam.Principal{ARN: role}
		return []service.Target{t}
	}
	api := cmp.Or(cloud.Text(s.Resource.Prop("RestApiId")), cloud.Text(s.Resource.Prop("ApiId")))
	id := cmp.Or(s.Resource.Ref, match.Hole(match.Name, "the id of authorizer "+s.Resource.ID()))
	t.Context = service.Context("aws:SourceArn", s.ARN("execute-api", api+"/authorizers/"+id), "aws:SourceAccount", s.Account)
	return []service.Target{t}
}
