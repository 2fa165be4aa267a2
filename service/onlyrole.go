package service

import (
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/match"
)

// OnlyRole is the fix that names the one role of the site's account which a
// service may assume, but, in a field of a map that belongs to a resource.
// None where there are several: whoever wrote them knows which is meant.
func (s *Site) OnlyRole(in *cloud.Resource, principal, but string, node *doc.Node, prop string) []diag.Fix {
	if s.Author == nil || in == nil || node == nil {
		return nil
	}
	role := ""
	for p := range Trusting(s.Model, principal) {
		if p.Account != s.Account || p.ARN == but {
			continue
		}
		if role != "" {
			return nil
		}
		role = p.ARN
	}
	if role == "" {
		return nil
	}
	v, ok := s.Author(in, role)
	if !ok {
		return nil
	}
	edits, err := splice.SetField(node, prop, v)
	return Fixed("name "+match.Render(role)+" as "+prop, edits, err)
}
