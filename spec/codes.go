package spec

// A Code documents a finding.
type Code struct{ Code, Title, Doc string }

// Codes returns every finding that Read reports of itself; DOC001 and others
// of the document come with them.
func Codes() []Code {
	return []Code{
		{"SPEC001", "the spec cannot be read", "`penstock.yaml` is no YAML, or no map. The message has the place at which reading ended. [The spec](../spec.md) shows what it looks like."},
		{"SPEC002", "a key that does not exist", "The spec has a key that means nothing, most often one that is misspelt or that stands at another place than it belongs to. Nothing is passed over in silence: a key that is not read would be an intent that nobody carries out. The message says what was perhaps meant, or which keys there are."},
		{"SPEC003", "something is missing", "A key has to be there, because no default would be right for everybody: which account, which region, which repository, who approves."},
		{"SPEC004", "a value of the wrong kind", "A list stands where a text belongs, a number where a text belongs, or nothing at all. Tags such as `!Ref` are for templates: the spec has values."},
		{"SPEC005", "a value that is not allowed", "The message lists the values that are, or says what form they have. Lengths of time are days, hours and minutes, in that order: `7d`, `24h`, `1h30m`."},
		{"SPEC006", "no account id", "An account id is twelve digits in quotes. Without quotes YAML reads a number: `012345678901` loses its zero, or is read in base 8, and the pipeline would trust somebody else's account. Each account has one alias: two stages of one account share the alias and have names of their own.\n\nSource: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html"},
		{"SPEC007", "no region", "The region does not exist, or is in another partition than the pipeline, which no role and no artifact can cross.\n\nSource: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html"},
		{"SPEC008", "a name that cannot be used", "Names of projects, accounts, builds and stages become parts of the names of roles (64 characters), buckets (63, lower case) and logical ids (letters and digits). So they are short and lower case, and differ by more than hyphens.\n\nSources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"},
		{"SPEC009", "no reference to a secret", "A secret is named and never written down: `ssm:/path` of a parameter, `secretsmanager:name` or `secretsmanager:name#key` of a secret or of one key of its JSON value, or the whole ARN of either, with `#key`. CloudFormation makes no SecureString parameter, so `create` and `rotate` are for Secrets Manager.\n\nSources: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.secrets-manager, https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ssm-parameter.html"},
		{"SPEC010", "keys that exclude each other, or that need another one", "A stage approves, tests or deploys, and deploys in one way; a source is of one kind; `cidr` is for a VPC that is made and `subnets` for one that is there. Keep one of them, or move the key to where it belongs."},
		{"SPEC011", "a name that names nothing", "An account, a build, a group or the network is named that the spec does not have. As a warning: an account that nothing deploys to, which is most often a stage that was forgotten or misspelt."},
		{"SPEC012", "what AWS cannot do", "Each part can be written, but not together: more votes than voters, a rollback in mode parallel, a gate that outlasts the action that waits for it, filters of changes without a connection. The message says what would work.\n\nSources: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html, https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html, https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html, https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html"},
	}
}
