package codecommit

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const (
	apiPage  = "https://docs.aws.amazon.com/codecommit/latest/APIReference/"
	permPage = "https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html"
	repoType = "AWS::CodeCommit::Repository"
)

// powers: a commit on the branch that a pipeline takes is what it builds.
var powers = []service.Power{
	{
		ID: "codecommit.push", Kind: service.Tamper,
		Why:   "writes a branch of the repository",
		Basis: service.Documented, Source: permPage + "; " + apiPage + "API_CreateCommit.html",
		Find: service.Change(repoType, "repository", service.TouchesSource, "writes a branch",
			"codecommit:GitPush", "codecommit:PutFile", "codecommit:CreateCommit", "codecommit:DeleteFile",
			"codecommit:MergeBranchesByFastForward", "codecommit:MergeBranchesBySquash", "codecommit:MergeBranchesByThreeWay"),
	},
	{
		ID: "codecommit.merge", Kind: service.Tamper,
		Why:   "merges a pull request",
		Basis: service.Documented, Source: permPage + "; " + apiPage + "API_MergePullRequestByFastForward.html",
		Find: service.Change(repoType, "pull requests of repository", service.TouchesSource, "merges a pull request",
			"codecommit:MergePullRequestByFastForward", "codecommit:MergePullRequestBySquash", "codecommit:MergePullRequestByThreeWay"),
	},
	{
		ID: "codecommit.approve", Kind: service.Tamper,
		Why:   "approves a pull request, or gets around the rule that asks for approvals",
		Basis: service.Documented, Source: apiPage + "API_OverridePullRequestApprovalRules.html; " + apiPage + "API_UpdatePullRequestApprovalState.html; " + apiPage + "API_DeletePullRequestApprovalRule.html",
		Find: service.Change(repoType, "approvals of repository", service.TouchesGate, "decides about the approval",
			"codecommit:OverridePullRequestApprovalRules", "codecommit:UpdatePullRequestApprovalState", "codecommit:DeletePullRequestApprovalRule",
			"codecommit:UpdatePullRequestApprovalRuleContent", "codecommit:CreatePullRequestApprovalRule"),
	},
	{
		ID: "codecommit.approval-template", Kind: service.Tamper,
		Why:   "changes which approvals pull requests need",
		Basis: service.Documented, Source: apiPage + "API_UpdateApprovalRuleTemplateContent.html; " + apiPage + "API_DisassociateApprovalRuleTemplateFromRepository.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, repoType, func(r *cloud.Resource) []service.Gain {
				return []service.Gain{{
					Calls: []service.PowerCall{{
						Actions: []string{"codecommit:UpdateApprovalRuleTemplateContent", "codecommit:DeleteApprovalRuleTemplate", "codecommit:DisassociateApprovalRuleTemplateFromRepository", "codecommit:BatchDisassociateApprovalRuleTemplateFromRepositories"},
						Account: r.Account, Why: "changes the rule template",
					}},
					Resource: r, Touches: service.TouchesGate, What: "approval rules of repository " + match.Render(service.Called(r)), Maybe: r.Maybe,
				}}
			})
		},
	},
	{
		ID: "codecommit.repository", Kind: service.Tamper,
		Why:   "changes the default branch, the triggers or the name of the repository, or deletes it",
		Basis: service.Documented, Source: apiPage + "API_UpdateDefaultBranch.html; " + apiPage + "API_PutRepositoryTriggers.html; " + apiPage + "API_DeleteRepository.html",
		Find: service.Change(repoType, "repository", service.TouchesSource, "changes the repository",
			"codecommit:UpdateDefaultBranch", "codecommit:PutRepositoryTriggers", "codecommit:UpdateRepositoryName", "codecommit:DeleteRepository",
			"codecommit:DeleteBranch", "codecommit:UpdateRepositoryEncryptionKey"),
	},
}
