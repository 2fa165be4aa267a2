// Package spec is what the user wants: penstock.yaml, read, checked and filled
// with defaults. A Spec that Read returns is complete: whoever takes it asks
// no question twice.
package spec

import (
	"time"

	"penstock/source"
)

// FileName is the name of the file.
const FileName = "penstock.yaml"

// A Spec is the whole intent.
type Spec struct {
	Project string // [a-z][a-z0-9-]{1,19}: names everything
	Region  string
	// Environment tags what is made: "prod" by default.
	Environment string
	// Accounts by alias. Tools is where the pipeline is; the others are where
	// stages deploy to; Logs, where there is one, keeps the audit log.
	Accounts []Account
	Tools    Account
	Logs     *Account
	// Organization, where the accounts are in one.
	Organization *Organization

	Source  Source
	Trigger Trigger
	// Builds run between the source and the first stage, all at once.
	Builds    []*Build
	Stages    []*Stage
	Variables []Variable
	// Mode is SUPERSEDED, QUEUED or PARALLEL.
	Mode string
	// Seal says whether what an approval covers is sealed by digest: true
	// where there is an approval and something after it deploys, unless the
	// spec says seal: false.
	Seal bool

	Notifications Notifications
	Network       *Network // nil: builds run in no VPC
	Key           Key
	Audit         Audit
	People        *People
	// Brokered are the roles that are taken on with an external id.
	Brokered []*BrokeredRole
	// Boundary names a managed policy in place of the one that is made: the name
	// of one that each account has, with its path, or the ARN of one of AWS's
	// own; "" makes one.
	Boundary string
	Tags     []Tag

	File *source.File // nil where it was made in memory
}

// An Account is one AWS account.
type Account struct {
	Alias string // "tools", "prod"
	ID    string
	At    source.Span
}

// Account returns the account with an alias, false where there is none.
func (s *Spec) Account(alias string) (Account, bool) {
	for _, a := range s.Accounts {
		if a.Alias == alias {
			return a, true
		}
	}
	return Account{}, false
}

// An Organization is that of the accounts.
type Organization struct {
	ID         string // "o-example"
	Management string // account id
	// SCPs and RCPs hold policy files by target, as in the stacks file.
	SCPs, RCPs map[string][]string
}

// SourceKind says where the source is.
type SourceKind string

// The kinds of sources.
const (
	CodeCommit SourceKind = "codecommit"
	GitHub     SourceKind = "github"
	GitLab     SourceKind = "gitlab"
	Bitbucket  SourceKind = "bitbucket"
	S3Source   SourceKind = "s3"
	ECRSource  SourceKind = "ecr"
)

// A Source is where the pipeline takes what it builds.
type Source struct {
	Kind       SourceKind
	Repository string // CodeCommit or ECR repository; "owner/name" of a connection
	Branch     string // "main"
	Connection string // ARN of the CodeConnections connection; "" makes one, to be confirmed by hand
	Bucket     string // S3
	Object     string // S3 key
	Tag        string // ECR image tag
	FullClone  bool   // CODEBUILD_CLONE_REF
	// Create says that the repository or bucket is made here.
	Create bool
	At     source.Span
}

// A Trigger says which changes start the pipeline.
type Trigger struct {
	Branches, Paths, Tags, PullRequests Filter
	Manual                              bool // nothing starts it by itself
}

// A Filter is a list of patterns to include and to exclude.
type Filter struct{ Include, Exclude []string }

// A Build is a CodeBuild project: a build, or with Test a test stage's.
type Build struct {
	Name      string // "build"; the project is <project>-<name>
	Test      bool
	Buildspec string // path in the source, or the text where Inline
	Inline    bool
	// Image is a CodeBuild managed image, or that of an ECR repository.
	Image      string
	ImageECR   string // repository of the tools account: Image is its tag
	Compute    string // "BUILD_GENERAL1_SMALL"
	Type       string // "LINUX_CONTAINER", "ARM_CONTAINER"
	Privileged bool
	Timeout    time.Duration
	Secrets    []Secret
	Env        []Variable
	Push       []Image // ECR repositories that it pushes to
	Pull       []Image // ECR repositories that it pulls from
	Cache      string  // "", "s3", "local"
	Reports    bool
	Batch      bool
	VPC        bool
	// Input is the name of the build whose output it takes, "" for the source.
	Input string
	// Output says that it makes an artifact for the stages.
	Output bool
	// Allow is what its commands call beyond what can be known.
	Allow []Permission
	At    source.Span
}

// A Permission is access that only the user knows to be needed.
type Permission struct {
	Actions, Resources []string
	Why                string
	At                 source.Span
}

// SecretKind says which service keeps a secret.
type SecretKind string

// The kinds of secrets.
const (
	Parameter SecretKind = "ssm"
	Secrets   SecretKind = "secretsmanager"
)

// A Secret is a value that a build gets by reference.
type Secret struct {
	Variable string // environment variable
	Kind     SecretKind
	Name     string // "/mfmsapp/prod/DB_PASSWORD", "mfmsapp/prod/credentials"
	JSONKey  string // of Secrets Manager; "" for the whole
	// ARN is set where the spec gives the whole ARN.
	ARN string
	// Create says that a Secrets Manager secret is made here, with a generated
	// value, or, with an empty value, to be filled. SecureString parameters
	// cannot be made by CloudFormation.
	Create bool
	// Rotate is the days between rotations, 0 for none; Function is the ARN
	// of the function that rotates.
	Rotate   int
	Function string
	At       source.Span
}

// An Image is an ECR repository of the tools account.
type Image struct {
	Repository string
	Create     bool
	At         source.Span
}

// A Stage is one stage after the builds: exactly one of Approve, Test and
// Deploy.
type Stage struct {
	Name    string // "staging", "approve-prod", "test-e2e"
	Approve *Approve
	Test    *Build
	Deploy  *Deploy
	// OnFailure is "", "ROLLBACK" or "RETRY".
	OnFailure  string
	Conditions []StageCondition
	At         source.Span
}

// A StageCondition is a condition of a stage.
type StageCondition struct {
	When   string // "entry", "success", "failure"
	Rule   string // CloudWatchAlarm, DeploymentWindow, VariableCheck, LambdaInvoke
	Result string // FAIL, ROLLBACK, SKIP
	Config []Variable
	At     source.Span
}

// An Approve is a gate.
type Approve struct {
	By     []string // groups
	Need   int      // how many people in all
	Every  bool     // each group has to agree
	Within time.Duration
	// Never are kinds of people who may not vote: "author", "starter".
	Never  []string
	Native bool     // the manual approval action: one person, no groups
	Notify []string // e-mail addresses
	At     source.Span
}

// DeployKind says how a stage deploys.
type DeployKind string

// The kinds of deployments.
const (
	ECS            DeployKind = "ecs"
	ECSBlueGreen   DeployKind = "ecs-blue-green"
	EC2            DeployKind = "ec2"
	Lambda         DeployKind = "lambda"
	CloudFormation DeployKind = "cloudformation"
	S3             DeployKind = "s3"
)

// A Deploy is one deployment to one account.
type Deploy struct {
	Account Account
	Regions []string // at least one
	Kind    DeployKind
	// Input is the name of the build whose output is deployed; "source" for
	// the source where there are builds with an output, "" where there are none.
	Input string

	// ECS, rolling and blue/green.
	Cluster, Service             string
	TaskRole, ExecutionRole      string // names of roles; "" makes them
	Definitions                  string // "imagedefinitions.json"
	Family                       string // of the task definition; the name of the service by default
	Application, Group           string // CodeDeploy; "" makes them
	Create                       bool   // the cluster, service and task definition, or the function, are made here
	Subnets, SecurityGroups      []string
	ListenerARN, TestListenerARN string
	TargetGroups                 []string // two names, for blue/green
	TaskDefinition, AppSpec      string   // templates in the artifact, for blue/green
	DeploymentConfig             string
	Port, CPU, Memory            int

	// EC2 by CodeDeploy.
	AutoScalingGroup string
	InstanceTags     []Tag
	InstanceRole     string // name; "" makes role and instance profile
	// Allow is what the containers, the instances or the function call in AWS
	// with the role that is made; of a stack, what the execution role may do
	// beside what the template at hand shows.
	Allow []Permission

	// Lambda by CodeDeploy.
	Function, Alias string

	// CloudFormation and SAM.
	StackName, Template string
	Configuration       string // template configuration in the artifact
	Capabilities        []string
	Parameters          []Variable
	ChangeSet           bool // make a change set, then execute it

	// S3.
	Bucket, Prefix string
	Extract        bool
	KeyARN         string // of the bucket, "" where it is AWS's

	At source.Span
}

// A Variable is a name and a value.
type Variable struct{ Name, Value string }

// A Tag is a key and a value.
type Tag struct{ Key, Value string }

// Notifications says who hears of executions.
type Notifications struct {
	Emails []string
	On     []string // "started", "failed", "succeeded", …
}

// A Network is the VPC that builds run in.
type Network struct {
	VPC            string // given, or "" to make one
	Subnets        []string
	SecurityGroups []string
	RouteTables    []string // of the given subnets, for the gateway endpoint
	CIDR           string   // of the VPC that is made
	NAT            bool
	// Endpoints says whether endpoints are made: true unless the VPC given has
	// them.
	Endpoints bool
	At        source.Span
}

// A Key names the KMS key of the artifacts.
type Key struct {
	Alias  string   // without "alias/"; "<project>-cicd" by default
	Admins []string // ARNs of roles that administer it beside the account
}

// Audit says what is recorded and who is told.
type Audit struct {
	Alerts       []string // e-mail addresses
	Organization bool     // one trail for the organization
	Retention    int      // days that the log bucket keeps files, locked
	Insights     bool
	Dashboard    bool
	// Function says that a function puts alerts into words, beside the message
	// of the rule itself.
	Function bool
	// Off leaves the audit out: somebody else keeps the trail.
	Off bool
}

// People says how people get in.
type People struct {
	// Users are IAM users of the tools account who may only assume roles,
	// with MFA.
	Users []Person
	// Roles are work roles by account.
	Roles []WorkRole
	// IdentityCenter, where people come from it.
	IdentityCenter *IdentityCenter
	GitHub         *GitHubOIDC
}

// A Person is a user and the groups it is in.
type Person struct {
	Name   string
	Groups []string
}

// A WorkRole is a role that people assume.
type WorkRole struct {
	Name     string
	Accounts []Account
	Groups   []string // who may assume it
	Policies []string // ARNs of managed policies
	Allow    []Permission
	Session  time.Duration
	At       source.Span
}

// An IdentityCenter is an instance of IAM Identity Center.
type IdentityCenter struct {
	Instance, Store, Start, Region string // instance ARN, identity store id, start URL
	// Groups maps the names used here to ids of groups of the identity store.
	Groups []Variable
}

// A GitHubOIDC lets workflows of a repository assume a role, without keys.
type GitHubOIDC struct {
	Repository string // "owner/name"
	Branch     string
	// Environment binds the role to a GitHub environment in place of a branch.
	Environment    string
	Role           string // name
	Allow          []Permission
	CreateProvider bool
}
