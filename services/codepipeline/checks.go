package codepipeline

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/pipeline"
	"penstock/service"
)

// checks: what stops a pipeline without a policy.
var checks = []service.Check{
	{Code: "RUN023", On: "action", Find: aliasAcrossAccounts},
	{Code: "RUN024", On: "action", Find: noStore},
	{Code: "RUN026", On: "action", Find: strangeArtifact},
	{Code: "RUN084", On: "action", Find: needsV2},
	{Code: "RUN106", On: "action", Find: absent},
	{Code: "RUN106", On: "call", Find: otherRole},
	{Code: "RUN107", On: "action", Find: otherRegion},
	{Code: "RUN111", On: "pipeline", Find: badStructure},
	{Code: "RUN111", On: "action", Find: badAction},
	{Code: "RUN084", On: "pipeline", Find: olderType},
	{Code: "RUN112", On: "action", Find: unresolved},
}

// aliasAcrossAccounts finds an action of another account in a pipeline whose
// store names its key by alias or id: the name is looked up in the account of
// the action's role.
func aliasAcrossAccounts(s *service.Site, _ *service.Call) []diag.Finding {
	a := s.Action
	if a.Account == s.Pipeline.Account || match.HasHole(a.Account) || len(a.Inputs)+len(a.Outputs) == 0 {
		return nil
	}
	st := s.Store(a.Region)
	if st == nil || st.Key == "" {
		return nil
	}
	kind := "key id"
	switch k, err := arn.Parse(st.Key); {
	case service.AWSKey(st.Key), err == nil && (strings.HasPrefix(k.Resource, "key/") || k.Account == a.Account):
		return nil
	case err == nil && len(a.Outputs) == 0:
		// The ARN of an alias says whose it is, and who only reads names no
		// key: so the CDK writes stores of other regions, for pipelines whose
		// actions are in other accounts
		// (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_codepipeline-readme.html#cross-account-pipelines).
		return nil
	case err == nil, strings.HasPrefix(st.Key, "alias/"):
		kind = "alias"
	case match.HasHole(st.Key) && s.Model.ByRef(st.Key, s.Pipeline.Account, a.Region, "AWS::KMS::Key", "AWS::KMS::ReplicaKey") == nil:
		return nil // whatever it is
	}
	f := diag.Finding{
		At: st.KeyNode.Where(), Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("the artifact store names its key by %s (%s), which action %s of account %s looks up in its own account; only a key ARN means the same key in both",
			kind, match.Render(st.Key), a.Name, a.Account),
		Related: []diag.Note{{At: a.Span, Message: "the action of the other account"}},
		Fixes:   byARN(s, st),
	}
	if len(a.Outputs) == 0 {
		// Who reads an object does not name its key, and templates whose actions
		// only read are in use with an id
		// (https://github.com/aws/aws-cdk/issues/4306 is about one that writes);
		// AWS's page makes no difference.
		f.Certainty = diag.Likely
	}
	return []diag.Finding{f}
}

// byARN names the key by its ARN, where it is declared beside the pipeline.
func byARN(s *service.Site, st *pipeline.Store) []diag.Fix {
	key := s.Model.ByRef(st.Key, s.Pipeline.Account, s.Pipeline.Region, "AWS::KMS::Key")
	if key == nil || s.Pipeline.Resource == nil || key.Stack != s.Pipeline.Resource.Stack {
		return nil
	}
	edits, err := splice.Replace(st.KeyNode, splice.Tagged("!GetAtt", key.LogicalID+".Arn"))
	if err != nil {
		return nil
	}
	return []diag.Fix{{Message: "name the key by its ARN", Edits: edits}}
}

// noStore finds an action with artifacts in a region where the pipeline has
// no artifact store.
func noStore(s *service.Site, _ *service.Call) []diag.Finding {
	a := s.Action
	if len(a.Inputs)+len(a.Outputs) == 0 || s.Store(a.Region) != nil || match.HasHole(a.Region) {
		return nil
	}
	have := make([]string, 0, len(s.Pipeline.Stores))
	for r := range s.Pipeline.Stores {
		if match.HasHole(r) {
			return nil
		}
		have = append(have, r)
	}
	slices.Sort(have)
	msg := fmt.Sprintf("action %s runs in %s, where the pipeline has no artifact store", a.Name, a.Region)
	if len(have) > 0 {
		msg += "; it has one in " + strings.Join(have, ", ")
	}
	return []diag.Finding{{At: a.Span, Severity: diag.Error, Certainty: diag.Proved, Message: msg}}
}

// strangeArtifact finds an artifact that passes from one account to another
// where neither is the pipeline's.
func strangeArtifact(s *service.Site, _ *service.Call) []diag.Finding {
	var fs []diag.Finding
	for _, in := range s.Action.Inputs {
		p := s.Pipeline.Producer(in.Name)
		if p == nil || foreign(s, p) == "" || foreign(s, s.Action) == "" || p.Account == s.Action.Account {
			continue
		}
		fs = append(fs, diag.Finding{
			At: in.Span, Severity: diag.Error, Certainty: diag.Proved,
			Message: fmt.Sprintf("artifact %s of action %s (account %s) is the input of action %s (account %s), and neither account is the pipeline's (%s)",
				in.Name, p.Name, p.Account, s.Action.Name, s.Action.Account, s.Pipeline.Account),
			Related: []diag.Note{{At: p.Span, Message: "makes the artifact"}},
		})
	}
	return fs
}

func foreign(s *service.Site, a *pipeline.Action) string {
	if a.Account == s.Pipeline.Account || match.HasHole(a.Account) || match.HasHole(s.Pipeline.Account) {
		return ""
	}
	return a.Account
}

var codes = []service.Code{
	{
		Code: "RUN023", Theorem: "runs",
		Fix:  "the ARN of the key",
		Open: "the key is of another stack",

		Title: "the artifact key is named by alias or id and used from another account",
		Doc: `
` + "`EncryptionKey.Id`" + ` of an artifact store may be a key ARN, a key id or an alias. An id or an alias is looked up in the account
of whoever uses it. An action with a role of another account therefore looks for it there: it finds no key, or another
one.

**What AWS shows**: the action of the other account fails to read or write its artifacts, with Access Denied or
"Alias … is not found".

**Remedy**: the ARN of the key (` + "`!GetAtt Key.Arn`" + `, not ` + "`!Ref Key`" + `, which is the id).

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html (note: "Aliases are
  recognized only in the account that created the KMS key …")
`,
	},
	{
		Code: "RUN024", Theorem: "runs",
		Open: "a store needs a bucket in that region, which is a stack of its own",

		Title: "an action runs in a region without an artifact store",
		Doc: `
Each region in which an action of the pipeline runs needs an artifact store there: ` + "`ArtifactStores`" + ` with one entry a
region, the pipeline's own included. CodePipeline copies the artifacts from region to region by itself.

**What AWS shows**: CreatePipeline or UpdatePipeline fails with InvalidActionDeclarationException or
InvalidStructureException.

**Remedy**: an entry of ` + "`ArtifactStores`" + ` for the region, with a bucket of that region.

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-create-cross-region.html
- https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html (artifactStores)
`,
	},
	{
		Code: "RUN026", Theorem: "runs",
		Open: "which of the actions moves to another account is for the author to say",

		Title: "an artifact passes between two accounts, neither of them the pipeline's",
		Doc: `
An action can use an artifact if it is in the pipeline's account, if the artifact was made in the pipeline's account, or
if an earlier action of its own account made it. An artifact cannot go from one other account to a second.

**Remedy**: make the artifact in the pipeline's account, or let the two actions be in one account.

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html (note at the top)
`,
	},
	v2Code,
	variablesCode,
	structureCode,
}
