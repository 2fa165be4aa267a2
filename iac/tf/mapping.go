package tf

import (
	"fmt"
	"slices"
	"strings"
)

// A Mapping says how resources of one CloudFormation type are written for
// Terraform. It is data of the type's room (service.Service.Terraform), in
// lines, and is followed both ways:
//
//	AWS::S3::Bucket aws_s3_bucket            the type, and its principal resource
//	  ref id bucket                          attributes that give what Ref gives; the first is written
//	  att Arn arn                            the same for Fn::GetAtt
//	  att Arn arn suffix=:* else=TEMPLATE    GetAtt gives the attribute and a suffix; what else the attribute is by itself
//	  sub arn TEMPLATE                       an attribute that no GetAtt gives; ${.} is the Ref
//	  BucketName bucket                      property, argument
//	  A.B.C block.argument                   both may be paths
//	  KeySchema[KeyType=HASH].Name hash_key  the item of a list with that value
//	  KeyPolicy policy json                  how the value is written, see Shape
//	  CorsRules rule blocks {                what is in a block; paths begin anew
//	    Id id
//	  }
//	  Status status words=Enabled:true,Suspended:false
//	  Rules[#=0].Name rule.name              the one item of a list
//	  A a default=x                          what Terraform is told where the property is absent
//	  A b.a within=x                         the same, where block b is there
//	  A a absent=true                        what the property is where the argument is absent
//	  implied A.B KMS b                      what the property is where argument or block b is there
//	  const type zip                         an argument that is always the same
//	  skip force_destroy                     arguments that bear on nothing
//	  part aws_s3_bucket_versioning bucket=id {       properties that are a resource of its own
//	  part aws_iam_role_policy role=id each=Policies label=PolicyName wait {
//	    copy Bus bus                         an argument that a property of the whole says
//	  part aws_x y=id each=Rules absent=A:1 empty=B:2 {  the one item that no property means; what no resource means
//	  reads aws_kms_key_policy key_id=key_id {        a part that is read and not written
//	  spread aws_iam_role_policy role each=Roles {    one resource an item, with the properties of the whole
//
//	  fold FunctionName publish Version      the type is no resource, but that argument, true, of what the property names
//
// The line of a type with "-" for the principal resource has parts alone.
type Mapping struct {
	CFN  string // "AWS::S3::Bucket"
	Type string // "aws_s3_bucket"; "" where there are parts alone
	// Attrs are the attributes in the order in which they are preferred.
	Attrs []Attr
	Args  []*Arg
	Parts []*Part
	Skip  []string
	Fold  *Fold
}

// A Fold is a type that is an argument of another resource.
type Fold struct {
	Prop string // names the resource by Ref
	Arg  string // that is true
	ID   string // what its logical id has beyond that of the resource
}

// An Attr is an attribute of a resource and what it is in CloudFormation.
type Attr struct {
	CFN    string // of Fn::GetAtt; "" is Ref
	TF     string
	Suffix string // what GetAtt adds to the attribute
	// Else is the attribute as the text of an Fn::Sub, in which ${.} is the
	// Ref, where neither Ref nor GetAtt gives it.
	Else string
	Sub  bool // no GetAtt gives it: CFN means nothing
}

// A Shape is how a value is written.
type Shape uint8

// The shapes. Same: a scalar, a list or a map as it is. JSON: a value that is
// given to jsonencode. Block: a map that is a nested block. Blocks: a list of
// maps, each a nested block. Pairs: a list of maps with a key and a value that
// is a map. Pluck: a list of maps with one key that is a list. First: a list of
// one that is a scalar. Wrap: a scalar that is a list of one. Camel: as JSON,
// with keys that begin in lower case. Zip: the text of a file that is zipped.
// Comma: a text with commas that is a list. JSONText: a text that holds JSON.
const (
	Same Shape = iota
	JSON
	Block
	Blocks
	Pairs
	Pluck
	First
	Wrap
	Camel
	Zip
	Comma
	JSONText
)

var shapes = map[string]Shape{
	"json": JSON, "block": Block, "blocks": Blocks, "pairs": Pairs, "pluck": Pluck, "first": First,
	"wrap": Wrap, "jsontext": JSONText, "camel": Camel, "zip": Zip, "comma": Comma,
}

// A Step is one key of a property path; where Of is set, the item of the list
// at Key in which Of has the value Is, or for "#" the one item.
type Step struct{ Key, Of, Is string }

// An Arg is one property and the argument that says it.
type Arg struct {
	Prop       []Step // nil is the item or the resource itself
	Name       []string
	Shape      Shape
	Key, Value string      // of Pairs, and Key of Pluck
	Words      [][2]string // CloudFormation's word and the provider's
	Default    string
	HasDefault bool
	// Const is an argument with that value and no property.
	Const   string
	IsConst bool
	// With names arguments that a block must have, Without such as it may not
	// have, so that it is this one.
	With, Without string
	Args          []*Arg // of Block and Blocks
	Skip          []string
	Within        bool // Default stands only where other arguments of its block do
	// Absent is what the property is where the argument is not there.
	Absent string
	// Implied is what the property is where the argument or block Name is
	// there: nothing is written for it.
	Implied string
}

// A Part is a further resource that a resource of CloudFormation is split
// into.
type Part struct {
	Type       string
	Link, Attr string // the argument that names the principal resource, by which attribute
	Each       string // the list property of which each item makes one
	Label      string // the property of an item after which it is named
	// Wait says that the principal resource is not ready without it.
	Wait   bool
	Spread bool
	Reads  bool // it is read and not written
	Args   []*Arg
	Skip   []string
	// Copies are arguments that properties of the whole resource say.
	Copies []*Arg
	// Absent is the item that CloudFormation makes where there is no
	// property, and Empty one that says what no resource at all means.
	Absent, Empty [][2]string
}

// PathString writes a path as a mapping does.
func PathString(p []Step) string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.Key)
		if s.Of != "" {
			fmt.Fprintf(&b, "[%s=%s]", s.Of, s.Is)
		}
	}
	return b.String()
}

// ParseMappings reads the mappings of a room.
func ParseMappings(text string) ([]*Mapping, error) {
	p := &mappingReader{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("line %d, %q: %w", i+1, line, err)
		}
	}
	if len(p.open) > 0 {
		return nil, fmt.Errorf("a block is not closed")
	}
	return p.out, nil
}

// A frame is a block that is open: where its arguments go.
type frame struct {
	args *[]*Arg
	skip *[]string
}

type mappingReader struct {
	out  []*Mapping
	open []frame
}

func (p *mappingReader) line(line string) error {
	w := strings.Fields(line)
	if strings.HasPrefix(w[0], "AWS::") {
		if len(p.open) > 0 || len(w) != 2 {
			return fmt.Errorf("a type begins here")
		}
		m := &Mapping{CFN: w[0], Type: w[1]}
		if m.Type == "-" {
			m.Type = ""
		}
		p.out = append(p.out, m)
		return nil
	}
	if len(p.out) == 0 {
		return fmt.Errorf("no type stands before it")
	}
	m := p.out[len(p.out)-1]
	at := frame{&m.Args, &m.Skip}
	if n := len(p.open); n > 0 {
		at = p.open[n-1]
	}
	opens := w[len(w)-1] == "{"
	if opens {
		w = w[:len(w)-1]
	}
	switch {
	case w[0] == "}":
		if len(p.open) == 0 {
			return fmt.Errorf("nothing to close")
		}
		p.open = p.open[:len(p.open)-1]
	case w[0] == "ref":
		for _, a := range w[1:] {
			m.Attrs = append(m.Attrs, Attr{TF: a})
		}
	case w[0] == "att" && len(w) >= 3:
		a := Attr{CFN: w[1], TF: w[2]}
		for _, o := range w[3:] {
			k, v, _ := strings.Cut(o, "=")
			switch k {
			case "suffix":
				a.Suffix = v
			case "else":
				a.Else = v
			default:
				return fmt.Errorf("no option %q", k)
			}
		}
		m.Attrs = append(m.Attrs, a)
	case w[0] == "sub" && len(w) == 3:
		m.Attrs = append(m.Attrs, Attr{TF: w[1], Else: w[2], Sub: true})
	case w[0] == "skip":
		*at.skip = append(*at.skip, w[1:]...)
	case w[0] == "const" && len(w) == 3:
		*at.args = append(*at.args, &Arg{Name: strings.Split(w[1], "."), Const: w[2], IsConst: true})
	case w[0] == "fold" && len(w) == 4:
		m.Fold = &Fold{Prop: w[1], Arg: w[2], ID: w[3]}
	case w[0] == "implied" && len(w) == 4:
		*at.args = append(*at.args, &Arg{Prop: steps(w[1]), Implied: w[2], Name: strings.Split(w[3], ".")})
	case w[0] == "copy" && len(w) == 3 && len(p.open) == 1 && len(m.Parts) > 0:
		q := m.Parts[len(m.Parts)-1]
		q.Copies = append(q.Copies, &Arg{Prop: steps(w[1]), Name: []string{w[2]}})
	case (w[0] == "part" || w[0] == "spread" || w[0] == "reads") && len(w) >= 3:
		return p.part(m, w)
	default:
		return p.arg(at, w, opens)
	}
	return nil
}

func (p *mappingReader) part(m *Mapping, w []string) error {
	q := &Part{Type: w[1], Spread: w[0] == "spread", Reads: w[0] == "reads"}
	q.Link, q.Attr, _ = strings.Cut(w[2], "=")
	for _, o := range w[3:] {
		k, v, _ := strings.Cut(o, "=")
		switch k {
		case "each":
			q.Each = v
		case "label":
			q.Label = v
		case "wait":
			q.Wait = true
		case "absent":
			q.Absent = pairs(v)
		case "empty":
			q.Empty = pairs(v)
		default:
			return fmt.Errorf("no option %q", k)
		}
	}
	m.Parts = append(m.Parts, q)
	p.open = append(p.open, frame{&q.Args, &q.Skip})
	return nil
}

func (p *mappingReader) arg(at frame, w []string, opens bool) error {
	if len(w) < 2 {
		return fmt.Errorf("a property and an argument")
	}
	a := &Arg{Prop: steps(w[0]), Name: strings.Split(w[1], ".")}
	for _, o := range w[2:] {
		k, v, _ := strings.Cut(o, "=")
		switch k {
		case "words":
			a.Words = pairs(v)
		case "default", "within":
			a.Default, a.HasDefault, a.Within = v, true, k == "within"
		case "absent":
			a.Absent = v
		case "with":
			a.With = v
		case "without":
			a.Without = v
		case "tags":
			a.Shape, a.Key, a.Value = Pairs, "Key", "Value"
		case "pairs":
			a.Shape = Pairs
			a.Key, a.Value, _ = strings.Cut(v, ",")
		case "pluck":
			a.Shape, a.Key = Pluck, v
		default:
			s, ok := shapes[k]
			if !ok {
				return fmt.Errorf("no shape or option %q", k)
			}
			a.Shape = s
		}
	}
	if opens != (a.Shape == Block || a.Shape == Blocks) {
		return fmt.Errorf("blocks, and only blocks, have arguments")
	}
	*at.args = append(*at.args, a)
	if opens {
		p.open = append(p.open, frame{&a.Args, &a.Skip})
	}
	return nil
}

// pairs reads "a:b,c:d".
func pairs(s string) [][2]string {
	var out [][2]string
	for pair := range strings.SplitSeq(s, ",") {
		k, v, _ := strings.Cut(pair, ":")
		out = append(out, [2]string{k, v})
	}
	return out
}

// steps reads a property path; "." is the thing itself.
func steps(s string) []Step {
	if s == "." {
		return nil
	}
	var out []Step
	for key := range strings.SplitSeq(s, ".") {
		st := Step{Key: key}
		if k, sel, ok := strings.Cut(key, "["); ok {
			st.Key = k
			st.Of, st.Is, _ = strings.Cut(strings.TrimSuffix(sel, "]"), "=")
		}
		out = append(out, st)
	}
	return out
}

// word translates a word, from CloudFormation's (to 1) or to it (to 0).
func (a *Arg) word(s string, to int) (string, bool) {
	for _, w := range a.Words {
		if w[1-to] == s {
			return w[to], true
		}
	}
	return s, len(a.Words) == 0
}

// ToProvider and ToCFN translate a word of an argument; false where there is
// none for it.
func (a *Arg) ToProvider(s string) (string, bool) { return a.word(s, 1) }

// ToCFN is the inverse of ToProvider.
func (a *Arg) ToCFN(s string) (string, bool) { return a.word(s, 0) }

// A Book holds the mappings of all rooms.
type Book struct {
	byCFN map[string]*Mapping
	mains map[string][]*Mapping // by resource type
	parts map[string][]partOf
	folds map[string]*Mapping // by resource type
}

type partOf struct {
	m *Mapping
	p *Part
}

// NewBook reads the mappings of rooms, given by the name of the room. An error
// is a mistake in a room's data.
func NewBook(rooms map[string]string) (*Book, error) {
	b := &Book{byCFN: map[string]*Mapping{}, mains: map[string][]*Mapping{}, parts: map[string][]partOf{}, folds: map[string]*Mapping{}}
	names := make([]string, 0, len(rooms))
	for n := range rooms {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		ms, err := ParseMappings(rooms[n])
		if err != nil {
			return nil, fmt.Errorf("the mapping of services/%s: %w", n, err)
		}
		for _, m := range ms {
			if b.byCFN[m.CFN] != nil {
				return nil, fmt.Errorf("two mappings of %s", m.CFN)
			}
			b.byCFN[m.CFN] = m
			switch {
			case m.Fold != nil:
				b.folds[m.Type] = m
			case m.Type != "":
				b.mains[m.Type] = append(b.mains[m.Type], m)
			}
			for _, p := range m.Parts {
				if !p.Spread {
					b.parts[p.Type] = append(b.parts[p.Type], partOf{m, p})
				}
			}
		}
	}
	return b, nil
}

// For returns the mapping of a CloudFormation type, nil where there is none.
func (b *Book) For(cfn string) *Mapping { return b.byCFN[cfn] }

// Attribute returns the attribute that gives what Ref (for "") or Fn::GetAtt
// gives.
func (m *Mapping) Attribute(cfn string) (Attr, bool) {
	for _, a := range m.Attrs {
		if a.CFN == cfn && !a.Sub {
			return a, true
		}
	}
	return Attr{}, false
}
