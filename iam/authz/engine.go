package authz

import (
	"sync"

	"penstock/iam"
	"penstock/truth"
)

// Options are what an Engine needs to know of AWS's services. The zero value
// will do.
type Options struct {
	// Actions tells which actions take no resource; nil treats every action
	// as the request puts it.
	Actions ActionFacts
	// ExactServices: a request names its service as policies must name it, so
	// that a service with another name in its region is another one, but for
	// those of which AWS documents both names.
	ExactServices bool
	// RCPServices reports whether resource control policies bind a service
	// (by IAM prefix); nil uses the list of October 2025.
	RCPServices func(service string) bool
}

// ActionFacts knows the actions of AWS.
type ActionFacts interface {
	// ResourceLevel reports whether an action ("s3:ListAllMyBuckets") can be
	// allowed on single resources, and whether that is known.
	ResourceLevel(action string) (supported, known bool)
}

// An Engine decides. It compiles each policy once; it is safe for concurrent
// use.
type Engine struct {
	opt      Options
	mu       sync.RWMutex
	policies map[*iam.Policy]*policy
}

// New returns an Engine.
func New(o Options) *Engine {
	if o.RCPServices == nil {
		o.RCPServices = rcpService
	}
	return &Engine{opt: o, policies: map[*iam.Policy]*policy{}}
}

// compiled is a Policies, ready to be asked.
type compiled struct {
	engine                                          *Engine
	identity, boundary, session, resource, endpoint layer
	scp, rcp                                        []layer
	grants                                          []grant
}

// compile returns the compiled form of p, made once for an Engine.
func (e *Engine) compile(p *Policies) *compiled {
	if c := p.compiled.Load(); c != nil && c.engine == e {
		return c
	}
	c := &compiled{
		engine:   e,
		identity: e.layer(p.Identity),
		boundary: e.layer(p.Boundary),
		session:  e.layer(p.Session),
		resource: e.layer(p.Resource),
		endpoint: e.layer(p.Endpoint),
		grants:   compileGrants(p.Grants),
	}
	for _, level := range p.SCP {
		c.scp = append(c.scp, e.layer(level))
	}
	for _, level := range p.RCP {
		c.rcp = append(c.rcp, e.layer(level))
	}
	p.compiled.Store(c)
	return c
}

func (e *Engine) layer(ps []*iam.Policy) layer {
	if len(ps) == 0 {
		return layer{}
	}
	l := layer{policies: make([]*policy, len(ps))}
	for i, p := range ps {
		l.policies[i] = e.policy(p)
	}
	return l
}

func (e *Engine) policy(p *iam.Policy) *policy {
	e.mu.RLock()
	c := e.policies[p]
	e.mu.RUnlock()
	if c != nil {
		return c
	}
	c = compilePolicy(p)
	e.mu.Lock()
	defer e.mu.Unlock()
	if old := e.policies[p]; old != nil {
		return old
	}
	e.policies[p] = c
	return c
}

// Decide answers a request. It does not allocate where the policies were seen
// before and the request holds neither policy variables nor unknown text.
func (e *Engine) Decide(req *iam.Request, p *Policies) Verdict {
	var ev eval
	ev.init(e, req, p)
	r := ev.run()
	return r.verdict()
}

// verdict makes the three values of the answer.
func (r *result) verdict() Verdict {
	switch r.allowed.And(r.denied.Not()) {
	case truth.Yes:
		return Allow
	case truth.Maybe:
		return Depends
	default:
		return Deny
	}
}
