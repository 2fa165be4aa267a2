package yaml

import (
	"fmt"
	"strings"

	goyaml "go.yaml.in/yaml/v4"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/internal/intake"
)

// plainKind says what a plain scalar without a tag is, and its text.
//
// CloudFormation reads YAML 1.1 (without dates, aliases, merge keys and
// binary), so its words decide: yes, no, on and off are booleans beside true
// and false, but y and n are not: its parser leaves them alone.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
// The text of a boolean is "true" or "false"; the text of a number and of all
// else, dates and account ids too, is what was written.
func plainKind(s string) (doc.Kind, string) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return doc.Null, ""
	case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON":
		return doc.Bool, "true"
	case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF":
		return doc.Bool, "false"
	}
	if isNumber(s) {
		return doc.Number, s
	}
	return doc.String, s
}

// isWord reports whether s is one of the booleans that only YAML 1.1 has.
func isWord(s string) bool {
	switch strings.ToLower(s) {
	case "yes", "no", "on", "off":
		return true
	}
	return false
}

// isNumber reports whether s is a number of YAML 1.1 or of JSON. Base 60
// (1:30) is not taken for one; see odd.
func isNumber(s string) bool {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	switch {
	case s == ".inf" || s == ".Inf" || s == ".INF" || s == ".nan" || s == ".NaN" || s == ".NAN":
		return true
	case strings.HasPrefix(s, "0x"):
		return all(s[2:], "0123456789abcdefABCDEF_")
	case strings.HasPrefix(s, "0b"):
		return all(s[2:], "01_")
	case strings.HasPrefix(s, "0o"):
		return all(s[2:], "01234567")
	}
	digits, point := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '_' && i > 0:
		case c == '.' && !point:
			point = true
		case (c == 'e' || c == 'E') && digits > 0:
			rest := strings.TrimLeft(s[i+1:], "+-")
			return len(s)-i-1-len(rest) <= 1 && all(rest, "0123456789")
		default:
			return false
		}
	}
	return digits > 0
}

func all(s, set string) bool {
	return s != "" && strings.Trim(s, set) == ""
}

// odd reports whether YAML 1.1 reads s as a number other than its digits: in
// base 8 (0123) or 60 (22:30). The second result names the base.
func odd(s string) (string, bool) {
	t := strings.TrimLeft(s, "+-")
	if len(t) > 1 && t[0] == '0' && all(t, "01234567_") {
		return "octal", true
	}
	if head, rest, ok := strings.Cut(t, ":"); ok && len(t) < 20 {
		if !all(head, "0123456789_") || head[0] == '0' && len(head) > 1 {
			return "", false
		}
		for part := range strings.SplitSeq(rest, ":") {
			if !all(part, "0123456789") || len(part) > 2 || len(part) == 2 && part[0] > '5' {
				return "", false
			}
		}
		return "base-60", true
	}
	return "", false
}

// scalar fills out from n, whose tag and anchor, if any, stand from start to at.
func (r *reader) scalar(out *doc.Node, n *goyaml.Node, start, at int, key bool) error {
	const quoted = goyaml.DoubleQuotedStyle | goyaml.SingleQuotedStyle | goyaml.LiteralStyle | goyaml.FoldedStyle
	out.Kind, out.Text = doc.String, n.Value
	out.Span.File = r.file
	if n.Style&quoted == 0 && n.Value == "" {
		r.absent(out, start, at, key)
		if key || n.Tag == "!!str" {
			out.Kind = doc.String
		}
		return nil
	}
	i := r.text.space(at)
	var end int
	var ok bool
	switch n.Style & quoted {
	case goyaml.DoubleQuotedStyle:
		out.Style = doc.Double
		end, ok = r.text.double(i)
	case goyaml.SingleQuotedStyle:
		out.Style = doc.Single
		end, ok = r.text.single(i)
	case goyaml.LiteralStyle:
		out.Style = doc.Literal
		end, ok = r.text.block(i, n.Value, true)
	case goyaml.FoldedStyle:
		out.Style = doc.Folded
		end, ok = r.text.block(i, n.Value, false)
	default:
		end, ok = r.text.plain(i, n.Value)
	}
	if !ok {
		return r.lost(i)
	}
	out.Span.Start, out.Span.End = i, end
	if strings.IndexByte(out.Text, 0) >= 0 {
		out.Text = strings.ReplaceAll(out.Text, "\x00", "\ufffd")
		r.findings = append(r.findings, intake.Nul(out.Span))
	}
	if !key {
		r.resolve(out, n, start, at)
	}
	return nil
}

// resolve gives a scalar with a text its kind. Its tag and its anchor, if any,
// stand from start to at. A template function takes its text as it is.
func (r *reader) resolve(out *doc.Node, n *goyaml.Node, start, at int) {
	if n.Style&goyaml.TaggedStyle != 0 {
		switch n.Tag {
		case "!!int", "!!float":
			out.Kind = doc.Number
		case "!!null":
			out.Kind, out.Text = doc.Null, ""
		case "!!bool":
			out.Kind, out.Text = plainKind(n.Value)
		}
		return
	}
	if out.Style != doc.Plain {
		return
	}
	for prop := range strings.FieldsSeq(string(r.text.data[start:at])) {
		if prop[0] == '!' {
			return // the tag "!" makes it a string; the parser has resolved it away
		}
	}
	out.Kind, out.Text = plainKind(n.Value)
	switch {
	case out.Kind == doc.Bool && isWord(n.Value):
		r.findings = append(r.findings, diag.Finding{
			Code:      intake.WordBoolean,
			At:        out.Span,
			Message:   fmt.Sprintf("bare %s is the boolean %s in YAML 1.1, which CloudFormation reads", n.Value, out.Text),
			Severity:  diag.Info,
			Certainty: diag.Likely,
			Fixes: []diag.Fix{{
				Message: fmt.Sprintf("quote %q to make it a string", n.Value),
				Edits:   []diag.Edit{{Span: out.Span, New: `"` + n.Value + `"`}},
			}},
		})
	case out.Kind == doc.Number || out.Kind == doc.String:
		if base, ok := odd(n.Value); ok {
			r.findings = append(r.findings, diag.Finding{
				Code:      intake.OddNumber,
				At:        out.Span,
				Message:   fmt.Sprintf("bare %s is a number in base %s in YAML 1.1, which CloudFormation reads", n.Value, strings.TrimPrefix(strings.Replace(base, "octal", "8", 1), "base-")),
				Severity:  diag.Warning,
				Certainty: diag.Likely,
				Fixes: []diag.Fix{{
					Message: fmt.Sprintf("quote %q to make it a string", n.Value),
					Edits:   []diag.Edit{{Span: out.Span, New: `"` + n.Value + `"`}},
				}},
			})
		}
	}
}

// absent places a null that is not written: after its tag or anchor, else
// after the colon or the dash before it.
func (r *reader) absent(out *doc.Node, start, at int, key bool) {
	out.Kind = doc.Null
	if at > start {
		out.Span.Start, out.Span.End = at, at
		return
	}
	pos := r.end
	if i := r.text.space(pos); !key && r.text.at(i) == ':' && (i < start || i == start && r.flow && r.text.indicates(i)) {
		pos = i + 1
	} else if !r.after(start) {
		pos = max(pos, min(start, len(r.text.data)))
	}
	out.Span.Start, out.Span.End = pos, pos
}

// after reports whether only blanks and comments lie between the last token
// and i, so that a null placed at i belongs right after that token.
func (r *reader) after(i int) bool {
	return r.text.space(r.end) >= i
}
