package sam

import (
	"strconv"
	"strings"

	"penstock/doc"
)

// graphQL expands AWS::Serverless::GraphQLApi
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-graphqlapi.html):
// the API, its schema, keys, data sources, functions and resolvers, the roles
// of the data sources and of the log, and the permission of Lambda authorizers.
func (r *resource) graphQL() {
	b := r.b
	auth := r.prop("Auth")
	props := r.rest("Auth", "Tags", "SchemaInline", "SchemaUri", "Logging", "ApiKeys", "DataSources", "Functions", "Resolvers", "Cache", "DomainName")
	if r.prop("Name") == nil {
		b.put(props, "Name", r.id)
	}
	b.put(props, "AuthenticationType", auth.Get("Type"))
	b.put(props, "Tags", r.tags("graphqlapi:createdBy"))
	b.put(props, "LogConfig", r.graphLog())
	r.main(graphType, props)

	api := b.getAtt(r.id, "ApiId")
	r.make(r.id+"Schema", b, "AWS::AppSync::GraphQLSchema", b.dict("ApiId", api,
		"Definition", r.prop("SchemaInline"), "DefinitionS3Location", r.prop("SchemaUri")))
	if keys := r.prop("ApiKeys"); plainMap(keys) {
		for _, k := range keys.Fields {
			kb := at(k.Key.Span)
			r.make(r.id+k.Name(), kb, "AWS::AppSync::ApiKey", kb.dict("ApiId", api))
		}
	}
	r.sources(api)
	r.code(api)
	authorizers := []*doc.Node{auth}
	for a := range auth.Get("Additional").Elems() {
		authorizers = append(authorizers, a)
	}
	n := 0
	for _, a := range authorizers {
		if fn := a.At("LambdaAuthorizer", "AuthorizerUri"); fn != nil {
			n++
			ab := at(a.Span)
			r.resourcePolicy(r.id+"ToLambdaAuthConnector"+strconv.Itoa(n), "", r.condition, profiles[graphType+">"+lambdaType],
				end{typ: graphType, id: ab.getAtt(r.id, "ApiId")}, end{typ: lambdaType, arn: fn})
		}
	}
}

// graphLog is the LogConfig of the API, with a role of SAM's own unless one is
// given; nil where Logging is false.
func (r *resource) graphLog() *doc.Node {
	l := r.prop("Logging")
	if l.Str() == "false" {
		return nil
	}
	b := r.b
	level, role := b.str("ALL"), l.Get("CloudWatchLogsRoleArn")
	if n := l.Get("FieldLogLevel"); n != nil {
		level = n
	}
	if role == nil {
		id := r.id + "CloudWatchRole"
		r.make(id, b, "AWS::IAM::Role", b.dict("AssumeRolePolicyDocument", b.trust("appsync.amazonaws.com"),
			"ManagedPolicyArns", b.list(b.managed("service-role/AWSAppSyncPushToCloudWatchLogs"))))
		role = b.getAtt(id, "Arn")
	}
	return b.dict("CloudWatchLogsRoleArn", role, "FieldLogLevel", level, "ExcludeVerboseContent", l.Get("ExcludeVerboseContent"))
}

// sources adds the data sources.
func (r *resource) sources(api *doc.Node) {
	ds := r.prop("DataSources")
	for _, kind := range [...]struct{ name, typ, id, connector, arn, to string }{
		{"DynamoDb", "AMAZON_DYNAMODB", "DynamoDBDataSource", "ToTableConnector", "TableArn", tableType},
		{"Lambda", "AWS_LAMBDA", "LambdaDataSource", "ToLambdaConnector", "FunctionArn", lambdaType},
	} {
		m := ds.Get(kind.name)
		if !plainMap(m) {
			continue
		}
		for _, f := range m.Fields {
			b, d := at(f.Key.Span), f.Value
			id := r.id + f.Name() + kind.id
			role := d.Get("ServiceRoleArn")
			if role == nil {
				r.make(id+"Role", b, "AWS::IAM::Role", b.dict("AssumeRolePolicyDocument", b.trust("appsync.amazonaws.com")))
				role = b.getAtt(id+"Role", "Arn")
				want := d.Get("Permissions")
				if want == nil {
					want = b.list(b.str("Read"), b.str("Write"))
				}
				if kind.to == lambdaType {
					want = b.list(b.str("Write"))
				}
				r.connect(id+kind.connector, "", r.condition, end{typ: dataType, role: b.ref(id + "Role")},
					end{typ: kind.to, arn: d.Get(kind.arn)}, b.dict("Permissions", want))
			}
			name := d.Get("Name")
			if name == nil {
				name = b.str(f.Name())
			}
			r.make(id, b, dataType, b.dict("ApiId", api, "Name", name, "Type", kind.typ, "ServiceRoleArn", role,
				"LambdaConfig", lambdaConfig(b, kind.to, d)))
		}
	}
}

func lambdaConfig(b at, to string, d *doc.Node) *doc.Node {
	if to != lambdaType {
		return nil
	}
	return b.dict("LambdaFunctionArn", d.Get("FunctionArn"))
}

// code adds functions and resolvers; what they do is not followed.
func (r *resource) code(api *doc.Node) {
	if m := r.prop("Functions"); plainMap(m) {
		for _, f := range m.Fields {
			b := at(f.Key.Span)
			r.make(r.id+f.Name(), b, "AWS::AppSync::FunctionConfiguration", b.dict("ApiId", api, "Name", f.Name()))
		}
	}
	m := r.prop("Resolvers")
	if !plainMap(m) {
		return
	}
	for _, t := range m.Fields {
		if !plainMap(t.Value) {
			continue
		}
		for _, f := range t.Value.Fields {
			b := at(f.Key.Span)
			field := b.str(f.Name())
			if n := f.Value.Get("FieldName"); n != nil {
				field = n
			}
			r.make(r.id+t.Name()+f.Name(), b, "AWS::AppSync::Resolver", b.dict("ApiId", api, "TypeName", t.Name(), "FieldName", field))
		}
	}
}

// webSocketAPI expands AWS::Serverless::WebSocketApi: the API, a stage, and for
// each route an integration with its function, which the API may invoke.
func (r *resource) webSocketAPI() {
	b := r.b
	props := r.rest("StageName", "Routes", "Auth", "Domain", "Tags", "PropagateTags", "AccessLogSettings", "StageVariables",
		"DefaultRouteSettings", "RouteSettings", "DefinitionBody", "DefinitionUri")
	if r.prop("Name") == nil {
		b.put(props, "Name", r.id)
	}
	b.put(props, "ProtocolType", "WEBSOCKET")
	r.main(httpType, props)
	stage := r.prop("StageName")
	if stage == nil {
		stage = b.str("default")
	}
	id := r.id + "DefaultStage"
	if literal(stage) && stage.Str() != "default" {
		id = r.id + stageName(stage, "") + "Stage"
	}
	r.make(id, b, "AWS::ApiGatewayV2::Stage", b.dict("ApiId", b.ref(r.id), "StageName", stage, "AutoDeploy", b.boolean(true)))
	r.x.alias[r.id+".Stage"] = id
	routes := r.prop("Routes")
	if !plainMap(routes) {
		return
	}
	for _, f := range routes.Fields {
		rb, name := at(f.Key.Span), routeID(f.Name())
		r.make(r.id+name+"Route", rb, "AWS::ApiGatewayV2::Route", rb.dict("ApiId", rb.ref(r.id), "RouteKey", f.Name(),
			"Target", rb.dict("Fn::Join", rb.list(rb.str("/"), rb.list(rb.str("integrations"), rb.ref(r.id+name+"Integration"))))))
		fn := f.Value.Get("FunctionArn")
		r.make(r.id+name+"Integration", rb, "AWS::ApiGatewayV2::Integration", rb.dict("ApiId", rb.ref(r.id), "IntegrationType", "AWS_PROXY"))
		if fn == nil {
			continue
		}
		text, vars := "${"+r.id+".ApiId}/", []any{}
		if literal(stage) {
			text += stage.Str()
		} else {
			text += "${__Stage__}"
			vars = []any{"__Stage__", stage}
		}
		r.make(r.id+name+"Permission", rb, "AWS::Lambda::Permission", rb.dict("Action", "lambda:InvokeFunction", "FunctionName", fn,
			"Principal", "apigateway.amazonaws.com",
			"SourceArn", rb.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"+text+"/"+f.Name(), vars...)))
	}
}

// routeID is what a route's key adds to a logical id.
func routeID(key string) string {
	if special, ok := map[string]string{"$connect": "Connect", "$disconnect": "Disconnect", "$default": "Default"}[key]; ok {
		return special
	}
	if id := alphanumeric(key); id != "" {
		return strings.ToUpper(id[:1]) + id[1:]
	}
	return ""
}

// capacityProvider expands AWS::Serverless::CapacityProvider, with the role by
// which Lambda runs the instances unless one is given.
func (r *resource) capacityProvider() {
	b := r.b
	props := r.rest("OperatorRole", "Tags", "PropagateTags")
	role := r.prop("OperatorRole")
	if role == nil {
		r.make(r.id+"OperatorRole", b, "AWS::IAM::Role", b.dict("AssumeRolePolicyDocument", b.trust("lambda.amazonaws.com"),
			"ManagedPolicyArns", b.list(b.managed("AWSLambdaManagedEC2ResourceOperator")), "Tags", r.tags("lambda:createdBy")))
		role = b.getAtt(r.id+"OperatorRole", "Arn")
	}
	b.put(props, "PermissionsConfig", b.dict("CapacityProviderOperatorRoleArn", role))
	r.main("AWS::Lambda::CapacityProvider", props)
}
