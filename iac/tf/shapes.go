package tf

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"penstock/doc"
)

func allPlain(list *doc.Node) []string {
	var out []string
	for _, it := range list.Items {
		if it.Tag != "" || !it.IsScalar() {
			return nil
		}
		out = append(out, it.Text)
	}
	return out
}

// zip finds the text of the one file of an archive that a data source makes.
func (rd *reading) zip(attr *hclsyntax.Attribute) *doc.Node {
	if t, ok := attr.Expr.(*hclsyntax.ScopeTraversalExpr); ok {
		if w, ok := names(t.Traversal); ok && len(w) == 4 && w[0] == "data" && w[1] == "archive_file" && w[3] == "output_path" {
			if b := rd.m.data["archive_file."+w[2]]; b != nil {
				var files []*hclsyntax.Block
				for _, s := range b.Body.Blocks {
					if s.Type == "source" {
						files = append(files, s)
					}
				}
				content := b.Body.Attributes["source_content"]
				if len(files) == 1 && content == nil {
					content = files[0].Body.Attributes["content"]
				}
				if content != nil && len(files) < 2 {
					return rd.m.node(content.Expr, rd.c)
				}
			}
		}
	}
	rd.gap(attr, "argument %s is no archive of one file in the folder", attr.Name)
	return nil
}

// recase changes the first letter of every key, but of those below a key whose
// keys are the user's.
func recase(n *doc.Node, change func(string) string) *doc.Node {
	c := *n
	c.Items, c.Fields = nil, nil
	for _, it := range n.Items {
		c.Items = append(c.Items, recase(it, change))
	}
	for _, f := range n.Fields {
		k := *f.Key
		v := f.Value
		if k.Text != "" {
			if !Verbatim(k.Text) {
				v = recase(v, change)
			}
			k.Text = change(k.Text)
		}
		c.Fields = append(c.Fields, doc.Field{Key: &k, Value: v})
	}
	return &c
}

// Verbatim reports whether the keys below a key of a container definition are
// the user's own words
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html).
func Verbatim(key string) bool {
	switch strings.ToLower(key) {
	case "options", "dockerlabels":
		return true
	}
	return false
}
