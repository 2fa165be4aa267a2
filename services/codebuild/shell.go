package codebuild

import (
	"strings"

	"penstock/match"
)

// This file reads shell commands as far as one can tell for certain what they
// run. It is no shell: what it does not understand makes the rest of the
// script uncertain, never wrong.
//
//	script   a sequence of and-or lists, one a line or between ";"
//	list     pipelines joined by "&&" and "||"
//	pipeline simple commands joined by "|"
//
// A simple command is certain if it runs whenever the script does: it is the
// first of its list and stands in no compound command. It stops the build if
// its failure is the failure of the script.

// sure says what is known of a command.
type sure uint8

const (
	perhaps sure = iota // may run, or not
	runs                // runs; the build goes on if it fails
	stops               // runs; if it fails, so does the build
)

// simple is one simple command. Words are symbolic: what the shell puts in is
// a hole where it is not known.
type simple struct {
	words []word
	sure  sure
}

// A word is one argument. Split marks one whose unquoted expansion may become
// several words, or none.
type word struct {
	text  string
	split bool
}

// shell is the state that a script leaves to the next: CodeBuild runs all
// commands in one shell
// (https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, "version").
type shell struct {
	vars    map[string]string // known, symbolic
	errexit bool              // set -e
	lost    bool              // exit, exec, eval: nothing after it is certain
	foreign bool              // the credentials are not the build role's any more
}

func newShell() *shell { return &shell{vars: map[string]string{}} }

// script reads one entry of commands and returns what it runs, in order.
func (sh *shell) script(text string) []simple {
	p := &parser{sh: sh, s: text}
	p.run()
	return p.out
}

// parser reads one script.
type parser struct {
	sh    *shell
	s     string
	i     int
	open  []string // what closes the compound commands under way
	maybe bool     // the whole script may not run
	cond  bool     // behind && or ||
	out   []simple
	inner int // depth of command substitutions
}

// certain reports whether what is read now runs whenever the build does.
func (p *parser) certain() bool {
	return !p.maybe && !p.cond && !p.sh.lost && len(p.open) == 0
}

const maxNesting = 8

// run reads lists to the end of the script.
func (p *parser) run() {
	begin := len(p.out)
	lastList := begin
	for {
		p.blanks()
		if p.i >= len(p.s) {
			break
		}
		lastList = len(p.out)
		p.list()
	}
	if p.inner > 0 || p.sh.errexit {
		return
	}
	// Without set -e only the last list decides how the script ends.
	for i := begin; i < lastList; i++ {
		p.out[i].sure = min(p.out[i].sure, runs)
	}
}

// blanks skips what separates lists.
func (p *parser) blanks() {
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == ' ', c == '\t', c == '\n', c == '\r', c == ';':
			p.i++
		case c == '\\' && p.i+1 < len(p.s) && p.s[p.i+1] == '\n':
			p.i += 2
		case c == '#':
			for p.i < len(p.s) && p.s[p.i] != '\n' {
				p.i++
			}
		default:
			return
		}
	}
}

// list reads one and-or list and the operator that ends it.
func (p *parser) list() {
	start := len(p.out)
	p.cond = false
	harmless := func() {
		for i := start; i < len(p.out); i++ {
			p.out[i].sure = min(p.out[i].sure, runs)
		}
	}
	for {
		switch op := p.command(); op {
		case "&&":
			p.cond = true
		case "||":
			harmless() // what stands before may fail
			p.cond = true
		case "|":
			// How a pipeline ends is how its last command ends.
			for i := start; i < len(p.out); i++ {
				if !feedsLogin(p.out[i], p.s[p.i:]) {
					p.out[i].sure = min(p.out[i].sure, runs)
				}
			}
		case "&":
			harmless()
			return
		default:
			return
		}
	}
}

// feedsLogin reports whether a command of a pipeline gives the password to
// docker login, which fails without one.
func feedsLogin(c simple, rest string) bool {
	return len(c.words) > 2 && c.words[0].text == "aws" && strings.Contains(rest, "login") && strings.Contains(rest, "--password-stdin")
}

// keywords open, continue or close a compound command; the value is what
// closes one that is opened.
var keywords = map[string]string{
	"if": "fi", "for": "done", "while": "done", "until": "done", "select": "done", "case": "esac", "{": "}", "(": ")",
	"then": "", "else": "", "elif": "", "do": "", "in": "",
	"fi": "fi", "done": "done", "esac": "esac", "}": "}", ")": ")",
}

// keyword opens or closes a compound command.
func (p *parser) keyword(k string) {
	closes := keywords[k]
	switch {
	case closes == "":
	case closes != k:
		p.open = append(p.open, closes)
	case len(p.open) > 0 && p.open[len(p.open)-1] == k:
		p.open = p.open[:len(p.open)-1]
	case k == ")" && len(p.open) > 0 && p.open[len(p.open)-1] == "esac":
		// ends a pattern of case
	default:
		p.lose()
	}
}

// command reads one simple command and returns the operator after it: "&&",
// "||", "|", "&", or "" at the end of the list.
func (p *parser) command() string {
	var words []word
	var sets []assignment
	first, negated := true, false
	end := func(op string) string {
		level := stops
		switch {
		case !p.certain():
			level = perhaps
		case negated:
			level = runs
		}
		p.finish(words, sets, level)
		return op
	}
	for p.i < len(p.s) {
		c := p.s[p.i]
		switch {
		case c == ' ' || c == '\t' || c == '\r':
			p.i++
		case c == '\\' && p.i+1 < len(p.s) && p.s[p.i+1] == '\n':
			p.i += 2
		case c == '\n' || c == ';':
			p.i++
			return end("")
		case c == '#':
			p.blanks()
			return end("")
		case c == '&' && strings.HasPrefix(p.s[p.i:], "&&"):
			p.i += 2
			p.newlines()
			return end("&&")
		case c == '&' && strings.HasPrefix(p.s[p.i:], "&>"):
			p.i += 2
			p.redirect()
		case c == '&':
			p.i++
			return end("&")
		case c == '|' && strings.HasPrefix(p.s[p.i:], "||"):
			p.i += 2
			p.newlines()
			return end("||")
		case c == '|':
			p.i++
			if p.i < len(p.s) && p.s[p.i] == '&' {
				p.i++
			}
			p.newlines()
			return end("|")
		case c == '(':
			if !first {
				p.lose() // a function, an array: not ours
			}
			p.keyword("(")
			p.i++
		case c == ')':
			op := end("")
			p.keyword(")")
			p.i++
			return op
		case c == '<' || c == '>':
			if strings.HasPrefix(p.s[p.i:], "<<<") {
				p.i += 3
				p.word()
				continue
			}
			if strings.HasPrefix(p.s[p.i:], "<<") {
				p.lose() // a here-document: its lines are no commands
				p.i = len(p.s)
				return end("")
			}
			p.i++
			p.redirect()
		default:
			w, bare := p.word()
			if _, ok := keywords[w.text]; ok && bare && first {
				p.keyword(w.text)
				if w.text == "for" || w.text == "case" || w.text == "select" {
					p.subject()
				}
				continue
			}
			if bare && first && w.text == "!" {
				negated = true
				continue
			}
			if a, ok := assign(w); ok && first {
				sets = append(sets, a)
				continue
			}
			if isNumber(w.text) && p.i < len(p.s) && (p.s[p.i] == '>' || p.s[p.i] == '<') {
				continue // 2>file
			}
			first = false
			words = append(words, w)
		}
	}
	return end("")
}

func (p *parser) newlines() {
	for p.i < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.i]) >= 0 {
		p.i++
	}
}

// subject skips what follows for, case and select on their line: a variable
// and words, no command.
func (p *parser) subject() {
	for p.i < len(p.s) && p.s[p.i] != '\n' && p.s[p.i] != ';' {
		at := p.i
		if w, bare := p.word(); bare && w.text == "in" && p.open[len(p.open)-1] == "esac" {
			return // patterns follow
		}
		if p.i == at {
			p.i++
		}
	}
}

// redirect skips the target of a redirection; p.i is behind the first sign.
func (p *parser) redirect() {
	for p.i < len(p.s) && (p.s[p.i] == '>' || p.s[p.i] == '&' || p.s[p.i] == '|') {
		p.i++
	}
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == '\t') {
		p.i++
	}
	p.word()
}

type assignment struct{ name, value string }

func assign(w word) (assignment, bool) {
	name, value, ok := strings.Cut(w.text, "=")
	if !ok || !isName(name) {
		return assignment{}, false
	}
	return assignment{name, value}, true
}

// finish records a command, and does to the shell what it does.
func (p *parser) finish(words []word, sets []assignment, level sure) {
	if len(words) == 0 {
		p.set(sets, level)
		return
	}
	c := simple{words: words, sure: level}
	switch words[0].text {
	case "export", "declare", "local", "readonly", "typeset":
		for _, w := range words[1:] {
			switch a, ok := assign(w); {
			case ok:
				p.set([]assignment{a}, level)
			case !isName(w.text) && !strings.HasPrefix(w.text, "-"):
				p.sh.foreign = true // sets nobody knows what
			}
		}
		return
	case "unset":
		for _, w := range words[1:] {
			p.sh.vars[w.text] = unknown(w.text)
		}
		return
	case "set":
		for _, w := range words[1:] {
			if strings.HasPrefix(w.text, "-") && strings.Contains(w.text, "e") && !strings.HasPrefix(w.text, "--") || w.text == "errexit" {
				p.sh.errexit = p.sh.errexit || level != perhaps && p.inner == 0
			}
			if strings.HasPrefix(w.text, "+") && strings.Contains(w.text, "e") {
				p.sh.errexit = false
			}
		}
		return
	case "eval", "exec", "exit", "return", "source", ".", "trap", "alias":
		// What follows runs in a shell of which nothing is known.
		p.sh.lost = true
		return
	case "read", "mapfile", "readarray":
		for _, w := range words[1:] {
			p.sh.vars[w.text] = unknown(w.text)
		}
		return
	}
	for _, a := range sets {
		if credential(a.name) {
			return // runs with another's rights
		}
	}
	if !p.sh.foreign {
		p.out = append(p.out, c)
	}
	if words[0].text == "aws" && len(words) > 2 && words[1].text == "configure" && words[2].text != "list" && words[2].text != "get" {
		if len(words) < 4 || words[3].text != "region" && words[3].text != "output" && words[3].text != "default.region" && words[3].text != "default.output" {
			p.sh.foreign = true
		}
	}
}

func (p *parser) set(sets []assignment, level sure) {
	for _, a := range sets {
		if credential(a.name) {
			p.sh.foreign = true
		}
		if level == perhaps || p.inner > 0 {
			p.sh.vars[a.name] = unknown(a.name)
			continue
		}
		p.sh.vars[a.name] = a.value
	}
}

// credential reports whether a variable tells the AWS tools whose rights to
// use.
func credential(name string) bool {
	switch name {
	case "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
		"AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ENDPOINT_URL":
		return true
	}
	return false
}

func unknown(name string) string { return match.Hole(match.Any, "$"+name+" in the build") }

func isName(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

func isNumber(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}
