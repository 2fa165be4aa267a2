package sam

import (
	"crypto/sha1"
	"encoding/hex"

	"penstock/diag"
	"penstock/doc"
)

// The APIs that SAM makes for routes that name none.
const (
	implicitREST = "ServerlessRestApi"
	implicitHTTP = "ServerlessHttpApi"
)

// routeAPI permits the REST API to invoke the function, for a route.
func (f *function) routeAPI(e *event) {
	b := e.b
	api, suffix := e.prop("RestApiId"), "Prod"
	switch id := target(api); {
	case api == nil:
		f.x.shared[implicitREST] = append(f.x.shared[implicitREST], contribution{f.condition, e.b.span()})
		api = b.ref(implicitREST)
	case f.x.source[id].Get("Type").Str() == prefix+"Api":
		suffix = stageName(f.x.merged[id].Get("StageName"), "Stage")
	default:
		suffix = "Stage"
	}
	source := b.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/${__Stage__}/"+route(e.prop("Method").Str(), e.prop("Path").Str()),
		"__ApiId__", api, "__Stage__", "*")
	f.make(e.id+"Permission"+suffix, b, "AWS::Lambda::Permission", b.dict("Action", "lambda:InvokeFunction",
		"FunctionName", f.name(b), "Principal", "apigateway.amazonaws.com", "SourceArn", source))
}

// routeHTTP permits the HTTP API to invoke the function, for a route; the
// default route stands for all.
func (f *function) routeHTTP(e *event) {
	b := e.b
	api := e.prop("ApiId")
	if api == nil {
		f.x.shared[implicitHTTP] = append(f.x.shared[implicitHTTP], contribution{f.condition, e.b.span()})
		api = b.ref(implicitHTTP)
	}
	end := "*"
	if p := e.prop("Path"); p != nil && p.Str() != "$default" {
		if f.everyRoute(api) {
			return
		}
		end = route(e.prop("Method").Str(), p.Str())
	}
	f.make(e.id+"Permission", b, "AWS::Lambda::Permission", b.dict("Action", "lambda:InvokeFunction",
		"FunctionName", f.name(b), "Principal", "apigateway.amazonaws.com",
		"SourceArn", b.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/${__Stage__}/"+end, "__ApiId__", api, "__Stage__", "*")))
}

// everyRoute reports whether an event of the function is the default route of
// an HTTP API, whose permission covers all routes.
func (f *function) everyRoute(api *doc.Node) bool {
	for _, ev := range f.prop("Events").Fields {
		p := ev.Value.Get("Properties")
		if ev.Value.Get("Type").Str() != "HttpApi" || target(p.Get("ApiId")) != target(api) && (p.Get("ApiId") != nil || target(api) != implicitHTTP) {
			continue
		}
		if path := p.Get("Path"); path == nil || path.Str() == "$default" {
			return true
		}
	}
	return false
}

// stageName is what a stage's name adds to a logical id: a hash where the name
// is no word, and open where a function gives it.
func stageName(n *doc.Node, open string) string {
	switch {
	case !literal(n):
		return open
	case n.Str() == alphanumeric(n.Str()):
		return n.Str()
	}
	return hash(n.Str())
}

// hash is how the transform makes the end of a logical id.
func hash(text string) string {
	sum := sha1.Sum([]byte(text))
	return hex.EncodeToString(sum[:])[:10]
}

// api expands AWS::Serverless::Api. What SAM writes into the OpenAPI document
// (Cors, Models …) is left out, and so are domains, keys and usage plans:
// nobody gets a right by them.
func (r *resource) api() {
	b := r.b
	props := r.rest("StageName", "DefinitionBody", "DefinitionUri", "Variables", "TracingEnabled", "MethodSettings", "AccessLogSetting",
		"CanarySetting", "CacheClusterEnabled", "CacheClusterSize", "OpenApiVersion", "AlwaysDeploy", "PropagateTags", "Tags", "MergeDefinitions",
		"Auth", "Cors", "Domain", "GatewayResponses", "Models", "EndpointConfiguration")
	if p := r.prop("Policy"); p == nil {
		b.put(props, "Policy", r.apiPolicy())
	}
	b.put(props, "Body", r.prop("DefinitionBody"))
	b.put(props, "BodyS3Location", location(r.prop("DefinitionUri"), "Bucket", "Key", "Version"))
	r.main("AWS::ApiGateway::RestApi", props)
	stage := r.prop("StageName")
	if stage == nil {
		r.x.find(CodeRefused, r.key.Span, diag.Error, "%q has no StageName: SAM refuses it", r.id)
		return
	}
	r.make(r.id+"Deployment", b, "AWS::ApiGateway::Deployment", b.dict("RestApiId", b.ref(r.id), "StageName", "Stage"))
	id := r.id + stageName(stage, "") + "Stage"
	if literal(stage) && stage.Str() != alphanumeric(stage.Str()) {
		id = r.id + "Stage" + hash(stage.Str())
	}
	r.make(id, b, "AWS::ApiGateway::Stage", b.dict("DeploymentId", b.ref(r.id+"Deployment"), "RestApiId", b.ref(r.id), "StageName", stage,
		"Variables", r.prop("Variables"), "TracingEnabled", r.prop("TracingEnabled"), "MethodSettings", r.prop("MethodSettings"),
		"AccessLogSetting", r.prop("AccessLogSetting"), "CanarySetting", r.prop("CanarySetting"),
		"CacheClusterEnabled", r.prop("CacheClusterEnabled"), "CacheClusterSize", r.prop("CacheClusterSize")))
	r.x.alias[r.id+".Stage"], r.x.alias[r.id+".Deployment"] = id, r.id+"Deployment"
	r.authorizers(func(a *doc.Node) bool { return a.Get("DisableFunctionDefaultPermissions").Str() != "true" })
}

// httpAPI expands AWS::Serverless::HttpApi.
func (r *resource) httpAPI() {
	b := r.b
	props := r.rest("StageName", "DefinitionBody", "DefinitionUri", "StageVariables", "DefaultRouteSettings", "RouteSettings",
		"AccessLogSettings", "PropagateTags", "Tags", "Auth", "Domain")
	b.put(props, "Body", r.prop("DefinitionBody"))
	b.put(props, "BodyS3Location", location(r.prop("DefinitionUri"), "Bucket", "Key", "Version"))
	r.main("AWS::ApiGatewayV2::Api", props)
	stage := r.prop("StageName")
	if stage == nil {
		stage = b.str("$default")
	}
	id := r.id + stageName(stage, "") + "Stage"
	switch {
	case stage.Str() == "$default" && literal(stage):
		id = r.id + "ApiGatewayDefaultStage"
	case literal(stage) && stage.Str() != alphanumeric(stage.Str()):
		id = r.id + "Stage" + hash(stage.Str())
	}
	r.make(id, b, "AWS::ApiGatewayV2::Stage", b.dict("ApiId", b.ref(r.id), "StageName", stage, "AutoDeploy", b.boolean(true),
		"StageVariables", r.prop("StageVariables"), "DefaultRouteSettings", r.prop("DefaultRouteSettings"),
		"RouteSettings", r.prop("RouteSettings"), "AccessLogSettings", r.prop("AccessLogSettings")))
	r.x.alias[r.id+".Stage"] = id
	r.authorizers(func(a *doc.Node) bool { return a.Get("EnableFunctionDefaultPermissions").Str() == "true" })
}

// authorizers permits the API to invoke its Lambda authorizers, those that
// permitted says
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-lambdatokenauthorizer.html,
// …/sam-property-httpapi-lambdaauthorizer.html).
func (r *resource) authorizers(permitted func(*doc.Node) bool) {
	as := r.prop("Auth").Get("Authorizers")
	if !plainMap(as) {
		return
	}
	for _, f := range as.Fields {
		fn := f.Value.Get("FunctionArn")
		if fn == nil || !permitted(f.Value) {
			continue
		}
		b := at(f.Key.Span)
		r.make(r.id+f.Name()+"AuthorizerPermission", b, "AWS::Lambda::Permission", b.dict("Action", "lambda:InvokeFunction",
			"FunctionName", fn, "Principal", "apigateway.amazonaws.com",
			"SourceArn", b.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*", "__ApiId__", b.ref(r.id))))
	}
}

// apiPolicy is the resource policy of Auth: the statements as they stand, or
// unknown where SAM makes them of lists of addresses, networks and accounts.
func (r *resource) apiPolicy() *doc.Node {
	p := r.prop("Auth").Get("ResourcePolicy")
	if !plainMap(p) {
		return nil
	}
	if s := p.Get("CustomStatements"); s != nil && len(p.Fields) == 1 {
		return at(p.Span).dict("Version", "2012-10-17", "Statement", s)
	}
	return &doc.Node{Kind: doc.Unknown, Text: "the resource policy of " + r.id, Span: p.Span}
}

// apis adds the implicit APIs that routes asked for.
func (x *expander) apis() {
	for _, id := range [...]string{implicitREST, implicitHTTP} {
		cs := x.shared[id]
		if len(cs) == 0 {
			continue
		}
		b := at(cs[0].at)
		kind := map[string]string{implicitREST: "Api", implicitHTTP: "HttpApi"}[id]
		var props *doc.Node
		if g := x.root.At("Globals", kind); plainMap(g) {
			props = g
		}
		r := &resource{x: x, id: id, key: b.str(id), props: props, b: b, condition: x.either(id+"Condition", cs)}
		r.body = b.dict("Type", prefix+kind, "Condition", r.condition)
		if id == implicitHTTP {
			r.httpAPI()
			continue
		}
		if r.prop("StageName") == nil {
			r.props = b.with(props, "StageName", b.str("Prod"))
		}
		r.api()
	}
}
