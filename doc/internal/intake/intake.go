// Package intake is what the JSON and the YAML reader share: the checks of
// the raw bytes before a parser sees them, the findings that both make, and a
// cheap source of nodes.
//
// The findings of the readers:
//
//	DOC001  a key is written twice in one map
//	DOC002  more than one document in the file; only the first is read
//	DOC003  a YAML merge key (<<) is expanded, which CloudFormation refuses
//	DOC004  a YAML alias (*name) is expanded, which CloudFormation refuses
//	DOC005  a NUL character was read as U+FFFD
//	DOC006  digits that YAML 1.1 reads as an octal or a base-60 number
//	DOC007  a bare yes, no, on or off, which YAML 1.1 reads as a boolean
package intake

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"penstock/diag"
	"penstock/doc"
	"penstock/source"
)

// Limits. CloudFormation takes template bodies up to 51,200 bytes and
// templates in S3 up to 1 MB, so that anything near MaxSize is no template.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const (
	MaxSize  = 16 << 20
	MaxDepth = 512
)

// Codes of the findings.
const (
	DuplicateKey = "DOC001"
	ManyDocs     = "DOC002"
	MergeKey     = "DOC003"
	AliasUsed    = "DOC004"
	NulReplaced  = "DOC005"
	OddNumber    = "DOC006"
	WordBoolean  = "DOC007"
)

var boms = []struct {
	mark, name string
}{
	// UTF-32 little endian begins like UTF-16 little endian, so it goes first.
	{"\xff\xfe\x00\x00", "UTF-32"},
	{"\x00\x00\xfe\xff", "UTF-32"},
	{"\xff\xfe", "UTF-16"},
	{"\xfe\xff", "UTF-16"},
}

// Start checks the bytes of f and returns where its text begins: after a
// UTF-8 byte order mark, if there is one. It refuses a file that is too
// large, that is empty, or that is no UTF-8; a NUL byte counts as binary.
func Start(f *source.File) (int, error) {
	data := f.Data
	if len(data) > MaxSize {
		return 0, &doc.Error{
			At:      source.Span{File: f},
			Message: fmt.Sprintf("the file has %s, and at most 16 MiB are read", size(len(data))),
			Fix:     "is this the right file? CloudFormation itself takes templates up to 1 MB",
		}
	}
	for _, b := range boms {
		if bytes.HasPrefix(data, []byte(b.mark)) {
			return 0, &doc.Error{
				At:      source.Span{File: f},
				Message: "the file is " + b.name,
				Fix:     "save it as UTF-8",
			}
		}
	}
	start := 0
	for bytes.HasPrefix(data[start:], []byte("\xef\xbb\xbf")) {
		start += 3 // some tools add another one
	}
	if len(bytes.TrimLeft(data[start:], " \t\r\n")) == 0 {
		return 0, &doc.Error{
			At:      source.Span{File: f},
			Message: "the file is empty",
			Fix:     "it must hold a YAML or JSON document",
		}
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return 0, &doc.Error{
			At:      source.Span{File: f, Start: i, End: i + 1},
			Message: "NUL byte: the file is binary, or UTF-16 without a byte order mark",
			Fix:     "it must be YAML or JSON text in UTF-8",
		}
	}
	if !utf8.Valid(data) {
		i := 0
		for i < len(data) {
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			i += n
		}
		return 0, &doc.Error{
			At:      source.Span{File: f, Start: i, End: i + 1},
			Message: fmt.Sprintf("byte 0x%02x is not UTF-8", data[i]),
			Fix:     "save the file as UTF-8 (it may be Latin-1 or Windows-1252, or binary)",
		}
	}
	return start, nil
}

func size(n int) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

// TooDeep is the error for a node below MaxDepth levels.
func TooDeep(at source.Span) error {
	return &doc.Error{
		At:      at,
		Message: fmt.Sprintf("nested more than %d levels deep", MaxDepth),
		Fix:     "no document that AWS takes is nested so deep",
	}
}

// Nodes hands out nodes from slabs: one allocation for many nodes that live
// and die together.
type Nodes struct {
	free []doc.Node
	size int
}

// New returns a zero node.
func (s *Nodes) New() *doc.Node {
	if len(s.free) == 0 {
		s.size = min(256, max(16, 2*s.size))
		s.free = make([]doc.Node, s.size)
	}
	n := &s.free[0]
	s.free = s.free[1:]
	return n
}

// Duplicates appends a finding for each key of m that is written again.
//
// AWS documents no order of precedence: for a template's sections its
// behaviour is undefined, and IAM refuses a policy with a repeated element.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
func Duplicates(fs []diag.Finding, m *doc.Node) []diag.Finding {
	if len(m.Fields) <= 12 {
		for i := 1; i < len(m.Fields); i++ {
			for j := range i {
				if m.Fields[j].Key.Text == m.Fields[i].Key.Text {
					fs = append(fs, duplicate(m.Fields[j].Key, m.Fields[i].Key))
					break
				}
			}
		}
		return fs
	}
	first := make(map[string]*doc.Node, len(m.Fields))
	for _, f := range m.Fields {
		if k := first[f.Key.Text]; k != nil {
			fs = append(fs, duplicate(k, f.Key))
		} else {
			first[f.Key.Text] = f.Key
		}
	}
	return fs
}

func duplicate(first, again *doc.Node) diag.Finding {
	return diag.Finding{
		Code:      DuplicateKey,
		At:        again.Span,
		Message:   fmt.Sprintf("key %q is written twice in one map, so that one of its values is lost", again.Text),
		Severity:  diag.Error,
		Certainty: diag.Proved,
		Related:   []diag.Note{{At: first.Span, Message: "first written here"}},
	}
}

// Nul is the finding for a string in which a NUL became U+FFFD.
func Nul(at source.Span) diag.Finding {
	return diag.Finding{
		Code:      NulReplaced,
		At:        at,
		Message:   "the string holds a NUL character, which no AWS name may; it is read as U+FFFD",
		Severity:  diag.Warning,
		Certainty: diag.Proved,
	}
}
