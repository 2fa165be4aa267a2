package tf

import "penstock/service"

// The codes of the findings of this package.
const (
	CodeUnread   = "TF001"
	CodeRef      = "TF002"
	CodeProvider = "TF003"
	CodeValue    = "TF004"
)

// Codes documents the findings.
var Codes = []service.Code{
	{Code: CodeUnread, Title: "a part of Terraform's language or of its provider that is not read", Doc: "`count`, `for_each`, modules, `dynamic` blocks, data sources other than `aws_caller_identity`, `aws_region`, `aws_partition` and `aws_iam_policy_document` without sources, functions other than `jsonencode` and `chomp`, and resource types and arguments that have no counterpart in `docs/services.md` are not read. What they make or say counts as unknown; where that could change an answer, the answer depends on it.\n\nSource: https://developer.hashicorp.com/terraform/language"},
	{Code: CodeRef, Title: "a reference to something that the folder does not declare", Doc: "Terraform refuses it: *Reference to undeclared resource*, *Reference to undeclared input variable*. Correct the name, or declare it."},
	{Code: CodeProvider, Title: "a provider for another account or region than the stacks file says", Doc: "The stacks file says to which account and region the folder goes, and `allowed_account_ids` or `region` of the folder's provider says another one. Terraform stops at `allowed_account_ids`, and would deploy to the other region. Correct one of the two.\n\nSource: https://registry.terraform.io/providers/hashicorp/aws/latest/docs#argument-reference"},
	{Code: CodeValue, Title: "an argument whose value has no counterpart", Doc: "The argument takes a value of another shape, or one of other words. What it says counts as unknown."},
}
