package cfn

import (
	"cmp"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

// once computes a name unless it is known or being computed.
func (r *resource) once(what string, f func() string) string {
	if v, ok := r.memo[what]; ok {
		return v
	}
	if !r.s.w.enter(r.s, r.id+" ("+what+")", r.key.Span) {
		return match.Hole(match.Any, r.holeID()+"."+what)
	}
	v := f()
	r.s.w.leave()
	if r.memo == nil {
		r.memo = map[string]string{}
	}
	r.memo[what] = v
	return v
}

// ref is what Ref returns.
func (r *resource) ref() string {
	return r.once("ref", func() string {
		if id, ok := r.s.phys[r.id]; ok {
			return r.physical(id)
		}
		switch {
		case r.typ == "AWS::CloudFormation::Stack":
			// Ref returns the stack id
			// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html).
			return "arn:" + r.s.partition + ":cloudformation:" + r.s.region + ":" + r.s.account + ":stack/" +
				match.Hole(match.Name, r.holeID()) + "/" + match.Hole(match.Name, r.holeID()+".id")
		case r.t == nil:
			return match.Hole(match.Any, r.holeID())
		}
		return r.expand(cmp.Or(r.t.Ref, "${Name}"))
	})
}

// physical is a physical id as Ref gives it: the id where an ARN was given
// and Ref is the end of the ARN.
func (r *resource) physical(id string) string {
	if r.t == nil || !isARN(id) || !strings.HasSuffix(r.t.ARN, "${Ref}") {
		return id
	}
	end := id[strings.LastIndexAny(id, ":/")+1:]
	at := r.s.listed
	if at.IsZero() {
		at = r.key.Span
	}
	r.s.w.find(CodePhysical, at, diag.Warning, "physicalIds gives an ARN for %q, and Ref of %s is its id: %s", r.id, r.typ, end)
	return end
}

// name is the physical name. A generated one is a hole: CloudFormation makes
// it of stack name, logical id and a random part, but cuts it to the length
// that the service takes, and for many types that rule is not documented
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html).
func (r *resource) name() string {
	return r.once("name", func() string {
		if r.t == nil || !r.named() {
			return ""
		}
		if r.t.NameProp != "" {
			if v, ok := r.text(strings.Split(r.t.NameProp, ".")...); ok && v != "" {
				return v
			}
		}
		if id, ok := r.s.phys[r.id]; ok {
			if v, ok := r.extract(cmp.Or(r.t.Ref, "${Name}"), id); ok {
				return v
			}
		}
		if r.generated() {
			return r.begins() + match.Hole(match.ID, r.holeID())
		}
		return match.Hole(match.Name, r.holeID())
	})
}

// roomy are types whose names may have 63 characters or more, so that the name
// which CloudFormation makes of a short stack name and logical id is not cut.
var roomy = map[string]bool{
	"AWS::IAM::Role": true, "AWS::IAM::ManagedPolicy": true, "AWS::IAM::InstanceProfile": true, "AWS::Lambda::Function": true,
	"AWS::S3::Bucket": true, "AWS::DynamoDB::Table": true, "AWS::SNS::Topic": true, "AWS::SQS::Queue": true,
	"AWS::StepFunctions::StateMachine": true, "AWS::Events::Rule": true, "AWS::Logs::LogGroup": true,
}

// begins is how the name begins that CloudFormation makes for a resource of a
// stack that a pipeline deploys, the name of which is known for certain:
// "stack-Logical-", with a random part behind it
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html,
// where it is "a combination of the stack name, the logical name, and a random
// string"). "" where the name could be cut. That nothing is cut which fits is
// assumed.
func (r *resource) begins() string {
	const random = 13
	name := r.s.name + "-" + r.id + "-"
	if !r.s.deployed || !roomy[r.typ] || match.HasHole(name) || len(name)+random > 63 {
		return ""
	}
	if r.t.Lower {
		return strings.ToLower(name)
	}
	return name
}

// generated reports whether the name is CloudFormation's own making for
// certain, and so unlike that of every other resource.
func (r *resource) generated() bool {
	props := r.body.Get("Properties")
	if props == nil {
		return true
	}
	first, _, _ := strings.Cut(r.t.NameProp, ".")
	return props.Kind == doc.Map && !isCall(props) && props.Get("Fn::Transform") == nil && (first == "" || props.Get(first) == nil)
}

// named reports whether the type has a physical name.
func (r *resource) named() bool {
	tmpl := r.t.Ref + r.t.ARN
	return r.t.NameProp != "" || r.t.Ref == "" || strings.Contains(tmpl, "${Name}") || strings.Contains(tmpl, ":Name")
}

// arn is the ARN, "" where the type has none.
func (r *resource) arn() string {
	return r.once("arn", func() string {
		switch {
		case r.typ == "AWS::CloudFormation::Stack":
			return r.ref()
		case r.t == nil || r.t.ARN == "":
			return ""
		}
		if id, ok := r.s.phys[r.id]; ok && (r.t.Ref == "${ARN}" || r.t.Ref == r.t.ARN) {
			return id
		}
		return r.expand(r.t.ARN)
	})
}

// extract finds the name in a physical id that was made by a template such as
// "${Name}" or "${ARN}".
func (r *resource) extract(tmpl, id string) (string, bool) {
	if tmpl == "${ARN}" {
		tmpl = r.t.ARN
	}
	before, after, ok := strings.Cut(tmpl, "${Name}")
	if !ok || strings.Contains(before+after, "${Ref}") || strings.Contains(before+after, "${ARN}") {
		return "", false
	}
	before, after = r.expand(before), r.expand(after)
	rest, ok := strings.CutPrefix(id, before)
	if !ok {
		return "", false
	}
	if ps := parts(after); len(ps) == 2 && ps[1].class == match.Suffix && len(rest) > 7 && rest[len(rest)-7] == ps[0].text[0] {
		return rest[:len(rest)-7], true // a secret's ARN ends in six characters
	}
	return strings.CutSuffix(rest, after)
}

// expand fills a naming template of service.Type.
func (r *resource) expand(tmpl string) string {
	if !strings.Contains(tmpl, "${") {
		return tmpl
	}
	var b strings.Builder
	for {
		i := strings.Index(tmpl, "${")
		if i < 0 {
			break
		}
		j := strings.IndexByte(tmpl[i:], '}')
		if j < 0 {
			break
		}
		b.WriteString(tmpl[:i])
		b.WriteString(r.variable(tmpl[i+2 : i+j]))
		tmpl = tmpl[i+j+1:]
	}
	b.WriteString(tmpl)
	return b.String()
}

func (r *resource) variable(v string) string {
	switch v {
	case "Name":
		return r.name()
	case "Ref":
		return r.ref()
	case "ARN":
		return r.arn()
	case "Account":
		return r.s.account
	case "Region":
		return r.s.region
	case "Partition":
		return r.s.partition
	case "URLSuffix":
		return urlSuffix(r.s.partition)
	case "Stack":
		return r.s.name
	case "LogicalID":
		return r.id
	case "Path":
		if p, ok := r.text("Path"); ok && p != "" {
			return p
		}
		return "/"
	}
	word, rest, _ := strings.Cut(v, ":")
	switch word {
	case "Prop", "Bare", "Last", "Prefix", "Pipe":
		p, missing, has := strings.Cut(rest, "=")
		value, ok := "", false
		if p == "Name" {
			value, ok = r.name(), true
		} else {
			value, ok = r.text(strings.Split(p, ".")...)
		}
		if !ok && !has {
			return match.Hole(match.Name, r.holeID()+"."+p)
		}
		if !ok {
			value = missing
		}
		return service.Derive(word, value, missing)
	case "Hole":
		if rest == "Suffix" {
			return match.Hole(match.Suffix, r.holeID()+"."+rest)
		}
		if rest == "KeyId" {
			return match.Hole(match.ID, r.holeID()+"."+rest)
		}
		return match.Hole(match.Name, r.holeID()+"."+rest)
	case "Any":
		return match.Hole(match.Any, r.holeID()+"."+rest)
	}
	return match.Hole(match.Any, r.holeID()+"."+v)
}

// attr is what Fn::GetAtt returns.
func (r *resource) attr(name string, at source.Span) *doc.Node {
	str := func(s string) *doc.Node { return &doc.Node{Kind: doc.String, Text: s, Span: at} }
	if out, ok := strings.CutPrefix(name, "Outputs."); ok && r.typ == "AWS::CloudFormation::Stack" {
		if r.child == nil {
			return str(match.Hole(match.Any, r.holeID()+"."+name))
		}
		o := r.child.outs[out]
		if o == nil {
			r.s.w.find(CodeAttribute, at, diag.Error, "the template %s of the nested stack %q has no output %q%s", r.child.t.file.Name, r.id, out, near(out, r.child.outNames))
			return str(match.Hole(match.Any, r.holeID()+"."+name))
		}
		return o.value(at)
	}
	if r.t == nil {
		return str(match.Hole(match.Any, r.holeID()+"."+name))
	}
	if tmpl, ok := r.t.Attrs[name]; ok {
		return str(r.expand(tmpl))
	}
	if name == "Arn" && r.t.ARN != "" {
		return str(r.arn())
	}
	if r.s.w.in.Attrs != nil && name != "" && !r.t.Free {
		if names, ok := r.s.w.in.Attrs(r.typ); ok && !slices.Contains(names, name) {
			r.s.w.find(CodeAttribute, at, diag.Error, "%s has no attribute %q%s", r.typ, name, near(name, names))
		}
	}
	return str(match.Hole(match.Any, r.holeID()+"."+name))
}

// urlSuffix is AWS::URLSuffix
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html,
// the isolated partitions after the SDKs' endpoint data).
func urlSuffix(partition string) string {
	switch partition {
	case "aws-cn":
		return "amazonaws.com.cn"
	case "aws-iso":
		return "c2s.ic.gov"
	case "aws-iso-b":
		return "sc2s.sgov.gov"
	case "aws-eusc":
		return "amazonaws.eu"
	default:
		return "amazonaws.com"
	}
}

// isARN reports whether a symbolic string has the shape of an ARN.
func isARN(s string) bool {
	_, err := arn.Parse(s)
	return err == nil
}
