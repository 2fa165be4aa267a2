package cfn

import (
	"penstock/iac/sam"
	"penstock/service"
)

// The codes of the findings of this package.
const (
	CodeRef        = "CFN001"
	CodeCircle     = "CFN002"
	CodeFunction   = "CFN003"
	CodeAttribute  = "CFN004"
	CodeMapping    = "CFN005"
	CodeImport     = "CFN006"
	CodeArguments  = "CFN007"
	CodeCondition  = "CFN008"
	CodeAbsent     = "CFN009"
	CodeUndeclared = "CFN010"
	CodeNotAllowed = "CFN011"
	CodeMacro      = "CFN012"
	CodeExtension  = "CFN013"
	CodeNested     = "CFN014"
	CodeShape      = "CFN015"
	CodeSelect     = "CFN016"
	CodeRule       = "CFN017"
	CodeLimit      = "CFN018"
	CodeExport     = "CFN019"
	CodePhysical   = "CFN020"
	CodeNoValue    = "CFN021"
	CodeSAM        = sam.CodeUnknown
	CodeSAMRefused = sam.CodeRefused
)

// Codes documents the findings.
var Codes = []service.Code{
	{Code: CodeRef, Title: "a reference to something that the template does not declare", Doc: "`Ref`, `Fn::GetAtt` and `${…}` in `Fn::Sub` must name a parameter, a resource or a pseudo parameter of the same template. CloudFormation refuses the template: *Template format error: Unresolved resource dependencies*. Correct the name, or declare it."},
	{Code: CodeCircle, Title: "resources or stacks that depend on each other in a circle", Doc: "CloudFormation creates a resource after all that it refers to, so a circle of `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn` cannot be created: *Circular dependency between resources*. Give one of them a physical name and write that name (or an ARN made of it) instead of the reference, or move the policy to a resource of its own.\n\nStacks wait for each other in the same way where each takes a parameter from an output of the other (`{stack: …, output: …}` in the stacks file): none can be deployed first. Give what one of them needs a name that the other can write without asking.\n\nSource: https://repost.aws/knowledge-center/cloudformation-circular-dependency-errors"},
	{Code: CodeFunction, Title: "an unknown function", Doc: "A key that starts with `Fn::`, or a tag that starts with `!`, must be one of CloudFormation's intrinsic functions.\n\nSource: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html"},
	{Code: CodeAttribute, Title: "an attribute that the resource type does not have", Doc: "`Fn::GetAtt` returns only the attributes of the resource's schema. CloudFormation refuses the template: *Resource … does not support attribute type …*."},
	{Code: CodeMapping, Title: "a mapping without that key", Doc: "`Fn::FindInMap` fails where the map or one of the two keys does not exist, unless it has a `DefaultValue` (transform `AWS::LanguageExtensions`)."},
	{Code: CodeImport, Title: "an import that no stack exports", Doc: "`Fn::ImportValue`, `Fn::GetStackOutput` and a parameter that the stacks file gives as `{stack: …, output: …}` find their value in another stack. None of the stacks that were given has it in that account and region, so the value is unknown and what it decides is not proved. Add the stack to the stacks file, or correct the name."},
	{Code: CodeArguments, Title: "a function with wrong arguments", Doc: "The arguments of the function are not those that CloudFormation takes."},
	{Code: CodeCondition, Title: "a condition that the template does not declare", Doc: "`Condition` and the first argument of `Fn::If` must name an entry of `Conditions`."},
	{Code: CodeAbsent, Title: "a reference to a resource that is not created", Doc: "The resource has a condition that is false where the reference is evaluated. CloudFormation fails: *Unresolved resource dependencies*. Put the reference into `Fn::If` with the same condition."},
	{Code: CodeUndeclared, Title: "a value for a parameter that the template does not declare", Doc: "CloudFormation refuses the stack: *Parameters: [P] do not exist in the template*."},
	{Code: CodeNotAllowed, Title: "a parameter value that the template does not allow", Doc: "The value is not one of `AllowedValues`, does not match `AllowedPattern`, or is outside the bounds."},
	{Code: CodeMacro, Title: "a transform or macro that is not understood", Doc: "A macro is a function in the account that rewrites the template. What it makes is not in the template, so everything that it can touch counts as unknown."},
	{Code: CodeExtension, Title: "a function that needs the transform AWS::LanguageExtensions", Doc: "`Fn::ForEach`, `Fn::Length`, `Fn::ToJsonString` and the `DefaultValue` of `Fn::FindInMap` work only in a template with `Transform: AWS::LanguageExtensions`.\n\nSource: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html"},
	{Code: CodeNested, Title: "a nested stack that cannot be read", Doc: "The template of a nested stack is not a file beside the template, or includes itself. Its resources and outputs are unknown."},
	{Code: CodeShape, Title: "a template that is not shaped as one", Doc: "A section, resource or output is not what CloudFormation takes there."},
	{Code: CodeSelect, Title: "an index outside the list", Doc: "`Fn::Select` fails where the list has no item of that index."},
	{Code: CodeRule, Title: "a rule that the parameters break", Doc: "An assertion of the `Rules` section is false for the values given, so CloudFormation refuses the stack."},
	{Code: CodeLimit, Title: "a template that grows without bound", Doc: "Evaluation stopped at a bound that no real template comes near."},
	{Code: CodeExport, Title: "an export name that two stacks use", Doc: "Export names are unique in an account and region; the second stack fails."},
	{Code: CodePhysical, Title: "a physical id for a resource that the template does not declare", Doc: "`physicalIds` of the stacks file is keyed by logical id."},
	{Code: CodeNoValue, Title: "a parameter without a value", Doc: "The parameter has no default, and no value was given. What depends on it is unknown, and calls that it decides are not proved. Give it under `parameters` in the stacks file."},
	{Code: CodeSAM, Title: "a part of a SAM template that is not expanded", Doc: "The transform AWS::Serverless-2016-10-31 makes resources of this part, and which is not known here: a new resource type, event type, policy template or kind of connector. What it makes counts as unknown; where that could change an answer, the answer depends on it.\n\nSource: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html"},
	{Code: CodeSAMRefused, Title: "a SAM template that the transform refuses", Doc: "The transform AWS::Serverless-2016-10-31 stops with *Invalid Serverless Application Specification document*, and nothing is deployed: a policy template without a parameter, an event that names a bucket of another template, a deployment preference without a type. The message says what is wrong.\n\nSource: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html"},
}
