package autoscaling

import (
	"cmp"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/doc/json"
	"penstock/iam"
	"penstock/iam/facts"
	"penstock/service"
	"penstock/source"
)

const (
	groupType  = "AWS::AutoScaling::AutoScalingGroup"
	keyPage    = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html"
	linkedPath = "/aws-service-role/autoscaling.amazonaws.com/"
	linkedName = "AWSServiceRoleForAutoScaling"
)

// jobs: a group starts an instance whose volumes are encrypted with a customer
// managed key. EC2 uses the key for the service-linked role of the group,
// which no policy of its own lets use any key: the instance ends at once with
// "Client.InternalError: Client error on launch".
var jobs = []service.Job{{
	Type:  groupType,
	Alone: func(s *service.Site) bool { return len(volumes(s)) > 0 },
	Rows: []service.Row{
		{
			ID: "autoscaling.volume.key", Caller: "service-linked role of the group",
			Actions: []string{"kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext"}, Resource: "<Ebs.KmsKeyId> of the launch template",
			Why:  "opens and makes the key of an encrypted volume",
			Need: service.Stops, Basis: service.Documented, Source: keyPage,
			Targets: volumes,
		},
		{
			ID: "autoscaling.volume.grant", Caller: "service-linked role of the group",
			Actions: []string{"kms:CreateGrant"}, Resource: "<Ebs.KmsKeyId> of the launch template",
			Context: "kms:GrantIsForAWSResource = true",
			Why:     "lets EC2 use the key as long as the volume is attached",
			Need:    service.Stops, Basis: service.Documented, Source: keyPage,
			Targets: func(s *service.Site) []service.Target {
				ts := volumes(s)
				for i := range ts {
					ts[i].Context.Set("kms:GrantIsForAWSResource", "true")
					for _, k := range []string{"kms:GrantOperations", "kms:GranteePrincipal", "kms:GranteeServicePrincipal", "kms:GrantConstraintType", "kms:RetiringPrincipal"} {
						ts[i].Context.SetUnknown(k)
					}
				}
				return ts
			},
		},
		{
			ID: "autoscaling.volume.more", Caller: "service-linked role of the group",
			Actions: []string{"kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey"}, Resource: "<Ebs.KmsKeyId> of the launch template",
			Why:  "looks after the key of an encrypted volume",
			Need: service.Listed, Basis: service.Documented, Source: keyPage,
			Targets: volumes,
		},
	},
}}

// linked is the service-linked role that acts for a group.
func linked(r *cloud.Resource) string {
	role := cloud.Text(r.Prop("ServiceLinkedRoleARN"))
	return cmp.Or(role, "arn:"+arn.Partition(r.Region)+":iam::"+r.Account+":role"+linkedPath+linkedName)
}

// attachGroup makes the service-linked role of a group known, which every
// account with a group has; AWS gives it its policy.
func attachGroup(m *cloud.Model, r *cloud.Resource) {
	role := linked(r)
	a, err := arn.Parse(role)
	if err != nil || m.Principal(role) != nil || !strings.HasPrefix(a.Resource, "role"+linkedPath) {
		return
	}
	const policy = "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy"
	at := cloud.Attachment{Name: "AutoScalingServiceRolePolicy", ARN: policy, Resource: r, Span: r.Span, Policy: m.Managed(policy, managed)}
	if at.Policy == nil {
		at.Unknown = "AWS managed policy " + policy + " is not in the facts"
	}
	m.AddPrincipal(&cloud.Principal{
		Kind: cloud.Role, ARN: role, Name: a.Name(), Path: linkedPath, Account: a.Account, Identity: []cloud.Attachment{at},
	})
}

func managed(a string) *iam.Policy {
	text, _, ok := facts.ManagedPolicy(a)
	if !ok {
		return nil
	}
	n, _, err := json.Parse(source.NewFile(a, text))
	if err != nil {
		return nil
	}
	p, _ := iam.Parse(n, iam.Identity)
	return p
}

// template is the launch template of a group, nil where no stack declares it.
func template(s *service.Site) *cloud.Resource {
	for _, n := range []*doc.Node{
		s.Resource.Prop("LaunchTemplate"),
		s.Resource.Prop("MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification"),
	} {
		for _, key := range []string{"LaunchTemplateId", "LaunchTemplateName"} {
			if t := s.Find(cloud.Text(n.Get(key)), "AWS::EC2::LaunchTemplate"); t != nil {
				return t
			}
		}
	}
	return nil
}

// volumes are the customer managed keys of the volumes that the launch
// template of the group names. A key of another account is used by a grant,
// which no template makes.
func volumes(s *service.Site) []service.Target {
	t := template(s)
	if t == nil {
		return nil
	}
	var ts []service.Target
	seen := map[string]bool{}
	for b := range t.Prop("LaunchTemplateData", "BlockDeviceMappings").Elems() {
		n := b.At("Ebs", "KmsKeyId")
		text := cloud.Text(n)
		key := service.KeyARN(s.Model, text, t.Account, t.Region)
		if key == "" || service.AWSKey(text) || seen[key] {
			continue
		}
		seen[key] = true
		role := linked(s.Resource)
		if arn.Account(key) != s.Resource.Account {
			s.Model.Assume("a grant lets " + role + " use the key of another account that launch template " + t.ID() + " names")
			continue
		}
		ts = append(ts, service.Target{
			Caller: iam.Principal{ARN: role}, Resource: key, Account: arn.Account(key), At: n.Where(), What: "key of the volumes",
			Context: service.ViaKMS("ec2", s.Resource.Region, iam.Principal{ARN: role}),
		})
	}
	return ts
}
