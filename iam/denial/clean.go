package denial

import (
	"strings"
	"unicode/utf8"
)

// maxText bounds how much of a text is read: what is pasted is short, and a
// whole log belongs elsewhere.
const maxText = 1 << 20

// clean takes off what a console, a log or a document adds to an error: colour
// codes, the frame that Terraform draws, escapes of JSON and HTML, quotes of a
// mail, and joins lines that were broken inside a name. White space becomes
// one blank; an empty line stays a line break.
func clean(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.NewReplacer(
		"\r\n", "\n", "\r", "\n", `\n`, "\n", `\t`, " ", `\"`, `"`, `\/`, "/", `\u003c`, "<", `\u003e`, ">", `\u0026`, "&",
		"&quot;", `"`, "&#34;", `"`, "&#39;", "'", "&apos;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&", "\u00a0", " ",
		`\\\"`, `"`, `\\"`, `"`, "&#x27;", "'", "&#x2F;", "/", "\u2018", "'", "\u2019", "'", "\u201c", `"`, "\u201d", `"`, "\u2010", "-", "\u2011", "-",
	).Replace(s)
	s = uncoloured(s)
	var b strings.Builder
	b.Grow(len(s))
	last := ""
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimSpace(line)
		line = strings.TrimSpace(strings.TrimLeft(line, "│|╷╵>"))
		line = unnumbered(line)
		line = strings.Join(strings.Fields(line), " ")
		switch {
		case line == "":
			if b.Len() > 0 && last != "\n" {
				b.WriteByte('\n')
				last = "\n"
			}
			continue
		case b.Len() == 0 || last == "\n":
		case brokenName(last, line):
		default:
			b.WriteByte(' ')
		}
		b.WriteString(line)
		last = line
	}
	return b.String()
}

// unnumbered takes off what a container build writes before each line:
// "#14 12.3 ".
func unnumbered(line string) string {
	if !strings.HasPrefix(line, "#") {
		return line
	}
	words := strings.SplitN(line, " ", 3)
	if len(words) < 3 || strings.Trim(words[0], "#0123456789") != "" || strings.Trim(words[1], "0123456789.") != "" {
		return line
	}
	return words[2]
}

// brokenName reports whether a line was broken inside an ARN: its last word
// is one that ends in a separator, and the next line goes on.
func brokenName(last, next string) bool {
	w := last[strings.LastIndexByte(last, ' ')+1:]
	switch w {
	case "identity-", "resource-":
		return strings.HasPrefix(next, "based")
	}
	if first, _, _ := strings.Cut(next, " "); strings.HasSuffix(first, ":") {
		return false // a label
	}
	if !strings.Contains(w, "arn:") || strings.HasSuffix(w, "::") && next == "" {
		return false
	}
	if !strings.ContainsAny(w[len(w)-1:], ":/-_") {
		return false
	}
	r, _ := utf8.DecodeRuneInString(next)
	return r == '/' || r == '*' || r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// uncoloured takes the escape sequences of a terminal out.
func uncoloured(s string) string {
	if !strings.Contains(s, "\x1b") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != 0x1b {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '[' {
			i += 2
			for i < len(s) && (s[i] < '@' || s[i] > '~') {
				i++
			}
		}
	}
	return b.String()
}
