// Package ask answers questions about access, one line of JSON each: a
// request and every policy that bears on it in, a verdict out.
//
//	{"id":"1","request":{"principal":"arn:aws:iam::111111111111:role/build","action":"s3:GetObject",
//	  "resource":"arn:aws:s3:::b/k","resourceAccount":"222222222222","context":{"aws:SourceIp":"192.0.2.1"}},
//	 "policies":{"identity":[DOC],"resource":DOC,"scp":[[DOC],[DOC]]}}
//
// becomes
//
//	{"id":"1","verdict":"allow","explicit":false,"layer":"identity","missing":[],"statements":[…]}
//
// An Asker answers single lines; Stream answers a whole input in order, on
// several processors and in constant memory. The decision itself is package
// authz; here is the shape of a question, docs/decide.md, and what makes it
// fast: policies that were seen before are not read again.
//
// Nothing that a line says is dropped. A layer that does not exist, a key that
// stands twice, a document that is no JSON make the line an error, never a
// guess; a document that AWS would refuse grants nothing and is named in the
// answer.
package ask

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
)

// Options say how to answer. The zero value will do.
type Options struct {
	// Authz is what the engine knows of AWS's services.
	Authz authz.Options
	// Assume settles context keys that would be unknown, those that an open
	// request does not list. No values: the request does not carry the key.
	Assume map[string][]string
	// DenyUnknown answers deny where a verdict depends on unknown facts.
	DenyUnknown bool
	// Workers is how many lines Stream answers at once; 0 is two.
	Workers int
	// MaxLine bounds the length of a line; 0 is 64 MiB.
	MaxLine int
}

const (
	defaultWorkers = 2
	defaultMaxLine = 64 << 20
)

// An Asker answers one question after the other. It remembers the policies
// that it saw last, in bounded memory. It is not safe for concurrent use.
type Asker struct {
	opt     Options
	assume  []assumption
	seen    memory
	q       question
	line    int      // the number of the line at hand, 0 where nobody counts
	values  []string // of the context of the question at hand
	matches []authz.Match
}

type assumption struct {
	key string
	val iam.ContextValue
}

// New returns an Asker.
func New(opt Options) *Asker {
	opt.Authz.ExactServices = true
	a := &Asker{opt: opt, seen: memory{opt: opt.Authz}}
	for k, vs := range opt.Assume {
		v := iam.ContextValue{State: iam.Known, Values: vs, Multi: len(vs) > 1}
		if len(vs) == 0 {
			v.State = iam.Absent
		}
		a.assume = append(a.assume, assumption{k, v})
	}
	return a
}

// Answer appends the answer to a question, one line without its line break,
// to out, and reports whether the question could be read. It does not keep
// line.
func (a *Asker) Answer(out []byte, line string) ([]byte, bool) {
	a.seen.tidy()
	a.q.reset()
	if cap(a.values) > 1<<14 {
		a.values = nil
	}
	a.values = a.values[:0]
	err := a.read(line)
	if err == nil {
		var p *set
		if p, err = a.seen.policies(&a.q); err == nil {
			return a.decide(out, p), true
		}
	}
	return appendError(out, a.q.id, a.line, err.Error()), false
}

// read reads the line into a.q.
func (a *Asker) read(line string) error {
	if a.line <= 1 {
		line = strings.TrimPrefix(line, "\ufeff") // a byte order mark
	}
	c := cursor{s: line}
	if n, ok := strings.CutPrefix(line, longMark); ok {
		return fmt.Errorf("the line is longer than %s bytes", n)
	}
	if !utf8.ValidString(line) {
		for c.i < len(line) {
			r, n := utf8.DecodeRuneInString(line[c.i:])
			if r == utf8.RuneError && n == 1 {
				return a.unfit(&c, fmt.Sprintf("byte 0x%02x is not UTF-8", line[c.i]))
			}
			c.i += n
		}
	}
	if strings.IndexByte(line, 0) >= 0 {
		c.i = strings.IndexByte(line, 0)
		return a.unfit(&c, "a NUL character")
	}
	if err := a.question(&c); err != nil {
		return err
	}
	if c.space(); c.i < len(line) {
		return c.fail("more stands behind the question; each line holds one")
	}
	return a.check()
}

// unfit is the error for a character at c that no question may hold. What
// stands before it is read, for the answer's id.
func (a *Asker) unfit(c *cursor, what string) error {
	if err := a.question(&cursor{s: c.s[:c.i]}); err == nil {
		return c.fail("%s behind the question", what)
	}
	return c.fail("%s", what)
}

// decide answers the question in a.q.
func (a *Asker) decide(out []byte, s *set) []byte {
	req, p := &a.q.req, s.policies
	if req.Context.Open {
		for i := range a.assume {
			if k := &a.assume[i]; !req.Context.Has(k.key) {
				req.Context.Put(k.key, k.val)
			}
		}
	}
	a.matches = a.matches[:0]
	d := a.seen.engine.Judge(req, p, &a.matches)
	if d.Verdict == authz.Depends {
		e := a.seen.engine.Explain(req, p)
		d.Layer, d.Missing = e.Layer, e.Missing
		if a.opt.DenyUnknown {
			d.Verdict = authz.Deny
		}
	}
	if d.Layer == "passrole" {
		d.Layer = a.passed()
	}
	out = append(out, `{"id":`...)
	out = append(out, a.q.id...)
	out = append(out, `,"verdict":"`...)
	out = append(out, d.Verdict.String()...)
	out = append(out, `","explicit":`...)
	if d.Explicit {
		out = append(out, "true"...)
	} else {
		out = append(out, "false"...)
	}
	out = append(out, `,"layer":`...)
	if d.Layer == "" {
		out = append(out, "null"...)
	} else {
		out = appendString(out, d.Layer)
	}
	out = append(out, `,"missing":[`...)
	for i, m := range d.Missing {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendString(out, match.Render(m))
	}
	out = append(out, `],"statements":[`...)
	for i := range a.matches {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendMatch(out, &a.matches[i])
	}
	out = append(out, ']')
	if len(s.refused) > 0 {
		out = append(out, `,"refused":[`...)
		for i, r := range s.refused {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(out, `{"policy":`...)
			out = appendString(out, r.policy)
			out = append(out, `,"why":`...)
			out = appendString(out, match.Render(r.why))
			out = append(out, '}')
		}
		out = append(out, ']')
	}
	return append(out, '}')
}

// passed names the layer for a role that is passed across accounts, which
// AWS refuses whatever policies say: the caller's where it allows nothing,
// else that of the role's account.
func (a *Asker) passed() string {
	for i := range a.matches {
		if m := &a.matches[i]; m.Layer == "identity" && m.Statement.Effect == iam.Allow {
			return "resource"
		}
	}
	return "identity"
}
