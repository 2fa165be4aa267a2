package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"penstock/expect"
	"penstock/iam/authz"
	"penstock/internal/term"
	"penstock/query"
)

// A Tested is one file of tests and what became of them.
type Tested struct {
	Suite   *expect.Suite
	Results []expect.Result
}

// mostFailures bounds the calls of one test that are explained.
const mostFailures = 3

// WriteTests writes what became of tests, and explains the calls that are not
// as they should be.
func WriteTests(w io.Writer, all []Tested, opt Text) error {
	t := newText(opt, &view{})
	tests, failed := 0, 0
	for _, s := range all {
		t.line(t.paint(term.Strong, s.Suite.File.Name))
		for i := range s.Results {
			tests++
			if !s.Results[i].Passed() {
				failed++
			}
			t.result(&s.Results[i])
		}
		t.line("")
	}
	style := term.Good
	if failed > 0 {
		style = term.Bad
	}
	t.line(t.paint(style, fmt.Sprintf("%s, %d failed", plural(tests, "test"), failed)))
	_, err := io.WriteString(w, t.b.String())
	return err
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (t *text) result(r *expect.Result) {
	m := denied
	if r.Passed() {
		m = allowed
	}
	note := ""
	if r.Calls > 1 {
		note = " (" + plural(r.Calls, "call") + ")"
	}
	t.prose("  "+t.paint(signs[m].style, signs[m].sign)+" ", "    ", term.Plain, r.Test.Name+note)
	if r.Passed() {
		return
	}
	if !r.Test.At.IsZero() {
		t.line("    ", t.paint(term.Faint, lineOf(r.Test.At)))
	}
	if r.Test.Because != "" {
		t.prose("    ", "    ", term.Plain, "It must hold because: "+r.Test.Because)
	}
	if r.Err != nil {
		t.prose("    ", "    ", term.Bad, ErrorText(r.Err))
		return
	}
	for i := range r.Failures {
		if i == mostFailures {
			t.prose("    ", "    ", term.Faint, fmt.Sprintf("… and %s more:", plural(len(r.Failures)-i, "call")))
			for _, f := range r.Failures[i:min(len(r.Failures), i+20)] {
				t.prose("      ", "      ", term.Faint, Sentence(f.Answer))
			}
			break
		}
		t.failure(r, r.Failures[i].Answer)
	}
}

// failure explains one call as `penstock can` does, indented.
func (t *text) failure(r *expect.Result, a *query.Answer) {
	in := newText(t.Text, &view{})
	if in.Width > 0 {
		in.Width = max(40, in.Width-4)
	}
	in.answer(a)
	t.line("")
	for l := range strings.Lines(in.b.String()) {
		if strings.TrimSpace(l) == "" {
			t.b.WriteString("\n")
			continue
		}
		t.b.WriteString("    " + l)
	}
	if a.Verdict() == authz.Depends {
		t.prose("    ", "    ", term.Plain, "A test holds only if it does so for every value. Settle what it depends on: context: {"+keysOf(a)+"}")
	}
}

// keysOf lists the condition keys that an answer rests on.
func keysOf(a *query.Answer) string {
	var keys []string
	for _, m := range a.Missing() {
		if strings.Contains(m, ":") && !strings.Contains(m, " ") {
			keys = append(keys, m+": …")
		}
	}
	if len(keys) == 0 {
		return "key: value"
	}
	return strings.Join(keys, ", ")
}

// ErrorText is an error with its hint.
func ErrorText(err error) string {
	s := err.Error()
	var h interface{ Hint() string }
	if errors.As(err, &h) && h.Hint() != "" {
		s += ": " + h.Hint()
	}
	return s
}

// explained is the plain text of the failures of a test.
func explained(r *expect.Result) string {
	t := newText(Text{}, &view{})
	for i := range r.Failures {
		if i == mostFailures {
			t.line(fmt.Sprintf("… and %s more", plural(len(r.Failures)-i, "call")))
			break
		}
		t.answer(r.Failures[i].Answer)
		t.line("")
	}
	return strings.TrimSpace(t.b.String())
}

// summary says in one line what is wrong with a test.
func summary(r *expect.Result) string {
	switch {
	case r.Err != nil:
		return ErrorText(r.Err)
	case len(r.Failures) == 0:
		return ""
	case len(r.Failures) == 1:
		return Sentence(r.Failures[0].Answer)
	default:
		return fmt.Sprintf("%s, and %s more", Sentence(r.Failures[0].Answer), plural(len(r.Failures)-1, "call"))
	}
}

// JUnit, as far as its readers agree on it.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Classname string        `xml:"classname,attr"`
	File      string        `xml:"file,attr"`
	Line      int           `xml:"line,attr"`
	Failure   *junitProblem `xml:"failure"`
	Error     *junitProblem `xml:"error"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",cdata"`
}

// WriteTestsJUnit writes what became of tests as JUnit XML, one test case a
// test; a failure holds the explanation.
func WriteTestsJUnit(w io.Writer, all []Tested) error {
	out := junitSuites{Name: "penstock test"}
	for _, s := range all {
		js := junitSuite{Name: printable(s.Suite.File.Name)}
		for i := range s.Results {
			r := &s.Results[i]
			c := junitCase{
				Name: printable(r.Test.Name), Classname: printable(s.Suite.File.Name), File: printable(s.Suite.File.Name),
				Line: r.Test.At.Position().Line,
			}
			js.Tests++
			switch {
			case r.Err != nil:
				js.Errors++
				c.Error = &junitProblem{printable(summary(r)), "name", ""}
			case len(r.Failures) > 0:
				js.Failures++
				text := explained(r)
				if r.Test.Because != "" {
					text = "It must hold because: " + r.Test.Because + "\n\n" + text
				}
				c.Failure = &junitProblem{printable(summary(r)), "access", printable(text)}
			}
			js.Cases = append(js.Cases, c)
		}
		out.Tests += js.Tests
		out.Failures += js.Failures
		out.Errors += js.Errors
		out.Suites = append(out.Suites, js)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// printable is text that XML can hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return 0xFFFD
		}
		return r
	}, strings.ToValidUTF8(show(s), "\uFFFD"))
}

// testsVersion changes when a program that reads the output would break; the
// schema is docs/schema/test-1.json.
const testsVersion = 1

type jsonTests struct {
	Version int            `json:"version"`
	Tool    jsonTool       `json:"tool"`
	Files   []jsonTestFile `json:"files"`
}

type jsonTestFile struct {
	File  string     `json:"file"`
	Tests []jsonTest `json:"tests"`
}

type jsonTest struct {
	Name     string       `json:"name"`
	Place    *jsonPlace   `json:"place"`
	Passed   bool         `json:"passed"`
	Calls    int          `json:"calls"`
	Error    string       `json:"error"`
	Failures []jsonAnswer `json:"failures"`
}

// WriteTestsJSON writes what became of tests for programs; a failure is what
// `penstock can --format json` writes of the call.
func WriteTestsJSON(w io.Writer, all []Tested, tool Tool) error {
	out := jsonTests{Version: testsVersion, Tool: toolOf(tool), Files: []jsonTestFile{}}
	for _, s := range all {
		f := jsonTestFile{File: s.Suite.File.Name, Tests: []jsonTest{}}
		for i := range s.Results {
			r := &s.Results[i]
			t := jsonTest{Name: show(r.Test.Name), Place: placeOf(r.Test.At), Passed: r.Passed(), Calls: r.Calls, Failures: []jsonAnswer{}}
			if r.Err != nil {
				t.Error = ErrorText(r.Err)
			}
			for _, x := range r.Failures {
				t.Failures = append(t.Failures, answerJSON(x.Answer, tool))
			}
			f.Tests = append(f.Tests, t)
		}
		out.Files = append(out.Files, f)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
