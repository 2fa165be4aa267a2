package script

import (
	"strconv"
	"strings"

	"penstock/arn"
	"penstock/iam"
	"penstock/iam/facts"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

// A Call is one call that a command makes.
type Call struct {
	Actions []string
	Target  service.Target
	Sure    Sure
}

// A CLI reads the calls off simple commands.
type CLI struct {
	Region string      // AWS_DEFAULT_REGION of the command
	At     source.Span // where the command stands
	site   *service.Site
	who    string // "build project app"
	sure   Sure
	out    []Call
	made   map[string]string // a template that a command makes → what from
	built  bool              // sam build has run
	// packages are the repositories that tools fetch from, after a login.
	packages map[string]service.Target
}

// NewCLI returns a reader of what runs with the site's role in its account and
// region. Who names it in what it takes for granted.
func NewCLI(s *service.Site, who string) *CLI { return &CLI{site: s, who: who, Region: s.Region} }

// Calls returns the calls that were read, in order, those dropped that an
// earlier command makes just as surely.
func (c *CLI) Calls() []Call { return merge(c.out) }

func (c *CLI) add(t service.Target, actions ...string) {
	t.At = c.At
	if t.What == "" {
		t.What = "a command of " + c.who
	}
	if t.Region == "" {
		t.Region = c.Region
	}
	c.out = append(c.out, Call{actions, t, c.sure})
}

// perhaps adds calls that the command makes in some cases only.
func (c *CLI) perhaps(t service.Target, actions ...string) {
	s := c.sure
	c.sure = Perhaps
	c.add(t, actions...)
	c.sure = s
}

// Command reads one simple command.
func (c *CLI) Command(cmd Command) {
	ws := cmd.Words
	for len(ws) > 1 && (ws[0].Text == "sudo" || ws[0].Text == "time" || ws[0].Text == "command") {
		ws = ws[1:]
	}
	c.sure = cmd.Sure
	switch ws[0].Text {
	case "aws":
		c.aws(ws[1:])
	case "docker", "podman", "finch":
		c.docker(ws[1:])
	case "cdk", "npx", "yarn", "pnpm", "bunx":
		c.cdk(ws)
	case "sam":
		c.sam(ws[1:])
	case "npm", "pip", "pip3", "dotnet", "swift":
		c.fetch(ws)
	case "terraform", "tofu", "serverless", "sls", "pulumi", "copilot", "eb", "chalice":
		if len(ws) > 1 {
			c.note("what " + ws[0].Text + " " + match.Render(ws[1].Text) + " calls")
		}
	}
}

// note says once that something of a build is not in the proof.
func (c *CLI) note(what string) {
	c.site.Model.Assume(what + " in " + match.Render(c.who) + " is not in the catalogue, and taken to be allowed")
}

// args is a command line taken apart: what is no option, and the options
// with their values. An option without a value has none.
type args struct {
	words []Word
	opts  map[string][]string
	// torn is set where an expansion may have added or removed words, so that
	// what stands where is not certain.
	torn bool
}

// flags are the options of the AWS CLI that take no value, among those that
// matter here.
var flags = map[string]bool{
	"--debug": true, "--no-verify-ssl": true, "--no-paginate": true, "--no-sign-request": true, "--no-cli-pager": true,
	"--no-cli-auto-prompt": true, "--recursive": true, "--delete": true, "--quiet": true, "--dryrun": true, "--no-progress": true,
	"--only-show-errors": true, "--exact-timestamps": true, "--size-only": true, "--follow-symlinks": true, "--no-follow-symlinks": true,
	"--force-new-deployment": true, "--no-fail-on-empty-changeset": true, "--fail-on-empty-changeset": true, "--no-execute-changeset": true,
	"--force-upload": true, "--with-decryption": true, "--no-with-decryption": true, "--publish": true, "--no-include-email": true,
	"--human-readable": true, "--summarize": true, "--force": true, "--overwrite": true, "--use-json": true,
}

func split(ws []Word) args {
	a := args{opts: map[string][]string{}}
	for i := 0; i < len(ws); i++ {
		w := ws[i]
		if w.split {
			a.torn = true
		}
		if !strings.HasPrefix(w.Text, "-") || w.Text == "-" {
			a.words = append(a.words, w)
			continue
		}
		name, value, ok := strings.Cut(w.Text, "=")
		switch {
		case ok && strings.HasPrefix(name, "--"):
			a.opts[name] = append(a.opts[name], value)
		case flags[w.Text]:
			a.opts[w.Text] = append(a.opts[w.Text], "")
		default:
			a.opts[w.Text] = append(a.opts[w.Text], "")
			for i+1 < len(ws) && !strings.HasPrefix(ws[i+1].Text, "--") {
				i++
				if ws[i].split {
					a.torn = a.torn || len(a.words) < 2
				}
				vs := a.opts[w.Text]
				if len(vs) == 1 && vs[0] == "" {
					vs[0] = ws[i].Text
				} else {
					a.opts[w.Text] = append(vs, ws[i].Text)
				}
			}
		}
	}
	return a
}

// opt returns the value of an option, "" where it is absent.
func (a args) opt(name string) string {
	if v := a.opts[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (a args) has(name string) bool { _, ok := a.opts[name]; return ok }

// aws reads "aws [options] service operation …".
func (c *CLI) aws(ws []Word) {
	// Options may stand before the service.
	var global []Word
	for len(ws) > 0 && strings.HasPrefix(ws[0].Text, "--") {
		n := 1
		if !strings.Contains(ws[0].Text, "=") && !flags[ws[0].Text] {
			n = 2
		}
		global = append(global, ws[:min(n, len(ws))]...)
		ws = ws[min(n, len(ws)):]
	}
	if len(ws) < 2 || match.HasHole(ws[0].Text) || match.HasHole(ws[1].Text) || ws[0].split || ws[1].split {
		return
	}
	svc, op := ws[0].Text, ws[1].Text
	a := split(append(ws[2:len(ws):len(ws)], global...))
	if a.has("--profile") || a.has("--endpoint-url") || a.has("--no-sign-request") || a.has("--generate-cli-skeleton") || a.has("--dryrun") || op == "help" {
		return // other credentials, another server, or no call
	}
	if a.torn {
		c.sure = min(c.sure, Perhaps)
	}
	region := c.Region
	if r := a.opt("--region"); r != "" {
		c.Region = r
	}
	c.operation(svc, op, a)
	c.Region = region
}

// arn of something of a service in the command's region.
func (c *CLI) arn(svc, resource string) string {
	return c.site.ARNIn(svc, c.Region, c.site.Account, resource)
}

// named is the ARN of what a command names by name or ARN; "" gives a hole.
func (c *CLI) named(svc, prefix, name string) service.Target {
	if a, err := arn.Parse(name); err == nil {
		return service.Target{Resource: name, Account: a.Account}
	}
	if name == "" {
		return service.Target{Resource: c.site.ARNIn(svc, c.Region, c.site.Account, prefix+match.Hole(match.Any, "what a command of the build names"))}
	}
	return service.Target{Resource: c.arn(svc, prefix+name)}
}

var everything = service.Target{Resource: "*"}

// operation maps an operation of the CLI to what IAM is asked.
func (c *CLI) operation(svc, op string, a args) {
	if c.plain(svc, op, a) {
		return
	}
	switch svc {
	case "s3":
		c.s3(op, a)
	case "s3api":
		c.s3api(op, a)
	case "ecr":
		c.ecr(op, a)
	case "sts":
		c.sts(op, a)
	case "ssm":
		c.ssm(op, a)
	case "secretsmanager":
		if op == "get-secret-value" || op == "describe-secret" || op == "put-secret-value" {
			c.add(c.site.Secret(c.Region, a.opt("--secret-id")), "secretsmanager:"+camel(op))
			return
		}
		c.generic(svc, op)
	case "cloudformation":
		c.cloudformation(op, a)
	case "ecs":
		c.ecs(op, a)
	case "lambda":
		c.lambda(op, a)
	case "codebuild":
		if op == "start-build" || op == "start-build-batch" {
			c.add(c.named("codebuild", "project/", a.opt("--project-name")), "codebuild:"+camel(op))
			return
		}
		c.generic(svc, op)
	case "codepipeline":
		switch op {
		case "start-pipeline-execution", "get-pipeline-state":
			c.add(c.named("codepipeline", "", a.opt("--name")), "codepipeline:"+camel(op))
		case "put-approval-result":
			t := c.named("codepipeline", "", a.opt("--pipeline-name"))
			t.Resource += "/" + a.opt("--stage-name") + "/" + a.opt("--action-name")
			c.add(t, "codepipeline:PutApprovalResult")
		default:
			c.generic(svc, op)
		}
	case "sns":
		if op == "publish" && a.opt("--topic-arn") != "" {
			c.add(c.named("sns", "", a.opt("--topic-arn")), "sns:Publish")
			return
		}
		c.generic(svc, op)
	case "cloudfront":
		if op == "create-invalidation" {
			c.add(service.Target{Resource: c.site.ARNIn("cloudfront", "", c.site.Account, "distribution/"+a.opt("--distribution-id")), Region: "us-east-1"}, "cloudfront:CreateInvalidation")
			return
		}
		c.generic(svc, op)
	case "eks":
		switch op {
		case "update-kubeconfig":
			c.add(c.named("eks", "cluster/", a.opt("--name")), "eks:DescribeCluster")
		case "get-token": // signs a URL, no call
		default:
			c.generic(svc, op)
		}
	case "codeartifact":
		if op == "login" || op == "get-authorization-token" {
			c.codeartifact(op, a)
			return
		}
		c.generic(svc, op)
	default:
		c.generic(svc, op)
	}
}

// plainServices are the services of the CLI whose name is the IAM prefix and
// whose operations are the IAM actions, or the prefix where it differs
// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
var plainServices = map[string]string{
	"acm": "acm", "cloudformation": "cloudformation", "cloudfront": "cloudfront", "codeartifact": "codeartifact", "codebuild": "codebuild",
	"codecommit": "codecommit", "codepipeline": "codepipeline", "dynamodb": "dynamodb", "ec2": "ec2", "ecr": "ecr", "ecs": "ecs", "eks": "eks",
	"events": "events", "iam": "iam", "kms": "kms", "lambda": "lambda", "organizations": "organizations", "rds": "rds",
	"secretsmanager": "secretsmanager", "sns": "sns", "sqs": "sqs", "ssm": "ssm", "stepfunctions": "states",
	"elasticbeanstalk": "elasticbeanstalk", "autoscaling": "autoscaling", "codedeploy": "deploy",
}

// helpers are commands of the CLI that are no operation of the API.
var helpers = map[string]bool{
	"wait": true, "deploy": true, "package": true, "login": true, "push": true, "register": true, "execute-command": true, "start-session": true,
	"update-kubeconfig": true, "get-token": true, "credential-helper": true, "install": true, "uninstall": true, "deregister": true,
	"get-login": true, "get-login-password": true, "wizard": true, "sign": true, "generate-db-auth-token": true,
}

// generic names the action of an operation; what it is called on cannot be
// told.
func (c *CLI) generic(svc, op string) {
	prefix := plainServices[svc]
	if svc == "deploy" {
		prefix = "codedeploy"
	}
	if prefix == "" {
		prefix = svc // most services are called as IAM calls them
	}
	of, ok := facts.Service(prefix)
	if !ok || svc == "codedeploy" || helpers[op] || op == "" {
		return
	}
	act, ok := of.Action(camel(op))
	if !ok {
		return // an action of another name, or none
	}
	if !act.ResourceLevel() {
		t := everything
		t.What, t.Context.Open = "aws "+svc+" "+op, true
		c.add(t, prefix+":"+act.Name)
		return
	}
	t := service.Target{
		Resource: match.Hole(match.Any, "what aws "+svc+" "+op+" is called on"), Account: c.site.Account,
		What: "aws " + svc + " " + op,
	}
	t.Context.Open = true
	t.Assume = "what " + t.What + " in " + match.Render(c.who) + " is called on is what its role may call it on"
	c.add(t, prefix+":"+act.Name)
}

// camel turns "get-secret-value" into "GetSecretValue". IAM ignores the case
// of action names, so that "describe-db-instances" is right too.
func camel(op string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(op, "-") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

func (c *CLI) sts(op string, a args) {
	if op != "assume-role" {
		return // get-caller-identity needs no permission
	}
	role := a.opt("--role-arn")
	if role == "" {
		return
	}
	t := service.Target{Resource: role, Account: arn.Account(role), What: "role that the build assumes"}
	if id := a.opt("--external-id"); id != "" {
		t.Context.Set("sts:ExternalId", id)
	}
	if n := a.opt("--role-session-name"); n != "" {
		t.Context.Set("sts:RoleSessionName", n)
	}
	if a.has("--tags") {
		t.Context.SetUnknown("aws:TagKeys")
	}
	t.Seconds, _ = strconv.Atoi(a.opt("--duration-seconds")) // 0 for what cannot be read
	c.add(t, "sts:AssumeRole")
}

func (c *CLI) ssm(op string, a args) {
	one := func(name string) service.Target {
		return c.site.Parameter(c.Region, name)
	}
	switch op {
	case "get-parameter", "put-parameter", "delete-parameter":
		c.add(one(a.opt("--name")), "ssm:"+camel(op))
	case "get-parameters":
		for _, n := range a.opts["--names"] {
			c.add(one(n), "ssm:GetParameters")
		}
	case "get-parameters-by-path":
		t := one(a.opt("--path"))
		t.Context.SetUnknown("ssm:Recursive")
		c.add(t, "ssm:GetParametersByPath")
	default:
		c.generic("ssm", op)
	}
}

func (c *CLI) ecs(op string, a args) {
	short := func(v string) string {
		if x, err := arn.Parse(v); err == nil {
			return x.Name()
		}
		return v
	}
	cluster := short(a.opt("--cluster"))
	if cluster == "" {
		cluster = "default"
	}
	ctx := func() (x iam.Context) {
		x.Set("ecs:cluster", c.arn("ecs", "cluster/"+cluster))
		for _, k := range []string{"ecs:enable-execute-command", "ecs:capacity-provider", "ecs:propagate-tags", "ecs:enable-ecs-managed-tags", "ecs:task-definition"} {
			x.SetUnknown(k)
		}
		return x
	}
	switch op {
	case "update-service":
		t := service.Target{Resource: c.arn("ecs", "service/"+cluster+"/"+short(a.opt("--service"))), Context: ctx()}
		c.add(t, "ecs:UpdateService")
	case "describe-services":
		for _, s := range a.opts["--services"] {
			c.add(service.Target{Resource: c.arn("ecs", "service/"+cluster+"/"+short(s)), Context: ctx()}, "ecs:DescribeServices")
		}
	case "wait":
		if len(a.words) == 1 && a.words[0].Text == "services-stable" {
			for _, s := range a.opts["--services"] {
				c.add(service.Target{Resource: c.arn("ecs", "service/"+cluster+"/"+short(s)), Context: ctx()}, "ecs:DescribeServices")
			}
		}
	case "describe-task-definition":
		c.add(everything, "ecs:DescribeTaskDefinition")
	default:
		c.generic("ecs", op)
	}
}

func (c *CLI) lambda(op string, a args) {
	switch op {
	case "update-function-code", "update-function-configuration", "publish-version", "get-function", "get-function-configuration", "update-alias", "create-alias":
		c.add(c.named("lambda", "function:", a.opt("--function-name")), "lambda:"+camel(op))
	case "invoke":
		t := c.named("lambda", "function:", a.opt("--function-name"))
		if q := a.opt("--qualifier"); q != "" {
			t.Resource += ":" + q
		}
		c.add(t, "lambda:InvokeFunction")
	default:
		c.generic("lambda", op)
	}
}

func (c *CLI) codeartifact(op string, a args) {
	domain := a.opt("--domain")
	if domain == "" {
		return
	}
	owner := a.opt("--domain-owner")
	if owner == "" {
		owner = c.site.Account
	}
	at := func(r string) service.Target {
		return service.Target{Resource: c.site.ARNIn("codeartifact", c.Region, owner, r), Account: owner}
	}
	c.add(at("domain/"+domain), "codeartifact:GetAuthorizationToken")
	t := everything
	t.Context.Set("sts:AWSServiceName", "codeartifact.amazonaws.com")
	t.Context.SetUnknown("sts:DurationSeconds")
	c.add(t, "sts:GetServiceBearerToken")
	if r := a.opt("--repository"); op == "login" && r != "" {
		c.add(at("repository/"+domain+"/"+r), "codeartifact:GetRepositoryEndpoint")
		repo := at("repository/" + domain + "/" + r)
		repo.What = "packages of repository " + r
		c.packages = map[string]service.Target{a.opt("--tool"): repo}
	}
}

// fetchers are the commands that fetch packages, by the tool that
// "aws codeartifact login" set up for the repository
// (https://docs.aws.amazon.com/codeartifact/latest/ug/tokens-authentication.html#auth-and-tokens-using-login).
var fetchers = map[string]string{
	"npm ci": "npm", "npm install": "npm", "npm i": "npm", "pip install": "pip", "pip3 install": "pip", "dotnet restore": "dotnet", "swift build": "swift",
}

// fetch reads a command that fetches packages from the repository of an
// earlier login.
func (c *CLI) fetch(ws []Word) {
	if len(ws) < 2 || len(c.packages) == 0 {
		return
	}
	if t, ok := c.packages[fetchers[ws[0].Text+" "+ws[1].Text]]; ok {
		c.add(t, "codeartifact:ReadFromRepository")
	}
}

func (c *CLI) cloudformation(op string, a args) {
	stack := func() service.Target {
		n := a.opt("--stack-name")
		if _, err := arn.Parse(n); err == nil {
			return c.named("cloudformation", "", n)
		}
		t := c.named("cloudformation", "stack/", n)
		t.Resource += "/" + match.Hole(match.Name, "the id of the stack")
		if r := a.opt("--role-arn"); r != "" {
			t.Context.Put("cloudformation:RoleArn", iam.ContextValue{State: iam.Known, Values: []string{r}, Optional: true})
		}
		for _, k := range []string{"cloudformation:TemplateUrl", "cloudformation:ChangeSetName", "cloudformation:ResourceTypes", "cloudformation:StackPolicyUrl", "aws:TagKeys"} {
			t.Context.SetUnknown(k)
		}
		return t
	}
	role := func() {
		if r := a.opt("--role-arn"); r != "" {
			c.add(service.Target{
				Resource: r, Account: arn.Account(r), What: "execution role of the stack",
				Context: service.Context("iam:PassedToService", "cloudformation.amazonaws.com"),
			}, "iam:PassRole")
		}
	}
	switch op {
	case "deploy":
		if a.has("--s3-bucket") {
			c.upload(a)
		}
		// The command reads the parameters of the template itself; only others do
		// ask for a summary.
		c.perhaps(everything, "cloudformation:GetTemplateSummary")
		c.add(stack(), "cloudformation:DescribeStacks", "cloudformation:CreateChangeSet", "cloudformation:DescribeChangeSet")
		c.transform(a)
		if !a.has("--no-execute-changeset") {
			c.add(stack(), "cloudformation:ExecuteChangeSet")
		}
		role()
	case "package":
		c.makes(a.opt("--output-template-file"), a.opt("--template-file"))
		c.upload(a)
	case "create-stack", "update-stack", "delete-stack", "create-change-set":
		c.add(stack(), "cloudformation:"+camel(op))
		role()
	case "execute-change-set", "describe-stacks", "describe-stack-events", "describe-stack-resources", "describe-stack-resource", "list-stack-resources", "describe-change-set", "get-template":
		if a.opt("--stack-name") == "" {
			c.add(everything, "cloudformation:"+camel(op))
			return
		}
		c.add(stack(), "cloudformation:"+camel(op))
	case "validate-template", "list-exports", "list-stacks":
		c.add(everything, "cloudformation:"+camel(op))
	case "wait":
		if len(a.words) == 1 && strings.HasPrefix(a.words[0].Text, "stack-") {
			c.add(stack(), "cloudformation:DescribeStacks")
		}
	default:
		c.generic("cloudformation", op)
	}
}

// transform: the template that a command deploys may be one that SAM rewrites.
func (c *CLI) transform(a args) {
	name := a.opt("--template-file")
	if name == "" {
		name = a.opt("-t")
	}
	if name == "" {
		name = a.opt("--template")
	}
	if name == "" || c.site.Read == nil || match.HasHole(name) {
		return
	}
	f, err := c.site.Read(c.origin(name))
	if err != nil {
		return
	}
	if t, ok := c.site.UseTransform(service.Transforms(f), c.Region, a.opt("--role-arn")); ok {
		actions := t.Only
		t.Only = nil
		c.add(t, actions...)
	}
}

// origin is the template that a packaged one was made from, where an earlier
// command made it: aws cloudformation package, sam build.
func (c *CLI) origin(name string) string {
	for range 4 {
		from, ok := c.made[strings.TrimPrefix(name, "./")]
		if !ok {
			return name
		}
		name = from
	}
	return name
}

// makes records that a command makes one template from another.
func (c *CLI) makes(out, from string) {
	if out == "" || from == "" || match.HasHole(out) || match.HasHole(from) || out == from {
		return
	}
	if c.made == nil {
		c.made = map[string]string{}
	}
	c.made[strings.TrimPrefix(out, "./")] = from
}

// upload is the bucket that package and deploy put local files in.
func (c *CLI) upload(a args) {
	bucket := a.opt("--s3-bucket")
	if bucket == "" {
		return
	}
	prefix := strings.Trim(a.opt("--s3-prefix"), "/")
	if prefix != "" {
		prefix += "/"
	}
	t := c.site.Object(bucket, service.KeyHole(prefix, "a packaged file"))
	t.What = "files that the template names"
	// Files that lie there already are not written again.
	c.perhaps(t, "s3:GetObject", "s3:PutObject")
}

// merge drops calls that an earlier command makes just as surely.
func merge(cs []Call) []Call {
	var out []Call
	seen := map[string]int{}
	for _, c := range cs {
		k := strings.Join(c.Actions, ",") + "|" + c.Target.Resource + "|" + c.Target.Region
		if len(c.Actions) == 1 && c.Actions[0] == "sts:AssumeRole" {
			v := c.Target.Context.Get("sts:externalid")
			k += strings.Join(v.Values, ",")
		}
		if i, ok := seen[k]; ok {
			out[i].Sure = max(out[i].Sure, c.Sure)
			continue
		}
		seen[k] = len(out)
		out = append(out, c)
	}
	return out
}
