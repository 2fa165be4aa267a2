package service

import (
	"errors"
	"strconv"

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
