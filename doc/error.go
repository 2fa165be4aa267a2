package doc

import "penstock/source"

// An Error says why a document could not be read: where, which value is
// wrong, and what would be right.
type Error struct {
	At      source.Span // empty at the place, or over the offending text
	Message string      // names the value, then the fact
	Fix     string      // what would be right, or ""
}

// Error returns "file:line:col: message".
func (e *Error) Error() string {
	if e.At.IsZero() {
		return e.Message
	}
	return e.At.String() + ": " + e.Message
}

// Hint returns what would be right, for the line under the error.
func (e *Error) Hint() string { return e.Fix }
