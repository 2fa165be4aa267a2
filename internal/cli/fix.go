package cli

import (
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/iac/cfn"
	"penstock/prove"
	"penstock/source"
)

// maxRounds bounds how often fixes are applied and the proof is run again:
// fixes that touch one place wait for the next round.
const maxRounds = 100

// fixAll applies the fixes of a report in memory, proves again, and goes on
// until no fix is left. It returns the last report.
func (m *material) fixAll(rep *prove.Report, opt prove.Options) (*prove.Report, error) {
	for range maxRounds {
		edits := together(rep.Findings)
		if len(edits) == 0 {
			return rep, nil
		}
		mended, err := apply(edits)
		if err != nil {
			return nil, fmt.Errorf("applying fixes: %w", err)
		}
		in, err := m.with(mended)
		if err != nil {
			return nil, err
		}
		for f, g := range mended {
			m.changed(strings.TrimPrefix(strings.TrimPrefix(f.Name, m.shown), "/"), f, g)
		}
		m.input.Org, m.input.Beside = in.Org, in.Beside
		if m.result, err = cfn.Load(m.input); err != nil {
			return nil, fmt.Errorf("reading what the fixes made: %w", err)
		}
		rep = prove.Prove(m.models(), opt)
	}
	return rep, nil
}

// changed puts a mended file in the place of the one it was made of, and
// keeps the first for writing.
func (m *material) changed(name string, from, to *source.File) {
	if m.original == nil {
		m.original = map[string]*source.File{}
	}
	if m.original[name] == nil {
		m.original[name] = from
	}
	m.files[name] = to
}

// together picks fixes that can be applied at once: no two of them touch one
// place.
func together(fs []diag.Finding) []diag.Edit {
	var out []diag.Edit
	for _, f := range fs {
		if len(f.Fixes) == 0 || f.Theorem == string(prove.NothingMore) && f.Certainty == diag.Possible {
			continue // what nobody explains is not taken away unasked
		}
		fix := f.Fixes[0].Edits
		if !slices.ContainsFunc(fix, func(e diag.Edit) bool { return slices.ContainsFunc(out, func(o diag.Edit) bool { return touch(e, o) }) }) {
			out = append(out, fix...)
		}
	}
	return out
}

func touch(a, b diag.Edit) bool {
	return a.Span.File == b.Span.File && a.Span.Start <= b.Span.End && b.Span.Start <= a.Span.End
}

// writeFixes writes the mended files, each to a temporary file beside it that
// then takes its name, and says which.
func (m *material) writeFixes(w io.Writer) error {
	names := make([]string, 0, len(m.original))
	for name := range m.original {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := replace(filepath.Join(m.root, filepath.FromSlash(name)), m.original[name].Data, m.files[name].Data); err != nil {
			return fmt.Errorf("writing %s: %w", m.files[name].Name, err)
		}
		fmt.Fprintf(w, "mended %s\n", m.files[name].Name)
	}
	if len(names) == 0 {
		fmt.Fprintln(w, "nothing to mend")
	}
	return nil
}

// replace writes data to a file that still holds what was read.
func replace(name string, was, data []byte) error {
	info, err := os.Stat(name)
	if err != nil {
		return plain(err)
	}
	now, err := os.ReadFile(name)
	if err != nil {
		return plain(err)
	}
	if string(now) != string(was) {
		return fmt.Errorf("it has changed since it was read")
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+path.Base(filepath.ToSlash(name))+".*")
	if err != nil {
		return plain(err)
	}
	defer os.Remove(tmp.Name()) // gone already once it has been renamed
	if _, err := tmp.Write(data); err != nil {
		tmp.Close()
		return plain(err)
	}
	if err := tmp.Chmod(info.Mode().Perm()); err != nil {
		tmp.Close()
		return plain(err)
	}
	if err := tmp.Close(); err != nil {
		return plain(err)
	}
	return plain(os.Rename(tmp.Name(), name))
}
