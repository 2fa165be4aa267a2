// Package match is IAM's wildcard language and the symbolic strings that it
// is matched against: strings in which parts that nobody can know before a
// deployment stand as named holes.
//
// Matching has three values. Yes: the pattern matches whatever fills the
// holes. No: it matches for no filling. Maybe: anything else, and whenever
// the package cannot tell. Both Yes and No are proofs.
package match
