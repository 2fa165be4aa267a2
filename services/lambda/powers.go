package lambda

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/lambda/latest/api/"

// powers: a function runs with its execution role, so who decides what it
// runs has that role's rights when it runs next.
var powers = []service.Power{
	{
		ID: "lambda.create", Kind: service.Execute,
		Why:   "makes a function that runs with a role which trusts Lambda, and has it run",
		Basis: service.Documented, Source: apiPage + "API_CreateFunction.html; " + guide + "lambda-intro-execution-role.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.New(m, caller, "a new function", func(role string) []service.PowerCall {
				run := service.Made(role, "lambda", "function:*", "has the function run",
					"lambda:InvokeFunction", "lambda:AddPermission", "lambda:CreateEventSourceMapping")
				return []service.PowerCall{
					service.Made(role, "lambda", "function:*", "makes the function", "lambda:CreateFunction"),
					run,
				}
			})
		},
	},
	{
		ID: "lambda.update-code", Kind: service.Execute,
		Why:   "replaces the code of a function, which runs with its role",
		Basis: service.Documented, Source: apiPage + "API_UpdateFunctionCode.html; " + guide + "lambda-intro-execution-role.html",
		Find: functionGains("replaces the code", "lambda:UpdateFunctionCode"),
	},
	{
		// A layer's extensions and wrapper scripts run inside the function
		// with its environment, credentials included; so do what environment
		// variables such as NODE_OPTIONS load.
		ID: "lambda.update-configuration", Kind: service.Execute,
		Why:   "adds a layer, a handler or a variable to a function, and so code that runs with its role",
		Basis: service.Documented, Source: apiPage + "API_UpdateFunctionConfiguration.html; " + guide + "runtimes-modify.html; " + guide + "runtimes-extensions-api.html",
		Find: functionGains("changes layers, handler and variables", "lambda:UpdateFunctionConfiguration"),
	},
	{
		ID: "lambda.update-role", Kind: service.Execute,
		Why:   "gives a role to a function whose code it controls too",
		Basis: service.Documented, Source: apiPage + "API_UpdateFunctionConfiguration.html (Role)",
		Find: updateRole,
	},
	{
		// What a function that counts votes goes by is in its event: through a
		// URL with AWS_IAM AWS writes there who calls, and who invokes it
		// directly writes the whole of it.
		ID: "lambda.event", Kind: service.Tamper,
		Why:   "invokes a function that answers a gate, with an event of its own",
		Basis: service.Documented, Source: apiPage + "API_Invoke.html; " + guide + "urls-invocation.html (requestContext.authorizer)",
		Find: events,
	},
	{
		// An alias or a qualified version is what callers run, and it can be
		// pointed at another version of the same function.
		ID: "lambda.alias", Kind: service.Tamper,
		Why:   "points an alias at another version of its function, so that other code runs",
		Basis: service.Documented, Source: apiPage + "API_UpdateAlias.html",
		Find: service.Change("AWS::Lambda::Function", "function", service.TouchesTarget, "points an alias elsewhere", "lambda:UpdateAlias"),
	},
	{
		ID: "lambda.delete", Kind: service.Tamper,
		Why:   "removes a function, or keeps it from running",
		Basis: service.Documented, Source: apiPage + "API_DeleteFunction.html; " + apiPage + "API_PutFunctionConcurrency.html",
		Find: service.Change("AWS::Lambda::Function", "function", service.TouchesTarget, "removes or throttles the function", "lambda:DeleteFunction", "lambda:PutFunctionConcurrency"),
	},
	{
		ID: "lambda.permission", Kind: service.Tamper,
		Why:   "changes who may run or change a function, other accounts included",
		Basis: service.Documented, Source: apiPage + "API_AddPermission.html",
		Find: service.Change("AWS::Lambda::Function", "policy of function", service.TouchesGuard, "changes the function's policy", "lambda:AddPermission", "lambda:RemovePermission"),
	},
	{
		ID: "lambda.code-signing", Kind: service.Tamper,
		Why:   "lets unsigned code into a function",
		Basis: service.Documented, Source: apiPage + "API_DeleteFunctionCodeSigningConfig.html; " + apiPage + "API_PutFunctionCodeSigningConfig.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, functionType, func(r *cloud.Resource) []service.Gain {
				if r.Prop("CodeSigningConfigArn") == nil {
					return nil
				}
				return []service.Gain{{
					Calls:    []service.PowerCall{service.On(r, "takes the code signing away", "lambda:DeleteFunctionCodeSigningConfig", "lambda:PutFunctionCodeSigningConfig")},
					Resource: r, Touches: service.TouchesGuard, What: "code signing of function " + match.Render(service.Called(r)),
				}}
			})
		},
	},
	{
		// A layer is pinned to a version in a function, so publishing one
		// changes no function that has not been updated; a template that takes
		// the layer's newest version is not visible here.
		ID: "lambda.layer", Kind: service.Tamper,
		Why:   "publishes a version of a layer, which functions take in when they are next deployed with it",
		Basis: service.Documented, Source: apiPage + "API_PublishLayerVersion.html",
		Find: layers,
	},
	{
		ID: "lambda.event-source", Kind: service.Tamper,
		Why:   "takes away or redirects what makes a function run",
		Basis: service.Documented, Source: apiPage + "API_UpdateEventSourceMapping.html",
		Find: mappings,
	},
}

// functionGains returns the gain of one call on each declared function that
// has a role: the role's rights.
func functionGains(why string, actions ...string) func(*cloud.Model) []service.Gain {
	return func(m *cloud.Model) []service.Gain {
		return service.Each(m, functionType, func(r *cloud.Resource) []service.Gain {
			return []service.Gain{{
				Calls:     []service.PowerCall{service.On(r, why, actions...)},
				Principal: service.RoleOf(m, r, "Role"), Resource: r, Touches: service.TouchesTarget,
				What: "function " + match.Render(service.Called(r)), Maybe: r.Maybe,
			}}
		})
	}
}

// gateAnswers are the calls by which a function answers a gate. A function
// that an action invokes answers its job (PutJobSuccessResult) under an id that
// nobody else knows.
var gateAnswers = []string{"states:SendTaskSuccess", "codepipeline:PutApprovalResult"}

// events finds the functions that answer a gate: who invokes one, or gives
// himself the right to, and who calls its URL where whom it believes is not
// known.
func events(m *cloud.Model) []service.Gain {
	return service.Each(m, functionType, func(r *cloud.Resource) []service.Gain {
		if r.ARN == "" || !service.Answers(m, service.RoleOf(m, r, "Role"), gateAnswers...) {
			return nil
		}
		gain := func(maybe []string, calls ...service.PowerCall) service.Gain {
			return service.Gain{
				Calls: calls, Resource: r, Touches: service.TouchesGate, What: "function " + match.Render(service.Called(r)) + ", which answers a gate",
				Maybe: append(slices.Clone(r.Maybe), maybe...),
			}
		}
		invoke := service.On(r, "invokes it with an event of its own", "lambda:InvokeFunction", "lambda:InvokeAsync")
		invoke.Context.SetAbsent("lambda:InvokedViaFunctionUrl")
		url := service.On(r, "calls its URL", "lambda:InvokeFunctionUrl")
		return []service.Gain{
			gain(nil, invoke),
			gain(nil, service.On(r, "lets others invoke it, itself among them", "lambda:AddPermission")),
			gain([]string{"whom function " + match.Render(service.Called(r)) + " lets answer of those who call its URL"}, url),
		}
	})
}

// updateRole: a function that is given another role still has to run the
// attacker's code, so the code must be changed too.
func updateRole(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	accounts := map[string]bool{}
	for r := range m.OfType(functionType) {
		accounts[r.Account] = true
	}
	for p := range service.Trusting(m, caller) {
		if !accounts[p.Account] {
			continue
		}
		gs = append(gs, service.Gain{
			Calls: append(service.Pass(p, caller),
				service.Made(p.ARN, "lambda", "function:*", "gives the role to a function", "lambda:UpdateFunctionConfiguration")),
			Principal: p.ARN, What: "a function that gets role " + match.Render(p.Name),
		})
	}
	return gs
}

func layers(m *cloud.Model) []service.Gain {
	return service.Each(m, "AWS::Lambda::LayerVersion", func(r *cloud.Resource) []service.Gain {
		name := cloud.Text(r.Prop("LayerName"))
		if name == "" {
			return nil
		}
		a := arn.ARN{Partition: arn.Partition(r.Region), Service: "lambda", Region: r.Region, Account: r.Account, Resource: "layer:" + name}
		return []service.Gain{{
			Calls: []service.PowerCall{{
				Actions: []string{"lambda:PublishLayerVersion"}, Resources: []string{a.String()}, Account: r.Account, Why: "publishes a version",
			}},
			Resource: r, Touches: service.TouchesTarget, What: "layer " + match.Render(name),
		}}
	})
}

func mappings(m *cloud.Model) []service.Gain {
	return service.Each(m, mappingT, func(r *cloud.Resource) []service.Gain {
		a := r.ARN
		if a == "" {
			a = arn.ARN{Partition: arn.Partition(r.Region), Service: "lambda", Region: r.Region, Account: r.Account, Resource: "event-source-mapping:*"}.String()
		}
		return []service.Gain{{
			Calls: []service.PowerCall{{
				Actions: []string{"lambda:UpdateEventSourceMapping", "lambda:DeleteEventSourceMapping"}, Resources: []string{a}, Account: r.Account, Why: "changes the mapping",
			}},
			Resource: r, Touches: service.TouchesTarget, What: "event source of function " + match.Render(strings.TrimPrefix(cloud.Text(r.Prop("FunctionName")), "function:")),
		}}
	})
}
