package report

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/source"
)

// context is how many unchanged lines a patch shows around a change.
const context = 3

// patch returns the edits of a fix as a unified diff, file by file in the
// order in which the edits name them: what `git apply` and `patch -p1` take.
func patch(f diag.Fix) (string, error) {
	var b strings.Builder
	for _, file := range files(f.Edits) {
		after, err := diag.Apply(file, f.Edits)
		if err != nil {
			return "", err
		}
		writeDiff(&b, file, string(after), f.Edits)
	}
	return b.String(), nil
}

// files returns the files that edits touch, each once.
func files(edits []diag.Edit) []*source.File {
	var fs []*source.File
	for _, e := range edits {
		if e.Span.File != nil && !slices.Contains(fs, e.Span.File) {
			fs = append(fs, e.Span.File)
		}
	}
	return fs
}

// A change replaces old lines [from,to) by new lines; lines count from 0.
type change struct {
	from, to int
	lines    []string
}

// writeDiff writes the difference between file and after.
func writeDiff(b *strings.Builder, file *source.File, after string, edits []diag.Edit) {
	old := split(string(file.Data))
	changes := compare(old, split(after), file, edits)
	if len(changes) == 0 {
		return
	}
	a, z := "a/"+file.Name, "b/"+file.Name
	if path.IsAbs(file.Name) {
		a, z = file.Name, file.Name
	}
	fmt.Fprintf(b, "--- %s\n+++ %s\n", a, z)
	shift := 0 // how many lines the changes above have added
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].from-changes[n-1].to <= 2*context {
			n++
		}
		shift = writeHunk(b, old, changes[:n], shift)
		changes = changes[n:]
	}
}

// compare finds the changed lines. It does not search: every change lies
// within the lines that an edit touches, so it takes the text between the
// edits as equal and trims what the edits left alone.
func compare(old, after []string, file *source.File, edits []diag.Edit) []change {
	type region struct{ from, to, grow int }
	var regions []region
	seen := map[diag.Edit]bool{}
	mine := slices.DeleteFunc(slices.Clone(edits), func(e diag.Edit) bool {
		dup := seen[e]
		seen[e] = true
		return e.Span.File != file || dup
	})
	slices.SortStableFunc(mine, func(a, b diag.Edit) int { return a.Span.Start - b.Span.Start })
	for _, e := range mine {
		from := file.Position(e.Span.Start).Line - 1
		to := min(file.Position(e.Span.End).Line, len(old))
		if n := len(regions); n > 0 && from < regions[n-1].to {
			regions[n-1].to = max(regions[n-1].to, to)
			continue
		}
		regions = append(regions, region{from: from, to: to})
	}
	// How many lines a region has after the edits: count the line breaks
	// that the edits in it take and add.
	for i := range regions {
		r := &regions[i]
		for _, e := range mine {
			if l := file.Position(e.Span.Start).Line - 1; l >= r.from && l < max(r.to, r.from+1) {
				r.grow += strings.Count(e.New, "\n") - strings.Count(e.Span.Text(), "\n")
			}
		}
	}
	var changes []change
	shift := 0
	for i, r := range regions {
		end := r.to + shift + r.grow
		if i == len(regions)-1 && r.to == len(old) {
			end = len(after) // the last line break may have come or gone
		}
		lines := after[r.from+shift : end]
		shift += r.grow
		from, to := r.from, r.to
		for from < to && len(lines) > 0 && old[from] == lines[0] {
			from, lines = from+1, lines[1:]
		}
		for from < to && len(lines) > 0 && old[to-1] == lines[len(lines)-1] {
			to, lines = to-1, lines[:len(lines)-1]
		}
		if from < to || len(lines) > 0 {
			changes = append(changes, change{from, to, lines})
		}
	}
	return changes
}

func writeHunk(b *strings.Builder, old []string, changes []change, shift int) int {
	first, last := changes[0], changes[len(changes)-1]
	from := max(0, first.from-context)
	to := min(len(old), last.to+context)
	grow := 0
	for _, c := range changes {
		grow += len(c.lines) - (c.to - c.from)
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", extent(from, to-from), extent(from+shift, to-from+grow))
	at := from
	for _, c := range changes {
		writeLines(b, ' ', old[at:c.from])
		writeLines(b, '-', old[c.from:c.to])
		writeLines(b, '+', c.lines)
		at = c.to
	}
	writeLines(b, ' ', old[at:to])
	return shift + grow
}

// extent writes a range of lines as a hunk's head does: a start from 1, the
// line before where the range is empty, and a length unless it is 1.
func extent(start, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", start)
	case 1:
		return fmt.Sprint(start + 1)
	default:
		return fmt.Sprintf("%d,%d", start+1, n)
	}
}

func writeLines(b *strings.Builder, sign byte, lines []string) {
	for _, l := range lines {
		b.WriteByte(sign)
		b.WriteString(l)
		if !strings.HasSuffix(l, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// split cuts text into lines that keep their line breaks; there is no empty
// last line.
func split(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
