package authz

import "strings"

// An index finds the statements of a long policy that can bear on an action.
//
//	exact     "s3:getobject"  statements that name the action
//	service   "s3"            statements with a pattern of that service
//	rest                      all others: "*", NotAction, symbolic
//
// A statement stands once in each list that one of its actions leads to; the
// lists are in order, so that those of one statement are found together.
type index struct {
	exact   map[string][]int32
	service map[string][]int32
	rest    []int32
}

// indexFrom is how many statements make an index worth its while.
const indexFrom = 24

func newIndex(ss []statement) *index {
	if len(ss) < indexFrom {
		return nil
	}
	x := &index{exact: map[string][]int32{}, service: map[string][]int32{}}
	for i := range ss {
		x.add(&ss[i], int32(i))
	}
	return x
}

func (x *index) add(s *statement, i int32) {
	put := func(m map[string][]int32, k string) {
		if l := m[k]; len(l) == 0 || l[len(l)-1] != i {
			m[k] = append(l, i)
		}
	}
	if s.notAction {
		x.rest = append(x.rest, i)
		return
	}
	for j := range s.actions {
		p := &s.actions[j].pattern
		service, _, ok := strings.Cut(p.Prefix(), ":")
		if !ok {
			x.rest = append(x.rest, i)
			return
		}
		if p.IsLiteral() {
			put(x.exact, p.Prefix())
		} else {
			put(x.service, service)
		}
	}
}
