// Package spelling finds what was meant by a name that does not exist: the
// names that are a slip or two of the keyboard away. It knows nothing of what
// the names are of, so that every message asks "did you mean" in the same way.
package spelling

import (
	"slices"
	"strings"
)

// longest bounds the names that are compared: longer ones are no slips of
// each other.
const longest = 64

// Distance counts the bytes to put in, take out or change, and neighbours to
// swap, to make a into b. Of names longer than 64 bytes it says 64.
func Distance(a, b string) int {
	if len(a) > longest || len(b) > longest {
		return longest
	}
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}

// Nearest returns the names that are at most two slips from asked, whatever
// the case, the nearest first and each once, three at most. A short name
// bears fewer slips than half its length.
func Nearest(asked string, names []string) []string {
	type near struct {
		name string
		dist int
	}
	low := strings.ToLower(asked)
	var found []near
	for _, n := range names {
		if d := len(n) - len(asked); d > 2 || d < -2 {
			continue
		}
		if d := Distance(low, strings.ToLower(n)); d <= min(2, len(n)/2) && !slices.ContainsFunc(found, func(f near) bool { return f.name == n }) {
			found = append(found, near{n, d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return a.dist - b.dist })
	var out []string
	for _, f := range found[:min(3, len(found))] {
		out = append(out, f.name)
	}
	return out
}
