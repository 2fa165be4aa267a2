package stacks

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/doc"
	"penstock/iac/cfn"
)

// assembly reads a CDK cloud assembly: manifest.json lists the stacks with
// their environments, and the assemblies inside it
// (https://docs.aws.amazon.com/cdk/api/v2/docs/cloud-assembly-schema-readme.html).
// Assets are not followed. What the manifest leaves open, e gives.
func (l *loader) assembly(dir string, e entry, chain []string) error {
	if slices.Contains(chain, dir) || len(chain) > 16 {
		return fmt.Errorf("%s: the assembly contains itself", l.shown(dir))
	}
	chain = append(chain, dir)
	manifest := path.Join(dir, "manifest.json")
	root, err := l.parse(manifest)
	if err != nil {
		return err
	}
	arts := root.Get("artifacts")
	if root.Kind != doc.Map || arts != nil && arts.Kind != doc.Map {
		return bad(root, "run cdk synth again", "%s is no manifest of a cloud assembly", l.shown(manifest))
	}
	found := false
	if arts != nil {
		for _, f := range arts.Fields {
			props := f.Value.Get("properties")
			switch f.Value.Get("type").Str() {
			case "cdk:cloud-assembly":
				sub := props.Get("directoryName")
				if sub == nil || sub.Kind != doc.String {
					return bad(f.Key, "run cdk synth again", "the assembly %q has no directoryName", f.Name())
				}
				name, err := l.name(sub, dir, "directoryName")
				if err != nil {
					return err
				}
				if err := l.assembly(name, e, chain); err != nil {
					return err
				}
				found = true
			case "aws:cloudformation:stack":
				if err := l.artifact(f, dir, e); err != nil {
					return err
				}
				found = true
			}
		}
	}
	if !found {
		return bad(root, "run cdk synth", "%s lists no stack", l.shown(manifest))
	}
	return nil
}

// artifact reads one stack of a manifest.
func (l *loader) artifact(f doc.Field, dir string, e entry) error {
	props := f.Value.Get("properties")
	t := props.Get("templateFile")
	if t == nil {
		return bad(f.Key, "run cdk synth again", "the stack %q has no templateFile", f.Name())
	}
	file, err := l.name(t, dir, "templateFile")
	if err != nil {
		return err
	}
	s := cfn.Stack{Name: f.Name(), Template: file, At: f.Key.Span, Tags: e.tags}
	if v := props.Get("stackName").Str(); v != "" {
		s.Name = v
	}
	env := f.Value.Get("environment")
	acct, region, _ := strings.Cut(strings.TrimPrefix(env.Str(), "aws://"), "/")
	s.Account, s.Region = e.account, e.region
	if arn.IsAccountID(acct) {
		s.Account = acct
	}
	if regionName.MatchString(region) && region != "unknown-region" {
		s.Region = region
	}
	if s.Account == "" || s.Region == "" {
		at := env
		if at == nil {
			at = f.Key
		}
		return bad(at, "give the stack an env in the app, or account and region beside the assembly: --account 111111111111 --region eu-west-1", "the environment of stack %q is unknown (%s)", s.Name, env.Str())
	}
	if ps := props.Get("parameters"); ps != nil {
		for _, p := range ps.Fields {
			s.Parameters = append(s.Parameters, cfn.Parameter{Name: p.Name(), Value: p.Value, At: p.Key.Span})
		}
	}
	if tags := props.Get("tags"); tags != nil && tags.Kind == doc.Map {
		m := map[string]string{}
		maps.Copy(m, e.tags)
		for _, t := range tags.Fields {
			m[t.Name()] = t.Value.Str()
		}
		s.Tags = m
	}
	l.set.Stacks = append(l.set.Stacks, s)
	return nil
}

// Summary lists the stacks for a person: "tools (111111111111 ap-northeast-1)".
func (s *Set) Summary() []string {
	var out []string
	for _, st := range s.Stacks {
		out = append(out, fmt.Sprintf("%s (%s %s)", st.Name, st.Account, st.Region))
	}
	return out
}
