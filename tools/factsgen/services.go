package main

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// A payload writes one record: numbers as uvarints, lists as a count and the
// items, lists of strings as a count and the strings joined by line breaks,
// which no name holds.
type payload struct{ b []byte }

func (p *payload) num(n int)       { p.b = binary.AppendUvarint(p.b, uint64(n)) }
func (p *payload) bytes(bs []byte) { p.b = append(p.b, bs...) }
func (p *payload) str(s string)    { p.b = appendString(p.b, s) }

func (p *payload) lines(ss []string) {
	p.num(len(ss))
	text := strings.Join(ss, "\n")
	if strings.Count(text, "\n")+1 != len(ss) && len(ss) > 0 {
		panic(fmt.Sprintf("a name in %q holds a line break", ss))
	}
	p.str(text)
}

// sets numbers distinct lists of numbers; list 0 is the empty one.
type sets struct {
	at    map[string]int
	lists [][]byte
}

func newSets() *sets {
	s := &sets{at: map[string]int{}}
	s.add(nil)
	return s
}

func (s *sets) add(nums []int) int {
	var b []byte
	b = binary.AppendUvarint(b, uint64(len(nums)))
	for _, n := range nums {
		b = binary.AppendUvarint(b, uint64(n))
	}
	if i, ok := s.at[string(b)]; ok {
		return i
	}
	s.lists = append(s.lists, b)
	s.at[string(b)] = len(s.lists) - 1
	return len(s.lists) - 1
}

func (s *sets) write(p *payload) {
	p.num(len(s.lists) - 1)
	for _, l := range s.lists[1:] {
		p.bytes(l)
	}
}

// serviceRecord encodes one service; iam/facts/service.go decodes it:
//
//	name
//	keys:   names, one type byte each
//	types:  names, canonical ARNs, [count, type, ARN] of further ARNs
//	keysets: each a list of differences between ascending key numbers
//	per type: its keyset
//	ressets: each a list of (type, keyset<<1|required) flattened
//	actions: names sorted by lower case, one access byte each
//	per action: resset, keyset
//	dependent actions: count, then (action, names)
func serviceRecord(s *service) record {
	var p payload
	p.str(s.name)
	keyNo := map[string]int{}
	var keyNames, typeNames, arns []string
	var keyTypes []byte
	for _, n := range sortedNames(s.keys) {
		keyNo[s.keys[n].name] = len(keyNames)
		keyNames = append(keyNames, s.keys[n].name)
		keyTypes = append(keyTypes, s.keys[n].typ)
	}
	p.lines(keyNames)
	p.bytes(keyTypes)

	keysets, ressets := newSets(), newSets()
	keyset := func(keys []string) int {
		nums := make([]int, len(keys))
		for i, k := range keys {
			nums[i] = keyNo[k]
		}
		slices.Sort(nums)
		nums = slices.Compact(nums)
		for i := len(nums) - 1; i > 0; i-- {
			nums[i] -= nums[i-1]
		}
		return keysets.add(nums)
	}
	typeNo := map[string]int{}
	var typeSets, further []int
	for _, n := range sortedNames(s.types) {
		t := s.types[n]
		typeNo[t.name] = len(typeNames)
		typeSets = append(typeSets, keyset(t.keys))
		for i := range t.arns[1:] {
			further = append(further, len(typeNames), i+1)
		}
		typeNames = append(typeNames, t.name)
		arns = append(arns, t.arns[0])
	}
	p.lines(typeNames)
	p.lines(arns)
	p.num(len(further) / 2)
	names := sortedNames(s.types)
	for i := 0; i < len(further); i += 2 {
		p.num(further[i])
		p.str(s.types[names[further[i]]].arns[further[i+1]])
	}

	var actionNames []string
	var access []byte
	var refs, dependents payload
	nDependents := 0
	for i, n := range sortedNames(s.actions) {
		a := s.actions[n]
		actionNames = append(actionNames, a.name)
		access = append(access, a.access)
		var nums []int
		for _, r := range a.resources {
			req := 0
			if r.required {
				req = 1
			}
			nums = append(nums, typeNo[r.typ], keyset(r.keys)<<1|req)
		}
		refs.num(ressets.add(nums))
		refs.num(keyset(a.keys))
		if len(a.dependent) > 0 {
			nDependents++
			dependents.num(i)
			dependents.lines(a.dependent)
		}
	}
	keysets.write(&p)
	for _, k := range typeSets {
		p.num(k)
	}
	ressets.write(&p)
	p.lines(actionNames)
	p.bytes(access)
	p.bytes(refs.b)
	p.num(nDependents)
	p.bytes(dependents.b)
	return record{s.prefix, p.b}
}

// serviceList is the record under the empty key: what is asked about all
// services at once, the global condition keys and the providers.
func serviceList(au *authorization) record {
	var p payload
	var prefixes, names, globals, providers []string
	var rcp, types []byte
	for _, n := range sortedNames(au.services) {
		s := au.services[n]
		prefixes = append(prefixes, n)
		names = append(names, s.name)
		if s.rcp {
			rcp = append(rcp, 1)
		} else {
			rcp = append(rcp, 0)
		}
	}
	p.lines(prefixes)
	p.lines(names)
	p.bytes(rcp)
	for _, g := range au.globals {
		globals = append(globals, g.name)
		types = append(types, g.typ)
	}
	p.lines(globals)
	p.bytes(types)
	for _, n := range sortedNames(au.providers) {
		providers = append(providers, n+" "+strings.Join(au.providers[n], " "))
	}
	p.lines(providers)
	return record{"", p.b}
}
