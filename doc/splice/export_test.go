package splice

import "penstock/source"

// NewWhole returns an editor that proves each edit on the whole file.
func NewWhole(f *source.File) (*Editor, error) {
	e, err := newEditor(f)
	if err == nil {
		e.whole = true
	}
	return e, err
}
