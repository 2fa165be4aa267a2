// Package schema reads the resource types that no service room knows, from
// AWS's own schemas (package iam/facts): how a resource is called, which
// attributes it has, and where a policy on it is written. What such a resource
// does when it runs, and with which role, is not followed.
//
// A custom resource is a type of its own too: what its provider answers is
// not known, and nothing else of it bears on authorization.
//
// The schemas say of a name only which property or attribute Ref gives, and of
// an ARN only its form, with the variables of the Service Authorization
// Reference. Where a variable is no property's or attribute's name, the part
// of the ARN is a hole that can be anything.
package schema

import (
	"regexp"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/iam/facts"
	"penstock/service"
)

// source is where the user guide has the types
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html).
const source = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"

// Type returns a type by name: one that AWS's schemas describe, or a custom
// resource; nil for any other.
func Type(name string) *service.Type {
	if Custom(name) {
		// The name is the author's; Ref is what the provider answers
		// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html).
		return &service.Type{
			Name: name, Source: source + "aws-resource-cloudformation-customresource.html",
			Ref: "${Any:PhysicalResourceId}", Bare: true, Free: true,
			Attach: attachCustom,
		}
	}
	c, ok := facts.CFN(name)
	if !ok {
		return nil
	}
	return read(c)
}

// Custom reports whether a type is a custom resource by its name.
func Custom(name string) bool {
	return strings.HasPrefix(name, "Custom::") || name == "AWS::CloudFormation::CustomResource"
}

func read(c *facts.CFNType) *service.Type {
	t := &service.Type{Name: c.Name, Source: page(c.Name), Bare: true, Attrs: map[string]string{}}
	for _, p := range c.Properties {
		t.Props = append(t.Props, p.Name)
	}
	t.ARN = arn(c, t)
	for _, a := range c.Attributes {
		if a.Name == kind(c)+"Arn" && t.ARN != "" {
			t.Attrs[a.Name] = "${ARN}"
		}
	}
	if c.Tags != "" {
		t.Declare = func(_ *cloud.Model, r *cloud.Resource) { r.ReadTags(c.Tags) }
	}
	guard(t)
	return t
}

// page is the page of a type in the user guide.
func page(name string) string {
	parts := strings.Split(strings.ToLower(name), "::")
	return source + "aws-resource-" + strings.Join(parts[1:], "-") + ".html"
}

// kind is the last part of the type's name: "Stream".
func kind(c *facts.CFNType) string {
	return c.Name[strings.LastIndexByte(c.Name, ':')+1:]
}

// arn sets NameProp and Ref of t and returns the template of its ARN.
func arn(c *facts.CFNType, t *service.Type) string {
	id := ""
	if len(c.Ref) == 1 && !strings.Contains(c.Ref[0], "/") {
		id = c.Ref[0]
	}
	_, isProp := c.Property(id)
	_, isAttr := c.Attribute(id)
	arnLike := id == "Arn" || id == kind(c)+"Arn"
	switch {
	case id == "" || !isProp && !isAttr:
		t.Ref = "${Any:Ref}"
	case isProp && !isAttr:
		t.NameProp, t.Ref = id, "${Name}"
	case isProp:
		// A property that AWS sets where the template does not.
		t.NameProp, t.Ref = id, "${Name}"
		t.Attrs[id] = "${Name}"
	case arnLike && c.ARN == "":
		t.Ref = "${Any:" + id + "}"
		t.Attrs[id] = "${Ref}"
		return "${Ref}"
	case arnLike:
		t.Ref = "${ARN}"
	default:
		t.Ref = hole(id)
		t.Attrs[id] = "${Ref}"
	}
	if c.ARN == "" {
		return ""
	}
	return variable.ReplaceAllStringFunc(c.ARN, func(v string) string {
		return fill(c, t, v[2:len(v)-1])
	})
}

var variable = regexp.MustCompile(`\$\{[^}]*\}`)

// hole is an unknown that a deployment fixes. A name or an id has none of the
// characters that separate the parts of an ARN.
func hole(name string) string {
	for _, end := range []string{"Id", "ID", "Name", "Number"} {
		if strings.HasSuffix(name, end) {
			return "${Hole:" + name + "}"
		}
	}
	return "${Any:" + name + "}"
}

// fill says what a variable of an ARN's template is.
func fill(c *facts.CFNType, t *service.Type, v string) string {
	switch v {
	case "Partition", "Region", "Account":
		return "${" + v + "}"
	}
	same := func(p facts.CFNProperty) bool { return strings.EqualFold(p.Name, v) }
	if i := slices.IndexFunc(c.Properties, same); i >= 0 && c.Properties[i].Shape.Kind() == facts.KindString {
		if c.Properties[i].Name == t.NameProp {
			return "${Name}"
		}
		return "${Prop:" + c.Properties[i].Name + "}"
	}
	if i := slices.IndexFunc(c.Attributes, same); i >= 0 && c.Attributes[i].Shape.Kind() == facts.KindString {
		name := c.Attributes[i].Name
		if t.Attrs[name] == "${Ref}" {
			return "${Ref}"
		}
		// Attributes that nothing else names are holes under their own name.
		t.Attrs[name] = hole(name)
		return hole(name)
	}
	// The reference's name of the name: StreamName is the property Name.
	if t.NameProp == "Name" && strings.EqualFold(v, kind(c)+"Name") {
		return "${Name}"
	}
	return "${Any:" + v + "}"
}
