package ask

import (
	"fmt"
	"slices"
	"strings"

	"penstock/doc"
	"penstock/doc/json"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/source"
	"penstock/truth"
)

// maxMemory bounds the text of the policies that are remembered; their parsed
// and compiled form takes some ten times that.
const maxMemory = 4 << 20

// A memory holds the policies that were seen, by their very text: a map of Go
// compares the text itself, so that two documents are never mistaken for each
// other. When it is full, everything is forgotten at once, the engine with
// its compiled policies too.
//
//	sets   the "policies" of a question, with its grants and flags  →  *set
//	docs   one document and its kind                                →  *iam.Policy
type memory struct {
	opt    authz.Options
	engine *authz.Engine
	sets   map[string]*set
	docs   map[string]*iam.Policy
	size   int
	key    []byte
	recent [8]string // the texts of the last sets, in turn
	turn   int
}

// A set is the policies of a question.
type set struct {
	policies *authz.Policies
	refused  []refusal
}

// A refusal is a document that AWS would not take.
type refusal struct{ policy, why string }

// tidy forgets everything where there is too much.
func (m *memory) tidy() {
	if m.engine == nil || m.size > maxMemory {
		m.engine = authz.New(m.opt)
		m.sets, m.docs, m.size = map[string]*set{}, map[string]*iam.Policy{}, 0
		m.recent = [8]string{}
	}
}

// policies returns the policies of a question.
func (m *memory) policies(q *question) (*set, error) {
	m.key = append(append(append(m.key[:0], byte(q.flags), byte(q.flags>>8)), q.policies...), 0)
	m.key = append(append(append(m.key, q.grants...), 0), q.owner...)
	if s := m.sets[string(m.key)]; s != nil {
		return s, nil
	}
	key := string(m.key)
	s, err := m.build(q)
	if err != nil {
		return nil, err
	}
	m.sets[key] = s
	if len(q.policies) > 0 {
		m.recent[m.turn] = key[2 : 2+len(q.policies)]
		m.turn = (m.turn + 1) % len(m.recent)
	}
	m.size += len(key) + 512
	return s, nil
}

// again reads the text of the policies: where it is that of one of the last
// sets, which were read to their ends, without looking at it piece by piece.
func (m *memory) again(c *cursor) (string, error) {
	c.space()
	for i := range m.recent {
		if r := m.recent[i]; r != "" && strings.HasPrefix(c.s[c.i:], r) && (r[0] == '{' || r[0] == '[') {
			c.i += len(r)
			return c.s[c.i-len(r) : c.i], nil
		}
	}
	return c.raw()
}

// build reads the policies of a question.
func (m *memory) build(q *question) (*set, error) {
	b := builder{memory: m, set: &set{policies: &authz.Policies{}}, flags: q.flags, grants: q.grants, owner: q.owner}
	if q.policies != "" && q.policies != "null" {
		c := cursor{s: q.policies}
		if err := c.object(func(key string) error { return b.layer(&c, key) }); err != nil {
			return nil, fmt.Errorf("policies: %w", err)
		}
	}
	if b.grants != "" {
		if err := b.readGrants(); err != nil {
			return nil, fmt.Errorf("grants: %w", err)
		}
	}
	p := b.set.policies
	p.Management = b.flags&management != 0
	p.ResourceManagement = b.flags&resourceManagement != 0
	p.ServiceLinked = b.flags&serviceLinked != 0
	p.PublicBlock = truth.Of(b.flags&publicBlock != 0)
	p.ObjectOwner = b.owner
	switch {
	case b.flags&gateway != 0:
		p.EndpointType = "Gateway"
	case b.flags&interfaceType != 0:
		p.EndpointType = "Interface"
	}
	return b.set, nil
}

type builder struct {
	*memory
	set    *set
	flags  flags
	grants string
	owner  string
	seen   []string
}

// layers are the keys of "policies".
const layers = "identity, boundary, session, resource, scp, rcp, endpoint and grants"

func (b *builder) layer(c *cursor, key string) (err error) {
	if slices.Contains(b.seen, key) {
		return c.fail("%q stands twice", key)
	}
	b.seen = append(b.seen, key)
	if c.space() == 'n' && key != "management" {
		_, _, err := c.scalar()
		return err // null: there is no such policy
	}
	p := b.set.policies
	switch key {
	case "identity":
		p.Identity, err = b.documents(c, iam.Identity, key)
	case "boundary":
		p.HasBoundary = true
		p.Boundary, err = b.documents(c, iam.Boundary, key)
	case "session":
		p.HasSession = true
		p.Session, err = b.documents(c, iam.Session, key)
	case "endpoint":
		p.HasEndpoint = true
		p.Endpoint, err = b.documents(c, iam.Endpoint, key)
	case "resource":
		kind := iam.Resource
		if b.flags&trust != 0 {
			kind = iam.Trust
		}
		p.Resource, err = b.documents(c, kind, key)
	case "scp":
		p.SCP, err = b.levels(c, iam.SCP, key)
	case "rcp":
		p.RCP, err = b.levels(c, iam.RCP, key)
	default:
		q := question{grants: b.grants, flags: b.flags, owner: b.owner}
		var ok bool
		if ok, err = q.extra(c, key); err == nil && !ok {
			err = c.fail("there is no layer %q; there are %s", key, layers)
		}
		b.grants, b.flags, b.owner = q.grants, q.flags, q.owner
	}
	return err
}

// levels reads the lists of an organization's policies, from the root down.
func (b *builder) levels(c *cursor, k iam.Kind, place string) ([][]*iam.Policy, error) {
	var out [][]*iam.Policy
	err := c.array(func() error {
		level, err := b.documents(c, k, fmt.Sprintf("%s[%d]", place, len(out)))
		out = append(out, level)
		return err
	})
	return out, err
}

// documents reads a list of documents, or one.
func (b *builder) documents(c *cursor, k iam.Kind, place string) ([]*iam.Policy, error) {
	if c.space() != '[' {
		p, err := b.document(c, k, place+"[0]")
		return []*iam.Policy{p}, err
	}
	var out []*iam.Policy
	err := c.array(func() error {
		p, err := b.document(c, k, fmt.Sprintf("%s[%d]", place, len(out)))
		out = append(out, p)
		return err
	})
	return out, err
}

// document reads one document: a map, or its text as a string.
func (b *builder) document(c *cursor, k iam.Kind, place string) (*iam.Policy, error) {
	var raw string
	var err error
	switch c.space() {
	case '{':
		raw, err = c.raw()
	case '"':
		raw, err = c.str()
	default:
		return nil, c.unexpected("a policy document")
	}
	if err != nil {
		return nil, err
	}
	m := b.memory
	m.key = append(append(m.key[:0], byte(k)), raw...)
	p := m.docs[string(m.key)]
	if p == nil {
		text := strings.Clone(raw)
		tree, _, err := json.Parse(source.NewFile(place, []byte(text)))
		if err != nil {
			return nil, err
		}
		if tree.Kind != doc.Map {
			return nil, fmt.Errorf("%s is a %s; a policy document is a map", place, tree.Kind)
		}
		p, _ = iam.Parse(tree, k)
		m.docs[string(byte(k))+text] = p
		m.size += len(text) + 512
	}
	if p.Broken != "" {
		b.set.refused = append(b.set.refused, refusal{place, p.Broken})
	}
	return p, nil
}
