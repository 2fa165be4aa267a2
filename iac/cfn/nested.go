package cfn

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/truth"
)

// nest adds the nested stacks whose templates are local files.
func (s *stack) nest() {
	for _, r := range s.order {
		if r.typ != "AWS::CloudFormation::Stack" {
			continue
		}
		exists := r.exists()
		if exists == truth.No {
			continue
		}
		file, why := r.nestedFile()
		if why != "" {
			r.opaque = append(r.opaque, why)
			if strings.Contains(why, "://") {
				continue // lies in a bucket, as most do; the coverage says so
			}
			s.w.find(CodeNested, r.key.Span, diag.Warning, "the template of the nested stack %q is not read: %s", r.id, why)
			continue
		}
		chain := []string{file}
		for p := s; p != nil; p = p.parent {
			chain = append(chain, p.t.name)
			if p.t.name != file {
				continue
			}
			slices.Reverse(chain)
			s.w.find(CodeNested, r.key.Span, diag.Error, "the nested stack %q includes the template that it stands in: %s", r.id, strings.Join(chain, " → "))
			r.opaque = append(r.opaque, "its template includes itself")
			file = ""
			break
		}
		if file == "" {
			continue
		}
		if len(s.w.stacks) >= maxStacks || len(chain) > maxNesting {
			s.w.find(CodeLimit, r.key.Span, diag.Error, "the nested stack %q is not read: there are %d stacks, nested %d deep", r.id, len(s.w.stacks), len(chain)-1)
			r.opaque = append(r.opaque, "it is nested too deep")
			continue
		}
		t, err := s.w.nestedTemplate(file)
		if err != nil {
			r.opaque = append(r.opaque, "its template cannot be read")
			s.w.find(CodeNested, r.key.Span, diag.Error, "the template of the nested stack %q cannot be read: %v", r.id, err)
			continue
		}
		c := &stack{
			w: s.w, t: t, name: match.Hole(match.Name, s.label+"."+r.id), label: s.label + "-" + r.id,
			account: s.account, region: s.region, tags: s.tags, parent: s, at: r, maybe: r.maybe(),
			given: map[string]given{},
		}
		if ps := r.body.At("Properties", "Parameters"); ps != nil && ps.Kind == doc.Map {
			for _, f := range ps.Fields {
				c.given[f.Name()] = given{node: f.Value, in: s, at: f.Key.Span}
				if t.paramOf[f.Name()] == nil {
					s.w.find(CodeUndeclared, f.Key.Span, diag.Error, "parameter %q is passed to the nested stack %q, and its template %s does not declare it", f.Name(), r.id, t.file.Name)
				}
			}
		}
		r.child = c
		s.w.add(c)
	}
}

// nestedTemplate is template, with failures remembered: every world asks.
func (w *world) nestedTemplate(file string) (*template, error) {
	if err := w.unread[file]; err != nil {
		return nil, err
	}
	t, err := w.template(file)
	if err != nil {
		if w.unread == nil {
			w.unread = map[string]error{}
		}
		w.unread[file] = err
	}
	return t, err
}

// nestedFile returns the local file of a nested stack's template, or why there
// is none. The CDK writes the file's name into the metadata of the resource,
// since TemplateURL is where the asset will be uploaded.
func (r *resource) nestedFile() (file, why string) {
	if a := r.body.At("Metadata", "aws:asset:path"); a != nil {
		return path.Join(path.Dir(r.s.t.name), a.Str()), ""
	}
	u := r.s.eval(r.body.At("Properties", "TemplateURL"))
	url := u.Str()
	switch {
	case u == nil || url == "":
		return "", "TemplateURL is unknown"
	case match.HasHole(url) || strings.Contains(url, "://"):
		return "", fmt.Sprintf("%s is no local file", match.Render(url))
	}
	return path.Join(path.Dir(r.s.t.name), url), ""
}
