// Package tf reads folders of Terraform's language, for the provider
// hashicorp/aws, into the shape of CloudFormation: one template for each region
// that the folder's providers name, as a tree (package doc) that iac/cfn
// evaluates like any other. Every value keeps the span of the HCL that it was
// written in.
//
// What it reads is what iac/tf/emit writes, and what people write in the same
// words: resources, locals, variables with their values in *.tfvars, outputs,
// jsonencode, templates, the data sources aws_caller_identity, aws_region,
// aws_partition and aws_iam_policy_document, providers with aliases. What it does not read (count,
// for_each, modules, dynamic blocks, other data sources and functions,
// resource types and arguments without a mapping) is a finding, and stands in
// the tree as something of which nothing is known: it is never left out.
//
// Which resource of Terraform's is which of CloudFormation's is data of the
// service rooms, see Mapping. Where CloudFormation has one resource and the
// provider several, as for the settings of a bucket, they are joined again.
package tf

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"penstock/diag"
	"penstock/doc"
	"penstock/source"
)

// Options says what a folder does not.
type Options struct {
	Account string // that the folder is for
	Region  string // of the provider without alias, where the folder does not say
	// Name is what stacks of the default region are named; those of another
	// one have the region at the end. It is what a template of one region uses
	// to refer to another's.
	Name string
	Book *Book
}

// A Module is a folder, read.
type Module struct {
	opt       Options
	files     []*source.File
	region    string                      // of the provider without alias
	provided  map[string]*hclsyntax.Block // provider aws, by alias
	providers map[string]string           // the region, by alias
	vars      map[string]*variable
	locals    map[string]*hclsyntax.Attribute
	data      map[string]*hclsyntax.Block
	res       []*resource
	byAddr    map[string]*resource
	outputs   []*hclsyntax.Block
	found     []diag.Finding
	templates []*Template
	steps     int
	crossed   map[string]bool              // outputs that another region reads
	tags      map[string]map[string]string // of providers, by region
	busy      map[any]bool                 // locals and arguments that are being evaluated
}

// A Template is what the folder puts into one region.
type Template struct {
	Region string
	Root   *doc.Node
	// Tags are those that the provider gives to everything.
	Tags map[string]string
	File *source.File // the first of the folder

	resources, outputs *doc.Node
}

type variable struct {
	block *hclsyntax.Block
	value hclsyntax.Expression // of *.tfvars
}

// Load reads the files of a folder: .tf, and .tfvars where Terraform reads
// them by itself (https://developer.hashicorp.com/terraform/language/values/variables,
// "Variable Definitions (.tfvars) Files"). An error is a file that is not HCL;
// it is a *doc.Error.
func Load(files []*source.File, opt Options) (*Module, error) {
	m := &Module{
		opt: opt, provided: map[string]*hclsyntax.Block{}, providers: map[string]string{}, vars: map[string]*variable{},
		locals: map[string]*hclsyntax.Attribute{}, data: map[string]*hclsyntax.Block{},
		byAddr: map[string]*resource{}, crossed: map[string]bool{}, tags: map[string]map[string]string{}, busy: map[any]bool{},
	}
	m.files = slices.Clone(files)
	slices.SortStableFunc(m.files, func(a, b *source.File) int { return cmp.Compare(a.Name, b.Name) })
	var given []*hclsyntax.Body
	for _, f := range m.files {
		body, err := parse(f)
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(f.Name, ".tfvars") {
			given = append(given, body)
			continue
		}
		m.top(body)
	}
	for _, body := range given {
		for _, a := range attributes(body) {
			if v := m.vars[a.Name]; v != nil {
				v.value = a.Expr
			} else {
				m.find(CodeRef, m.span(a.NameRange), diag.Warning, "%q is given a value, and no variable is declared with that name", a.Name)
			}
		}
	}
	m.regions()
	m.build()
	diag.Sort(m.found)
	m.found = slices.CompactFunc(m.found, func(a, b diag.Finding) bool { return a.Code == b.Code && a.At == b.At && a.Message == b.Message })
	return m, nil
}

// Reads reports whether Terraform reads a file of a folder by itself.
func Reads(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".tf") || base == "terraform.tfvars" || strings.HasSuffix(base, ".auto.tfvars")
}

// Templates returns one template a region, that of the provider without alias
// first, and then in order of their names.
func (m *Module) Templates() []*Template { return m.templates }

// StackName is what the stack of a region is named.
func (m *Module) StackName(region string) string {
	if region == m.region {
		return m.opt.Name
	}
	return m.opt.Name + "-" + region
}

// Findings says what was not read.
func (m *Module) Findings() []diag.Finding { return m.found }

// Keeps reports whether Terraform leaves a text as it is: it brings every text
// into the normal form C of Unicode (cty.StringVal).
func Keeps(s string) bool { return cty.StringVal(s).AsString() == s }

// Format is what `terraform fmt` makes of a file.
func Format(text []byte) []byte { return hclwrite.Format(text) }

func parse(f *source.File) (*hclsyntax.Body, error) {
	p := f.Memo(parsedKey{}, func() any {
		// A document cannot hold what the evaluator uses for unknown values.
		data := bytes.ReplaceAll(f.Data, []byte{0}, []byte{0x1a})
		file, diags := hclsyntax.ParseConfig(data, f.Name, hcl.InitialPos)
		for _, d := range diags {
			if d.Severity != hcl.DiagError {
				continue
			}
			at := source.Span{File: f}
			if d.Subject != nil {
				at = span(f, *d.Subject)
			}
			return parsed{err: &doc.Error{At: at, Message: fmt.Sprintf("%s is no HCL: %s", f.Name, lower(d.Summary)), Fix: d.Detail}}
		}
		body, ok := file.Body.(*hclsyntax.Body)
		if !ok {
			return parsed{err: &doc.Error{At: source.Span{File: f}, Message: f.Name + " is no HCL"}}
		}
		return parsed{body: body}
	}).(parsed)
	return p.body, p.err
}

type parsedKey struct{}

type parsed struct {
	body *hclsyntax.Body
	err  error
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// span is a range of HCL as a span, cut to what the file has.
func span(f *source.File, r hcl.Range) source.Span {
	start := min(max(r.Start.Byte, 0), len(f.Data))
	return source.Span{File: f, Start: start, End: min(max(r.End.Byte, start), len(f.Data))}
}

func (m *Module) span(r hcl.Range) source.Span {
	for _, f := range m.files {
		if f.Name == r.Filename {
			return span(f, r)
		}
	}
	return source.Span{}
}

func (m *Module) find(code string, at source.Span, sev diag.Severity, format string, args ...any) {
	m.found = append(m.found, diag.Finding{Code: code, At: at, Severity: sev, Certainty: diag.Proved, Message: fmt.Sprintf(format, args...)})
}

// unread reports something that is not read yet.
func (m *Module) unread(r hcl.Range, format string, args ...any) {
	m.find(CodeUnread, m.span(r), diag.Warning, "%s: not read yet", fmt.Sprintf(format, args...))
}

// attributes returns the attributes of a body as they are written.
func attributes(b *hclsyntax.Body) []*hclsyntax.Attribute {
	out := make([]*hclsyntax.Attribute, 0, len(b.Attributes))
	for _, a := range b.Attributes {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *hclsyntax.Attribute) int { return a.SrcRange.Start.Byte - b.SrcRange.Start.Byte })
	return out
}
