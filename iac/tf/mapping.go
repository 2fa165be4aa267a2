package tf

import (
	"fmt"
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
//	  deployed task_definition               arguments that a deployment changes, which Terraform is to leave
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
	// Deployed are arguments that a deployment changes behind Terraform's back.
	Deployed []string
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
