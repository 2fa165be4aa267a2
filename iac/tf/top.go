package tf

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"penstock/diag"
	"penstock/doc"
	"penstock/source"
)

// top reads the top level of a file.
func (m *Module) top(body *hclsyntax.Body) {
	for _, a := range attributes(body) {
		m.find(CodeValue, m.span(a.SrcRange), diag.Error, "%q stands outside a block, where Terraform takes no argument", a.Name)
	}
	for _, b := range body.Blocks {
		switch labels := len(b.Labels); {
		case b.Type == "terraform" && labels == 0:
			// Versions and state: what is deployed does not change.
		case b.Type == "provider" && labels == 1:
			m.provider(b)
		case b.Type == "variable" && labels == 1:
			m.vars[b.Labels[0]] = &variable{block: b}
		case b.Type == "locals" && labels == 0:
			for _, a := range attributes(b.Body) {
				m.locals[a.Name] = a
			}
		case b.Type == "output" && labels == 1:
			m.outputs = append(m.outputs, b)
		case b.Type == "data" && labels == 2:
			m.data[b.Labels[0]+"."+b.Labels[1]] = b
		case b.Type == "resource" && labels == 2:
			r := &resource{block: b, typ: b.Labels[0], label: b.Labels[1]}
			if m.byAddr[r.addr()] != nil {
				m.find(CodeRef, m.span(b.DefRange()), diag.Error, "resource %s is declared twice", r.addr())
				continue
			}
			m.byAddr[r.addr()] = r
			m.res = append(m.res, r)
		case slices.Contains([]string{"moved", "removed", "import", "check"}, b.Type):
			// They move or test what is there, and declare nothing.
		default:
			m.unread(b.DefRange(), "%s", strings.TrimSpace(b.Type+" "+strings.Join(b.Labels, " ")))
			if b.Type == "module" && labels == 1 {
				// What it makes is not known, but that it makes something is.
				r := &resource{block: b, typ: "module", label: b.Labels[0], opaque: true}
				m.byAddr[r.addr()] = r
				m.res = append(m.res, r)
			}
		}
	}
}

// provider notes the region of a provider, and compares its account.
func (m *Module) provider(b *hclsyntax.Block) {
	if b.Labels[0] != "aws" {
		return // archive, null, random: their resources are not known, and say so
	}
	alias := ""
	for _, a := range attributes(b.Body) {
		switch a.Name {
		case "alias":
			alias = m.plain(a.Expr)
		case "region", "allowed_account_ids", "profile", "shared_config_files", "shared_credentials_files", "max_retries", "retry_mode", "skip_metadata_api_check":
		default:
			m.unread(a.NameRange, "argument %s of provider aws", a.Name)
		}
	}
	for _, n := range b.Body.Blocks {
		// A role that Terraform assumes decides who deploys, not what.
		if n.Type == "default_tags" {
			continue // read with the regions
		}
		if n.Type != "assume_role" && n.Type != "assume_role_with_web_identity" {
			m.unread(n.DefRange(), "block %s of provider aws", n.Type)
		}
	}
	m.provided[alias] = b
}

// regions finds the region of every provider once locals and variables are
// read.
func (m *Module) regions() {
	m.region = m.opt.Region
	names := map[string]string{}
	for _, alias := range slices.Sorted(maps.Keys(m.provided)) {
		b := m.provided[alias]
		names[alias] = m.opt.Region
		if a := b.Body.Attributes["region"]; a != nil {
			text := m.plain(a.Expr)
			switch {
			case text == "":
				m.unread(a.Expr.Range(), "a region that is no plain text")
			case alias == "" && m.opt.Region != "" && text != m.opt.Region:
				m.find(CodeProvider, m.span(a.Expr.Range()), diag.Error, "the provider is for region %q, and the stack for %q", text, m.opt.Region)
				names[alias] = text
			default:
				names[alias] = text
			}
		} else if alias != "" {
			m.unread(b.DefRange(), "provider aws.%s without a region", alias)
		}
		if a := b.Body.Attributes["allowed_account_ids"]; a != nil && m.opt.Account != "" {
			if tuple, ok := a.Expr.(*hclsyntax.TupleConsExpr); ok {
				fits := false
				for _, e := range tuple.Exprs {
					fits = fits || m.plain(e) == m.opt.Account
				}
				if !fits {
					m.find(CodeProvider, m.span(a.Expr.Range()), diag.Error, "the provider is not for account %s, to which the stack goes", m.opt.Account)
				}
			}
		}
	}
	for alias, b := range m.provided {
		m.defaultTags(names[alias], b)
	}
	m.providers = names
	if r := names[""]; r != "" {
		m.region = r
	}
}

// defaultTags reads the tags that a provider gives to everything that takes
// tags (https://registry.terraform.io/providers/hashicorp/aws/latest/docs#default_tags-configuration-block).
func (m *Module) defaultTags(region string, b *hclsyntax.Block) {
	for _, n := range b.Body.Blocks {
		if n.Type != "default_tags" {
			continue
		}
		for _, a := range attributes(n.Body) {
			v := m.eval(a.Expr, &scope{region: region, settled: true})
			if a.Name != "tags" || v.node == nil || v.node.Kind != doc.Map {
				m.unread(a.SrcRange, "argument %s of default_tags", a.Name)
				continue
			}
			for _, f := range v.node.Fields {
				if f.Value.Tag != "" || !f.Value.IsScalar() {
					m.unread(n.DefRange(), "a tag that is no plain text in default_tags")
					continue
				}
				if m.tags[region] == nil {
					m.tags[region] = map[string]string{}
				}
				m.tags[region][f.Name()] = f.Value.Text
			}
		}
	}
}

// plain evaluates an expression that has to be a text without references, ""
// where it is none: of a variable its value, or its default.
func (m *Module) plain(e hclsyntax.Expression) string {
	ps := m.eval(e, &scope{region: m.region, settled: true}).parts
	if len(ps) == 1 && ps[0].node == nil && ps[0].name == "" {
		return ps[0].text
	}
	return ""
}

// parameters makes the section Parameters of the variables.
func (m *Module) parameters() *doc.Node {
	names := make([]string, 0, len(m.vars))
	for n := range m.vars {
		names = append(names, n)
	}
	slices.Sort(names)
	out := &doc.Node{Kind: doc.Map, Span: m.at()}
	for _, name := range names {
		v := m.vars[name]
		at := m.span(v.block.DefRange())
		body := &doc.Node{Kind: doc.Map, Span: at}
		typ := "String"
		for _, a := range attributes(v.block.Body) {
			switch a.Name {
			case "type":
				text := strings.TrimSpace(m.span(a.Expr.Range()).Text())
				switch text {
				case "string", "number", "bool", "any":
				case "list(string)", "set(string)", "list(any)":
					typ = "CommaDelimitedList"
				default:
					m.unread(a.Expr.Range(), "a variable of type %s", text)
				}
			case "sensitive":
				if m.plain(a.Expr) == "true" {
					put(body, "NoEcho", str(at, "true"))
				}
			case "default", "description", "nullable", "ephemeral":
			default:
				m.unread(a.NameRange, "argument %s of a variable", a.Name)
			}
		}
		put(body, "Type", str(at, typ))
		value := v.value
		if a := v.block.Body.Attributes["default"]; value == nil && a != nil {
			value = a.Expr
		}
		if value != nil {
			if n := m.defaultOf(value); n != nil {
				put(body, "Default", n)
			}
		}
		for _, b := range v.block.Body.Blocks {
			if b.Type == "validation" {
				m.validation(name, b, body)
			}
		}
		putKey(out, &doc.Node{Kind: doc.String, Text: name, Span: at}, body)
	}
	return out
}

// defaultOf is the value of a variable as a parameter's default: a text, and
// for a list its items with commas. Nil is null.
func (m *Module) defaultOf(e hclsyntax.Expression) *doc.Node {
	at := m.span(e.Range())
	n := m.node(e, &scope{region: m.region})
	switch n.Kind {
	case doc.Null:
		return nil
	case doc.List:
		var items []string
		for _, it := range n.Items {
			items = append(items, it.Str())
		}
		return str(at, strings.Join(items, ","))
	case doc.String, doc.Number, doc.Bool:
		if n.Tag == "" {
			return str(at, n.Text)
		}
	default:
	}
	m.find(CodeValue, at, diag.Warning, "the value of a variable is no text and no list of texts")
	return nil
}

// validation reads the two conditions that iac/tf/emit writes. Any other one
// only narrows what the value can be.
func (m *Module) validation(name string, b *hclsyntax.Block, param *doc.Node) {
	a := b.Body.Attributes["condition"]
	if a == nil {
		return
	}
	call, ok := a.Expr.(*hclsyntax.FunctionCallExpr)
	if !ok || len(call.Args) == 0 {
		return
	}
	switch call.Name {
	case "contains":
		if n := m.node(call.Args[0], &scope{region: m.region}); n.Kind == doc.List && len(call.Args) == 2 {
			put(param, "AllowedValues", n)
		}
	case "can":
		re, ok := call.Args[0].(*hclsyntax.FunctionCallExpr)
		if !ok || re.Name != "regex" || len(re.Args) != 2 {
			return
		}
		pattern := m.plain(re.Args[0])
		if mid, ok := strings.CutPrefix(pattern, "^(?:"); ok {
			if mid, ok = strings.CutSuffix(mid, ")$"); ok {
				put(param, "AllowedPattern", str(m.span(re.Args[0].Range()), mid))
			}
		}
	}
}

// at is where the folder as a whole is.
func (m *Module) at() source.Span {
	if len(m.files) == 0 {
		return source.Span{}
	}
	return source.Span{File: m.files[0]}
}

func str(at source.Span, text string) *doc.Node {
	return &doc.Node{Kind: doc.String, Style: doc.Double, Text: clean(text), Span: at}
}

// clean takes what no document may hold out of a text.
func clean(s string) string { return strings.ReplaceAll(s, "\x00", "\ufffd") }

func put(n *doc.Node, key string, v *doc.Node) {
	putKey(n, &doc.Node{Kind: doc.String, Text: key, Span: source.Span{File: v.Span.File, Start: v.Span.Start, End: v.Span.Start}}, v)
}

func putKey(n, key, v *doc.Node) { n.Fields = append(n.Fields, doc.Field{Key: key, Value: v}) }
