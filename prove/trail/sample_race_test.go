//go:build race

package trail_test

// sample is how many mutants go for one that is proved: the race detector is
// slow, and sees the same with few.
const sample = 20
