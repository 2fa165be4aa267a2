// Package report renders what prove found: as text for a person, as JSON for
// a program, as SARIF for a code review.
//
// It decides nothing. What it shows is what prove said; it only orders,
// groups and draws. Text that came from a template is shown without its
// control characters.
package report
