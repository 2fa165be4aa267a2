package report

import (
	"fmt"
	"strings"

	"penstock/internal/term"
)

// A page is a document before it has a format: blocks of prose, tables and
// drawings. Its text is what is meant; only the writers of a format
// (review_html.go, review_markdown.go) escape it.
type page struct {
	title  string
	blocks []block
}

// A block is one of heading, para, list, table, fold, verbatim, figures, rule
// and drawn.
type block interface{ block() }

// mood is how a run of prose is shown.
type mood uint8

const (
	plain mood = iota
	codeRun
	strong
	faint
	good
	bad
	unsure
	unbroken // plain, on one line
	newLine
	link   // target is the id of a heading
	extern // target is an address, of https alone
)

// A run is a piece of prose of one mood.
type run struct {
	mood   mood
	text   string
	target string
}

// prose is text with moods.
type prose []run

// say joins strings, runs and proses.
func say(parts ...any) prose {
	var out prose
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			out = append(out, run{mood: plain, text: p})
		case run:
			out = append(out, p)
		case prose:
			out = append(out, p...)
		default:
			panic(fmt.Sprintf("report: prose of a %T", p))
		}
	}
	return out
}

func code(s string) run            { return run{mood: codeRun, text: s} }
func bold(s string) run            { return run{mood: strong, text: s} }
func dim(s string) run             { return run{mood: faint, text: s} }
func to(target, text string) run   { return run{mood: link, text: text, target: target} }
func painted(m mood, s string) run { return run{mood: m, text: s} }

var br = run{mood: newLine}

// sourced is a source as the catalogue names it, its addresses as links that
// say the page alone.
func sourced(s string) prose {
	var out prose
	for i, word := range strings.Fields(s) {
		if i > 0 {
			out = append(out, dim(" "))
		}
		address := strings.TrimRight(word, ";,.)")
		if !strings.HasPrefix(address, "https://") {
			out = append(out, dim(word))
			continue
		}
		page, _, _ := strings.Cut(address, "#")
		page = strings.TrimSuffix(strings.TrimRight(page, "/"), ".html")
		if strings.HasPrefix(address, "https://docs.aws.amazon.com/") {
			page = page[strings.LastIndexByte(page, '/')+1:]
		} else {
			page = strings.TrimPrefix(page, "https://")
		}
		out = append(out, run{mood: extern, text: page, target: address}, dim(word[len(address):]))
	}
	return out
}

// series joins texts of one mood: "a, b, c".
func series(m mood, texts []string) prose {
	var out prose
	for i, t := range texts {
		if i > 0 {
			out = append(out, run{text: ", "})
		}
		out = append(out, run{mood: m, text: t})
	}
	return out
}

// stacked puts proses under each other.
func stacked(ps ...prose) prose {
	var out prose
	for _, p := range ps {
		if len(p) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, br)
		}
		out = append(out, p...)
	}
	return out
}

// A heading may have an id, by which links find it.
type heading struct {
	level int
	id    string
	text  prose
}

type para struct{ text prose }

type list struct {
	items   []prose
	ordered bool
}

// A table has a head; where wide is set its first column does not break.
type table struct {
	head []string
	rows [][]prose
}

// A fold is folded away until somebody opens it.
type fold struct {
	id      string // "" for none
	summary prose
	blocks  []block
	open    bool
}

type verbatim struct{ text string }

// A rule is one statement of a policy: its head, and what it says under it.
type rule struct {
	head prose
	note prose
	rows []ruleRow
	deny bool
}

type ruleRow struct {
	label string
	lines []prose
}

// figures are the verdicts, one a card.
type figures struct{ items []figure }

type figure struct {
	mood   mood
	title  string // "It runs"
	claim  string
	answer string // "holds"
	why    string
}

func (heading) block()  {}
func (para) block()     {}
func (list) block()     {}
func (table) block()    {}
func (fold) block()     {}
func (verbatim) block() {}
func (rule) block()     {}
func (figures) block()  {}
func (*plan) block()    {}

func (p *page) add(bs ...block) { p.blocks = append(p.blocks, bs...) }

func (p *page) chapter(id, title string) {
	p.add(heading{level: 2, id: id, text: say(title)})
}

// tidy is text that can be shown: holes named, no control characters, on one
// line.
func tidy(s string) string { return term.Printable(strings.ReplaceAll(show(s), "\n", " ")) }
