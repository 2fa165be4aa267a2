// Package json reads a JSON document into the tree of package doc, with the
// byte span of every value.
//
// It is strict JSON (RFC 8259) with three mercies: a byte order mark is
// passed over, duplicate keys are kept, in order, with a finding each, and a
// NUL in a string becomes U+FFFD, with a finding. Nothing is printed here: a
// change to a file is an edit, see package splice.
//
// The codes of the findings (DOC001, DOC005) are listed in package
// doc/load.
package json

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/internal/intake"
	"penstock/source"
)

// Parse reads the one value that f holds. The error, a *doc.Error, names the
// place, the offending text, and as its Hint what would be right.
func Parse(f *source.File) (*doc.Node, []diag.Finding, error) {
	start, err := intake.Start(f)
	if err != nil {
		return nil, nil, err
	}
	r := &reader{
		file: f,
		base: start,
		at:   start,
		dec:  jsontext.NewDecoder(bytes.NewBuffer(f.Data[start:]), jsontext.AllowDuplicateNames(true)),
	}
	n, err := r.value(0)
	if err != nil {
		return nil, nil, err
	}
	if _, err := r.dec.ReadToken(); err != io.EOF {
		r.skip()
		return nil, nil, r.fail(r.at, fmt.Sprintf("unexpected %s after the end of the document", r.word(r.at)),
			"a JSON file holds one value; remove what follows it, or join the two in one list")
	}
	return n, r.findings, nil
}

type reader struct {
	file *source.File
	dec  *jsontext.Decoder
	base int   // where the decoder's offset 0 is in the file
	at   int   // end of the last token
	open []int // where the lists and maps around us begin

	nodes    intake.Nodes
	items    []*doc.Node // of the lists that are being read, a stack
	fields   []doc.Field // likewise of the maps
	findings []diag.Finding
}

// skip moves to the start of the next token.
func (r *reader) skip() {
	for r.at < len(r.file.Data) {
		switch r.file.Data[r.at] {
		case ' ', '\t', '\r', '\n', ',', ':':
			r.at++
		default:
			return
		}
	}
}

func (r *reader) value(depth int) (*doc.Node, error) {
	tok, err := r.dec.ReadToken()
	if err != nil {
		return nil, r.syntax(err)
	}
	r.skip()
	n := r.nodes.New()
	n.Span = source.Span{File: r.file, Start: r.at}
	kind := tok.Kind()
	switch kind {
	case jsontext.KindNull:
		n.Kind = doc.Null
	case jsontext.KindTrue:
		n.Kind, n.Text = doc.Bool, "true"
	case jsontext.KindFalse:
		n.Kind, n.Text = doc.Bool, "false"
	case jsontext.KindNumber:
		n.Kind, n.Text = doc.Number, tok.String()
	case jsontext.KindString:
		n.Kind, n.Style, n.Text = doc.String, doc.Double, tok.String()
	case jsontext.KindBeginArray:
		n.Kind, n.Style = doc.List, doc.Flow
	case jsontext.KindBeginObject:
		n.Kind, n.Style = doc.Map, doc.Flow
	default:
		return nil, r.fail(r.at, fmt.Sprintf("unexpected %s", r.word(r.at)), "a value must stand here")
	}
	open := r.at
	r.at = r.base + int(r.dec.InputOffset())
	switch n.Kind {
	case doc.List, doc.Map:
		if depth >= intake.MaxDepth {
			return nil, intake.TooDeep(source.Span{File: r.file, Start: open, End: open + 1})
		}
		r.open = append(r.open, open)
		if n.Kind == doc.List {
			err = r.list(n, depth)
		} else {
			err = r.mapping(n, depth)
		}
		if err != nil {
			return nil, err
		}
		r.open = r.open[:len(r.open)-1]
	}
	n.Span.End = r.at
	if n.Kind == doc.String && strings.IndexByte(n.Text, 0) >= 0 {
		n.Text = strings.ReplaceAll(n.Text, "\x00", "\ufffd")
		r.findings = append(r.findings, intake.Nul(n.Span))
	}
	return n, nil
}

func (r *reader) list(n *doc.Node, depth int) error {
	mark := len(r.items)
	for r.dec.PeekKind() != jsontext.KindEndArray {
		it, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		r.items = append(r.items, it)
	}
	if len(r.items) > mark {
		n.Items = append(make([]*doc.Node, 0, len(r.items)-mark), r.items[mark:]...)
		r.items = r.items[:mark]
	}
	return r.end()
}

func (r *reader) mapping(n *doc.Node, depth int) error {
	mark := len(r.fields)
	for r.dec.PeekKind() != jsontext.KindEndObject {
		k, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		r.fields = append(r.fields, doc.Field{Key: k, Value: v})
	}
	if len(r.fields) > mark {
		n.Fields = append(make([]doc.Field, 0, len(r.fields)-mark), r.fields[mark:]...)
		r.fields = r.fields[:mark]
	}
	if err := r.end(); err != nil {
		return err
	}
	r.findings = intake.Duplicates(r.findings, n)
	return nil
}

// end reads the closing bracket that PeekKind saw.
func (r *reader) end() error {
	if _, err := r.dec.ReadToken(); err != nil {
		return r.syntax(err)
	}
	r.at = r.base + int(r.dec.InputOffset())
	return nil
}

func (r *reader) fail(at int, message, fix string) error {
	end := at
	if at < len(r.file.Data) {
		_, n := utf8.DecodeRune(r.file.Data[at:])
		end = at + n
	}
	return &doc.Error{At: source.Span{File: r.file, Start: at, End: end}, Message: message, Fix: fix}
}

// word quotes the text at off as far as it looks like one word.
func (r *reader) word(off int) string {
	data := r.file.Data[off:]
	if len(data) == 0 {
		return "end of the file"
	}
	n := 0
	for n < len(data) && n < 40 && !bytes.ContainsRune([]byte(" \t\r\n,:[]{}\""), rune(data[n])) {
		_, w := utf8.DecodeRune(data[n:])
		n += w
	}
	if n == 0 {
		_, n = utf8.DecodeRune(data)
	}
	return fmt.Sprintf("%q", data[:n])
}

// syntax says what is wrong where the decoder stopped, in our words.
func (r *reader) syntax(err error) error {
	data := r.file.Data
	var syn *jsontext.SyntacticError
	if !errors.As(err, &syn) {
		// Only io.EOF reaches us here: the input ended where a value must start.
		return r.ended()
	}
	at := min(r.base+int(syn.ByteOffset), len(data))
	if errors.Is(syn.Err, io.ErrUnexpectedEOF) {
		return r.ended()
	}
	inString := strings.Contains(syn.Err.Error(), "string") && at > r.base
	for !inString && at < len(data) && strings.IndexByte(" \t\r\n", data[at]) >= 0 {
		at++
	}
	if at == len(data) {
		return r.ended()
	}
	prev := bytes.TrimRight(data[:at], " \t\r\n")
	afterComma := len(prev) > 0 && prev[len(prev)-1] == ','
	c := data[at]
	if c == ',' && at+1 < len(data) && !afterComma {
		// The decoder stops at a comma that nothing may follow.
		rest := bytes.TrimLeft(data[at+1:], " \t\r\n")
		if len(rest) > 0 && (rest[0] == ']' || rest[0] == '}') {
			return r.fail(at, fmt.Sprintf(`"," before %q`, rest[:1]), "JSON takes no comma after the last entry; remove it")
		}
	}
	after := strings.Contains(syn.Err.Error(), " after ") || strings.Contains(syn.Err.Error(), "missing character")
	if !inString && at > r.base && isWord(data[at-1]) && (!after || isWord(c)) {
		// The decoder stopped inside a word that is no value; name it whole.
		for at > r.base && isWord(data[at-1]) {
			at--
		}
		c, after = data[at], false
	}
	isKey := len(r.open) > 0 && data[r.open[len(r.open)-1]] == '{' && len(prev) > 0 && (afterComma || prev[len(prev)-1] == '{')
	switch {
	case (c == ']' || c == '}') && afterComma:
		return r.fail(len(prev)-1, fmt.Sprintf(`"," before %q`, string(c)), "JSON takes no comma after the last entry; remove it")
	case inString && c == '\n', inString && c == '\r':
		return r.fail(at, "line break inside a string", `close the string with ", or write \n for a line break`)
	case inString && c == '\\':
		return r.fail(at, fmt.Sprintf("invalid escape %q in a string", data[at:min(at+6, len(data))]),
			`the escapes of JSON are \" \\ \/ \b \f \n \r \t and \uXXXX, where surrogates come in pairs; write \\ for a backslash`)
	case inString && c < ' ':
		return r.fail(at, fmt.Sprintf("control character 0x%02x in a string", c), fmt.Sprintf(`write \u%04x`, c))
	case isKey && (isWord(c) || syn.Err == jsontext.ErrNonStringName):
		return r.fail(at, fmt.Sprintf("key %s is not a string", r.word(at)), `JSON keys take double quotes: "key": value`)
	case !after && (c == '-' || c >= '0' && c <= '9'):
		return r.fail(at, fmt.Sprintf("%s is not a number", r.word(at)), `write an account id or anything else with a leading zero as a string: "012345678901"`)
	case c == '\'':
		return r.fail(at, "single quote", `JSON strings take double quotes: "…"`)
	case c == '/' || c == '#':
		return r.fail(at, fmt.Sprintf("unexpected %s", r.word(at)), "JSON has no comments; remove it")
	case strings.Contains(syn.Err.Error(), "expecting ','") || strings.Contains(syn.Err.Error(), "missing character ','"):
		return r.fail(at, fmt.Sprintf("unexpected %s after a value", r.word(at)), `a comma must stand between two entries, or the map or list must be closed`)
	case strings.Contains(syn.Err.Error(), "':'"):
		return r.fail(at, fmt.Sprintf("unexpected %s after a key", r.word(at)), `a ":" must stand between a key and its value`)
	default:
		return r.fail(at, fmt.Sprintf("unexpected %s", r.word(at)),
			`a value must stand here: "text", a number, true, false, null, […] or {…}`)
	}
}

func isWord(c byte) bool {
	return c == '_' || c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// ended is the error for a file that stops inside a value.
func (r *reader) ended() error {
	msg, fix := "the file ends where a value must stand", "it must hold one JSON value"
	if n := len(r.open); n > 0 {
		at := r.open[n-1]
		what, closer := "list", "]"
		if r.file.Data[at] == '{' {
			what, closer = "map", "}"
		}
		p := r.file.Position(at)
		msg = fmt.Sprintf("the file ends inside the %s that begins at line %d, column %d", what, p.Line, p.Col)
		fix = fmt.Sprintf("close it with %q, or restore what is cut off", closer)
	}
	end := len(bytes.TrimRight(r.file.Data, " \t\r\n"))
	return &doc.Error{At: source.Span{File: r.file, Start: end, End: end}, Message: msg, Fix: fix}
}
