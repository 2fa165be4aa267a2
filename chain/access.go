package chain

import (
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/harm"
	"penstock/iam"
	"penstock/iam/reach"
	"penstock/service"
)

// An Access is something that an actor may do to a declared resource by a call
// of its own, the gravest of a class of harm.
type Access struct {
	Class    harm.Class
	Actions  []string // those of the class that it may call, the certain ones where there are any
	Resource *cloud.Resource
	Verdict  reach.Verdict
	Witness  *iam.Request
	Missing  []string
}

// accessed are the types of resources that hold something worth having beside
// what powers tell of, and what is asked of each: on the resource itself, or
// with a rest of its ARN on what is in it.
var accessed = []struct {
	typ, rest string
	actions   []string
}{
	{"AWS::SecretsManager::Secret", "", []string{"secretsmanager:GetSecretValue", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret"}},
	{"AWS::SSM::Parameter", "", []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory", "ssm:PutParameter", "ssm:DeleteParameter"}},
	{"AWS::KMS::Key", "", []string{"kms:Decrypt", "kms:ReEncryptFrom"}},
	{"AWS::S3::Bucket", "/*", []string{"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"}},
	{"AWS::S3::Bucket", "", []string{"s3:ListBucket", "s3:DeleteBucket"}},
	{"AWS::DynamoDB::Table", "", []string{"dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:DeleteItem"}},
	{"AWS::ECR::Repository", "", []string{"ecr:GetDownloadUrlForLayer", "ecr:BatchDeleteImage"}},
	{"AWS::CodeCommit::Repository", "", []string{"codecommit:GitPull", "codecommit:GetFile", "codecommit:DeleteRepository"}},
	{"AWS::SQS::Queue", "", []string{"sqs:ReceiveMessage", "sqs:SendMessage"}},
	{"AWS::Logs::LogGroup", ":*", []string{"logs:GetLogEvents", "logs:FilterLogEvents"}},
	{"AWS::Lambda::Function", "", []string{"lambda:InvokeFunction", "lambda:GetFunction"}},
	{"AWS::CodePipeline::Pipeline", "", []string{"codepipeline:GetPipeline"}},
	{"AWS::CodeBuild::Project", "", []string{"codebuild:BatchGetProjects"}},
	{"AWS::RDS::DBInstance", "", []string{"rds:DeleteDBInstance", "rds:ModifyDBInstance"}},
	{"AWS::RDS::DBCluster", "", []string{"rds:DeleteDBCluster", "rds:ModifyDBCluster"}},
}

// spending are calls that make what costs money, on anything.
var spending = []string{
	"ec2:RunInstances", "lambda:CreateFunction", "ecs:RunTask", "codebuild:CreateProject", "sagemaker:CreateTrainingJob", "rds:CreateDBInstance",
	"glue:CreateJob", "batch:SubmitJob", "redshift:CreateCluster",
}

// Accesses returns what an actor may do to the declared resources by itself,
// what powers say left out: read their secrets and data, change and delete
// them, look at them, and for Spend, without a Resource, make what costs money.
func (g *Graph) Accesses(a Actor) []Access {
	g.prepare()
	r := g.rightsOf(a)
	if r.self == nil {
		return nil
	}
	var out []Access
	for _, t := range accessed {
		for res := range g.model.OfType(t.typ) {
			if res.ARN == "" {
				continue
			}
			c := service.PowerCall{Resources: []string{res.ARN + t.rest}, Account: res.Account}
			for _, x := range g.accesses(r, &c, t.actions) {
				x.Resource = res
				out = append(out, x)
			}
		}
	}
	var spend Access
	for _, x := range g.accesses(r, &service.PowerCall{}, spending) {
		if x.Verdict > spend.Verdict {
			spend = Access{Verdict: x.Verdict, Witness: x.Witness, Missing: x.Missing}
		}
		if x.Verdict == spend.Verdict {
			spend.Actions = append(spend.Actions, x.Actions...)
		}
	}
	if spend.Verdict != reach.None {
		spend.Class = harm.Spend
		out = append(out, spend)
	}
	return out
}

// accesses asks for each of some actions and joins those of a class.
func (g *Graph) accesses(r *rights, c *service.PowerCall, actions []string) []Access {
	var out []Access
	for _, action := range actions {
		if !g.mention(r, action, c.Resources) {
			continue
		}
		call := *c
		call.Actions = []string{action}
		ans := g.put1(r, &call)
		if ans.verdict == reach.None {
			continue
		}
		class := harm.Of(action)
		i := slices.IndexFunc(out, func(x Access) bool { return x.Class == class })
		switch {
		case i < 0:
			out = append(out, Access{Class: class, Actions: []string{action}, Verdict: ans.verdict, Witness: ans.witness, Missing: ans.missing})
		case ans.verdict > out[i].Verdict:
			out[i] = Access{Class: class, Actions: []string{action}, Verdict: ans.verdict, Witness: ans.witness, Missing: ans.missing}
		case ans.verdict == out[i].Verdict:
			out[i].Actions = append(out[i].Actions, action)
			out[i].Missing = union(out[i].Missing, ans.missing)
		}
	}
	return out
}

// mention reports whether a statement of the actor's own may allow an action,
// or the resource's policy may let it in.
func (g *Graph) mention(r *rights, action string, resources []string) bool {
	if r.actor.Only != nil && !within(r.actor.Only, action) {
		return false
	}
	if r.open || slices.ContainsFunc(resources, func(t string) bool { return g.letsIn(t, r) }) {
		return true
	}
	own := slices.Clone(r.self.Identity)
	for _, name := range r.self.Groups {
		if p := r.model.Named(cloud.Group, r.self.Account, name); p != nil {
			own = append(own, p.Identity...)
		}
	}
	for i := range own {
		if own[i].Policy == nil {
			return true
		}
		for j := range own[i].Policy.Statements {
			st := &own[i].Policy.Statements[j]
			if (st.Effect == iam.Allow || len(st.Maybe) > 0) && may(st, action) {
				return true
			}
		}
	}
	return false
}

// Class is what a step would let an attacker do. A step that only deletes
// destroys.
func (s *Step) Class() harm.Class {
	switch s.Power.Kind {
	case service.Become, service.Execute, service.Escalate:
		return harm.Rights
	case service.Blind:
		return harm.Hide
	default:
	}
	for _, c := range s.Gain.Calls {
		for _, a := range c.Actions {
			if harm.Of(a) != harm.Destroy && !removes(a) {
				return harm.Write
			}
		}
	}
	return harm.Destroy
}

// removes reports whether an action takes something away, by its name.
func removes(action string) bool {
	_, name, _ := strings.Cut(action, ":")
	return slices.ContainsFunc([]string{"Delete", "BatchDelete", "Detach", "Remove", "Deregister", "Terminate", "Stop"}, func(w string) bool {
		return strings.HasPrefix(name, w)
	})
}
