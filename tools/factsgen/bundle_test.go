package main

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"testing"
)

// TestBundle reads a bundle back by the letter of the format, as iam/facts
// does, whatever the order of the records and the size of shards.
func TestBundle(t *testing.T) {
	var records []record
	for i := range 500 {
		records = append(records, record{fmt.Sprintf("key-%03d", (i*7)%500), bytes.Repeat(fmt.Appendf(nil, "payload %d of the same kind;", i%9), i%5)})
	}
	want := map[string]string{}
	for _, r := range records {
		want[r.key] = string(r.payload)
	}
	for _, target := range []int{1, 100, 1 << 20} {
		for _, dict := range []int{0, 960} {
			got := map[string]string{}
			data := bundle(append([]record(nil), records...), target, dict)
			num := func(b *[]byte) int {
				n, k := binary.Uvarint(*b)
				*b = (*b)[k:]
				return int(n)
			}
			take := func(b *[]byte, n int) []byte {
				x := (*b)[:n]
				*b = (*b)[n:]
				return x
			}
			inflate := func(z, dict []byte, size int) []byte {
				raw, err := io.ReadAll(flate.NewReaderDict(bytes.NewReader(z), dict))
				if err != nil || len(raw) != size {
					t.Fatalf("%d bytes, want %d: %v", len(raw), size, err)
				}
				return raw
			}
			size, packed := num(&data), num(&data)
			dictionary := inflate(take(&data, packed), nil, size)
			sizes := make([][2]int, num(&data))
			for i := range sizes {
				take(&data, num(&data))
				sizes[i] = [2]int{num(&data), num(&data)}
			}
			for _, s := range sizes {
				heads := inflate(take(&data, s[1]), dictionary, s[0])
				n := num(&heads)
				bodies := heads
				for range n {
					take(&bodies, num(&bodies))
					num(&bodies)
				}
				for range n {
					k := string(take(&heads, num(&heads)))
					got[k] = string(take(&bodies, num(&heads)))
				}
			}
			if len(data) != 0 || len(got) != len(want) {
				t.Fatalf("shards of %d: %d records of %d, %d bytes left", target, len(got), len(want), len(data))
			}
			for k, v := range want {
				if got[k] != v {
					t.Errorf("shards of %d: %s is %q, want %q", target, k, got[k], v)
				}
			}
		}
	}
}
