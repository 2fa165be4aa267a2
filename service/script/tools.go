package script

import (
	"strings"

	"penstock/match"
	"penstock/service"
)

// cdk reads the commands of the CDK's CLI, run by itself or by npx, yarn or
// pnpm.
//
// cdk deploy works with the roles that cdk bootstrap made: it assumes the
// deploy role of the account and region of each stack, and the publishing
// roles for assets. Where it may not, it says "current credentials could not be
// used to assume …. Proceeding anyway" and does with its own rights what the
// role was to do, beginning with the version of the bootstrap stack in a
// parameter (https://github.com/aws/aws-cdk/issues/28522). Which accounts,
// regions and qualifier the application has is not in the commands.
func (c *CLI) cdk(ws []Word) {
	runner := ws[0].Text
	if runner != "cdk" {
		ws = ws[1:]
		for len(ws) > 0 && (strings.HasPrefix(ws[0].Text, "-") || ws[0].Text == "run" || ws[0].Text == "exec" || ws[0].Text == "dlx" || ws[0].Text == "--") {
			ws = ws[1:]
		}
		if len(ws) == 0 || ws[0].Text != "cdk" && !strings.HasPrefix(ws[0].Text, "aws-cdk") {
			return
		}
	}
	var op string
	qualifier := match.Hole(match.Name, "the qualifier of the bootstrap stack")
	for i := 1; i < len(ws); i++ {
		switch w := ws[i].Text; {
		case w == "--profile" || strings.HasPrefix(w, "--profile="), w == "--role-arn", w == "-r", strings.HasPrefix(w, "--role-arn="):
			return // with other credentials, or another way
		case !strings.HasPrefix(w, "-") && op == "":
			op = w
		}
	}
	switch op {
	case "deploy", "destroy":
	case "synth", "synthesize", "ls", "list", "doctor", "init", "version", "--version", "notices", "context", "acknowledge", "":
		return
	default:
		c.note("what cdk " + match.Render(op) + " calls")
		return
	}
	account, region := match.Hole(match.Account, "the account of the CDK application"), match.Hole(match.Name, "the region of the CDK application")
	role := service.Target{
		Resource: "arn:aws:iam::" + account + ":role/cdk-" + qualifier + "-deploy-role-" + account + "-" + region, What: "deploy role of the bootstrap stack", Delegates: true,
		Assume: "cdk " + op + " of " + match.Render(c.who) + " deploys to accounts and regions whose bootstrap roles its role may assume, and which trust it",
	}
	role.Context.Set("iam:ResourceTag/aws-cdk:bootstrap-role", "deploy")
	role.Context.Set("aws:ResourceTag/aws-cdk:bootstrap-role", "deploy")
	version := c.site.Parameter(c.Region, "/cdk-bootstrap/"+qualifier+"/version")
	version.Assume = role.Assume
	a, b := role, version
	a.Only, b.Only = []string{"sts:AssumeRole"}, []string{"ssm:GetParameter"}
	role.Instead, version.Instead = &b, &a
	c.add(role, "sts:AssumeRole")
	c.add(version, "ssm:GetParameter")
}

// sam reads the commands of SAM's CLI: deploy and package are CloudFormation's
// with the caller's rights
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html).
// What samconfig.toml gives is not known.
func (c *CLI) sam(ws []Word) {
	if len(ws) == 0 {
		return
	}
	op, a := ws[0].Text, split(ws[1:])
	if a.has("--profile") {
		return
	}
	if a.torn {
		c.sure = min(c.sure, Perhaps)
	}
	template := a.opt("--template-file")
	for _, o := range []string{"--template", "-t"} {
		if template == "" {
			template = a.opt(o)
		}
	}
	region := c.Region
	if r := a.opt("--region"); r != "" {
		c.Region = r
	}
	defer func() { c.Region = region }()
	switch op {
	case "build":
		if template == "" {
			template = "template.yaml"
		}
		c.makes(".aws-sam/build/template.yaml", template)
		c.built = true
	case "package":
		c.makes(a.opt("--output-template-file"), c.samTemplate(template))
		c.upload(a)
	case "deploy":
		if a.has("--config-file") || a.has("--config-env") || a.opt("--stack-name") == "" {
			c.note("what sam deploy calls, as its configuration says,")
			return
		}
		a.opts["--template-file"] = []string{c.samTemplate(template)}
		c.cloudformation("deploy", a)
	case "validate", "init", "local", "logs", "list", "docs", "--version":
	default:
		c.note("what sam " + match.Render(op) + " calls")
	}
}

// samTemplate is the template that a command without one takes.
func (c *CLI) samTemplate(name string) string {
	switch {
	case name != "":
		return name
	case c.built:
		return ".aws-sam/build/template.yaml"
	default:
		return "template.yaml"
	}
}
