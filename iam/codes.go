package iam

// A Code is one kind of finding about a policy.
type Code struct {
	Code   string // stable, never reused
	Title  string
	Source string // the AWS page that says so; its section after '#'
}

const (
	policyChecks = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
	grammar      = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"
	elements     = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_"
	rcpSyntax    = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html"
	scpSyntax    = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html"
)

// The codes of the parser.
const (
	codeType           = "POL001"
	codeElement        = "POL002"
	codeDuplicate      = "POL003"
	codeVersion        = "POL004"
	codeNoStatement    = "POL005"
	codeEffect         = "POL006"
	codeNoAction       = "POL007"
	codeBoth           = "POL008"
	codeNoResource     = "POL009"
	codePrincipal      = "POL010"
	codeNoPrincipal    = "POL011"
	codeNotPrincipal   = "POL012"
	codeTrustResource  = "POL013"
	codeAction         = "POL014"
	codeActionSpace    = "POL015"
	codeServiceStar    = "POL016"
	codeARN            = "POL017"
	codeTypeStar       = "POL018"
	codeOperator       = "POL019"
	codeNullIfExists   = "POL020"
	codeEmpty          = "POL021"
	codeSid            = "POL022"
	codePrincipalForm  = "POL023"
	codePrincipalStar  = "POL024"
	codeRCP            = "POL025"
	codeConditionKey   = "POL026"
	codeConditionValue = "POL027"
	codeVariable       = "POL028"
	codeTrustAction    = "POL029"
	codeOldVariable    = "POL030"
)

// Codes returns every code that Parse reports, in order.
func Codes() []Code {
	return []Code{
		{codeType, "an element has a value of the wrong type", policyChecks + "#access-analyzer-reference-policy-checks-error-data-type-mismatch"},
		{codeElement, "an element does not exist, or its name is written in another case", policyChecks + "#access-analyzer-reference-policy-checks-error-invalid-policy-element"},
		{codeDuplicate, "a key stands twice", policyChecks + "#access-analyzer-reference-policy-checks-error-duplicate-keys-with-different-case"},
		{codeVersion, "the version is neither 2012-10-17 nor 2008-10-17", policyChecks + "#access-analyzer-reference-policy-checks-error-invalid-version"},
		{codeNoStatement, "the policy has no statement", policyChecks + "#access-analyzer-reference-policy-checks-error-missing-statement"},
		{codeEffect, "the effect is missing, or neither Allow nor Deny", policyChecks + "#access-analyzer-reference-policy-checks-error-invalid-effect"},
		{codeNoAction, "a statement has neither Action nor NotAction", policyChecks + "#access-analyzer-reference-policy-checks-error-missing-action"},
		{codeBoth, "a statement has an element and its Not form", policyChecks + "#access-analyzer-reference-policy-checks-error-unsupported-element-combination"},
		{codeNoResource, "a statement has neither Resource nor NotResource", policyChecks + "#access-analyzer-reference-policy-checks-error-missing-resource"},
		{codePrincipal, "a principal stands where none may", policyChecks + "#access-analyzer-reference-policy-checks-error-unsupported-principal"},
		{codeNoPrincipal, "a resource policy has no principal", policyChecks + "#access-analyzer-reference-policy-checks-error-missing-principal"},
		{codeNotPrincipal, "NotPrincipal stands where it may not", elements + "notprincipal.html"},
		{codeTrustResource, "a trust policy has a resource", "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html"},
		{codeAction, "an action is not service:action", grammar},
		{codeActionSpace, "an action holds white space or a comma and matches nothing", elements + "action.html"},
		{codeServiceStar, "a wildcard stands in the service of an action", policyChecks + "#access-analyzer-reference-policy-checks-suggestion-wildcard-in-service-name"},
		{codeARN, "a resource is no ARN", policyChecks + "#access-analyzer-reference-policy-checks-error-invalid-arn-prefix"},
		{codeTypeStar, "a wildcard stands in the resource type of an ARN", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"},
		{codeOperator, "a condition operator does not exist", policyChecks + "#access-analyzer-reference-policy-checks-error-invalid-condition-operator"},
		{codeNullIfExists, "Null with IfExists", policyChecks + "#access-analyzer-reference-policy-checks-error-null-with-if-exists"},
		{codeEmpty, "an empty list", policyChecks + "#access-analyzer-reference-policy-checks-suggestion-empty-array-action"},
		{codeSid, "a statement id is used twice or holds other characters than letters and digits", policyChecks + "#access-analyzer-reference-policy-checks-error-unique-sids-required"},
		{codePrincipalForm, "a principal is not one", policyChecks + "#access-analyzer-reference-policy-checks-error-invalid-principal-format"},
		{codePrincipalStar, "a wildcard stands in a principal", policyChecks + "#access-analyzer-reference-policy-checks-error-unsupported-wildcard-in-principal"},
		{codeRCP, "a resource control policy says what it may not", rcpSyntax},
		{codeConditionKey, "a condition key has no service", policyChecks + "#access-analyzer-reference-policy-checks-error-invalid-condition-key-format"},
		{codeConditionValue, "a condition value cannot match its operator", elements + "condition_operators.html"},
		{codeVariable, "a policy variable is not closed", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"},
		{codeTrustAction, "a trust policy names an action that is not of AWS STS", grammar},
		{codeOldVariable, "a policy variable in a policy of an older version is plain text", elements + "version.html"},
	}
}
