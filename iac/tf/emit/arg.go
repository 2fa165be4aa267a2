package emit

import (
	"fmt"
	"strings"

	"penstock/blueprint"
	"penstock/iac/tf"
)

// constant writes the value of a constant: a word that is no number and no
// boolean is a text.
func constant(s string) string {
	if s == "true" || s == "false" || s == "[]" || s != "" && strings.Trim(s, "0123456789") == "" {
		return s
	}
	return quote(s)
}

// arg writes the value of an argument.
func (c *conv) arg(a *tf.Arg, v any, props blueprint.Map) (string, error) {
	switch a.Shape {
	case tf.Same:
		if len(a.Words) == 0 {
			return c.value(v)
		}
		word := fmt.Sprint(v)
		if s, ok := v.(blueprint.Sub); ok {
			if word, ok = s.Plain(); !ok {
				return "", fmt.Errorf("%q is not known before it is deployed, and has to be one of the provider's words", s)
			}
		}
		w, ok := a.ToProvider(word)
		if !ok {
			return "", fmt.Errorf("%q has no counterpart in Terraform", word)
		}
		return constant(w), nil
	case tf.JSON, tf.JSONText, tf.Camel:
		switch v.(type) {
		case string, blueprint.Sub:
			return c.value(v)
		}
		if a.Shape == tf.Camel {
			v = camel(v)
		}
		s, err := c.value(v)
		if err != nil {
			return "", err
		}
		return "jsonencode(" + s + ")", nil
	case tf.Pairs:
		l, ok := v.(blueprint.List)
		if !ok {
			return "", fmt.Errorf("a list is wanted")
		}
		var out blueprint.Map
		for _, it := range l {
			m, _ := it.(blueprint.Map)
			k, ok := m.Get(a.Key).(string)
			if !ok || len(m) != 2 || m.Get(a.Value) == nil {
				return "", fmt.Errorf("a map of %s and %s is wanted", a.Key, a.Value)
			}
			out = append(out, blueprint.Field{Key: k, Value: m.Get(a.Value)})
		}
		return c.tall(out)
	case tf.Pluck:
		l, ok := v.(blueprint.List)
		if !ok {
			return "", fmt.Errorf("a list is wanted")
		}
		var out blueprint.List
		for _, it := range l {
			m, _ := it.(blueprint.Map)
			if len(m) != 1 || m.Get(a.Key) == nil {
				return "", fmt.Errorf("a map of %s alone is wanted", a.Key)
			}
			out = append(out, m.Get(a.Key))
		}
		return c.value(out)
	case tf.First:
		l, ok := v.(blueprint.List)
		if !ok || len(l) != 1 {
			return "", fmt.Errorf("Terraform takes one item, and there are %d", len(l))
		}
		return c.value(l[0])
	case tf.Wrap:
		return c.list(blueprint.List{v})
	case tf.Zip:
		return c.zip(v, props)
	case tf.Comma:
		s, ok := v.(string)
		if !ok {
			if sub, isSub := v.(blueprint.Sub); isSub {
				var out blueprint.List
				for it := range strings.SplitSeq(string(sub), ",") {
					out = append(out, blueprint.Sub(strings.TrimSpace(it)))
				}
				return c.value(out)
			}
			return "", fmt.Errorf("a text is wanted")
		}
		var out blueprint.List
		for it := range strings.SplitSeq(s, ",") {
			out = append(out, strings.TrimSpace(it))
		}
		return c.value(out)
	default:
		return "", fmt.Errorf("no such shape")
	}
}

// tall writes an object with one line an entry.
func (c *conv) tall(m blueprint.Map) (string, error) {
	s, err := c.object(m)
	if err == nil && strings.HasPrefix(s, "{ ") {
		s = "{\n" + strings.TrimSuffix(strings.TrimPrefix(s, "{ "), " }") + "\n}"
	}
	return s, err
}

// camel writes the keys of a value as the service's API does.
func camel(v any) any {
	switch v := v.(type) {
	case blueprint.List:
		out := make(blueprint.List, len(v))
		for i, it := range v {
			out[i] = camel(it)
		}
		return out
	case blueprint.Map:
		out := make(blueprint.Map, len(v))
		for i, f := range v {
			out[i] = f
			if f.Key != "" {
				out[i].Key = strings.ToLower(f.Key[:1]) + f.Key[1:]
			}
			if !tf.Verbatim(f.Key) {
				out[i].Value = camel(f.Value)
			}
		}
		return out
	}
	return v
}

// zip writes the text of a function as an archive, which CloudFormation makes
// of Code.ZipFile: one file that is named index
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html).
func (c *conv) zip(v any, props blueprint.Map) (string, error) {
	text, err := c.value(v)
	if err != nil {
		return "", err
	}
	name := "index.js"
	if r, ok := props.Get("Runtime").(string); ok && strings.HasPrefix(r, "python") {
		name = "index.py"
	}
	b := &block{head: fmt.Sprintf("data \"archive_file\" %q", c.u.label)}
	b.set("type", "", `"zip"`)
	b.set("output_path", "", `"${path.module}/.terraform/`+c.u.label+`.zip"`)
	src := b.nest("source", "")
	src.set("filename", "", quote(name))
	src.set("content", "", text)
	c.extra = append(c.extra, b)
	c.w.archive = true
	c.main.set("source_code_hash", "", "data.archive_file."+c.u.label+".output_base64sha256")
	return "data.archive_file." + c.u.label + ".output_path", nil
}
