package cloudformation

import (
	"fmt"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/service"
)

// named holds the types of resource that need an acknowledgement, and the
// property that names one, "" where it has no name of its own
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, Capabilities).
var named = map[string]string{
	"AWS::IAM::AccessKey": "", "AWS::IAM::Group": "GroupName", "AWS::IAM::InstanceProfile": "InstanceProfileName",
	"AWS::IAM::ManagedPolicy": "ManagedPolicyName", "AWS::IAM::Policy": "", "AWS::IAM::Role": "RoleName",
	"AWS::IAM::User": "UserName", "AWS::IAM::UserToGroupAddition": "",
}

const (
	capabilityIAM    = "CAPABILITY_IAM"
	capabilityNamed  = "CAPABILITY_NAMED_IAM"
	capabilityExpand = "CAPABILITY_AUTO_EXPAND"
)

// noCapability finds a deployment whose template, where it is at hand,
// declares identities that the action's Capabilities do not acknowledge.
func noCapability(s *service.Site, _ *service.Call) []diag.Finding {
	mode := s.Action.Get("ActionMode")
	if !deploys(s) || mode != createUpdate && mode != replace && mode != changeSet {
		return nil
	}
	n := s.Action.Config.Get("Capabilities")
	text := cloud.Text(n)
	st := deployed(s)
	if st == nil || match.HasHole(text) || n != nil && n.Kind == doc.Unknown {
		return nil
	}
	at := n.Where()
	if at.IsZero() {
		at = s.Action.Span
	}
	var fs []diag.Finding
	if by := expands(st, mode); by != nil && !strings.Contains(text, capabilityExpand) {
		fs = append(fs, diag.Finding{
			At: at, Severity: diag.Error, Certainty: diag.Proved,
			Message:  fmt.Sprintf("action %s deploys stack %s without %s, and its template is one that a macro rewrites", s.Action.Name, match.Render(st.Name), capabilityExpand),
			AWSError: "Requires capabilities : [" + capabilityExpand + "]",
			Related:  []diag.Note{{At: by.Where(), Message: "what needs it"}},
			Fixes:    acknowledge(n, text, capabilityExpand),
		})
	}
	if strings.Contains(text, capabilityNamed) {
		return fs
	}
	var want string
	var by *cloud.Resource
	for _, r := range s.Model.Resources {
		prop, ok := named[r.Type]
		if r.Stack != st || !ok || len(r.Maybe) > 0 {
			continue
		}
		if p := r.Prop(prop); prop != "" && p != nil && p.Kind != doc.Null && p.Kind != doc.Unknown {
			want, by = capabilityNamed, r
			break
		}
		if by == nil && !strings.Contains(text, capabilityIAM) {
			want, by = capabilityIAM, r
		}
	}
	if by == nil {
		return fs
	}
	return append(fs, diag.Finding{
		At: at, Severity: diag.Error, Certainty: diag.Proved,
		Message:  fmt.Sprintf("action %s deploys stack %s without %s, which its %s %s needs", s.Action.Name, match.Render(st.Name), want, by.Type, by.LogicalID),
		AWSError: "Requires capabilities : [" + want + "]",
		Related:  []diag.Note{{At: by.Span, Message: "the resource that needs it"}},
		Fixes:    acknowledge(n, strings.ReplaceAll(text, capabilityIAM, ""), want),
	})
}

// acknowledge is the fix that adds a capability to those of the action.
func acknowledge(n *doc.Node, text, want string) []diag.Fix {
	if n == nil || n.Kind != doc.String || len(n.Via) > 0 {
		return nil
	}
	if text = strings.Trim(strings.ReplaceAll(text, ",,", ","), ", "); text != "" {
		want = text + "," + want
	}
	edits, err := splice.Replace(n, splice.String(want))
	if err != nil {
		return nil
	}
	return []diag.Fix{{Message: "acknowledge " + want, Edits: edits}}
}

// expands returns what of a template needs CAPABILITY_AUTO_EXPAND: a
// transform, where the stack is made without a change set, and an application
// of the repository, which brings a transform of its own. "This capacity
// doesn't apply to creating change sets"
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html),
// but for nested ones
// (https://github.com/awslabs/aws-deployment-framework/issues/98).
func expands(st *cloud.Stack, mode string) *doc.Node {
	if st.File == nil {
		return nil
	}
	root, _, err := load.Parse(st.File)
	if err != nil {
		return nil
	}
	if mode != changeSet {
		if n := root.Get("Transform"); n != nil {
			return n
		}
	}
	if rs := root.Get("Resources"); rs != nil {
		for _, f := range rs.Fields {
			if f.Value.Get("Type").Str() == "AWS::Serverless::Application" {
				return f.Key
			}
		}
	}
	return nil
}

var capabilityCode = service.Code{
	Code: "RUN095", Theorem: "runs",
	Fix:   "the capability",
	Open:  "the capabilities come from elsewhere",
	Title: "a CloudFormation action does not acknowledge what its template declares",
	Doc: `
A template that declares users, groups, roles or policies is deployed only with CAPABILITY_IAM, and one that gives any of them
a name of its own only with CAPABILITY_NAMED_IAM. A CloudFormation action says so in ` + "`Capabilities`" + ` of its configuration.
A template with a transform (SAM, ` + "`AWS::LanguageExtensions`" + `, ` + "`AWS::Include`" + `) is deployed without a change set only with
CAPABILITY_AUTO_EXPAND, and one with an application of the Serverless Application Repository in any mode.
The check needs the template: one of the stacks, by the name of the stack or of the file, or a file beside the pipeline's
template, by the path that ` + "`TemplatePath`" + ` has in the artifact.

**What AWS shows**: "Requires capabilities : [CAPABILITY_NAMED_IAM]" (InsufficientCapabilitiesException), in the action.

**Remedy**: ` + "`Capabilities: CAPABILITY_NAMED_IAM`" + `, which covers CAPABILITY_IAM. Several are separated by commas in one string.

**Sources**
- https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (Capabilities)
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html (Capabilities)
`,
}
