package service

import (
	"errors"
	"strconv"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/doc/splice"
)

// Insert adds a resource to the template of a stack, at the end of its
// resources and in the style of the file. It returns the edits, and the
// logical id: name, with a number behind it where the template has that name
// for something else. It fails where the template is none that can be edited.
func Insert(in *cloud.Stack, name, typ string, props ...splice.Field) ([]diag.Edit, string, error) {
	if in == nil || in.File == nil {
		return nil, "", errors.New("the stack has no template")
	}
	root, _, err := load.Parse(in.File)
	if err != nil {
		return nil, "", err
	}
	resources := root.Get("Resources")
	if resources == nil || resources.Kind != doc.Map {
		return nil, "", errors.New("the template has no resources")
	}
	id := name
	for i := 2; resources.Get(id) != nil; i++ {
		id = name + strconv.Itoa(i)
	}
	body := []splice.Field{{Name: "Type", Value: splice.String(typ)}}
	if len(props) > 0 {
		body = append(body, splice.Field{Name: "Properties", Value: splice.Map(props...)})
	}
	edits, err := splice.SetField(resources, id, splice.Map(body...))
	return edits, id, err
}

// Maker returns the properties of the SAM resource whose transform makes a
// role, as they are written; nil where a template declares the role itself.
func Maker(role *cloud.Resource) *doc.Node {
	if role == nil || role.Stack == nil || role.Stack.File == nil {
		return nil
	}
	id, ok := strings.CutSuffix(role.LogicalID, "Role")
	if !ok {
		return nil
	}
	root, _, err := load.Parse(role.Stack.File)
	if err != nil {
		return nil
	}
	resources := root.Get("Resources")
	maker := resources.Get(id)
	if resources.Get(role.LogicalID) != nil || maker == nil {
		return nil
	}
	switch maker.Get("Type").Str() {
	case "AWS::Serverless::Function", "AWS::Serverless::StateMachine":
	default:
		return nil
	}
	if props := maker.Get("Properties"); props != nil && props.Kind == doc.Map && props.Get("Role") == nil {
		return props
	}
	return nil
}
