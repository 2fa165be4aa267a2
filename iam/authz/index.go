package authz

import (
	"bytes"
	"slices"
	"strings"
)

// An index finds the statements of a long policy that can bear on a request.
//
//	exact     "s3:getobject"  statements that name the action
//	service   "s3"            statements with a pattern of that service
//	rest                      all others: "*", NotAction, symbolic
//
// Each of these is a bucket, which finds statements by what their resources
// begin with. A statement may stand in several places.
type index struct {
	exact   map[string]*bucket
	service map[string]*bucket
	rest    bucket
}

// A bucket holds statements, by the text before the first wildcard of each
// of their resources:
//
//	lengths  17 24             how long such texts are
//	prefix   "arn:aws:s3:::b/" → statements
//
// A request looks up the beginnings of its resource of each of those lengths.
type bucket struct {
	all     []int32
	lengths []int // nil: a short bucket, look at all
	prefix  map[string][]int32
}

// indexFrom is how many statements make an index worth its while.
const indexFrom = 24

func newIndex(ss []statement) *index {
	if len(ss) < indexFrom {
		return nil
	}
	x := &index{exact: map[string]*bucket{}, service: map[string]*bucket{}}
	for i := range ss {
		x.add(&ss[i], int32(i))
	}
	for _, b := range x.exact {
		b.build(ss)
	}
	for _, b := range x.service {
		b.build(ss)
	}
	x.rest.build(ss)
	return x
}

func (x *index) add(s *statement, i int32) {
	put := func(m map[string]*bucket, k string) {
		b := m[k]
		if b == nil {
			b = &bucket{}
			m[k] = b
		}
		if n := len(b.all); n == 0 || b.all[n-1] != i {
			b.all = append(b.all, i)
		}
	}
	indexed := !s.notAction
	for j := range s.actions {
		indexed = indexed && strings.Contains(s.actions[j].pattern.Prefix(), ":")
	}
	if !indexed {
		x.rest.all = append(x.rest.all, i)
		return
	}
	for j := range s.actions {
		p := &s.actions[j].pattern
		if p.IsLiteral() {
			put(x.exact, p.Prefix())
		} else {
			service, _, _ := strings.Cut(p.Prefix(), ":")
			put(x.service, service)
		}
	}
}

func (b *bucket) build(ss []statement) {
	if len(b.all) < indexFrom {
		return
	}
	b.prefix = map[string][]int32{}
	for _, i := range b.all {
		s := &ss[i]
		if !s.hasResource || s.notResource {
			b.put("", i)
			continue
		}
		for j := range s.resources {
			r := &s.resources[j]
			if r.parts != nil {
				b.put("", i)
			} else {
				b.put(r.pattern.Prefix(), i)
			}
		}
	}
	for k := range b.prefix {
		if !slices.Contains(b.lengths, len(k)) {
			b.lengths = append(b.lengths, len(k))
		}
	}
	slices.Sort(b.lengths)
}

func (b *bucket) put(k string, i int32) {
	if l := b.prefix[k]; len(l) == 0 || l[len(l)-1] != i {
		b.prefix[k] = append(l, i)
	}
}

// candidates calls f with every statement of p that may match the request,
// some of them more than once.
func (e *eval) candidates(p *policy, f func(*statement)) {
	if p.index == nil || !e.plain {
		for i := range p.statements {
			f(&p.statements[i])
		}
		return
	}
	low := e.low[:e.lowLen]
	e.inBucket(p, p.index.exact[string(low)], f)
	if before, _, ok := bytes.Cut(low, []byte{':'}); ok {
		e.inBucket(p, p.index.service[string(before)], f)
	}
	e.inBucket(p, &p.index.rest, f)
}

func (e *eval) inBucket(p *policy, b *bucket, f func(*statement)) {
	switch {
	case b == nil:
	case b.prefix == nil:
		for _, i := range b.all {
			f(&p.statements[i])
		}
	default:
		for _, n := range b.lengths {
			if n > len(e.resource) {
				return
			}
			for _, i := range b.prefix[e.resource[:n]] {
				f(&p.statements[i])
			}
		}
	}
}
