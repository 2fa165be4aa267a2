package organizations

import (
	"strings"

	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-organizations-"

const (
	organizationType = "AWS::Organizations::Organization"
	unitType         = "AWS::Organizations::OrganizationalUnit"
	accountType      = "AWS::Organizations::Account"
)

// types are the resources of Organizations. Their ARNs hold the management
// account, which is taken to be that of the stack, and the organization's id.
var types = []service.Type{
	{
		Name: organizationType, Source: page + "organization.html",
		Ref: "${Hole:OrganizationId}",
		ARN: "arn:${Partition}:organizations::${Account}:organization/${Ref}",
		Attrs: map[string]string{
			"Id": "${Ref}", "RootId": "r-${Hole:RootId}", "ManagementAccountId": "${Account}",
			"ManagementAccountArn": "arn:${Partition}:organizations::${Account}:account/${Ref}/${Account}",
		},
		Props: []string{
			"FeatureSet",
		},
		Declare: declareOrganization,
	},
	{
		Name: unitType, Source: page + "organizationalunit.html",
		Ref:   "ou-${Hole:Id}",
		ARN:   "arn:${Partition}:organizations::${Account}:ou/${Hole:OrganizationId}/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"Name", "ParentId", "Tags",
		},
		Declare: declareUnit,
	},
	{
		Name: accountType, Source: page + "account.html",
		Ref:   "${Hole:AccountId}",
		ARN:   "arn:${Partition}:organizations::${Account}:account/${Hole:OrganizationId}/${Ref}",
		Attrs: map[string]string{"AccountId": "${Ref}"},
		Props: []string{
			"AccountName", "Email", "ParentIds", "RoleName", "Tags",
		},
		Declare: declareAccount,
	},
	{
		Name: "AWS::Organizations::Policy", Source: page + "policy.html",
		Ref:   "p-${Hole:Id}",
		ARN:   "arn:${Partition}:organizations::${Account}:policy/${Hole:OrganizationId}/${Hole:Type}/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}", "AwsManaged": "false"},
		Props: []string{
			"Content", "Description", "Name", "Tags", "TargetIds", "Type",
		},
		Attach: attachPolicy,
	},
	{
		Name: "AWS::Organizations::ResourcePolicy", Source: page + "resourcepolicy.html",
		Ref:   "rp-${Hole:Id}",
		ARN:   "arn:${Partition}:organizations::${Account}:resourcepolicy/${Hole:OrganizationId}/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"Content", "Tags",
		},
	},
}

// organization returns the model's organization, made where none was
// described. Organizations, units and accounts are created from the
// management account alone (API_CreateOrganization, API_CreateAccount,
// API_CreateOrganizationalUnit); a policy also from an account to which the
// organization delegates that (API_CreatePolicy), which a template does not
// show and which is assumed not to be so.
func organization(m *cloud.Model, r *cloud.Resource) *cloud.Organization {
	if m.Org == nil {
		m.Org = &cloud.Organization{}
	}
	o := m.Org
	if o.Management == "" {
		o.Management = r.Account
		m.Assume("account " + r.Account + ", whose stack declares " + r.Type + ", is the organization's management account, which its policies do not limit")
	}
	if o.Parent == nil {
		o.Parent = map[string]string{}
	}
	if o.SCPs == nil {
		o.SCPs = map[string][]cloud.Attachment{}
	}
	if o.RCPs == nil {
		o.RCPs = map[string][]cloud.Attachment{}
	}
	return o
}

func declareOrganization(m *cloud.Model, r *cloud.Resource) {
	o := organization(m, r)
	if o.ID == "" {
		o.ID = r.Ref
	}
}

func declareUnit(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	o := organization(m, r)
	place(m, o, r, cloud.Text(r.Prop("ParentId")))
}

func declareAccount(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	o := organization(m, r)
	parent := "root" // where ParentIds is absent
	for n := range r.Prop("ParentIds").Elems() {
		parent = cloud.Text(n)
	}
	place(m, o, r, parent)
}

// place records the parent of an account or unit, unless the user described
// the organization and knows better.
func place(_ *cloud.Model, o *cloud.Organization, r *cloud.Resource, parent string) {
	if _, ok := o.Parent[r.Ref]; !ok {
		o.Parent[r.Ref] = target(parent)
	}
}

// target returns the name under which a Model keeps policies for a target:
// "root" for an id of a root
// (https://docs.aws.amazon.com/organizations/latest/APIReference/API_Root.html).
func target(id string) string {
	if strings.HasPrefix(id, "r-") {
		return "root"
	}
	return id
}

// attachPolicy puts a service or resource control policy on its targets.
// Types that do not authorize are passed over. A policy without targets is
// attached to nothing.
func attachPolicy(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	typ := cloud.Text(r.Prop("Type"))
	o := organization(m, r)
	var kinds []iam.Kind
	switch {
	case typ == "SERVICE_CONTROL_POLICY":
		kinds = []iam.Kind{iam.SCP}
	case typ == "RESOURCE_CONTROL_POLICY":
		kinds = []iam.Kind{iam.RCP}
	case match.HasHole(typ):
		kinds = []iam.Kind{iam.SCP, iam.RCP}
	}
	for _, k := range kinds {
		of := o.SCPs
		if k == iam.RCP {
			of = o.RCPs
		}
		a := m.Attachment(r, r.Prop("Content"), k, cloud.Text(r.Prop("Name")))
		a.ARN = r.ARN
		if len(kinds) > 1 {
			a = a.When("the Type of " + r.ID())
		}
		for n := range r.Prop("TargetIds").Elems() {
			for _, t := range targets(m, o, n) {
				of[t.id] = append(of[t.id], a.When(n.Maybe...).When(t.maybe...))
			}
		}
	}
}

type spot struct {
	id    string
	maybe []string
}

// targets returns what an entry of TargetIds may be: itself where it is an
// id that the model knows or that is written out, otherwise the root, under
// the condition that it is a target of which the accounts are part.
func targets(m *cloud.Model, o *cloud.Organization, n *doc.Node) []spot {
	s := cloud.Text(n)
	if t := target(s); !match.HasHole(t) {
		return []spot{{id: t}}
	}
	if sure, _ := m.Refer(s, "", "", unitType, accountType); len(sure) > 0 {
		return []spot{{id: sure[0].Ref}}
	}
	if _, ok := o.Parent[s]; ok {
		return []spot{{id: s}}
	}
	return []spot{{id: "root", maybe: []string{"which target " + match.Render(s) + " is"}}}
}
