package codebuild

import (
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const (
	apiPage  = "https://docs.aws.amazon.com/codebuild/latest/APIReference/"
	keysPage = guide + "action-context-keys.html"
	builder  = "codebuild.amazonaws.com"
)

// powers: a build runs with the service role of its project, so who decides
// what it runs has that role's rights. Each way carries the condition keys of
// what it overrides, so a policy that pins them is honoured.
var powers = []service.Power{
	{
		ID: "codebuild.create", Kind: service.Execute,
		Why:   "makes a project that runs its own commands with a role which trusts CodeBuild",
		Basis: service.Documented, Source: apiPage + "API_CreateProject.html; " + rolePage,
		Find: func(m *cloud.Model) []service.Gain {
			return service.New(m, builder, "a new build project", func(role string) []service.PowerCall {
				start := service.Made(role, "codebuild", "project/*", "runs it",
					"codebuild:StartBuild", "codebuild:StartBuildBatch", "codebuild:StartSandbox", "codebuild:CreateWebhook")
				return []service.PowerCall{service.Made(role, "codebuild", "project/*", "makes the project", "codebuild:CreateProject"), start}
			})
		},
	},
	{
		ID: "codebuild.update", Kind: service.Execute,
		Why:   "changes the commands, the source or the image of a project, which runs with its service role",
		Basis: service.Documented, Source: apiPage + "API_UpdateProject.html; " + keysPage,
		Find: func(m *cloud.Model) []service.Gain { return overridden(m, "changes", "codebuild:UpdateProject") },
	},
	{
		ID: "codebuild.start-override", Kind: service.Execute,
		Why:   "starts a build with its own commands, source or image, which runs with the service role of the project",
		Basis: service.Documented, Source: apiPage + "API_StartBuild.html (buildspecOverride, sourceLocationOverride, imageOverride); " + apiPage + "API_StartBuildBatch.html; " + keysPage,
		Find: func(m *cloud.Model) []service.Gain {
			return overridden(m, "starts a build with another", "codebuild:StartBuild", "codebuild:StartBuildBatch")
		},
	},
	{
		ID: "codebuild.start-role", Kind: service.Execute,
		Why:   "starts a build with its own commands and another role",
		Basis: service.Documented, Source: apiPage + "API_StartBuild.html (serviceRoleOverride); " + keysPage,
		Find: func(m *cloud.Model) []service.Gain {
			return otherRole(m, "starts a build with the role and its own commands", "codebuild:StartBuild", "codebuild:StartBuildBatch")
		},
	},
	{
		ID: "codebuild.update-role", Kind: service.Execute,
		Why:   "gives a project its own commands and another role",
		Basis: service.Documented, Source: apiPage + "API_UpdateProject.html (serviceRole); " + rolePage + "; " + keysPage,
		Find: func(m *cloud.Model) []service.Gain {
			return otherRole(m, "gives a project the role and its own commands", "codebuild:UpdateProject")
		},
	},
	{
		ID: "codebuild.sandbox", Kind: service.Execute,
		Why:   "runs commands in a sandbox of a project, which has its service role",
		Basis: service.Documented, Source: guide + "sandbox.html; " + apiPage + "API_StartCommandExecution.html",
		Find: func(m *cloud.Model) []service.Gain {
			return projects(m, func(r *cloud.Resource) [][]service.PowerCall {
				start := service.On(r, "starts a sandbox", "codebuild:StartSandbox")
				run := service.On(r, "runs commands in it", "codebuild:StartCommandExecution", "codebuild:StartSandboxConnection")
				return [][]service.PowerCall{{start, run}}
			})
		},
	},
	{
		ID: "codebuild.debug", Kind: service.Execute,
		Why:   "starts a build that stops at a breakpoint and opens a shell in it, which has the service role",
		Basis: service.Documented, Source: guide + "session-manager.html",
		Find: func(m *cloud.Model) []service.Gain {
			return projects(m, func(r *cloud.Resource) [][]service.PowerCall {
				if r.Account == "" {
					return nil
				}
				connect := service.PowerCall{
					Actions: []string{"ssm:StartSession"}, Resources: []string{"arn:*:codebuild:*:" + r.Account + ":build/*", "arn:*:ecs:*:*:task/*", "arn:*:ssm:*:*:session/*"},
					Account: r.Account, Why: "opens a shell in the container",
				}
				return [][]service.PowerCall{{service.On(r, "starts a build that waits at a breakpoint", "codebuild:StartBuild", "codebuild:StartBuildBatch"), connect}}
			})
		},
	},
	{
		ID: "codebuild.variables", Kind: service.Tamper,
		Why:   "starts a build with other environment variables, which decide what its commands do",
		Basis: service.Documented, Source: apiPage + "API_StartBuild.html (environmentVariablesOverride); " + keysPage,
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, projectT, func(r *cloud.Resource) []service.Gain {
				c := service.On(r, "starts a build with other variables", "codebuild:StartBuild", "codebuild:StartBuildBatch")
				present(&c, "codebuild:environment.environmentVariables", "the other variables")
				return []service.Gain{tamper(r, service.TouchesStart, c)}
			})
		},
	},
	{
		ID: "codebuild.start", Kind: service.Tamper,
		Why:   "runs a build once more, or one of another revision of its source",
		Basis: service.Documented, Source: apiPage + "API_StartBuild.html (sourceVersion); " + apiPage + "API_RetryBuild.html",
		Find: service.Change(projectT, "build project", service.TouchesStart, "starts a build",
			"codebuild:StartBuild", "codebuild:StartBuildBatch", "codebuild:RetryBuild", "codebuild:RetryBuildBatch"),
	},
	{
		ID: "codebuild.project", Kind: service.Tamper,
		Why:   "changes or removes a build project: its source, role, network, logs",
		Basis: service.Documented, Source: apiPage + "API_UpdateProject.html; " + apiPage + "API_DeleteProject.html",
		Find: service.Change(projectT, "build project", service.TouchesDefinition, "changes the project",
			"codebuild:UpdateProject", "codebuild:DeleteProject", "codebuild:UpdateProjectVisibility", "codebuild:PutResourcePolicy"),
	},
	{
		ID: "codebuild.webhook", Kind: service.Tamper,
		Why:   "changes which events of the repository start a build",
		Basis: service.Documented, Source: apiPage + "API_UpdateWebhook.html",
		Find: service.Change(projectT, "webhook of build project", service.TouchesStart, "changes the webhook",
			"codebuild:CreateWebhook", "codebuild:UpdateWebhook", "codebuild:DeleteWebhook"),
	},
	{
		ID: "codebuild.cache", Kind: service.Tamper,
		Why:   "empties the cache of a project",
		Basis: service.Documented, Source: apiPage + "API_InvalidateProjectCache.html",
		Find: service.Change(projectT, "cache of build project", service.TouchesTarget, "empties the cache", "codebuild:InvalidateProjectCache"),
	},
	{
		ID: "codebuild.delete-builds", Kind: service.Blind,
		Why:   "deletes the record of builds",
		Basis: service.Documented, Source: apiPage + "API_BatchDeleteBuilds.html",
		Find: service.Change(projectT, "builds of project", "", "deletes builds", "codebuild:BatchDeleteBuilds", "codebuild:DeleteBuildBatch"),
	},
	{
		ID: "codebuild.credentials", Kind: service.Tamper,
		Why:   "replaces the credentials by which builds of the region fetch their source",
		Basis: service.Documented, Source: apiPage + "API_ImportSourceCredentials.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, projectT, func(r *cloud.Resource) []service.Gain {
				c := service.PowerCall{
					Actions: []string{"codebuild:ImportSourceCredentials", "codebuild:DeleteSourceCredentials"}, Account: r.Account, Why: "replaces the credentials",
				}
				g := tamper(r, service.TouchesSource, c)
				g.What = "source credentials of build project " + match.Render(service.Called(r))
				return []service.Gain{g}
			})
		},
	},
}

// overrides are what decides about the code of a build, by the condition key
// that shows it in a request. The value of the buildspec's key is not
// compared: "supports only the Null operator".
var overrides = []struct{ key, what string }{
	{"codebuild:source.buildspec", "buildspec"},
	{"codebuild:source.location", "source"},
	{"codebuild:environment.image", "image"},
}

// overridden returns, for each declared project and each thing that decides
// what a build runs, the gain of a call that overrides that thing alone.
func overridden(m *cloud.Model, why string, actions ...string) []service.Gain {
	return projects(m, func(r *cloud.Resource) [][]service.PowerCall {
		var out [][]service.PowerCall
		for _, o := range overrides {
			c := service.On(r, why+" "+o.what, actions...)
			present(&c, o.key, "the taker's "+o.what)
			out = append(out, []service.PowerCall{c})
		}
		return out
	})
}

// projects returns a gain of the service role for each of the ways to decide
// what a build of each declared project runs.
func projects(m *cloud.Model, ways func(*cloud.Resource) [][]service.PowerCall) []service.Gain {
	return service.Each(m, projectT, func(r *cloud.Resource) []service.Gain {
		var gs []service.Gain
		for _, calls := range ways(r) {
			g := tamper(r, service.TouchesStart, calls...)
			g.Principal = service.RoleOf(m, r, "ServiceRole")
			gs = append(gs, g)
		}
		return gs
	})
}

func tamper(r *cloud.Resource, touches string, calls ...service.PowerCall) service.Gain {
	return service.Gain{Calls: calls, Resource: r, Touches: touches, What: "build project " + match.Render(service.Called(r)), Maybe: r.Maybe}
}

// present puts a condition key into the request with a value that the taker
// chooses.
func present(c *service.PowerCall, key, what string) {
	c.Context.Put(key, iam.ContextValue{State: iam.Known, Values: []string{match.Hole(match.Any, what)}})
}

// otherRole: serviceRoleOverride gives a build of any project a role that
// trusts CodeBuild, and serviceRole the project itself; the commands come with
// buildspecOverride, or with the source.
func otherRole(m *cloud.Model, why string, actions ...string) []service.Gain {
	var gs []service.Gain
	for p := range service.Trusting(m, builder) {
		c := service.Made(p.ARN, "codebuild", "project/*", why, actions...)
		c.Context.Set("codebuild:serviceRole", p.ARN)
		present(&c, "codebuild:source.buildspec", "the taker's buildspec")
		gs = append(gs, service.Gain{
			Calls: append(service.Pass(p, builder), c), Principal: p.ARN, What: "a build with role " + match.Render(p.Name), Maybe: p.Maybe,
		})
	}
	return gs
}
