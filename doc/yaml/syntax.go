package yaml

import (
	"errors"
	"fmt"
	"strings"

	goyaml "go.yaml.in/yaml/v4"

	"penstock/doc"
	"penstock/source"
)

// known puts what the parser says in our words, with what would be right. The
// first entry whose part is in the parser's message applies.
var known = []struct {
	part, message, fix string
}{
	{"mapping values are not allowed", `a second ": " in one line, or a key that is indented too far`,
		"quote a value that contains \": \", and indent keys of one map alike"},
	{"tab character", "a tab in the indentation", "YAML is indented with spaces only"},
	{"cannot start any token", "a character that no bare value may start with",
		"quote the value: @, `, % and a tab cannot begin a bare one"},
	{"could not find expected ':'", `a line that is neither "key: value" nor "- item"`,
		`write "key: value" with a blank after the colon, or indent the line under the value that it continues`},
	{"did not find expected key", "a line that does not belong to the map around it",
		"indent it like the other keys of its map; a quoted value ends at its closing quote"},
	{"did not find expected '-' indicator", `a line in a list that does not begin with "- "`,
		`begin it with "- ", or indent it under the item that it belongs to`},
	{"did not find expected ',' or ']'", "a list in brackets that is not closed", `close it with "]", and separate its items with ","`},
	{"did not find expected ',' or '}'", "a map in braces that is not closed",
		`close it with "}", separate its entries with ","; quote a value that begins with "{"`},
	{"block sequence entries are not allowed", `a "- " where no list can begin`, "put the list on a line of its own below its key"},
	{"unexpected end of stream", "a quoted value that is not closed before the file ends", "add the closing quote"},
	{"unexpected document indicator", "a quoted value that is not closed before --- or ...", "add the closing quote"},
	{"unknown escape character", `an escape that YAML does not have, in double quotes`,
		`write \\ for a backslash, or use single quotes`},
	{"unknown anchor", "", "an alias names a value that &name marks further up in the same document"},
	{"did not find expected node content", "an indicator where a value must stand", "write the value, or quote it"},
	{"undefined tag handle", "a tag with a handle that no %TAG line declares", "template functions have one ! only: !Sub"},
	{"not allowed in a YAML tag", "", "a blank must stand after the tag: !Ref Name, !If [a, b, c]"},
	{"comment without preceding whitespace", "a # right after a value", "put a blank before a comment"},
	{"expected <document start>", "text after the end of the value",
		"a document holds one value; indent what follows, or start the next document with ---"},
	{"did not find expected whitespace or line break", "", "put a blank after the tag, the anchor or the alias"},
	{"did not find expected alphabetic", "& or * without a name", "quote a value that begins with * or &, like \"*\" in a policy"},
	{"did not find expected comment or line break", "text after | or >", "the text of the block begins on the next line"},
	{"max depth", "nested too deep", "no document that AWS takes is nested so deep"},
}

// syntax turns the parser's error into ours.
func (r *reader) syntax(err error) error {
	var le *goyaml.LoadError
	if !errors.As(err, &le) {
		return &doc.Error{
			At:      source.Span{File: r.file, Start: r.end, End: r.end},
			Message: strings.TrimPrefix(err.Error(), "yaml: "),
		}
	}
	mark := le.Mark
	if mark.Line < 1 || strings.Contains(le.Message, "expected ':'") {
		mark = le.ContextMark // the line without a colon, not the one after it
	}
	at := r.end
	if mark.Line >= 1 {
		at = min(r.text.offset(mark.Line, mark.Column), len(r.text.data))
	}
	out := &doc.Error{At: source.Span{File: r.file, Start: at, End: at}, Message: le.Message}
	said := le.Message
	if r.text.at(at) == '\t' {
		said = "tab character"
	}
	for _, k := range known {
		if strings.Contains(said, k.part) {
			if k.message != "" {
				out.Message = k.message
			}
			out.Fix = k.fix
			break
		}
	}
	if near := r.near(at); near != "" {
		out.Message += fmt.Sprintf(": %q", near)
	}
	if c := le.ContextMark; c.Line >= 1 && c.Line < mark.Line {
		out.Message += fmt.Sprintf(" (in what begins at line %d)", c.Line)
	}
	return out
}

// near returns the line that at is in, shortened to the text around at.
func (r *reader) near(at int) string {
	data := r.text.data
	start := at
	for start > 0 && data[start-1] != '\n' && data[start-1] != '\r' {
		start--
	}
	line := string(data[start:r.text.lineEnd(at)])
	trimmed := strings.TrimSpace(line)
	if len(trimmed) <= 60 {
		return trimmed
	}
	from := max(0, at-start-30)
	return strings.ToValidUTF8(line[from:min(len(line), from+60)], "")
}
