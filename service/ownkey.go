package service

import (
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/doc/splice"
)

// OwnKey is the fix that encrypts a resource with a customer managed key in
// the place of the AWS managed one: the only key that its template declares,
// or a new one, whose policy lets the account's own policies decide, and lets
// a service use it where one is named. Prop is the property that names the
// key, and have what it holds, nil where it is absent.
func OwnKey(r *cloud.Resource, have *doc.Node, prop, svc string) []diag.Fix {
	if r.Stack == nil || r.Stack.File == nil || r.Props == nil {
		return nil
	}
	root, _, err := load.Parse(r.Stack.File)
	if err != nil {
		return nil
	}
	var keys []string
	if rs := root.Get("Resources"); rs != nil && rs.Kind == doc.Map {
		for _, x := range rs.Fields {
			if x.Value.Get("Type").Str() == "AWS::KMS::Key" {
				keys = append(keys, x.Name())
			}
		}
	}
	var edits []diag.Edit
	key, says := "", ""
	switch len(keys) {
	case 0:
		if edits, key, err = newKey(r, svc); err != nil {
			return nil
		}
		says = "encrypt " + r.ID() + " with a customer managed key, a new one"
	case 1:
		key = keys[0]
		says = "encrypt " + r.ID() + " with " + key
	default:
		return nil // which of them
	}
	ref := splice.Tagged("!GetAtt", key+".Arn")
	var set []diag.Edit
	if have != nil && have.Kind != doc.Null {
		set, err = splice.Replace(have, ref)
	} else {
		set, err = splice.SetField(r.Props, prop, ref)
	}
	return Fixed(says, append(edits, set...), err)
}

func newKey(r *cloud.Resource, svc string) ([]diag.Edit, string, error) {
	f := func(name string, v splice.Value) splice.Field { return splice.Field{Name: name, Value: v} }
	statements := []splice.Value{splice.Map(
		f("Effect", splice.String("Allow")),
		f("Principal", splice.Map(f("AWS", splice.Tagged("!Sub", "arn:${AWS::Partition}:iam::${AWS::AccountId}:root")))),
		f("Action", splice.String("kms:*")), f("Resource", splice.String("*")),
	)}
	if svc != "" {
		statements = append(statements, splice.Map(
			f("Effect", splice.String("Allow")), f("Principal", splice.Map(f("Service", splice.String(svc)))),
			f("Action", splice.Strings("kms:Decrypt", "kms:GenerateDataKey")), f("Resource", splice.String("*")),
		))
	}
	return Insert(r.Stack, r.LogicalID+"Key", "AWS::KMS::Key",
		f("EnableKeyRotation", splice.Bool(true)),
		f("KeyPolicy", splice.Map(f("Version", splice.String("2012-10-17")), f("Statement", splice.List(statements...)))))
}
