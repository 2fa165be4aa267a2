// Package source holds the files that a user gave us and points into them.
//
// A position is a byte offset; line and column are computed only when
// somebody prints them. Nothing here opens files: bytes come in.
package source

import (
	"bytes"
	"fmt"
	"sort"
	"sync"
)

// A File is one input, whole, as it was read. Data is never changed.
type File struct {
	Name string // as the user would type it
	Data []byte

	once  sync.Once
	lines []int // offset of the first byte of each line

	memo sync.Map // what Memo has made, by key
}

// NewFile wraps data, which the caller must not change afterwards.
func NewFile(name string, data []byte) *File { return &File{Name: name, Data: data} }

// Memo returns what build made for this file and key, and calls it the first
// time: for what is costly to derive from the text, which never changes. Keys
// are of a type of the caller's own, as for a context. Two callers at once may
// both build; they get the same value.
func (f *File) Memo(key any, build func() any) any {
	if v, ok := f.memo.Load(key); ok {
		return v
	}
	v, _ := f.memo.LoadOrStore(key, build())
	return v
}

// A Position is for people: line and column start at 1, the column counts bytes.
type Position struct {
	Name      string
	Line, Col int
}

// String returns "name:line:col", or the name alone where there is no line.
func (p Position) String() string {
	if p.Line == 0 {
		return p.Name
	}
	return fmt.Sprintf("%s:%d:%d", p.Name, p.Line, p.Col)
}

func (f *File) index() {
	f.once.Do(func() {
		f.lines = make([]int, 1, 1+bytes.Count(f.Data, []byte{'\n'}))
		for i, b := range f.Data {
			if b == '\n' {
				f.lines = append(f.lines, i+1)
			}
		}
	})
}

// Position returns where off stands; an offset outside the file is clamped.
func (f *File) Position(off int) Position {
	if f == nil {
		return Position{}
	}
	f.index()
	off = max(0, min(off, len(f.Data)))
	line := sort.SearchInts(f.lines, off+1) - 1
	return Position{Name: f.Name, Line: line + 1, Col: off - f.lines[line] + 1}
}

// Offset is the inverse of Position for a 1-based line and byte column; what
// lies outside the file is clamped.
func (f *File) Offset(line, col int) int {
	f.index()
	line = max(1, min(line, len(f.lines)))
	return max(0, min(f.lines[line-1]+col-1, len(f.Data)))
}

// Line returns the text of a 1-based line without its line break.
func (f *File) Line(n int) string {
	f.index()
	if n < 1 || n > len(f.lines) {
		return ""
	}
	end := len(f.Data)
	if n < len(f.lines) {
		end = f.lines[n] - 1
	}
	return string(bytes.TrimSuffix(f.Data[f.lines[n-1]:end], []byte{'\r'}))
}

// A Span is the half-open byte range [Start,End) of a file. The zero Span
// points nowhere.
type Span struct {
	File       *File
	Start, End int
}

// IsZero reports whether s points nowhere.
func (s Span) IsZero() bool { return s.File == nil }

// Position returns where s starts.
func (s Span) Position() Position { return s.File.Position(s.Start) }

// Text returns the bytes that s covers.
func (s Span) Text() string {
	if s.File == nil {
		return ""
	}
	return string(s.File.Data[s.Start:s.End])
}

// String returns "file:line:col" of the start, or "" for the zero Span.
func (s Span) String() string {
	if s.File == nil {
		return ""
	}
	return s.Position().String()
}
