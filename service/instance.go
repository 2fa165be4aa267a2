package service

import (
	"maps"
	"penstock/cloud"
	"penstock/doc"
	"penstock/source"
)

// An Instance is one EC2 instance that the stacks declare, or those of one
// Auto Scaling group, which are alike.
type Instance struct {
	Resource *cloud.Resource // the instance or the group
	Role     string          // ARN of the role of its instance profile, "" where it has none
	// Unknown says why the role cannot be told, "" where it can: then an
	// empty Role means that there is none.
	Unknown string
	Tags    map[string]string
	At      source.Span // what names the profile, or the resource
}

// Group returns the instances of a declared Auto Scaling group.
func (s *Site) Group(asg *cloud.Resource) Instance {
	i := Instance{Resource: asg, At: asg.Span, Tags: map[string]string{}}
	for t := range asg.Prop("Tags").Elems() {
		if t.Get("PropagateAtLaunch").Str() == "true" {
			i.Tags[t.Get("Key").Str()] = cloud.Text(t.Get("Value"))
		}
	}
	spec := asg.Prop("LaunchTemplate")
	if spec == nil {
		spec = asg.Prop("MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification")
	}
	lc := asg.Prop("LaunchConfigurationName")
	switch {
	case spec != nil:
		s.template(&i, spec)
	case lc != nil:
		r := s.Model.ByRef(lc.Str(), asg.Account, asg.Region, "AWS::AutoScaling::LaunchConfiguration")
		if r == nil {
			i.Unknown = "the launch configuration of " + asg.ID()
			break
		}
		s.profile(&i, r, r.Prop("IamInstanceProfile"))
	default:
		i.Unknown = "what " + asg.ID() + " launches"
	}
	return i
}

// Single returns one declared instance.
func (s *Site) Single(r *cloud.Resource) Instance {
	i := Instance{Resource: r, At: r.Span, Tags: r.Tags}
	n := r.Prop("IamInstanceProfile")
	if n == nil && r.Prop("LaunchTemplate") != nil {
		s.template(&i, r.Prop("LaunchTemplate"))
	} else {
		s.profile(&i, r, n)
	}
	return i
}

// Instances returns the instances and the groups of instances that the stacks
// declare in the site's account and region and whose tags fit.
func (s *Site) Instances(fit func(tags map[string]string) bool) []Instance {
	var out []Instance
	for r := range s.Model.OfType("AWS::EC2::Instance") {
		if r.Account != s.Account || r.Region != s.Region || !fit(r.Tags) {
			continue
		}
		out = append(out, s.Single(r))
	}
	for r := range s.Model.OfType("AWS::AutoScaling::AutoScalingGroup") {
		if r.Account != s.Account || r.Region != s.Region {
			continue
		}
		if i := s.Group(r); fit(i.Tags) {
			out = append(out, i)
		}
	}
	return out
}

// template reads the launch template that spec names by id or by name, and
// adds the tags that it gives to instances.
func (s *Site) template(i *Instance, spec *doc.Node) {
	name := spec.Get("LaunchTemplateId").Str()
	if name == "" {
		name = spec.Get("LaunchTemplateName").Str()
	}
	r := s.Model.ByRef(name, i.Resource.Account, i.Resource.Region, "AWS::EC2::LaunchTemplate")
	if r == nil {
		i.Unknown = "the launch template of " + i.Resource.ID()
		return
	}
	data := r.Prop("LaunchTemplateData")
	for t := range data.Get("TagSpecifications").Elems() {
		if t.Get("ResourceType").Str() != "instance" {
			continue
		}
		tags := map[string]string{}
		maps.Copy(tags, i.Tags)
		for t := range t.Get("Tags").Elems() {
			tags[t.Get("Key").Str()] = cloud.Text(t.Get("Value"))
		}
		i.Tags = tags
	}
	s.profile(i, r, data.Get("IamInstanceProfile"))
}

// profile reads the instance profile that n names by name or ARN, or as an
// object of either. A profile holds one role
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html).
func (s *Site) profile(i *Instance, r *cloud.Resource, n *doc.Node) {
	if len(r.Opaque) > 0 || n != nil && (n.Kind == doc.Unknown || len(n.Maybe) > 0) {
		i.Unknown = "the instance profile of " + r.ID()
		return
	}
	i.At = r.Span
	if n == nil || n.Kind == doc.Null {
		return
	}
	i.At = n.Where()
	name := cloud.Text(n)
	if n.Kind == doc.Map {
		name = cloud.Text(n.Get("Arn"))
		if n.Get("Arn") == nil {
			name = cloud.Text(n.Get("Name"))
		}
	}
	p := s.Model.ByRef(name, r.Account, "", "AWS::IAM::InstanceProfile")
	if p == nil {
		i.Unknown = "the instance profile of " + r.ID()
		return
	}
	for role := range p.Prop("Roles").Elems() {
		i.Role = s.RoleARN(cloud.Text(role), p.Account)
		return
	}
}
