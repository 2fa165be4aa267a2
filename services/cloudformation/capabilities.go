package cloudformation

import (
	"fmt"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
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
	capabilityIAM   = "CAPABILITY_IAM"
	capabilityNamed = "CAPABILITY_NAMED_IAM"
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
	if st == nil || match.HasHole(text) || n != nil && n.Kind == doc.Unknown || strings.Contains(text, capabilityNamed) {
		return nil
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
		return nil
	}
	at := n.Where()
	if at.IsZero() {
		at = s.Action.Span
	}
	return []diag.Finding{{
		At: at, Severity: diag.Error, Certainty: diag.Proved,
		Message:  fmt.Sprintf("action %s deploys stack %s without %s, which its %s %s needs", s.Action.Name, match.Render(st.Name), want, by.Type, by.LogicalID),
		AWSError: "Requires capabilities : [" + want + "]",
		Related:  []diag.Note{{At: by.Span, Message: "the resource that needs it"}},
	}}
}

var capabilityCode = service.Code{
	Code: "RUN095", Theorem: "runs", Title: "a CloudFormation action does not acknowledge what its template declares",
	Doc: `
A template that declares users, groups, roles or policies is deployed only with CAPABILITY_IAM, and one that gives any of them
a name of its own only with CAPABILITY_NAMED_IAM. A CloudFormation action says so in ` + "`Capabilities`" + ` of its configuration.
The check needs the template: it is one of the stacks, by the name of the stack or of the file.

**What AWS shows**: "Requires capabilities : [CAPABILITY_NAMED_IAM]" (InsufficientCapabilitiesException), in the action.

**Remedy**: ` + "`Capabilities: CAPABILITY_NAMED_IAM`" + `, which covers CAPABILITY_IAM. Several are separated by commas in one string.

**Sources**
- https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (Capabilities)
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html (Capabilities)
`,
}
