package facts

import (
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"

	"penstock/truth"
)

// Access is the access level of an action
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html).
type Access byte

// The access levels.
const (
	List Access = iota
	Read
	Write
	Tagging
	PermissionsManagement
)

// String returns AWS's name of the level.
func (a Access) String() string {
	switch a {
	case List:
		return "List"
	case Read:
		return "Read"
	case Write:
		return "Write"
	case Tagging:
		return "Tagging"
	case PermissionsManagement:
		return "Permissions management"
	default:
		panic("facts: no such access level")
	}
}

// ServiceFacts is one service of the Service Authorization Reference, by the
// prefix of its actions.
type ServiceFacts struct {
	Name   string // "AWS Key Management Service"
	Prefix string // "kms"

	actions []Action       // sorted by lower-case name
	types   []ResourceType // likewise
	keys    []Key          // likewise
}

// An Action is what a policy's Action element names after the prefix.
type Action struct {
	Name   string
	Access Access

	// Resources are the resource types that the action can be restricted
	// to. None: the action matches statements on Resource "*" only.
	Resources []ActionResource

	// ConditionKeys are those listed for the action whatever the resource;
	// a resource may add its own. Keys of every request ("aws:SourceIp")
	// are listed by few services and apply to all.
	ConditionKeys []string

	// Dependent are further actions ("iam:PassRole") the caller needs. The
	// present source states none; only corrections do.
	Dependent []string
}

// An ActionResource is one resource type an action is checked on.
type ActionResource struct {
	Type string // a ResourceType of the same service

	// Required is the asterisk in the reference: the caller must be allowed
	// on a resource of this type. The trap: where a call names one resource
	// of several possible types, AWS marks each of them required or none
	// (elasticloadbalancing:ModifyListener, s3:GetObject). Known cases are
	// corrected to optional; still, never conclude from Required alone that
	// a call needs two resources.
	Required bool

	ConditionKeys []string
}

// ResourceLevel reports whether the action can be restricted to resources.
func (a Action) ResourceLevel() bool { return len(a.Resources) > 0 }

// A ResourceType is a kind of resource in a service's policies.
type ResourceType struct {
	Name string // "log-group"

	// ARNs are the templates of its ARNs, "arn:${Partition}:kms:${Region}:
	// ${Account}:key/${KeyId}"; the first is the one of the reference. They
	// may belong to another service: ssm:SendCommand acts on EC2 instances.
	ARNs []string

	ConditionKeys []string
}

// ARN is the template of the reference.
func (t ResourceType) ARN() string { return t.ARNs[0] }

// Match says whether an ARN, which may hold holes, is one of this type; see
// MatchARN.
func (t ResourceType) Match(arn string) truth.Value {
	v := truth.No
	for _, template := range t.ARNs {
		v = v.Or(MatchARN(template, arn))
	}
	return v
}

// Service returns the facts of the service with this prefix ("s3"), in any
// case. They are decoded once.
func Service(prefix string) (*ServiceFacts, bool) {
	prefix = strings.ToLower(prefix)
	if s, ok := decodedServices.Load(prefix); ok {
		return s.(*ServiceFacts), true
	}
	if prefix == "" {
		return nil, false
	}
	payload, ok := servicesBundle.find(prefix)
	if !ok {
		return nil, false
	}
	s, _ := decodedServices.LoadOrStore(strings.Clone(prefix), decodeService(prefix, payload))
	return s.(*ServiceFacts), true
}

var decodedServices sync.Map // prefix → *ServiceFacts

// decodeService reads what tools/factsgen/services.go wrote.
func decodeService(prefix, payload string) *ServiceFacts {
	r := reader{payload}
	s := &ServiceFacts{Name: r.str(), Prefix: strings.Clone(prefix)}
	names := r.lines()
	s.keys = make([]Key, len(names))
	for i, n := range names {
		s.keys[i].Name = n
	}
	for i, t := range []byte(r.take(len(s.keys))) {
		s.keys[i].Type = Type(t)
	}

	names, arns := r.lines(), r.lines()
	s.types = make([]ResourceType, len(names))
	for i, n := range names {
		s.types[i] = ResourceType{Name: n, ARNs: arns[i : i+1 : i+1]}
	}
	for range r.num() {
		t := &s.types[r.num()]
		t.ARNs = append(t.ARNs, r.str())
	}

	keysets := make([][]string, 1+r.num())
	for i := 1; i < len(keysets); i++ {
		set := make([]string, r.num())
		at := 0
		for j := range set {
			at += r.num()
			set[j] = s.keys[at].Name
		}
		keysets[i] = set
	}
	for i := range s.types {
		s.types[i].ConditionKeys = keysets[r.num()]
	}
	ressets := make([][]ActionResource, 1+r.num())
	for i := 1; i < len(ressets); i++ {
		set := make([]ActionResource, r.num()/2)
		for j := range set {
			t, k := r.num(), r.num()
			set[j] = ActionResource{Type: s.types[t].Name, Required: k&1 == 1, ConditionKeys: keysets[k>>1]}
		}
		ressets[i] = set
	}

	names = r.lines()
	s.actions = make([]Action, len(names))
	access := r.take(len(names))
	for i, n := range names {
		s.actions[i] = Action{Name: n, Access: Access(access[i]), Resources: ressets[r.num()], ConditionKeys: keysets[r.num()]}
	}
	for range r.num() {
		a := &s.actions[r.num()]
		a.Dependent = r.lines()
	}
	return s
}

// Action returns the action of this name ("getobject", without the prefix),
// in any case.
func (s *ServiceFacts) Action(name string) (Action, bool) {
	i, ok := search(s.actions, name, func(a *Action) string { return a.Name })
	if !ok {
		return Action{}, false
	}
	return s.actions[i], true
}

// Actions walks the actions in the order of their names.
func (s *ServiceFacts) Actions() iter.Seq[Action] { return slices.Values(s.actions) }

// ResourceType returns the resource type of this name, in any case.
func (s *ServiceFacts) ResourceType(name string) (ResourceType, bool) {
	i, ok := search(s.types, name, func(t *ResourceType) string { return t.Name })
	if !ok {
		return ResourceType{}, false
	}
	return s.types[i], true
}

// ResourceTypes walks the resource types in the order of their names.
func (s *ServiceFacts) ResourceTypes() iter.Seq[ResourceType] { return slices.Values(s.types) }

// search finds name in a list sorted by lower-case name, without allocating.
func search[T any](list []T, name string, of func(*T) string) (int, bool) {
	i := sort.Search(len(list), func(i int) bool { return compareFold(of(&list[i]), name) >= 0 })
	return i, i < len(list) && compareFold(of(&list[i]), name) == 0
}

// compareFold compares as if both were in ASCII lower case.
func compareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := lower(a[i]), lower(b[i]); x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// serviceList is the record under the empty key: what is asked about all
// services at once.
type serviceList struct {
	prefixes, names []string
	rcp             string // one byte a service, 1 or 0
	globals         []Key
	providers       []string // "prefix service service…", the prefix of keys that belong to no service
}

var list = sync.OnceValue(func() *serviceList {
	payload, ok := servicesBundle.find("")
	if !ok {
		panic("facts: embedded data is damaged: no list of services")
	}
	r := reader{payload}
	l := &serviceList{prefixes: r.lines(), names: r.lines()}
	l.rcp = r.take(len(l.prefixes))
	names := r.lines()
	for i, t := range []byte(r.take(len(names))) {
		l.globals = append(l.globals, Key{Name: names[i], Type: Type(t)})
	}
	l.providers = r.lines()
	return l
})

// Services walks all services as prefix and name, in the order of the
// prefixes, without decoding them.
func Services() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		l := list()
		for i, p := range l.prefixes {
			if !yield(p, l.names[i]) {
				return
			}
		}
	}
}

// RCP reports whether resource control policies apply to the service with
// this prefix (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html,
// section "List of AWS services that support RCPs").
func RCP(prefix string) bool {
	l := list()
	i, ok := slices.BinarySearchFunc(l.prefixes, prefix, compareFold)
	return ok && l.rcp[i] == 1
}
