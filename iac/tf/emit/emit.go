// Package emit writes a blueprint as Terraform, for the provider hashicorp/aws:
// one root module for each account, with a provider for each region in it, in
// files that people read: a resource stands under its comment, a policy is
// given to jsonencode as an object with the comments of its statements.
//
// Which resource is written how is data of the service rooms (tf.Mapping). A
// type or a property without a mapping is an error; nothing is left out. What
// is written is what `terraform fmt` would make of it, and iac/tf reads it.
//
// Stacks of one account share its module: what one of them gives another in
// the same account is a reference, what another account gives is a variable. A
// stack that describes what is there already is not written.
package emit

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/iac/tf"
)

// Options says how to write.
type Options struct {
	Book *tf.Book
	// Variables writes inline parameters as variables, with their value as
	// the default.
	Variables bool
	// Name names the folder of an account; nil takes the name of the first
	// stack in it.
	Name func(account string) string
}

// A Module is what goes to one account.
type Module struct {
	Account string
	Region  string   // of the provider without alias
	Regions []string // all
	Dir     string
	Files   []File
	// IDs are the logical ids by which iac/tf reads the resources again, and
	// the region of each, by stack and logical id there.
	IDs map[string]map[string]string
	// Values are the values of variables that whoever deploys gives and that
	// another account tells: the variable, the stack and its output.
	Values []Value
	outs   map[string]told // by stack and output of the blueprint
}

// A File is one file of a module.
type File struct {
	Name string // without the folder
	Text []byte
}

// A Value is a variable whose value is an output of another account's module.
type Value struct {
	Variable      string
	Stack, Output string
	Value         string // where it is known
}

// Emit writes a set. An error names the stack, the resource and the property
// that cannot be written.
func Emit(set *blueprint.Set, opt Options) ([]*Module, error) {
	var out []*Module
	taken := map[string]bool{}
	for _, account := range accounts(set) {
		w := &writer{opt: opt, set: set, account: account, used: map[string]bool{}, named: map[string]*given{}, outs: map[string]told{}}
		for _, st := range set.Stacks {
			if st.Account == account && !st.Exists {
				w.stacks = append(w.stacks, st)
			}
		}
		m, err := w.module()
		if err != nil {
			return nil, err
		}
		m.Dir = w.stacks[0].Name
		if opt.Name != nil {
			m.Dir = opt.Name(account)
		}
		for taken[m.Dir] {
			m.Dir += "-" + account
		}
		taken[m.Dir] = true
		out = append(out, m)
	}
	return out, nil
}

func accounts(set *blueprint.Set) []string {
	var out []string
	for _, st := range set.Stacks {
		if !st.Exists && !slices.Contains(out, st.Account) {
			out = append(out, st.Account)
		}
	}
	return out
}

// A writer writes one module.
type writer struct {
	opt     Options
	set     *blueprint.Set
	account string
	stacks  []*blueprint.Stack
	regions []string
	units   []*unit
	byID    map[*blueprint.Resource]*unit
	labels  map[string]bool // by resource type and label
	used    map[string]bool // data sources: "identity", "partition", "region REGION"
	archive bool            // a file is zipped
	named   map[string]*given
	order   []*given
	values  []Value
	outs    map[string]told
}

// A given is a local or a variable of the module.
type given struct {
	name    string
	p       *blueprint.Parameter
	local   bool
	outside bool // its value is another account's
}

// A unit is one resource of the blueprint with what is written for it.
type unit struct {
	st     *blueprint.Stack
	r      *blueprint.Resource
	m      *tf.Mapping
	label  string
	blocks []*block
	waits  []string // addresses without which it is not ready
	into   *unit    // of which it is an argument, see tf.Fold
	runs   []*unit  // roles that it runs with
}

func (u *unit) addr() string {
	if u.into != nil {
		return u.into.addr()
	}
	return u.m.Type + "." + u.label
}

func (w *writer) module() (*Module, error) {
	w.byID, w.labels = map[*blueprint.Resource]*unit{}, map[string]bool{}
	for _, st := range w.stacks {
		if !slices.Contains(w.regions, st.Region) {
			w.regions = append(w.regions, st.Region)
		}
	}
	m := &Module{Account: w.account, Region: w.regions[0], Regions: w.regions, IDs: map[string]map[string]string{}}
	ids := map[string]bool{}
	for _, st := range w.stacks {
		m.IDs[st.Name] = map[string]string{}
		for _, r := range st.Resources {
			if _, err := w.unit(st, r, ids); err != nil {
				return nil, err
			}
		}
	}
	for _, u := range w.units {
		if err := w.fold(u); err != nil {
			return nil, fmt.Errorf("stack %s: %s %s: %w", u.st.Name, u.r.Type, u.r.ID, err)
		}
	}
	for _, u := range w.units {
		if err := w.resource(u); err != nil {
			return nil, fmt.Errorf("stack %s: %s %s: %w", u.st.Name, u.r.Type, u.r.ID, err)
		}
	}
	for _, u := range w.units {
		if err := w.depend(u); err != nil {
			return nil, fmt.Errorf("stack %s: %s %s: %w", u.st.Name, u.r.Type, u.r.ID, err)
		}
	}
	for _, u := range w.units {
		id, _ := tf.Logical(u.label)
		if u.into != nil {
			id, _ = tf.Logical(u.into.label)
			id += u.m.Fold.ID
		}
		m.IDs[u.st.Name][u.r.ID] = id
	}
	var err error
	if m.Files, err = w.files(); err != nil {
		return nil, err
	}
	m.Values, m.outs = w.values, w.outs
	return m, nil
}

// unit names a resource: by its logical id, and where two stacks have the same
// by that of its stack before it.
func (w *writer) unit(st *blueprint.Stack, r *blueprint.Resource, ids map[string]bool) (*unit, error) {
	m := w.opt.Book.For(r.Type)
	if m == nil {
		return nil, fmt.Errorf("stack %s: %s: resource type %s has no mapping to Terraform", st.Name, r.ID, r.Type)
	}
	id := r.ID
	for i := 0; ids[id]; i++ {
		id = ident(st.Name) + r.ID
		if i > 0 {
			id += fmt.Sprint(i + 1)
		}
	}
	ids[id] = true
	u := &unit{st: st, r: r, m: m, label: tf.Label(id)}
	w.labels[m.Type+"."+u.label] = true
	w.units = append(w.units, u)
	w.byID[r] = u
	return u, nil
}

// ident makes a part of a logical id of a stack's name.
func ident(s string) string {
	var b strings.Builder
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '-' || r == '_' }) {
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return b.String()
}

// Set is the modules as stacks, for the stacks file: one a module, with the
// parameters that are outputs of others. Its templates are the folders.
func Set(modules []*Module) *blueprint.Set {
	owner := map[string]*Module{} // by stack of the blueprint
	for _, m := range modules {
		for name := range m.IDs {
			owner[name] = m
		}
	}
	out := &blueprint.Set{}
	for _, m := range modules {
		st := &blueprint.Stack{Name: m.Dir, Account: m.Account, Region: m.Region}
		for _, v := range m.Values {
			p := blueprint.Parameter{Name: v.Variable, Value: v.Value}
			if from := owner[v.Stack]; from != nil {
				o := from.outs[v.Stack+"."+v.Output]
				p.From, p.Output = from.Dir, o.id
				if o.region != from.Region {
					p.From += "-" + o.region
				}
			} else {
				p.From, p.Output = v.Stack, v.Output // of a stack that is there already
			}
			st.Parameters = append(st.Parameters, &p)
			st.Output(p.Name, "", blueprint.Ref(p.Name)) // a parameter that nothing refers to is none
		}
		out.Stacks = append(out.Stacks, st)
	}
	return out
}

// A told is an output as iac/tf reads it again.
type told struct{ id, region string }

// Join is the name of a file of a module, with its folder.
func (m *Module) Join(f File) string { return path.Join(m.Dir, f.Name) }
