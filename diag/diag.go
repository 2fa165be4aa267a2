// Package diag is what we say about the user's material: findings with a
// code, a place, a certainty and, where there is one, a fix; and the edits
// that a fix is made of.
//
// A Finding is a statement about the material. That we could not do our own
// work is an error, and never a Finding.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"penstock/source"
)

// Severity ranks what a finding would do in AWS.
type Severity uint8

// Severities, ascending.
const (
	Info    Severity = iota // worth knowing
	Warning                 // works, but not as its author believes
	Error                   // AWS refuses it, or the pipeline stops
)

// String returns "info", "warning" or "error".
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	default:
		panic("diag: no such severity")
	}
}

// Certainty says how far a finding can be relied on.
type Certainty uint8

// Certainties. Possible: it depends on facts that are not in the material,
// and the message names them. Likely: it rests on behaviour of AWS that we
// observed or assume. Proved: it follows from the material and from what AWS
// documents.
const (
	Possible Certainty = iota
	Likely
	Proved
)

// String returns "possible", "likely" or "proved".
func (c Certainty) String() string {
	switch c {
	case Possible:
		return "possible"
	case Likely:
		return "likely"
	case Proved:
		return "proved"
	default:
		panic("diag: no such certainty")
	}
}

// A Note is a second place that explains a finding.
type Note struct {
	At      source.Span
	Message string
}

// An Edit replaces the bytes of Span by New. An insertion has Start == End.
type Edit struct {
	Span source.Span
	New  string
}

// A Fix is one way to mend a finding, whole: its edits are applied together.
type Fix struct {
	Message string // a verb phrase: "allow kms:Decrypt to …"
	Safe    bool   // cannot change a meaning that the user relied on
	Edits   []Edit
}

// A Finding is one statement about the user's material.
type Finding struct {
	Code      string // stable: RUN001, POL003 …; see `penstock explain CODE`
	At        source.Span
	Message   string // names the value, then the fact; no full stop
	Severity  Severity
	Certainty Certainty
	When      string   // "IsProd is false": the scenario it holds in; "" is all
	Depends   []string // the missing facts, for a Possible finding
	Related   []Note
	Fixes     []Fix
	Cut       *Cut // of a chain: what ends it; nil for others

	// What a finding about a call carries; empty for others.
	Theorem   string // "runs", "nothing-more", "gate", "trail"
	Principal string // ARN or service name
	Action    string
	Resource  string
	Layer     string // the deciding layer, as authz names it
	AWSError  string // the text that AWS would show
	Trace     []string
}

// Sort orders findings by file, place, code and message.
func Sort(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		an, bn := name(a.At), name(b.At)
		if c := strings.Compare(an, bn); c != 0 {
			return c
		}
		if a.At.Start != b.At.Start {
			return a.At.Start - b.At.Start
		}
		if c := strings.Compare(a.Code, b.Code); c != 0 {
			return c
		}
		return strings.Compare(a.Message, b.Message)
	})
}

func name(s source.Span) string {
	if s.File == nil {
		return ""
	}
	return s.File.Name
}

// Apply returns the text of f with the edits that touch it applied. Edits of
// other files are passed over, equal edits count once, and insertions at one
// place keep their order. Overlapping edits and edits outside the file are an
// error, and nothing is applied.
func Apply(f *source.File, edits []Edit) ([]byte, error) {
	var mine []Edit
	for _, e := range edits {
		if e.Span.File == f && !slices.Contains(mine, e) {
			mine = append(mine, e)
		}
	}
	slices.SortStableFunc(mine, func(a, b Edit) int {
		// An insertion goes before what replaces the text behind it.
		return cmp.Or(a.Span.Start-b.Span.Start, a.Span.End-b.Span.End)
	})
	var out []byte
	at := 0
	for _, e := range mine {
		if e.Span.Start < at || e.Span.End < e.Span.Start || e.Span.End > len(f.Data) {
			return nil, fmt.Errorf("edit of %s at byte %d overlaps another or leaves the file", f.Name, e.Span.Start)
		}
		out = append(out, f.Data[at:e.Span.Start]...)
		out = append(out, e.New...)
		at = e.Span.End
	}
	return append(out, f.Data[at:]...), nil
}
