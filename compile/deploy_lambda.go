package compile

import (
	"cmp"
	"strings"

	"penstock/blueprint"
	"penstock/spec"
)

func init() { deployers[spec.Lambda] = (*builder).deployFunction }

// deployFunction deploys code to a function and shifts an alias to it, by
// CodePipeline's own action, which shifts traffic as CodeDeploy does:
// CodePipeline's CodeDeploy action deploys to servers only
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html,
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeDeploy.html).
func (b *builder) deployFunction(s *spec.Stage, st *blueprint.Stack, _ *role, in string) []blueprint.Map {
	d := s.Deploy
	alias := cmp.Or(d.Alias, "live")
	config := blueprint.KV("FunctionName", blueprint.Lit(d.Function), "FunctionAlias", blueprint.Lit(alias))
	if strategy := strings.TrimPrefix(strings.TrimPrefix(d.DeploymentConfig, "CodeDeployDefault."), "Lambda"); strategy != "" {
		config.Set("DeployStrategy", blueprint.Lit(strategy))
	}
	// CodePipeline writes the log of the action there, and makes the group where
	// nobody has: the template does.
	const logs = "LogsOfActions"
	if st.Resource(logs) == nil {
		b.log(st, logs, "/aws/codepipeline/${ProjectName}", s.Name)
	}
	if d.Create {
		b.functionMade(s, st, alias)
	}
	return []blueprint.Map{action("Deploy"+ident(s.Name), "Deploy", "AWS", "Lambda", config, []string{in}, nil, "")}
}

// functionMade draws the function that is deployed to, with a role of its own
// and an alias; what it begins with answers that nothing is there yet.
func (b *builder) functionMade(s *spec.Stage, st *blueprint.Stack, alias string) {
	d := s.Deploy
	id := ident(s.Name)
	logs := b.log(st, id+"FunctionLogs", "/aws/lambda/"+blueprint.Lit(d.Function), s.Name)
	r := b.once(b.target(d.Account, d.Regions[0]), s.Name+"-function", "The role of the code itself. It writes its log, and calls nothing else in AWS until the spec says so.")
	for _, p := range d.Allow {
		r.allow(p)
	}
	role := b.arn(r, st)
	if r.stack == st {
		role = blueprint.Att(r.id, "Arn")
	}
	st.Add(&blueprint.Resource{ID: id + "Function", Type: "AWS::Lambda::Function", Props: blueprint.KV(
		"FunctionName", blueprint.Lit(d.Function),
		"Role", role,
		"Runtime", "nodejs22.x",
		"Handler", "index.handler",
		"Timeout", 30,
		"LoggingConfig", blueprint.KV("LogGroup", blueprint.Ref(logs.ID)),
		"Code", blueprint.KV("ZipFile", "exports.handler = async () => { throw new Error(\"nothing is deployed yet\"); };\n"),
	)})
	st.Add(&blueprint.Resource{ID: id + "Version", Type: "AWS::Lambda::Version", Retain: true, Comment: "The version that the alias begins with; a deployment goes back to it should it fail.",
		Props: blueprint.KV("FunctionName", blueprint.Ref(id+"Function"))})
	st.Add(&blueprint.Resource{ID: id + "Alias", Type: "AWS::Lambda::Alias", Props: blueprint.KV(
		"FunctionName", blueprint.Ref(id+"Function"), "Name", blueprint.Lit(alias), "FunctionVersion", blueprint.Att(id+"Version", "Version"))})
}
