package compile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"penstock/arn"
	"penstock/blueprint"
	"penstock/seal"
	"penstock/spec"
)

// Logical ids of what every approval shares.
const (
	approvalKey   = "ApprovalKey"
	approvalTopic = "ApprovalTopic"
	approvalTable = "ApprovalVotes"
	requestFn     = "ApprovalRequest"
	voteFn        = "ApprovalVote"
	voteURL       = "ApprovalVoteUrl"
)

// approval draws what a gate needs and returns its action: CodePipeline's own
// manual approval, or a state machine that waits until so many people of so
// many groups have agreed. What its functions do is a contract
// (docs/approval.md), which the proof relies on.
func (b *builder) approval(s *spec.Stage) blueprint.Map {
	st := b.tools()
	b.approvals(st)
	if s.Approve.Native {
		return b.native(st, s)
	}
	b.votes(st)
	machine := b.machine(st, s)
	for _, g := range s.Approve.By {
		b.approver(st, g)
	}
	input := `{"execution":"#{codepipeline.PipelineExecutionId}"}`
	if b.spec.Seal {
		input = `{"execution":"#{codepipeline.PipelineExecutionId}","digest":"` + seal.Reference(seal.Namespace) + `"}`
	}
	config := blueprint.KV("StateMachineArn", blueprint.Ref(machine), "InputType", "Literal", "Input", input)
	return action(ident(s.Name), "Invoke", "AWS", "StepFunctions", config, nil, nil, "")
}

// approvals draws the topic by which people are asked, and its key, once.
func (b *builder) approvals(st *blueprint.Stack) {
	if st.Resource(approvalTopic) != nil {
		return
	}
	var base []*blueprint.Statement
	var emails []string
	table := false
	for _, s := range b.spec.Stages {
		if s.Approve == nil {
			continue
		}
		table = table || !s.Approve.Native
		for _, e := range s.Approve.Notify {
			emails = addOnce(emails, e)
		}
	}
	if table {
		base = append(base, tableMade())
	}
	b.key(st, approvalKey, "Requests for approval, and votes", "", "approval", base...)
	b.topic(st, approvalTopic, "${ProjectName}-approvals", approvalKey, emails)
	if len(emails) == 0 {
		b.step(Step{
			After: st.Name, Title: "Subscribe those who approve to the topic " + b.spec.Project + "-approvals",
			Command: fmt.Sprintf("aws sns subscribe --region %s --topic-arn arn:%s:sns:%s:%s:%s-approvals --protocol email --notification-endpoint ADDRESS",
				st.Region, arn.Partition(st.Region), st.Region, st.Account, b.spec.Project),
			Why: "no approve.notify names anybody: nobody would hear of a request, and no answer is a refusal",
		})
	}
}

// tableMade lets whoever makes the table in CloudFormation have DynamoDB use
// the key: it is asked once, through DynamoDB and for DynamoDB
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html,
// https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html).
func tableMade() *blueprint.Statement {
	return &blueprint.Statement{
		Sid:       "TheTableIsMade",
		Comment:   "Whoever makes the table lets DynamoDB use the key, and so needs it himself; through DynamoDB only.",
		Principal: blueprint.KV("AWS", blueprint.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")),
		Actions:   []string{"kms:CreateGrant"}, Resources: []blueprint.Sub{"*"},
		Conditions: []blueprint.Condition{
			{Operator: "StringEquals", Key: "kms:ViaService", Values: []blueprint.Sub{"dynamodb.${AWS::Region}.amazonaws.com"}},
			{Operator: "Bool", Key: "kms:GrantIsForAWSResource", Values: []blueprint.Sub{"true"}},
		},
	}
}

// native is the manual approval of CodePipeline, which one person answers.
func (b *builder) native(st *blueprint.Stack, s *spec.Stage) blueprint.Map {
	what := "Execution #{codepipeline.PipelineExecutionId}"
	if b.spec.Seal {
		what += " deploys what was sealed as " + seal.Reference(seal.Namespace)
	}
	name := ident(s.Name)
	config := blueprint.KV("NotificationArn", blueprint.Ref(approvalTopic), "CustomData", what)
	m := action(name, "Approval", "AWS", "Manual", config, nil, nil, "")
	m.Set("TimeoutInMinutes", minutes(s.Approve.Within, 24*time.Hour))
	i := slices.IndexFunc(b.roles, func(r *role) bool { return r.stack == st && r.name == b.spec.Project+"-approver" })
	if i < 0 {
		r := b.role(st, "approver", "Taken on by who approves, with a second factor.", 0)
		r.trust = append(r.trust, anyUser())
		b.looks(r)
		i = len(b.roles) - 1
	}
	b.roles[i].grant("answers the approval "+s.Name, []string{"codepipeline:PutApprovalResult"},
		"arn:${AWS::Partition}:codepipeline:${AWS::Region}:${AWS::AccountId}:${ProjectName}/"+blueprint.Sub(stageName(s.Name)+"/"+name))
	return m
}

// pipelineARN is the pipeline, for policies of its own stack.
const pipelineARN blueprint.Sub = "arn:${AWS::Partition}:codepipeline:${AWS::Region}:${AWS::AccountId}:${ProjectName}"

// looks lets a role see what it is asked to approve.
func (b *builder) looks(r *role) {
	r.grant("sees which execution waits, and what it would deploy", []string{"codepipeline:GetPipelineExecution", "codepipeline:GetPipelineState"}, pipelineARN)
}

// votes draws the table of votes, the function that asks and the one that
// counts, once.
func (b *builder) votes(st *blueprint.Stack) {
	if st.Resource(approvalTable) != nil {
		return
	}
	const table blueprint.Sub = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${ProjectName}-approvals"
	bucket := st.Parameter(blueprint.Parameter{Name: "ApprovalCodeBucket", Description: "Bucket with the code of the approval functions"})
	key := st.Parameter(blueprint.Parameter{Name: "ApprovalCodeKey", Description: "Key of that code"})
	version := st.Parameter(blueprint.Parameter{Name: "ApprovalCodeVersion", Description: "Version of that code: another object under the key changes nothing"})
	code := blueprint.KV("S3Bucket", bucket, "S3Key", key, "S3ObjectVersion", version)

	asks := b.role(st, "approval-request", "The function that asks: it finds out who wrote and who started the change, and opens the vote.", 0)
	counts := b.role(st, "approval-vote", "The function that counts: who may vote, and whether enough have.", 0)
	st.Add(&blueprint.Resource{
		ID: approvalTable, Type: "AWS::DynamoDB::Table", Retain: true,
		Comment: "One item a request, with its votes. The two functions write it and nobody else, whatever else they are allowed.",
		Props: blueprint.KV(
			"TableName", blueprint.Sub("${ProjectName}-approvals"),
			"AttributeDefinitions", blueprint.List{blueprint.KV("AttributeName", "request", "AttributeType", "S")},
			"KeySchema", blueprint.List{blueprint.KV("AttributeName", "request", "KeyType", "HASH")},
			"BillingMode", "PAY_PER_REQUEST",
			"DeletionProtectionEnabled", true,
			"PointInTimeRecoverySpecification", blueprint.KV("PointInTimeRecoveryEnabled", true),
			"SSESpecification", blueprint.KV("SSEEnabled", true, "SSEType", "KMS", "KMSMasterKeyId", blueprint.Att(approvalKey, "Arn")),
			"TimeToLiveSpecification", blueprint.KV("AttributeName", "forget", "Enabled", true),
			"ResourcePolicy", blueprint.KV("PolicyDocument", &blueprint.Policy{Statements: []*blueprint.Statement{{
				Sid: "OnlyTheFunctionsWrite", Effect: "Deny", Principal: "*",
				Actions:   []string{"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PutItem", "dynamodb:UpdateItem"},
				Resources: []blueprint.Sub{table},
				Conditions: []blueprint.Condition{{
					Operator: "ArnNotEquals", Key: "aws:PrincipalArn", Values: []blueprint.Sub{b.arn(asks, st), b.arn(counts, st)},
				}},
			}}}),
			"Tags", b.tags(),
		),
	})
	b.approvalFunction(st, voteFn, "approval-vote", counts, code, blueprint.KV("PART", "vote", "TABLE", blueprint.Ref(approvalTable)))
	st.Add(&blueprint.Resource{
		ID: voteURL, Type: "AWS::Lambda::Url",
		Comment: "People vote here with credentials of their own, which AWS checks and tells the function.",
		Props:   blueprint.KV("AuthType", "AWS_IAM", "InvokeMode", "BUFFERED", "TargetFunctionArn", blueprint.Att(voteFn, "Arn")),
	})
	b.approvalFunction(st, requestFn, "approval-request", asks, code, blueprint.KV(
		"PART", "request", "TABLE", blueprint.Ref(approvalTable), "TOPIC", blueprint.Ref(approvalTopic),
		"PIPELINE", blueprint.Sub("${ProjectName}"), "VOTE_AT", blueprint.Att(voteURL, "FunctionUrl"),
	))
	st.Output("ApprovalUrl", "Where people vote", blueprint.Att(voteURL, "FunctionUrl"))

	asks.grant("opens a vote", []string{"dynamodb:PutItem"}, table)
	counts.grant("reads a vote and counts it", []string{"dynamodb:GetItem", "dynamodb:UpdateItem"}, table)
	for _, r := range []*role{asks, counts} {
		r.uses("opens the table, with its own rights", "dynamodb", "kms:Decrypt")
	}
	asks.grant("tells the approvers", []string{"sns:Publish"}, blueprint.Ref(approvalTopic))
	asks.uses("encrypts what it tells", "sns", "kms:Decrypt", "kms:GenerateDataKey")
	asks.grant("learns who started the execution, and of which revision", []string{"codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"}, pipelineARN)
	if b.spec.Source.Kind == spec.CodeCommit {
		asks.grant("learns whom the commits name", []string{"codecommit:GetCommit"},
			"arn:${AWS::Partition}:codecommit:${AWS::Region}:${AWS::AccountId}:"+b.project(blueprint.Lit(b.spec.Source.Repository)))
		if b.never("author") {
			// https://docs.aws.amazon.com/codecommit/latest/userguide/integ-cloudtrail.html (GitPush)
			asks.grant("learns who pushed the change, which no commit can be trusted to say; the action has no resource", []string{"cloudtrail:LookupEvents"}, "*")
		}
	}
	// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
	counts.grant("answers the machine; the actions have no resource, what counts is the token, which is in the table and nowhere else",
		[]string{"states:SendTaskFailure", "states:SendTaskSuccess"}, "*")
	b.step(Step{
		Before: st.Name,
		Title:  "Put the code of the approval functions into a bucket, and name it in the parameters ApprovalCodeBucket, ApprovalCodeKey and ApprovalCodeVersion of stack " + st.Name,
		Why:    "Code is in no template. What it must do is said in docs/approval.md; the version pins what is proved about.",
	})
}

// never reports whether some gate keeps a kind of people from voting.
func (b *builder) never(kind string) bool {
	return slices.ContainsFunc(b.spec.Stages, func(s *spec.Stage) bool { return s.Approve != nil && slices.Contains(s.Approve.Never, kind) })
}

// uses lets a role use the key of the approvals through a service.
func (r *role) uses(why, service string, actions ...string) {
	r.grants = append(r.grants, grant{
		actions: actions, resources: []blueprint.Sub{blueprint.Att(approvalKey, "Arn")}, why: why,
		conditions: []blueprint.Condition{{Operator: "StringEquals", Key: "kms:ViaService", Values: []blueprint.Sub{blueprint.Sub(service) + ".${AWS::Region}.amazonaws.com"}}},
	})
}

// approvalFunction draws one function of the approval, with its log.
func (b *builder) approvalFunction(st *blueprint.Stack, id, name string, r *role, code, env blueprint.Map) {
	logs := b.log(st, id+"Logs", "/aws/lambda/${ProjectName}-"+blueprint.Sub(name), "")
	st.Add(&blueprint.Resource{ID: id, Type: "AWS::Lambda::Function", Props: blueprint.KV(
		"FunctionName", blueprint.Sub("${ProjectName}-"+name),
		"Role", blueprint.Att(r.id, "Arn"),
		"Runtime", "provided.al2023", "Architectures", blueprint.Strings("arm64"), "Handler", "bootstrap",
		"MemorySize", 128, "Timeout", 30,
		"Code", code,
		"Environment", blueprint.KV("Variables", env),
		"LoggingConfig", blueprint.KV("LogFormat", "JSON", "LogGroup", blueprint.Ref(logs.ID)),
		"Tags", b.tags(),
	)})
}

// machine draws the machine of one gate and returns its logical id. It ends
// well only with an answer that says so of this execution and of what was
// sealed; time, failure and refusal end it with a failure, and the pipeline
// with it. It is a standard one: an express machine waits for nobody
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-StepFunctions.html).
func (b *builder) machine(st *blueprint.Stack, s *spec.Stage) string {
	a, id := s.Approve, ident(s.Name)+"Machine"
	i := slices.IndexFunc(b.roles, func(r *role) bool { return r.stack == st && r.name == b.spec.Project+"-approval" })
	if i < 0 {
		b.role(st, "approval", "With this role the machine of an approval asks its function, and does nothing else.", 0)
		i = len(b.roles) - 1
	}
	within := int(a.Within / time.Second)
	payload := blueprint.KV(
		"token.$", "$$.Task.Token", "request.$", "$$.Execution.Name", "opened.$", "$$.State.EnteredTime", "execution.$", "$.execution",
		"stage", stageName(s.Name), "groups", blueprint.Strings(a.By...), "need", a.Need, "every", a.Every, "never", blueprint.Strings(a.Never...), "within", within,
	)
	agreed := blueprint.List{
		blueprint.KV("Variable", "$.answer.decision", "StringEquals", "approved"),
		blueprint.KV("Variable", "$.answer.execution", "StringEqualsPath", "$.execution"),
		blueprint.KV("Variable", "$.answer.votes", "NumericGreaterThanEquals", a.Need),
	}
	if b.spec.Seal {
		payload.Set("digest.$", "$.digest")
		agreed = append(agreed, blueprint.KV("Variable", "$.answer.digest", "StringEqualsPath", "$.digest"))
	}
	st.Add(&blueprint.Resource{
		ID: id, Type: "AWS::StepFunctions::StateMachine",
		Comment: fmt.Sprintf("%s: %s. No answer is a refusal.", s.Name, rule(a)),
		Props: blueprint.KV(
			"StateMachineName", blueprint.Sub("${ProjectName}-"+s.Name),
			"StateMachineType", "STANDARD",
			"RoleArn", blueprint.Att(b.roles[i].id, "Arn"),
			"Definition", blueprint.KV(
				"Comment", "Asks, waits for the answer, and looks whether it is one",
				"StartAt", "Ask",
				// The task's own time begins anew each time that it is asked again.
				"TimeoutSeconds", within+30*60,
				"States", blueprint.KV(
					"Ask", blueprint.KV(
						"Type", "Task", "Resource", blueprint.Sub("arn:${AWS::Partition}:states:::lambda:invoke.waitForTaskToken"),
						"Parameters", blueprint.KV("FunctionName", blueprint.Att(requestFn, "Arn"), "Payload", payload),
						"TimeoutSeconds", within,
						"ResultPath", "$.answer",
						// CloudTrail tells who pushed some minutes after the push
						// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html).
						"Retry", blueprint.List{
							// What Lambda itself fails of for a moment refuses nobody
							// (https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html,
							// "Handling transient Lambda service exceptions").
							blueprint.KV("ErrorEquals", blueprint.Strings("Lambda.ClientExecutionTimeoutException", "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"),
								"IntervalSeconds", 2, "MaxAttempts", 6, "BackoffRate", 2),
							blueprint.KV("ErrorEquals", blueprint.Strings("NotYetKnown"), "IntervalSeconds", 60, "MaxAttempts", 20, "BackoffRate", 1),
						},
						"Catch", blueprint.List{blueprint.KV("ErrorEquals", blueprint.Strings("States.ALL"), "ResultPath", "$.error", "Next", "Refused")},
						"Next", "Agreed",
					),
					"Agreed", blueprint.KV("Type", "Choice", "Choices", blueprint.List{blueprint.KV("And", agreed, "Next", "Approved")}, "Default", "Refused"),
					"Approved", blueprint.KV("Type", "Succeed"),
					"Refused", blueprint.KV("Type", "Fail", "Error", "Refused", "Cause", "Nobody agreed in time, or somebody refused"),
				),
			),
			"Tags", b.tags(),
		),
	})
	return id
}

// rule says in words what an approval asks for.
func rule(a *spec.Approve) string {
	text := fmt.Sprintf("%d of %s", a.Need, strings.Join(a.By, ", "))
	if a.Every {
		text += ", at least one of each"
	}
	if len(a.Never) > 0 {
		text += ", not who is " + strings.Join(a.Never, " or ")
	}
	return text + ", within " + strings.TrimSuffix(strings.TrimSuffix(a.Within.String(), "0s"), "0m")
}

// approver draws the role with which the people of a group vote, once.
func (b *builder) approver(st *blueprint.Stack, group string) {
	name := approverName(group)
	if b.roleNamed(st, name) {
		return
	}
	r := b.role(st, name, "Taken on by "+group+" to vote: under their own name, which AWS tells the function.", 0)
	r.trust = b.approvers(st, group)
	function := "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${ProjectName}-approval-vote"
	r.grants = append(r.grants,
		grant{
			actions: []string{"lambda:InvokeFunctionUrl"}, resources: []blueprint.Sub{blueprint.Sub(function)}, why: "votes",
			conditions: []blueprint.Condition{{Operator: "StringEquals", Key: "lambda:FunctionUrlAuthType", Values: []blueprint.Sub{"AWS_IAM"}}},
		},
		// URLs that were made since October 2025 ask for both
		// (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html). Without
		// the condition one could invoke the function with any event, and so in
		// anybody's name.
		grant{
			actions: []string{"lambda:InvokeFunction"}, resources: []blueprint.Sub{blueprint.Sub(function)}, why: "votes, through the URL alone",
			conditions: []blueprint.Condition{{Operator: "Bool", Key: "lambda:InvokedViaFunctionUrl", Values: []blueprint.Sub{"true"}}},
		})
	b.looks(r)
}

func approverName(group string) string { return "approver-" + group }

// voter is the role of a group that approves, one whoever asks.
func (b *builder) voter(group string) *spec.WorkRole {
	name := approverName(group)
	i := slices.IndexFunc(b.voters, func(w *spec.WorkRole) bool { return w.Name == name })
	if i < 0 {
		i = len(b.voters)
		b.voters = append(b.voters, &spec.WorkRole{Name: name, Accounts: []spec.Account{b.spec.Tools}, Groups: []string{group}})
	}
	return b.voters[i]
}

// takenOn are the roles that people take on: those of the work, and those with
// which they vote.
func (b *builder) takenOn() []*spec.WorkRole {
	var out []*spec.WorkRole
	if b.spec.People == nil {
		return nil
	}
	for i := range b.spec.People.Roles {
		out = append(out, &b.spec.People.Roles[i])
	}
	for _, s := range b.spec.Stages {
		if s.Approve == nil || s.Approve.Native {
			continue
		}
		for _, g := range s.Approve.By {
			if w := b.voter(g); !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// approvers are the statements that let the people of a group take on its
// role: users with a second factor and under their own name; and sessions of
// Identity Center under the name that they have there. The name is what makes
// two votes those of two people, so nobody may choose it.
func (b *builder) approvers(st *blueprint.Stack, group string) []*blueprint.Statement {
	var out []*blueprint.Statement
	if b.spec.People != nil {
		w := b.voter(group)
		if s := b.byUsers(w, st); s != nil {
			out = append(out, s)
		}
		if s := b.bySessions(w, st); s != nil {
			// aws:userid of a session is the id of its role, a colon and the name
			// of the session, none of which holds a colon
			// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable);
			// that a variable can stand for sts:RoleSessionName follows from
			// "reference_policies_variables.html#policy-vars-formatting". Were it
			// not so, nobody would get in.
			s.Comment += "\nThe session goes on under the name that it has: another name would be another vote."
			s.Conditions = append(s.Conditions, blueprint.Condition{Operator: "StringLike", Key: "aws:userid", Values: []blueprint.Sub{"*:${!sts:RoleSessionName}"}})
			out = append(out, s)
		}
	}
	if out == nil {
		out = append(out, anyUser())
	}
	return out
}

// anyUser lets in the users of the account whom a policy of theirs allows it,
// with a second factor and under their own name. Sessions of roles have no
// aws:username and stay outside.
func anyUser() *blueprint.Statement {
	return &blueprint.Statement{
		Sid: "UsersWithSecondFactor", Actions: []string{"sts:AssumeRole"},
		Comment:   "Users of this account whose policies allow it, with a second factor and under their own name.",
		Principal: blueprint.KV("AWS", blueprint.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")),
		Conditions: append(withSecondFactor(),
			blueprint.Condition{Operator: "StringEquals", Key: "sts:RoleSessionName", Values: []blueprint.Sub{"${!aws:username}"}}),
	}
}
