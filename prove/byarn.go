package prove

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/service"
)

// byItsARN mends a resource of a policy that is no ARN where it is what Ref
// gives for something that the stacks declare, with something behind it or
// not: a bucket's name, a queue's URL.
func byItsARN(s *service.Site, f *diag.Finding) []diag.Fix {
	var in *cloud.Resource
	var at *doc.Node
	look := func(a cloud.Attachment) {
		if in == nil && a.Node != nil && a.Resource != nil {
			for st := range a.Node.Get("Statement").Elems() {
				for _, k := range []string{"Resource", "NotResource"} {
					for e := range st.Get(k).Elems() {
						if e.Span == f.At {
							in, at = a.Resource, e
						}
					}
				}
			}
		}
	}
	for p := range s.Model.Principals() {
		for _, a := range p.Identity {
			look(a)
		}
	}
	for _, r := range s.Model.Resources {
		for _, a := range r.Policies {
			look(a)
		}
	}
	if in == nil || s.Author == nil {
		return nil
	}
	text := cloud.Text(at)
	var named *cloud.Resource
	for _, r := range s.Model.Resources {
		if r.ARN != "" && r.Ref != "" && r.Ref != r.ARN && strings.HasPrefix(text, r.Ref) && (named == nil || len(r.Ref) > len(named.Ref)) {
			named = r
		}
	}
	if named == nil {
		return nil
	}
	rest := text[len(named.Ref):]
	if rest != "" && !slices.Contains([]byte("/:*"), rest[0]) {
		return nil
	}
	v, ok := s.Author(in, named.ARN+rest)
	if !ok {
		return nil
	}
	edits, err := splice.Replace(at, v)
	return service.Fixed(fmt.Sprintf("name %s by its ARN", named.ID()), edits, err)
}
