//go:build !race

package trail_test

// sample is how many mutants go for one that is proved.
const sample = 1
