package blueprint

// A Policy is a policy document that is written with its comments.
type Policy struct {
	Statements []*Statement
}

// A Statement is one statement of a Policy. Of Actions, NotActions and of
// Resources, NotResources one is set; a policy of a role's trust has neither
// Resources nor NotResources.
type Statement struct {
	Sid        string
	Comment    string // lines above it: which calls need it
	Effect     string // "" is Allow
	Principal  any    // nil, "*", or a Map of AWS, Service or Federated
	Actions    []string
	NotActions []string
	Resources  []Sub
	Conditions []Condition
	Uses       []Use // which calls need it, for compile --explain
}

// A Condition is one operator with one key.
type Condition struct {
	Operator, Key string
	Values        []Sub
}

// A Use is one call that a statement is for.
type Use struct {
	Stage, Action string // of the pipeline; "" where none
	Row           string // of the call catalogue: "codebuild.logs"
	Call          string // IAM action
	Why, Source   string
}

// Map returns the document as properties.
func (p *Policy) Map() Map {
	var list List
	for _, s := range p.Statements {
		list = append(list, s.Map())
	}
	return KV("Version", "2012-10-17", "Statement", list)
}

// Map returns the statement as properties, its single values not in lists.
func (s *Statement) Map() Map {
	effect := s.Effect
	if effect == "" {
		effect = "Allow"
	}
	var m Map
	if s.Sid != "" {
		m.Set("Sid", s.Sid)
	}
	m.Set("Effect", effect)
	if s.Principal != nil {
		m.Set("Principal", s.Principal)
	}
	if s.Actions != nil {
		m.Set("Action", one(Strings(s.Actions...)))
	}
	if s.NotActions != nil {
		m.Set("NotAction", one(Strings(s.NotActions...)))
	}
	if s.Resources != nil {
		m.Set("Resource", one(Subs(s.Resources...)))
	}
	if len(s.Conditions) > 0 {
		var all Map
		for _, c := range s.Conditions {
			op, _ := all.Get(c.Operator).(Map)
			op.Set(c.Key, one(Subs(c.Values...)))
			all.Set(c.Operator, op)
		}
		m.Set("Condition", all)
	}
	return m
}

func one(l List) any {
	if len(l) == 1 {
		return l[0]
	}
	return l
}
