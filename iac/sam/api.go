package sam

import (
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
		suffix = stageName(f.x, f.x.merged[id].Get("StageName"))
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
		end = route(e.prop("Method").Str(), p.Str())
	}
	f.make(e.id+"Permission", b, "AWS::Lambda::Permission", b.dict("Action", "lambda:InvokeFunction",
		"FunctionName", f.name(b), "Principal", "apigateway.amazonaws.com",
		"SourceArn", b.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/${__Stage__}/"+end, "__ApiId__", api, "__Stage__", "*")))
}

// stageName is what a stage's name adds to a logical id.
func stageName(x *expander, n *doc.Node) string {
	if s, ok := x.settled(n); ok {
		if s == "$default" {
			return "ApiGatewayDefault"
		}
		return alphanumeric(s)
	}
	return ""
}

// api expands AWS::Serverless::Api. What SAM alone understands (Auth, Cors,
// Domain …) stands on the RestApi, where it counts as not understood.
func (r *resource) api() {
	b := r.b
	props := r.rest("StageName", "DefinitionBody", "DefinitionUri", "Variables", "TracingEnabled", "MethodSettings", "AccessLogSetting",
		"CanarySetting", "CacheClusterEnabled", "CacheClusterSize", "OpenApiVersion", "AlwaysDeploy", "PropagateTags", "Tags", "MergeDefinitions")
	b.put(props, "Body", r.prop("DefinitionBody"))
	b.put(props, "BodyS3Location", location(r.prop("DefinitionUri"), "Bucket", "Key", "Version"))
	r.main("AWS::ApiGateway::RestApi", props)
	stage := r.prop("StageName")
	if stage == nil {
		r.x.find(CodeRefused, r.key.Span, diag.Error, "%q has no StageName: SAM refuses it", r.id)
		return
	}
	r.make(r.id+"Deployment", b, "AWS::ApiGateway::Deployment", b.dict("RestApiId", b.ref(r.id), "StageName", "Stage"))
	id := r.id + stageName(r.x, stage) + "Stage"
	r.make(id, b, "AWS::ApiGateway::Stage", b.dict("DeploymentId", b.ref(r.id+"Deployment"), "RestApiId", b.ref(r.id), "StageName", stage,
		"Variables", r.prop("Variables"), "TracingEnabled", r.prop("TracingEnabled"), "MethodSettings", r.prop("MethodSettings"),
		"AccessLogSetting", r.prop("AccessLogSetting"), "CanarySetting", r.prop("CanarySetting"),
		"CacheClusterEnabled", r.prop("CacheClusterEnabled"), "CacheClusterSize", r.prop("CacheClusterSize")))
	r.x.alias[r.id+".Stage"], r.x.alias[r.id+".Deployment"] = id, r.id+"Deployment"
}

// httpAPI expands AWS::Serverless::HttpApi.
func (r *resource) httpAPI() {
	b := r.b
	props := r.rest("StageName", "DefinitionBody", "DefinitionUri", "StageVariables", "DefaultRouteSettings", "RouteSettings",
		"AccessLogSettings", "PropagateTags", "Tags")
	b.put(props, "Body", r.prop("DefinitionBody"))
	b.put(props, "BodyS3Location", location(r.prop("DefinitionUri"), "Bucket", "Key", "Version"))
	r.main("AWS::ApiGatewayV2::Api", props)
	stage := r.prop("StageName")
	if stage == nil {
		stage = b.str("$default")
	}
	id := r.id + stageName(r.x, stage) + "Stage"
	r.make(id, b, "AWS::ApiGatewayV2::Stage", b.dict("ApiId", b.ref(r.id), "StageName", stage, "AutoDeploy", b.boolean(true),
		"StageVariables", r.prop("StageVariables"), "DefaultRouteSettings", r.prop("DefaultRouteSettings"),
		"RouteSettings", r.prop("RouteSettings"), "AccessLogSettings", r.prop("AccessLogSettings")))
	r.x.alias[r.id+".Stage"] = id
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
		r := &resource{x: x, id: id, key: b.str(id), props: props, b: b, condition: x.either(id, cs)}
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
