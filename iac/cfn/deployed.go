package cfn

import (
	"path"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/match"
	"penstock/service"
	"penstock/source"
	"penstock/truth"
)

// deploys adds the stacks that the pipelines of s deploy from templates which
// lie beside its own and are no stack of their own: a CloudFormation action
// names the stack, and the template as "artifact::path", with the path in the
// repository that the template is in too. A template that cannot be read is
// none of ours: the build may make it.
func (s *stack) deploys() {
	for _, r := range s.order {
		if r.typ != "AWS::CodePipeline::Pipeline" || r.exists() == truth.No {
			continue
		}
		for st := range r.body.At("Properties", "Stages").Elems() {
			for a := range st.Get("Actions").Elems() {
				if c := a.Get("Configuration"); a.At("ActionTypeId", "Provider").Str() == "CloudFormation" && c != nil && c.Kind == doc.Map {
					s.deploy(r, a, c)
				}
			}
		}
	}
}

func (s *stack) deploy(r *resource, action, config *doc.Node) {
	text := func(n *doc.Node) string {
		if n == nil {
			return ""
		}
		s.w.quiet++
		defer func() { s.w.quiet-- }()
		v := s.eval(n)
		if v == nil || v == noValue || !v.IsScalar() {
			return ""
		}
		return v.Text
	}
	switch text(config.Get("ActionMode")) {
	case "CREATE_UPDATE", "REPLACE_ON_FAILURE", "CHANGE_SET_REPLACE":
	default:
		return
	}
	_, file, ok := strings.Cut(text(config.Get("TemplatePath")), "::")
	name := text(config.Get("StackName"))
	if !ok || file == "" || match.HasHole(file) || name == "" || len(s.w.stacks) >= maxStacks {
		return
	}
	// The path is one in the repository: beside the pipeline's template, or
	// beside the stacks file.
	root := path.Clean(file)
	file = path.Join(path.Dir(s.t.name), file)
	account, region := s.account, s.region
	if role := text(action.Get("RoleArn")); role != "" {
		if account = arn.Account(role); match.HasHole(account) || account == "" {
			return
		}
	}
	if v := text(action.Get("Region")); v != "" {
		if region = v; match.HasHole(region) {
			return
		}
	}
	same := func(o *stack) bool {
		return o.account == account && o.region == region && (o.name == name || o.t.name == file)
	}
	if slices.ContainsFunc(s.w.stacks, same) {
		return
	}
	t, err := s.w.nestedTemplate(file)
	if err != nil && root != file && !strings.HasPrefix(root, "..") {
		if other, e := s.w.nestedTemplate(root); e == nil {
			if file, t, err = root, other, nil; slices.ContainsFunc(s.w.stacks, same) {
				return
			}
		}
	}
	if err != nil {
		// A build may have packaged it: aws cloudformation package, sam package.
		if file = s.origin(file); file == "" || slices.ContainsFunc(s.w.stacks, same) {
			return
		}
		if t, err = s.w.nestedTemplate(file); err != nil {
			return
		}
	}
	label := name
	if match.HasHole(name) {
		label = s.label + "-" + r.id + "-" + action.Get("Name").Str()
	}
	c := &stack{w: s.w, t: t, name: name, label: label, account: account, region: region, maybe: r.maybe(), given: map[string]given{}, deployed: true}
	s.overrides(c, text(config.Get("ParameterOverrides")), config.Get("ParameterOverrides"), func(artifact, attr string) string {
		switch attr {
		case "ObjectKey":
			name := r.name()
			return service.ArtifactKey(name, s.label+"/"+r.id, artifact)
		case "BucketName":
			props := r.body.Get("Properties")
			if b := text(props.At("ArtifactStore", "Location")); b != "" {
				return b
			}
			for st := range props.Get("ArtifactStores").Elems() {
				if text(st.Get("Region")) == region {
					return text(st.At("ArtifactStore", "Location"))
				}
			}
		}
		return ""
	})
	if _, conf, ok := strings.Cut(text(config.Get("TemplateConfiguration")), "::"); ok && !match.HasHole(conf) {
		if f, err := s.w.in.Read(path.Join(path.Dir(s.t.name), conf)); err == nil {
			if n, _, err := load.Parse(f); err == nil {
				c.take(n.Get("Parameters"), source.Span{})
			}
		}
	}
	s.w.add(c)
}

// origin is the template that a command of a build packages into a file, "" where
// none does: as the buildspecs say that stand in the template of the pipeline or
// beside it.
func (s *stack) origin(file string) string {
	texts := s.t.texts()
	for _, name := range []string{"buildspec.yml", "buildspec.yaml"} {
		if f, err := s.w.in.Read(path.Join(path.Dir(s.t.name), name)); err == nil {
			texts = append(texts, f.Data)
		}
	}
	want := path.Base(file)
	for _, text := range texts {
		words := strings.FieldsFunc(string(text), func(r rune) bool { return strings.ContainsRune(" \t\r\n\"',|;", r) })
		for i, w := range words {
			out, ok := value(words, i, w, "--output-template-file")
			if !ok || path.Base(out) != want {
				continue
			}
			from := "template.yaml" // of sam package
			for j := max(0, i-12); j < min(len(words), i+12); j++ {
				for _, o := range []string{"--template-file", "--template", "-t"} {
					if v, ok := value(words, j, words[j], o); ok {
						from = v
					}
				}
			}
			if strings.Contains(from, ".aws-sam/") {
				from = "template.yaml"
			}
			if strings.ContainsAny(from, "$*?") || path.Base(from) == want {
				return ""
			}
			return path.Join(path.Dir(s.t.name), from)
		}
	}
	return ""
}

// texts returns what is written in a template; of one that was never written,
// each text that it holds.
func (t *template) texts() [][]byte {
	var out [][]byte
	var walk func(n *doc.Node)
	walk = func(n *doc.Node) {
		if n.Kind == doc.String {
			out = append(out, []byte(n.Text))
		}
		for _, it := range n.Items {
			walk(it)
		}
		for _, f := range n.Fields {
			walk(f.Value)
		}
	}
	if t.made {
		walk(t.resources)
		return out
	}
	return [][]byte{t.file.Data}
}

// value is the value of an option at i, written behind it or with "=".
func value(words []string, i int, w, option string) (string, bool) {
	if v, ok := strings.CutPrefix(w, option+"="); ok {
		return v, true
	}
	if w == option && i+1 < len(words) {
		return words[i+1], true
	}
	return "", false
}

// overrides reads ParameterOverrides, a JSON text, which go before the
// template configuration
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html).
// Of the functions on artifacts Fn::GetArtifactAtt is told by artifact; the
// rest is unknown
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-parameter-override-functions.html).
func (s *stack) overrides(c *stack, text string, at *doc.Node, artifact func(name, attr string) string) {
	if text == "" || match.HasHole(text) && !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return
	}
	n, _, err := load.Parse(source.NewFile("the parameters at "+at.Where().String(), []byte(hideHoles(text))))
	if err != nil || n.Kind != doc.Map {
		return
	}
	holes := holesOf(text)
	for i := range n.Fields {
		v := n.Fields[i].Value
		if of := v.Get("Fn::GetArtifactAtt"); of != nil && len(v.Fields) == 1 && len(of.Items) == 2 {
			if t := artifact(of.Items[0].Str(), of.Items[1].Str()); t != "" {
				n.Fields[i].Value = &doc.Node{Kind: doc.String, Text: t, Span: v.Span}
				continue
			}
		}
		for j := 0; j < len(holes) && strings.Contains(v.Text, "\ue000"); j++ {
			v.Text = strings.ReplaceAll(v.Text, hidden(j), holes[j])
		}
	}
	c.take(n, at.Where())
}

// take gives parameters that the template declares; at is where, zero where
// each value has its place.
func (c *stack) take(n *doc.Node, at source.Span) {
	if n == nil || n.Kind != doc.Map {
		return
	}
	for _, f := range n.Fields {
		if _, ok := c.given[f.Name()]; ok || c.t.paramOf[f.Name()] == nil || !f.Value.IsScalar() {
			continue
		}
		v := *f.Value
		where := f.Key.Span
		if !at.IsZero() {
			v.Span, v.Lead, where = at, 0, at
		}
		c.given[f.Name()] = given{node: &v, at: where}
	}
}

// hideHoles puts private characters around a number in the place of each hole
// of a text that is to be parsed, which a hole may not be.
func hideHoles(s string) string {
	for i, h := range holesOf(s) {
		s = strings.Replace(s, h, hidden(i), 1)
	}
	return s
}

func hidden(i int) string {
	return "\ue000" + string(rune('0'+i%10)) + string(rune('0'+i/10%10)) + "\ue001"
}

// holesOf returns the holes of a symbolic text, in order.
func holesOf(s string) []string {
	var out []string
	for {
		i := strings.IndexByte(s, 0)
		if i < 0 {
			return out
		}
		j := strings.IndexByte(s[i+1:], 0)
		if j < 0 {
			return out
		}
		out = append(out, s[i:i+j+2])
		s = s[i+j+2:]
	}
}
