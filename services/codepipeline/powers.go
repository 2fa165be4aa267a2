package codepipeline

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/match"
	"penstock/pipeline"
	"penstock/service"
)

const (
	apiPage = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/"
	runner  = "codepipeline.amazonaws.com"
)

// powers: who can change a pipeline, decide its gates, or have it run
// something else.
var powers = []service.Power{
	{
		// A Commands action runs shell commands with the service role of the
		// pipeline.
		ID: "codepipeline.create", Kind: service.Execute,
		Why:   "makes a pipeline whose actions run with a role which trusts CodePipeline",
		Basis: service.Documented, Source: apiPage + "API_CreatePipeline.html; " + guide + "action-reference-Commands.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.New(m, runner, "a new pipeline", func(role string) []service.PowerCall {
				return []service.PowerCall{service.Made(role, "codepipeline", "*", "makes the pipeline, which starts at once", "codepipeline:CreatePipeline")}
			})
		},
	},
	{
		// Whether UpdatePipeline asks for iam:PassRole where the role stays
		// the same is not documented; it is not counted on.
		ID: "codepipeline.update", Kind: service.Execute,
		Why:   "puts an action into the pipeline that runs its own commands with the role of the pipeline",
		Basis: service.Reasoned, Source: apiPage + "API_UpdatePipeline.html; " + guide + "action-reference-Commands.html",
		Find: func(m *cloud.Model) []service.Gain {
			return pipelines(m, func(p *pipeline.Pipeline) []service.Gain {
				return []service.Gain{{
					Calls: []service.PowerCall{on(p, "", "changes the definition", "codepipeline:UpdatePipeline")}, Principal: service.RoleARN(m, p.Role, p.Account, p.Region), Touches: service.TouchesDefinition,
				}}
			})
		},
	},
	{
		ID: "codepipeline.definition", Kind: service.Tamper,
		Why:   "changes stages, actions, sources and gates of the pipeline, or deletes it",
		Basis: service.Documented, Source: apiPage + "API_UpdatePipeline.html; " + apiPage + "API_DeletePipeline.html",
		Find: func(m *cloud.Model) []service.Gain {
			return whole(m, service.TouchesDefinition, "changes the definition", "codepipeline:UpdatePipeline", "codepipeline:DeletePipeline")
		},
	},
	{
		ID: "codepipeline.approve", Kind: service.Tamper,
		Why:   "approves or rejects a manual approval",
		Basis: service.Documented, Source: apiPage + "API_PutApprovalResult.html; " + guide + "approvals-iam-permissions.html",
		Find: func(m *cloud.Model) []service.Gain {
			return append(approvals(m), undeclared(m, service.TouchesGate, "answers an approval", "codepipeline:PutApprovalResult")...)
		},
	},
	{
		ID: "codepipeline.undeclared", Kind: service.Tamper,
		Why:   "changes or starts a pipeline that no stack declares and that a build here belongs to",
		Basis: service.Documented, Source: apiPage + "API_UpdatePipeline.html; https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSource.html (type CODEPIPELINE)",
		Find: func(m *cloud.Model) []service.Gain {
			return undeclared(m, service.TouchesDefinition, "changes a pipeline", "codepipeline:UpdatePipeline", "codepipeline:DeletePipeline")
		},
	},
	{
		ID: "codepipeline.transition", Kind: service.Tamper,
		Why:   "opens or closes the way into a stage",
		Basis: service.Documented, Source: apiPage + "API_EnableStageTransition.html; " + apiPage + "API_DisableStageTransition.html",
		Find: stages(service.TouchesGate, "opens or closes the stage", nil, "codepipeline:EnableStageTransition", "codepipeline:DisableStageTransition"),
	},
	{
		ID: "codepipeline.override-condition", Kind: service.Tamper,
		Why:   "lets an execution past a condition of a stage that fails",
		Basis: service.Documented, Source: apiPage + "API_OverrideStageCondition.html",
		Find: stages(service.TouchesGate, "overrides the condition",
			func(st *pipeline.Stage) bool { return len(st.BeforeEntry)+len(st.OnSuccess)+len(st.OnFailure) > 0 },
			"codepipeline:OverrideStageCondition"),
	},
	{
		ID: "codepipeline.retry", Kind: service.Tamper,
		Why:   "runs a failed stage again, from its first failed action or as a whole",
		Basis: service.Documented, Source: apiPage + "API_RetryStageExecution.html",
		Find: stages(service.TouchesGate, "retries the stage", nil, "codepipeline:RetryStageExecution"),
	},
	{
		ID: "codepipeline.rollback", Kind: service.Tamper,
		Why:   "has a stage deploy what an earlier execution brought, past what comes before the stage",
		Basis: service.Documented, Source: apiPage + "API_RollbackStage.html; " + guide + "stage-rollback.html",
		Find: stages(service.TouchesGate, "rolls the stage back", nil, "codepipeline:RollbackStage"),
	},
	{
		ID: "codepipeline.start", Kind: service.Tamper,
		Why:   "starts an execution, with a source revision and variables of its choice",
		Basis: service.Documented, Source: apiPage + "API_StartPipelineExecution.html (sourceRevisions, variables)",
		Find: func(m *cloud.Model) []service.Gain {
			return whole(m, service.TouchesStart, "starts an execution", "codepipeline:StartPipelineExecution")
		},
	},
	{
		ID: "codepipeline.stop", Kind: service.Tamper,
		Why:   "stops or abandons an execution",
		Basis: service.Documented, Source: apiPage + "API_StopPipelineExecution.html",
		Find: func(m *cloud.Model) []service.Gain {
			return whole(m, service.TouchesTarget, "stops an execution", "codepipeline:StopPipelineExecution")
		},
	},
	{
		// The worker of a custom action asks for jobs of its action type and
		// answers them; PutJobSuccessResult takes no resource.
		ID: "codepipeline.job", Kind: service.Tamper,
		Why:   "takes the job of a custom action and says that it succeeded",
		Basis: service.Documented, Source: apiPage + "API_PollForJobs.html; " + apiPage + "API_PutJobSuccessResult.html",
		Find: jobGains,
	},
	{
		// The id of a Lambda action's job is in the function's event, and
		// nothing that lists executions is documented to show it.
		ID: "codepipeline.job-result", Kind: service.Tamper,
		Why:   "answers for the function that a Lambda action invoked",
		Basis: service.Documented, Source: apiPage + "API_PutJobSuccessResult.html; " + guide + "actions-invoke-lambda-function.html",
		Find: lambdaJobs,
	},
	{
		ID: "codepipeline.webhook", Kind: service.Tamper,
		Why:   "changes which outside events start the pipeline",
		Basis: service.Documented, Source: apiPage + "API_PutWebhook.html",
		Find: service.Change("AWS::CodePipeline::Webhook", "webhook", service.TouchesStart, "changes the webhook",
			"codepipeline:PutWebhook", "codepipeline:DeleteWebhook", "codepipeline:DeregisterWebhookWithThirdParty"),
	},
	{
		ID: "codepipeline.action-type", Kind: service.Tamper,
		Why:   "changes who executes a custom action type",
		Basis: service.Documented, Source: apiPage + "API_UpdateActionType.html",
		Find: service.Change("AWS::CodePipeline::CustomActionType", "action type", service.TouchesDefinition, "changes the action type",
			"codepipeline:UpdateActionType", "codepipeline:DeleteCustomActionType"),
	},
}

// on is a call on a pipeline, or on the stage or action that rest names
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html).
func on(p *pipeline.Pipeline, rest, why string, actions ...string) service.PowerCall {
	return service.PowerCall{Actions: actions, Resources: []string{p.ARN + rest}, Account: p.Account, Why: why}
}

// pipelines returns the gains that find gives for each pipeline, the pipeline
// filled in.
func pipelines(m *cloud.Model, find func(*pipeline.Pipeline) []service.Gain) []service.Gain {
	var gs []service.Gain
	for p := range pipeline.Find(m) {
		for _, g := range find(p) {
			g.Resource = p.Resource
			if p.Resource != nil {
				g.Maybe = p.Resource.Maybe
			}
			if g.What == "" {
				g.What = "pipeline " + match.Render(p.Name)
			}
			gs = append(gs, g)
		}
	}
	return gs
}

func whole(m *cloud.Model, touches, why string, actions ...string) []service.Gain {
	return pipelines(m, func(p *pipeline.Pipeline) []service.Gain {
		return []service.Gain{{Calls: []service.PowerCall{on(p, "", why, actions...)}, Touches: touches}}
	})
}

func stages(touches, why string, fits func(*pipeline.Stage) bool, actions ...string) func(*cloud.Model) []service.Gain {
	return func(m *cloud.Model) []service.Gain {
		return pipelines(m, func(p *pipeline.Pipeline) []service.Gain {
			var gs []service.Gain
			for _, st := range p.Stages {
				if fits != nil && !fits(st) {
					continue
				}
				gs = append(gs, service.Gain{
					Calls:   []service.PowerCall{on(p, "/"+st.Name, why, actions...)},
					Touches: touches, What: "stage " + match.Render(st.Name) + " of pipeline " + match.Render(p.Name),
				})
			}
			return gs
		})
	}
}

// jobGains finds the custom actions of pipelines.
func jobGains(m *cloud.Model) []service.Gain {
	return actionGains(m, func(p *pipeline.Pipeline, a *pipeline.Action) []service.PowerCall {
		if a.Owner != "Custom" {
			return nil
		}
		typ := arn.ARN{Partition: arn.Partition(p.Region), Service: "codepipeline", Region: p.Region, Account: p.Account}
		typ.Resource = "actiontype:Custom/" + a.Category + "/" + a.Provider + "/" + a.Version
		return []service.PowerCall{
			{Actions: []string{"codepipeline:PollForJobs"}, Resources: []string{typ.String()}, Account: p.Account, Why: "takes the job"},
			{Actions: []string{"codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"}, Account: p.Account, Why: "answers it"},
		}
	})
}

func lambdaJobs(m *cloud.Model) []service.Gain {
	gs := actionGains(m, func(p *pipeline.Pipeline, a *pipeline.Action) []service.PowerCall {
		if a.Category != "Invoke" || a.Provider != "Lambda" {
			return nil
		}
		return []service.PowerCall{{
			Actions: []string{"codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"}, Account: p.Account, Why: "answers for the function",
		}}
	})
	for i := range gs {
		gs[i].Maybe = append(gs[i].Maybe[:len(gs[i].Maybe):len(gs[i].Maybe)], "whether the taker learns the id of the job")
	}
	return gs
}

func actionGains(m *cloud.Model, calls func(*pipeline.Pipeline, *pipeline.Action) []service.PowerCall) []service.Gain {
	return pipelines(m, func(p *pipeline.Pipeline) []service.Gain {
		var gs []service.Gain
		for _, st := range p.Stages {
			for _, a := range st.Actions {
				if cs := calls(p, a); cs != nil {
					gs = append(gs, service.Gain{
						Calls: cs, Touches: service.TouchesGate, What: "action " + match.Render(a.Name) + " of pipeline " + match.Render(p.Name),
					})
				}
			}
		}
		return gs
	})
}

// approvals finds the manual approvals of the pipelines.
func approvals(m *cloud.Model) []service.Gain {
	return pipelines(m, func(p *pipeline.Pipeline) []service.Gain {
		var gs []service.Gain
		for _, st := range p.Stages {
			for _, a := range st.Actions {
				if a.Gate() {
					gs = append(gs, service.Gain{
						Calls:   []service.PowerCall{on(p, "/"+st.Name+"/"+a.Name, "answers the approval", "codepipeline:PutApprovalResult")},
						Touches: service.TouchesGate, What: "approval " + match.Render(a.Name) + " of pipeline " + match.Render(p.Name),
					})
				}
			}
		}
		return gs
	})
}

// undeclared finds the build projects that take their source from a pipeline,
// in accounts where no stack declares one: the pipeline is there all the same,
// under a name that nobody here knows.
func undeclared(m *cloud.Model, touches, why string, actions ...string) []service.Gain {
	known := map[string]bool{}
	for p := range pipeline.Find(m) {
		known[p.Account] = true
	}
	var gs []service.Gain
	for r := range m.OfType("AWS::CodeBuild::Project") {
		if known[r.Account] || r.Prop("Source", "Type").Str() != "CODEPIPELINE" {
			continue
		}
		known[r.Account] = true
		a := arn.ARN{Partition: arn.Partition(r.Region), Service: "codepipeline", Region: r.Region, Account: r.Account}
		a.Resource = "*"
		what := "a pipeline of account " + match.Render(r.Account) + " that no stack declares"
		gs = append(gs, service.Gain{
			Calls: []service.PowerCall{{Actions: actions, Resources: []string{a.String()}, Account: r.Account, Why: why}}, Touches: touches, What: what,
			Maybe: []string{"which pipelines and approvals account " + match.Render(r.Account) + " has, of which the stacks declare none"},
		})
	}
	return gs
}
