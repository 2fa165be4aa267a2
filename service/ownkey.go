package service

import (
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/doc/splice"
)

// OwnKey is the fix that encrypts a resource with a customer managed key in
// the place of the AWS managed one, see PickKey. Prop is the property that
// names the key, and have what it holds, nil where it is absent.
func OwnKey(r *cloud.Resource, have *doc.Node, prop, svc string) []diag.Fix {
	if r.Props == nil {
		return nil
	}
	edits, key, ok := PickKey(r, svc)
	if !ok {
		return nil
	}
	var set []diag.Edit
	var err error
	if have != nil && have.Kind != doc.Null {
		set, err = splice.Replace(have, key)
	} else {
		set, err = splice.SetField(r.Props, prop, key)
	}
	return Fixed("encrypt "+r.ID()+" with a customer managed key", append(edits, set...), err)
}

// PickKey names a customer managed key for a resource: the only one that its
// template declares, or a new one, which the edits add; its policy lets the
// account's own policies decide, and lets a service use it where one is named.
// It reports false where the template has several: which of them is meant,
// nobody else can say.
func PickKey(r *cloud.Resource, svc string) (edits []diag.Edit, key splice.Value, ok bool) {
	if r.Stack == nil || r.Stack.File == nil {
		return nil, key, false
	}
	root, _, err := load.Parse(r.Stack.File)
	if err != nil {
		return nil, key, false
	}
	var keys []string
	if rs := root.Get("Resources"); rs != nil && rs.Kind == doc.Map {
		for _, x := range rs.Fields {
			if x.Value.Get("Type").Str() == "AWS::KMS::Key" {
				keys = append(keys, x.Name())
			}
		}
	}
	id := ""
	switch len(keys) {
	case 0:
		if edits, id, err = newKey(r, svc); err != nil {
			return nil, key, false
		}
	case 1:
		id = keys[0]
	default:
		return nil, key, false
	}
	return edits, splice.Tagged("!GetAtt", id+".Arn"), true
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
