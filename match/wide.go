package match

import "unicode/utf8"

// wideFrom is from how many comparisons on a chunk with '?' is looked for
// with whole words of bits.
const wideFrom = 1 << 16

// findWide is chunk.find for a long text and a long chunk with '?', where
// trying every place costs their product. Bit i of a row says that the chunk
// may start at character i of the text; the row of all starts is cut down by
// one character of the chunk after the other:
//
//	text     a b a b c
//	'a'      1 0 1 0 0      where the text has it
//	"a?b"    1 0 1 0 0  ∧  (row of 'b', two to the left) 0 1 0 0 0 …
//
// It takes one step for 64 places and a character: steps counts them. Rows are
// kept of the characters that stand often in the text, of which there are 64
// at most, and made when wanted of the others, so that memory is linear too.
func findWide(runes []rune, s string) (end, steps int) {
	n := utf8.RuneCountInString(s)
	if n < len(runes) {
		return -1, 0
	}
	words := (n + 63) / 64
	places := map[rune][]int32{} // of the chunk's characters in the text
	for _, r := range runes {
		if r != anyRune {
			places[r] = nil
		}
	}
	starts := make([]int32, 0, n+1) // where each character begins
	for at := 0; at < len(s); {
		r, size := next(s[at:])
		if list, ok := places[r]; ok {
			places[r] = append(list, int32(len(starts)))
		}
		starts = append(starts, int32(at))
		at += size
	}
	starts = append(starts, int32(len(s)))
	set := func(row []uint64, list []int32) {
		for _, i := range list {
			row[i/64] |= 1 << (i % 64)
		}
	}
	rows := map[rune][]uint64{}
	for r, list := range places {
		if len(list) > words {
			rows[r] = make([]uint64, words)
			set(rows[r], list)
		}
	}
	scratch := make([]uint64, words)
	may := make([]uint64, words)
	last := n - len(runes) // the last character at which the chunk can start
	for i := range last + 1 {
		may[i/64] |= 1 << (i % 64)
	}
	live := last/64 + 1
	for j, r := range runes {
		if r == anyRune {
			continue
		}
		row, shift, bit := rows[r], j/64, j%64
		if row == nil {
			row = scratch
			set(row, places[r])
		}
		for w := range live {
			steps++
			if may[w] == 0 {
				continue
			}
			v := row[w+shift] >> bit
			if bit > 0 && w+shift+1 < words {
				v |= row[w+shift+1] << (64 - bit)
			}
			may[w] &= v
		}
		if rows[r] == nil {
			for _, i := range places[r] {
				row[i/64] = 0
			}
		}
	}
	for i := range last + 1 {
		if may[i/64]&(1<<(i%64)) != 0 {
			return int(starts[i+len(runes)]), steps
		}
	}
	return -1, steps
}
