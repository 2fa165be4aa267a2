package sam

import "penstock/doc"

// machine expands AWS::Serverless::StateMachine
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html).
func (r *resource) machine() {
	b := r.b
	props := r.rest("Name", "Type", "Role", "Policies", "RolePath", "PermissionsBoundary", "AssumeRolePolicyDocument", "Events",
		"DefinitionUri", "Logging", "Tracing", "Tags", "AutoPublishAlias", "DeploymentPreference", "UseAliasAsEventTarget", "PropagateTags")
	b.put(props, "StateMachineName", r.prop("Name"))
	b.put(props, "StateMachineType", r.prop("Type"))
	b.put(props, "DefinitionS3Location", location(r.prop("DefinitionUri"), "Bucket", "Key", "Version"))
	b.put(props, "LoggingConfiguration", r.prop("Logging"))
	b.put(props, "TracingConfiguration", r.prop("Tracing"))
	b.put(props, "Tags", r.tags("stateMachine:createdBy"))
	role := r.prop("Role")
	if role == nil {
		b.put(props, "RoleArn", b.getAtt(r.id+"Role", "Arn"))
	} else {
		b.put(props, "RoleArn", role)
	}
	r.main("AWS::StepFunctions::StateMachine", props)
	if role == nil {
		var managed, inline []*doc.Node
		r.policies(r.id+"Role", &managed, &inline)
		if t := r.prop("Tracing").Get("Enabled"); t != nil && t.Str() != "false" {
			managed = append(managed, at(t.Span).managed("AWSXrayWriteOnlyAccess"))
		}
		r.role("states.amazonaws.com", "stateMachine:createdBy", r.condition, managed, inline)
	}
	start := func(b at) *doc.Node { return b.ref(r.id) }
	if alias := r.prop("AutoPublishAlias"); alias != nil {
		ab := at(alias.Span)
		text, _ := r.x.settled(alias)
		id, version := r.id+"Alias"+alphanumeric(text), r.id+"Version"
		r.make(version, ab, "AWS::StepFunctions::StateMachineVersion", ab.dict("StateMachineArn", ab.ref(r.id),
			"StateMachineRevisionId", ab.getAtt(r.id, "StateMachineRevisionId")), "DeletionPolicy", "Retain", "UpdateReplacePolicy", "Retain")
		props := ab.dict("Name", alias)
		if p := r.prop("DeploymentPreference"); p != nil {
			ab.put(props, "DeploymentPreference", ab.with(p, "StateMachineVersionArn", ab.ref(version)))
		} else {
			ab.put(props, "RoutingConfiguration", ab.list(ab.dict("StateMachineVersionArn", ab.ref(version), "Weight", ab.node(doc.Number, "100"))))
		}
		r.make(id, ab, "AWS::StepFunctions::StateMachineAlias", props)
		r.x.alias[r.id+".Alias"], r.x.alias[r.id+".Version"] = id, version
		if r.prop("UseAliasAsEventTarget").Str() == "true" {
			start = func(b at) *doc.Node { return b.ref(id) }
		}
	}
	if evs := r.prop("Events"); plainMap(evs) {
		for _, f := range evs.Fields {
			r.startEvent(f, start)
		}
	}
}

// startEvent makes what starts executions for an event, and the role by which
// it may.
func (r *resource) startEvent(f doc.Field, start func(at) *doc.Node) {
	e, typ := r.newEvent(f)
	if e == nil {
		return
	}
	b := e.b
	role := func(service string) *doc.Node {
		if given := e.prop("RoleArn"); given != nil {
			return given
		}
		boundary := e.prop("PermissionsBoundary")
		if boundary == nil {
			boundary = r.prop("PermissionsBoundary")
		}
		r.make(e.id+"Role", b, "AWS::IAM::Role", b.dict("AssumeRolePolicyDocument", b.trust(service),
			"Policies", b.list(b.inline(e.id+"RoleStartExecutionPolicy", b.bare(b.allow("states:StartExecution", start(b))))),
			"PermissionsBoundary", boundary))
		return b.getAtt(e.id+"Role", "Arn")
	}
	switch typ {
	case "Api":
		role("apigateway.amazonaws.com")
		if e.prop("RestApiId") == nil {
			r.x.shared[implicitREST] = append(r.x.shared[implicitREST], contribution{r.condition, e.b.span()})
		}
	case "Schedule", "CloudWatchEvent", "EventBridgeRule":
		r.rule(e, typ, start(b), "StepFunctions", role("events.amazonaws.com"))
	case "ScheduleV2":
		r.schedule(e, start(b), "StartExecution", "states:StartExecution")
	default:
		r.stranger(e, typ, f)
	}
}

// table expands AWS::Serverless::SimpleTable.
func (r *resource) table() {
	b := r.b
	props := r.rest("PrimaryKey", "ProvisionedThroughput", "Tags")
	name, kind := b.str("id"), b.str("S")
	if k := r.prop("PrimaryKey"); k != nil {
		if n := k.Get("Name"); n != nil {
			name = n
		}
		if t, ok := map[string]string{"String": "S", "Number": "N", "Binary": "B"}[k.Get("Type").Str()]; ok {
			kind = b.str(t)
		}
	}
	b.put(props, "AttributeDefinitions", b.list(b.dict("AttributeName", name, "AttributeType", kind)))
	b.put(props, "KeySchema", b.list(b.dict("AttributeName", name, "KeyType", "HASH")))
	if t := r.prop("ProvisionedThroughput"); t != nil {
		b.put(props, "ProvisionedThroughput", t)
	} else {
		b.put(props, "BillingMode", "PAY_PER_REQUEST")
	}
	if ts := r.prop("Tags"); ts != nil {
		l := r.tags("")
		if isList(l) && len(l.Items) > 0 && l.Items[0].Get("Key").Str() == "" {
			l.Items = l.Items[1:] // a table bears no mark
		}
		b.put(props, "Tags", l)
	}
	r.main("AWS::DynamoDB::Table", props)
}

// layer expands AWS::Serverless::LayerVersion; its logical id carries a hash
// of its content once deployed.
func (r *resource) layer() {
	props := r.rest("ContentUri", "RetentionPolicy", "PublishLambdaVersion", "LayerName")
	name := r.prop("LayerName")
	if name == nil {
		name = r.b.str(r.id)
	}
	r.b.put(props, "LayerName", name)
	r.b.put(props, "Content", location(r.prop("ContentUri"), "S3Bucket", "S3Key", "S3ObjectVersion"))
	r.main("AWS::Lambda::LayerVersion", props)
}

// application expands AWS::Serverless::Application: a nested stack of a local
// template, or an application of the Serverless Application Repository, whose
// template is not at hand.
func (r *resource) application() {
	b := r.b
	props := r.rest("Location", "Tags")
	l := r.prop("Location")
	if plainMap(l) {
		b.put(props, "TemplateURL", &doc.Node{Kind: doc.Unknown, Text: "the application " + l.Get("ApplicationId").Str(), Span: l.Span})
	} else {
		b.put(props, "TemplateURL", l)
	}
	ts := r.tags("lambda:createdBy")
	b.put(props, "Tags", ts)
	r.main("AWS::CloudFormation::Stack", props)
}
