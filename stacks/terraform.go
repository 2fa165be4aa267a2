package stacks

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"penstock/arn"
	"penstock/iac/tf"
	"penstock/services/all"
	"penstock/source"
)

// hasTerraform reports whether a folder has files that Terraform reads.
func (l *loader) hasTerraform(dir string) bool {
	return slices.ContainsFunc(l.names(dir), func(name string) bool { return path.Ext(name) == ".tf" })
}

// terraform adds the stacks of a folder of Terraform: one a region that its
// providers name, that of the provider without alias under the entry's name.
func (l *loader) terraform(dir string, e entry) error {
	entries, err := fs.ReadDir(l.root, dir)
	if err != nil {
		return fmt.Errorf("reading %s: %w", l.shown(dir), plainError(err))
	}
	var files []*source.File
	for _, d := range entries {
		if d.IsDir() || !tf.Reads(d.Name()) {
			continue
		}
		f, err := l.read(path.Join(dir, d.Name()))
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	m, err := tf.Load(files, tf.Options{Account: e.account, Region: e.region, Name: e.name, Book: all.Terraform()})
	if err != nil {
		return fmt.Errorf("stack %q: %w", e.name, err)
	}
	l.set.Findings = append(l.set.Findings, m.Findings()...)
	templates := m.Templates()
	declared := map[string]bool{}
	for _, t := range templates {
		for _, f := range t.Root.Get("Resources").Fields {
			declared[f.Name()] = true
		}
	}
	for i, t := range templates {
		st := e.stack(dir) // what stands beside the folder is beside the template
		st.Name, st.Region, st.Root = m.StackName(t.Region), t.Region, t.Root
		st.Parameters = slices.Clone(e.params)
		st.Tags = maps.Clone(t.Tags)
		for k, v := range e.tags {
			if st.Tags == nil {
				st.Tags = map[string]string{}
			}
			st.Tags[k] = v
		}
		st.PhysicalIDs = map[string]string{}
		for id, physical := range e.ids {
			if here := t.Root.Get("Resources").Get(id) != nil; here || i == 0 && !declared[id] {
				st.PhysicalIDs[id] = physical
			}
		}
		l.set.Stacks = append(l.set.Stacks, st)
	}
	return nil
}

// loneTerraform is a folder of Terraform without a stacks file.
func (l *loader) loneTerraform(dir string) error {
	const hint = "add --account 111111111111 --region eu-west-1, or write a " + FileName
	switch {
	case l.opt.Account == "":
		return hinted{fmt.Errorf("%s: the account is not known", l.shown(dir)), hint}
	case !arn.IsAccountID(l.opt.Account):
		return hinted{fmt.Errorf("account %q is no account id", l.opt.Account), "an account id is twelve digits"}
	case l.opt.Region == "":
		return hinted{fmt.Errorf("%s: the region is not known", l.shown(dir)), hint}
	case !regionName.MatchString(l.opt.Region):
		return hinted{fmt.Errorf("%q is no region", l.opt.Region), "a region is written like ap-northeast-1"}
	}
	name := l.opt.Name
	if name == "" {
		if name = stackName(dir); dir == "." {
			name = "terraform"
		}
	}
	return l.terraform(dir, entry{name: name, account: l.opt.Account, region: l.opt.Region, params: l.opt.Parameters, files: l.opt.ParameterFiles})
}
