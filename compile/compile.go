package compile

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"sync"
	"testing/fstest"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/iac/cfn"
	"penstock/iac/cfn/emit"
	"penstock/iac/tf"
	tfemit "penstock/iac/tf/emit"
	"penstock/prove"
	"penstock/service"
	"penstock/source"
	"penstock/spec"
	"penstock/stacks"
)

// Options say with what to compile.
type Options struct {
	Services []*service.Service
	Types    func(name string) *service.Type
	Attrs    func(typ string) ([]string, bool)
	Provers  map[prove.Theorem]prove.Prover
	// Read returns a file of the user's by its name beside the spec: a
	// buildspec, a template; an error where there is none. Nil reads nothing.
	Read func(name string) (*source.File, error)
	// Parameters asks for the parameter form: templates with ProjectName,
	// Environment, KmsKeyAlias and the accounts as parameters.
	Parameters bool
	// Terraform asks for Terraform in place of CloudFormation, by the mappings
	// of a book.
	Terraform *tf.Book
}

// A Result is everything that a spec became.
type Result struct {
	Set *blueprint.Set
	// Files are what is to be written, by slash-separated name, in order.
	Files []File
	// Report is the proof about what the files say when they are read back.
	Report *prove.Report
	// Models are what was proved, one a scenario.
	Models []*cloud.Model
	// Steps are what people do by hand.
	Steps []Step
	// Roles are the roles of the pipeline, in order.
	Roles []Role

	spec  *spec.Spec
	needs []cloud.Need
}

// stacksFile is the name of the file that says what goes where (package
// stacks).
const stacksFile = "penstock.stacks.yaml"

// A File is one file of the result.
type File struct {
	Name string
	Data []byte
}

// A Role is one role of the pipeline with the statements that it has and the
// calls that need them.
type Role struct {
	Stack, Account, ID, Name string
	Statements               []*blueprint.Statement
	Trust                    []*blueprint.Statement
}

// Compile makes the stacks of a spec, derives their policies and proves the
// four theorems about them. It fails where something cannot be made; a theorem
// that does not hold is told by the Report, and then nothing should be
// written.
func Compile(s *spec.Spec, opt Options) (*Result, error) {
	b := &builder{spec: s, set: &blueprint.Set{}}
	if err := b.draw(); err != nil {
		return nil, err
	}
	b.order()
	models, err := b.load(opt)
	if err != nil {
		return nil, fmt.Errorf("what was drawn cannot be read: %w", err)
	}
	w := newWriter(b, models[0])
	runs := prove.Walk(models[0], prove.Options{Services: opt.Services, Read: b.reader(opt)})
	granted := b.granted(w)
	b.endpoints(w, runs, granted)
	all := append(calls(runs), granted...)
	if err := b.boundDeployed(w, all); err != nil {
		return nil, err
	}
	b.derive(w, all)
	if err := b.attached(); err != nil {
		return nil, err
	}
	b.boundaries(w)
	b.order()
	res := &Result{Set: b.set, Steps: b.steps, spec: s, needs: b.needs(w)}
	for _, r := range b.roles {
		role := Role{Stack: r.stack.Name, Account: r.stack.Account, ID: r.id, Name: r.name, Statements: roleStatements(r)}
		if p, ok := r.res.Props.Get("AssumeRolePolicyDocument").(*blueprint.Policy); ok {
			role.Trust = p.Statements
		}
		res.Roles = append(res.Roles, role)
	}
	if err := b.write(res, opt); err != nil {
		return nil, err
	}
	b.large(res)
	if err := b.prove(res, opt); err != nil {
		return nil, fmt.Errorf("what was written cannot be read back: %w", err)
	}
	return res, nil
}

func (b *builder) reader(opt Options) func(*cloud.Stack, string) (*source.File, error) {
	return func(_ *cloud.Stack, name string) (*source.File, error) { return b.userFile(opt, name) }
}

// draw puts everything into the blueprint that does not depend on who calls
// what.
func (b *builder) draw() error {
	for _, a := range b.spec.Stages {
		if a.Deploy != nil && deployers[a.Deploy.Kind] == nil {
			return fmt.Errorf("stage %s: no deployment of kind %q", a.Name, a.Deploy.Kind)
		}
	}
	b.artifacts()
	if err := b.network(); err != nil {
		return err
	}
	b.vault()
	b.pipeline()
	b.given()
	// Before the audit, which watches over them.
	if err := b.people(); err != nil {
		return err
	}
	if err := b.brokered(); err != nil {
		return err
	}
	b.audit()
	return b.distinct()
}

// order puts the stacks in the order in which they can be deployed: one whose
// output another takes comes first. The order in which they were drawn counts
// else.
func (b *builder) order() {
	var out []*blueprint.Stack
	done := map[string]bool{}
	var visit func(*blueprint.Stack)
	visit = func(st *blueprint.Stack) {
		if done[st.Name] {
			return
		}
		done[st.Name] = true
		for _, p := range st.Parameters {
			if p.From != "" {
				visit(b.set.Stack(p.From))
			}
		}
		out = append(out, st)
	}
	for _, st := range b.set.Stacks {
		visit(st)
	}
	// What deploys to something that is there already may need nothing there.
	b.set.Stacks = slices.DeleteFunc(out, func(st *blueprint.Stack) bool { return len(st.Resources) == 0 })
}

// write makes the files.
func (b *builder) write(res *Result, opt Options) error {
	form := emit.Options{Parameters: opt.Parameters}
	set := b.set
	about := emit.StacksFile{Comment: "What goes where, in the order in which it is deployed: one pass is enough. No policy names a principal that has to exist before it. Made by penstock compile; change the spec, not these files.", Needs: res.needs}
	if opt.Terraform != nil {
		var err error
		if set, err = b.terraform(res, opt, &about); err != nil {
			return err
		}
	}
	var plain []*blueprint.Stack
	for _, st := range b.set.Stacks {
		if opt.Terraform == nil || st.Exists {
			plain = append(plain, st)
		}
	}
	templates := make([]File, len(plain))
	var wg sync.WaitGroup
	for i, st := range plain {
		wg.Go(func() { templates[i] = File{emit.FileName(st), emit.Template(st, form)} })
	}
	wg.Wait()
	res.Files = append(res.Files, templates...)
	b.beside = b.profiles()
	res.Files = append(res.Files, b.beside...)
	b.stated = res.needs
	if o := b.spec.Organization; o != nil {
		about.Organization = &emit.Organization{ID: o.ID, Management: o.Management, SCPs: o.SCPs, RCPs: o.RCPs}
		for _, layer := range []map[string][]string{o.SCPs, o.RCPs} {
			for _, target := range slices.Sorted(maps.Keys(layer)) {
				for _, name := range layer[target] {
					if _, err := b.userFile(opt, name); err != nil {
						return fmt.Errorf("policy of the organization for %s: %w", target, err)
					}
				}
			}
		}
	}
	res.Files = append(res.Files, File{stacksFile, emit.Stacks(set, about, form)})
	res.Files = append(res.Files, b.copied...)
	return nil
}

// terraform writes one root module an account, and returns the set that the
// stacks file tells: the modules, and what is there already, which stays a
// template that nobody deploys.
func (b *builder) terraform(res *Result, opt Options, about *emit.StacksFile) (*blueprint.Set, error) {
	deployed, there := &blueprint.Set{}, &blueprint.Set{}
	for _, st := range b.set.Stacks {
		if st.Exists {
			there.Stacks = append(there.Stacks, st)
		} else {
			deployed.Stacks = append(deployed.Stacks, st)
		}
	}
	modules, err := tfemit.Emit(deployed, tfemit.Options{Book: opt.Terraform, Variables: opt.Parameters})
	if err != nil {
		return nil, err
	}
	for _, m := range modules {
		for _, f := range m.Files {
			res.Files = append(res.Files, File{m.Join(f), f.Text})
		}
	}
	set := tfemit.Set(modules)
	folders := map[*blueprint.Stack]bool{}
	for _, st := range set.Stacks {
		folders[st] = true
	}
	about.Template = func(st *blueprint.Stack) string {
		if folders[st] {
			return st.Name
		}
		return emit.FileName(st)
	}
	set.Stacks = append(set.Stacks, there.Stacks...)
	return set, nil
}

// load reads the blueprint as it stands: nothing of it is written yet.
func (b *builder) load(opt Options) ([]*cloud.Model, error) {
	in := cfn.Input{Types: opt.Types, Attrs: opt.Attrs, Read: func(name string) (*source.File, error) { return b.userFile(opt, name) }}
	if o := b.spec.Organization; o != nil {
		// Whom it is; what its policies deny is for the proof.
		in.Org = &cloud.Organization{ID: o.ID, Management: o.Management}
	}
	form := emit.Options{Parameters: opt.Parameters}
	for _, st := range b.set.Stacks {
		in.Stacks = append(in.Stacks, emit.Stack(st, form))
	}
	for _, f := range b.beside {
		in.Beside = append(in.Beside, source.NewFile(f.Name, f.Data))
	}
	res, err := cfn.Load(in)
	if err != nil {
		return nil, err
	}
	return res.Models, nil
}

// prove reads what was written, the stacks file first, as whoever is handed
// the folder would, and proves the theorems about that.
func (b *builder) prove(res *Result, opt Options) error {
	folder := fstest.MapFS{}
	for _, f := range res.Files {
		folder[f.Name] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
	}
	set, err := stacks.LoadFS(folder, ".", stacks.Options{})
	if err != nil {
		return err
	}
	in := set.Input()
	in.Types, in.Attrs = opt.Types, opt.Attrs
	read, err := cfn.Load(in)
	if err != nil {
		return err
	}
	res.Models = read.Models
	res.Report = prove.Prove(read.Models, prove.Options{
		Services: opt.Services, Theorems: prove.Theorems(), Provers: opt.Provers,
		Read: func(st *cloud.Stack, name string) (*source.File, error) {
			return set.Read(path.Join(path.Dir(st.Template), name))
		},
	})
	c := read.Coverage
	res.Report.Coverage = prove.Coverage{Resources: c.Resources, Understood: c.Understood, Named: c.Named}
	for _, g := range c.Gaps {
		res.Report.Coverage.Opaque = append(res.Report.Coverage.Opaque, g.What)
	}
	return nil
}

// userFile returns a file of the user's, and remembers it: what the proof rests on
// goes beside the templates.
func (b *builder) userFile(opt Options, name string) (*source.File, error) {
	if opt.Read == nil {
		return nil, fmt.Errorf("no file %q", name)
	}
	f, err := opt.Read(name)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(b.copied, func(c File) bool { return c.Name == name }) {
		b.copied = append(b.copied, File{name, f.Data})
	}
	return f, nil
}

// needs are the grants that the stacks file states: what code calls that no
// catalogue knows.
func (b *builder) needs(w *writer) []cloud.Need {
	var out []cloud.Need
	for _, r := range b.roles {
		for _, g := range r.grants {
			n := cloud.Need{Principal: w.roleARN(r), Actions: g.actions, Why: g.why}
			for _, res := range g.resources {
				n.Resources = append(n.Resources, w.text(r.stack, res))
			}
			if !slices.ContainsFunc(out, func(o cloud.Need) bool {
				return o.Principal == n.Principal && slices.Equal(o.Actions, n.Actions) && slices.Equal(o.Resources, n.Resources)
			}) {
				out = append(out, n)
			}
		}
	}
	return out
}

// Holds reports whether no theorem fails about what was made.
func (r *Result) Holds() bool {
	return !slices.ContainsFunc(r.Report.Theorems, func(t prove.TheoremResult) bool { return t.Outcome == prove.Fails })
}
