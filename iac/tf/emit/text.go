package emit

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"penstock/blueprint"
	"penstock/iac/tf"
)

// quote writes a text as a quoted HCL string
// (https://developer.hashicorp.com/terraform/language/expressions/strings).
func quote(s string) string { return `"` + escape(s) + `"` }

func escape(s string) string {
	var b strings.Builder
	s = clean(s)
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && i+1 < len(s) && s[i+1] == '{' && i > 0 && s[i-1] == s[i]:
			fmt.Fprintf(&b, `\u%04x`, r) // $${ would be said by $$${, which HCL reads otherwise
		case (r == '$' || r == '%') && i+1 < len(s) && s[i+1] == '{':
			b.WriteRune(r)
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		case r == utf8.RuneError:
			b.WriteString(`\ufffd`)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// clean puts U+FFFD in the place of what HCL cannot hold, and of NUL, which
// package doc keeps for itself.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

// sayable is an error for a text that Terraform would change or has no
// counterpart of.
func sayable(s string) error {
	switch {
	case strings.Contains(s, "{{resolve:"):
		return fmt.Errorf("a dynamic reference %q has no counterpart in Terraform", s)
	case !tf.Keeps(clean(s)):
		return fmt.Errorf("%q is not in the normal form C of Unicode, into which Terraform brings it", s)
	}
	return nil
}

// A piece is a piece of a text: text, or an expression.
type piece struct{ text, expr string }

// template writes pieces as one expression.
func template(ps []piece) string {
	if len(ps) == 1 && ps[0].expr != "" {
		return ps[0].expr
	}
	if text, ok := heredoc(ps); ok {
		return text
	}
	var b strings.Builder
	b.WriteByte('"')
	for i, p := range ps {
		if p.expr != "" {
			b.WriteString("${" + p.expr + "}")
			continue
		}
		text := escape(p.text)
		// A $ before an expression would escape it.
		if i+1 < len(ps) && (strings.HasSuffix(p.text, "$") || strings.HasSuffix(p.text, "%")) {
			text = text[:len(text)-1] + fmt.Sprintf(`\u%04x`, p.text[len(p.text)-1])
		}
		b.WriteString(text)
	}
	b.WriteByte('"')
	return b.String()
}

// heredoc writes a text of several lines as such; false for any other.
func heredoc(ps []piece) (string, bool) {
	var b strings.Builder
	for i, p := range ps {
		if p.expr != "" {
			b.WriteString("${" + p.expr + "}")
			continue
		}
		for _, r := range p.text {
			if r < 0x20 && r != '\n' && r != '\t' || r == 0x7f || r == utf8.RuneError {
				return "", false
			}
		}
		if i+1 < len(ps) && (strings.HasSuffix(p.text, "$") || strings.HasSuffix(p.text, "%")) || strings.Contains(p.text, "$${") || strings.Contains(p.text, "%%{") {
			return "", false
		}
		b.WriteString(strings.NewReplacer("${", "$${", "%{", "%%{").Replace(p.text))
	}
	text := b.String()
	if strings.Count(strings.TrimRight(text, "\n"), "\n") < 2 {
		return "", false
	}
	whole, cut := text, false
	if !strings.HasSuffix(text, "\n") {
		whole, cut = text+"\n", true
	}
	end := "EOT"
	for slices.ContainsFunc(strings.Split(whole, "\n"), func(l string) bool { return strings.TrimSpace(l) == end }) {
		end += "T"
	}
	if cut {
		// chomp takes the line break off that a heredoc ends with.
		return "chomp(<<" + end + "\n" + whole + end + "\n)", true
	}
	return "<<" + end + "\n" + whole + end, true
}

// key writes the key of an object.
func key(s string) string {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return quote(s)
		}
	}
	if s == "" || s == "null" || s == "true" || s == "false" || s == "for" || s == "if" {
		return quote(s)
	}
	return s
}

// value writes a value of the blueprint.
func (c *conv) value(v any) (string, error) {
	switch v := v.(type) {
	case string:
		if err := sayable(v); err != nil {
			return "", err
		}
		return template([]piece{{text: v}}), nil
	case blueprint.Sub:
		ps, err := c.w.pieces(c.u.st, v, 0)
		if err != nil {
			return "", err
		}
		return template(ps), nil
	case bool:
		return fmt.Sprint(v), nil
	case int:
		return fmt.Sprint(v), nil
	case blueprint.List:
		return c.list(v)
	case blueprint.Map:
		return c.object(v)
	case *blueprint.Policy:
		return c.policy(v)
	default:
		return "", fmt.Errorf("a value of type %T", v)
	}
}

// widest is how long a list or an object is on one line at most.
const widest = 90

func (c *conv) list(l blueprint.List) (string, error) {
	var items []string
	size, flat := 0, true
	for _, it := range l {
		s, err := c.value(it)
		if err != nil {
			return "", err
		}
		if strings.HasPrefix(s, "<<") {
			s = "(" + s + "\n)" // no comma can follow the end of a heredoc
		}
		items = append(items, s)
		size += len(s) + 2
		flat = flat && !strings.Contains(s, "\n")
	}
	if flat && size <= widest {
		return "[" + strings.Join(items, ", ") + "]", nil
	}
	if len(items) == 1 && strings.HasPrefix(items[0], "{\n") {
		return "[" + items[0] + "]", nil
	}
	return "[\n" + strings.Join(items, ",\n") + ",\n]", nil
}

func (c *conv) object(m blueprint.Map) (string, error) {
	var lines []string
	size, flat, n := 0, true, 0
	for _, f := range m {
		if f.Value == nil {
			continue
		}
		s, err := c.value(f.Value)
		if err != nil {
			return "", fmt.Errorf("%s: %w", f.Key, err)
		}
		n++
		line := key(f.Key) + " = " + s
		size += len(line) + 2
		flat = flat && !strings.Contains(s, "\n") && f.Comment == ""
		if f.Comment != "" {
			var b strings.Builder
			comment(&b, f.Comment)
			line = b.String() + line
		}
		lines = append(lines, line)
	}
	switch {
	case n == 0:
		return "{}", nil
	case n == 1 && flat && size <= widest:
		return "{ " + lines[0] + " }", nil
	}
	return "{\n" + strings.Join(lines, "\n") + "\n}", nil
}

// policy writes a policy document with the comments of its statements.
func (c *conv) policy(p *blueprint.Policy) (string, error) {
	var b strings.Builder
	b.WriteString("{\nVersion = \"2012-10-17\"\nStatement = [\n")
	for _, s := range p.Statements {
		text, err := c.object(s.Map())
		if err != nil {
			return "", fmt.Errorf("statement %s: %w", s.Sid, err)
		}
		if s.Comment != "" {
			comment(&b, s.Comment)
		}
		b.WriteString(text + ",\n")
	}
	b.WriteString("]\n}")
	return b.String(), nil
}
