package tf

import (
	"fmt"
	"slices"
)

// A Book holds the mappings of all rooms.
type Book struct {
	byCFN map[string]*Mapping
	mains map[string][]*Mapping // by resource type
	parts map[string][]partOf
	folds map[string]*Mapping // by resource type
}

type partOf struct {
	m *Mapping
	p *Part
}

// NewBook reads the mappings of rooms, given by the name of the room. An error
// is a mistake in a room's data.
func NewBook(rooms map[string]string) (*Book, error) {
	b := &Book{byCFN: map[string]*Mapping{}, mains: map[string][]*Mapping{}, parts: map[string][]partOf{}, folds: map[string]*Mapping{}}
	names := make([]string, 0, len(rooms))
	for n := range rooms {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		ms, err := ParseMappings(rooms[n])
		if err != nil {
			return nil, fmt.Errorf("the mapping of services/%s: %w", n, err)
		}
		for _, m := range ms {
			if b.byCFN[m.CFN] != nil {
				return nil, fmt.Errorf("two mappings of %s", m.CFN)
			}
			b.byCFN[m.CFN] = m
			switch {
			case m.Fold != nil:
				b.folds[m.Type] = m
			case m.Type != "":
				b.mains[m.Type] = append(b.mains[m.Type], m)
			}
			for _, p := range m.Parts {
				if !p.Spread {
					b.parts[p.Type] = append(b.parts[p.Type], partOf{m, p})
				}
			}
		}
	}
	return b, nil
}

// For returns the mapping of a CloudFormation type, nil where there is none.
func (b *Book) For(cfn string) *Mapping { return b.byCFN[cfn] }

// Attribute returns the attribute that gives what Ref (for "") or Fn::GetAtt
// gives.
func (m *Mapping) Attribute(cfn string) (Attr, bool) {
	for _, a := range m.Attrs {
		if a.CFN == cfn && !a.Sub {
			return a, true
		}
	}
	return Attr{}, false
}
