// Package script reads shell scripts of builds and workflows, and the AWS CLI
// and docker commands in them, as far as one can tell for certain what they
// run, and says what they call.
//
// It is no shell: what it does not understand makes the rest of a script
// uncertain, never wrong.
package script

import (
	"strings"

	"penstock/match"
)

// How a script is read:
//
//	script   a sequence of and-or lists, one a line or between ";"
//	list     pipelines joined by "&&" and "||"
//	pipeline simple commands joined by "|"
//
// A simple command is certain if it runs whenever the script does: it stands
// in no compound command and behind no "||". It stops the build if its failure
// is the failure of the script. A command whose output is put into a variable
// or an argument is as good as the command that takes it: without the output
// that one does not what it is to do.

// Sure says what is known of a command.
type Sure uint8

const (
	Perhaps Sure = iota // may run, or not
	Runs                // runs; the build goes on if it fails
	Stops               // runs; if it fails, so does the build
)

// A Command is one simple command. Words are symbolic: what the shell puts in is
// a hole where it is not known.
type Command struct {
	Words []Word
	Sure  Sure
	// after says that the command stands behind &&: it may not run, but then
	// what stands before it has failed, so that where the list decides how the
	// script ends a failure of either is one of the script.
	after bool
}

// weaken takes back that a failure of the command stops the script.
func (c *Command) weaken() {
	if c.after {
		c.Sure = Perhaps
	}
	c.Sure = min(c.Sure, Runs)
}

// A word is one argument. Split marks one whose unquoted expansion may become
// several words, or none.
type Word struct {
	Text  string
	split bool
}

// A Shell is the state that a script leaves to the next: CodeBuild runs all
// commands in one shell
// (https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, "version").
type Shell struct {
	vars    map[string]string // known, symbolic
	errexit bool              // set -e
	lost    bool              // exit, exec, eval: nothing after it is certain
	foreign bool              // the credentials are not the build role's any more
}

// New returns a shell in which no variable is known.
func New() *Shell { return &Shell{vars: map[string]string{}} }

// Set says what a variable holds; one that tells the AWS tools whose rights to
// use makes what follows somebody else's.
func (sh *Shell) Set(name, value string) {
	if Credential(name) {
		sh.foreign = true
	}
	sh.vars[name] = value
}

// Get returns what a variable holds, "" where that is not known.
func (sh *Shell) Get(name string) string { return sh.vars[name] }

// Read reads one entry of commands and returns what it runs, in order.
func (sh *Shell) Read(text string) []Command {
	p := &parser{sh: sh, s: text}
	p.run()
	return p.out
}

// parser reads one script.
type parser struct {
	sh    *Shell
	s     string
	i     int
	open  []string // what closes the compound commands under way
	maybe bool     // the whole script may not run
	cond  bool     // behind ||
	after bool     // behind &&
	out   []Command
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
	// Without set -e only the last list decides how the script ends; with it,
	// what stands before && stops nothing.
	for i := begin; i < lastList; i++ {
		if p.out[i].after || !p.sh.errexit {
			p.out[i].weaken()
		}
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
	p.cond, p.after = false, false
	harmless := func() {
		for i := start; i < len(p.out); i++ {
			p.out[i].weaken()
		}
	}
	from := start // where the pipeline begins
	for {
		op := p.command()
		switch op {
		case "&&":
			p.after = true
		case "||":
			harmless() // what stands before may fail
			p.cond = true
		case "|":
			// How a pipeline ends is how its last command ends.
			for i := from; i < len(p.out); i++ {
				if !p.feeds(p.out[i]) {
					p.out[i].weaken()
				}
			}
			continue
		case "&":
			harmless()
			return
		default:
			return
		}
		from = len(p.out)
	}
}

// feeds reports whether a command of a pipeline gives what the next one cannot
// do without: the password of docker login, or what is taken out of the answer
// of AWS for a variable.
func (p *parser) feeds(c Command) bool {
	if len(c.Words) < 3 || c.Words[0].Text != "aws" {
		return false
	}
	rest, _, _ := strings.Cut(p.s[p.i:], "\n")
	return p.inner > 0 || strings.Contains(rest, "login") && strings.Contains(rest, "--password-stdin")
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

// Command reads one simple command and returns the operator after it: "&&",
// "||", "|", "&", or "" at the end of the list.
func (p *parser) command() string {
	var words []Word
	var sets []assignment
	first, negated := true, false
	start := len(p.out)
	end := func(op string) string {
		level := Stops
		switch {
		case !p.certain():
			level = Perhaps
		case negated:
			level = Runs
		}
		// What the command takes from others.
		for i := start; i < len(p.out); i++ {
			c := &p.out[i]
			c.after = c.after || p.after
			switch {
			case level == Perhaps:
				c.Sure = Perhaps
			case level == Runs, len(words) > 0 && talks[words[0].Text]:
				c.weaken()
			}
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
			if _, ok := keywords[w.Text]; ok && bare && first {
				p.keyword(w.Text)
				if w.Text == "for" || w.Text == "case" || w.Text == "select" {
					p.subject()
				}
				continue
			}
			if bare && first && w.Text == "!" {
				negated = true
				continue
			}
			if a, ok := assign(w); ok && first {
				sets = append(sets, a)
				continue
			}
			if isNumber(w.Text) && p.i < len(p.s) && (p.s[p.i] == '>' || p.s[p.i] == '<') {
				continue // 2>file
			}
			first = false
			words = append(words, w)
		}
	}
	return end("")
}

// talks are commands that do as well without what they are given.
var talks = map[string]bool{"echo": true, "printf": true, ":": true, "true": true, "[": true, "[[": true, "test": true}

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
		if w, bare := p.word(); bare && w.Text == "in" && p.open[len(p.open)-1] == "esac" {
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

func assign(w Word) (assignment, bool) {
	name, value, ok := strings.Cut(w.Text, "=")
	if !ok || !isName(name) {
		return assignment{}, false
	}
	return assignment{name, value}, true
}

// finish records a command, and does to the shell what it does.
func (p *parser) finish(words []Word, sets []assignment, level Sure) {
	if len(words) == 0 {
		p.set(sets, level)
		return
	}
	c := Command{Words: words, Sure: level, after: p.after}
	switch words[0].Text {
	case "export", "declare", "local", "readonly", "typeset":
		for _, w := range words[1:] {
			switch a, ok := assign(w); {
			case ok:
				p.set([]assignment{a}, level)
			case !isName(w.Text) && !strings.HasPrefix(w.Text, "-"):
				p.sh.foreign = true // sets nobody knows what
			}
		}
		return
	case "unset":
		for _, w := range words[1:] {
			p.sh.vars[w.Text] = Unknown(w.Text)
		}
		return
	case "set":
		for _, w := range words[1:] {
			if strings.HasPrefix(w.Text, "-") && strings.Contains(w.Text, "e") && !strings.HasPrefix(w.Text, "--") || w.Text == "errexit" {
				p.sh.errexit = p.sh.errexit || level != Perhaps && !p.after && p.inner == 0
			}
			if strings.HasPrefix(w.Text, "+") && strings.Contains(w.Text, "e") {
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
			p.sh.vars[w.Text] = Unknown(w.Text)
		}
		return
	}
	for _, a := range sets {
		if Credential(a.name) {
			return // runs with another's rights
		}
	}
	if !p.sh.foreign {
		p.out = append(p.out, c)
	}
	if words[0].Text == "aws" && len(words) > 2 && words[1].Text == "configure" && words[2].Text != "list" && words[2].Text != "get" {
		if len(words) < 4 || words[3].Text != "region" && words[3].Text != "output" && words[3].Text != "default.region" && words[3].Text != "default.output" {
			p.sh.foreign = true
		}
	}
}

func (p *parser) set(sets []assignment, level Sure) {
	for _, a := range sets {
		if Credential(a.name) {
			p.sh.foreign = true
		}
		if level == Perhaps || p.after || p.inner > 0 {
			p.sh.vars[a.name] = Unknown(a.name)
			continue
		}
		p.sh.vars[a.name] = a.value
	}
}

// credential reports whether a variable tells the AWS tools whose rights to
// use.
func Credential(name string) bool {
	switch name {
	case "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
		"AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ENDPOINT_URL":
		return true
	}
	return false
}

func Unknown(name string) string { return match.Hole(match.Any, "$"+name+" in the build") }

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
