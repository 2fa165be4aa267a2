package facts

import (
	"compress/flate"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
)

// A bundle is a sorted list of records that is cut into shards, each
// compressed on its own against one dictionary:
//
//	uvarint size of the dictionary, uvarint size of it compressed, it
//	uvarint number of shards
//	per shard: first key, uvarint size, uvarint size compressed
//	the compressed shards
//
// and a shard, unpacked:
//
//	uvarint number of records
//	per record: key, uvarint size of the payload
//	the payloads
//
// where a key is a uvarint length and as many bytes. tools/factsgen/bundle.go
// writes it.
type bundle struct {
	data *string

	opened sync.Once
	dict   func() []byte
	shards []shard
}

type shard struct {
	first    string
	packed   string
	size     int
	unpacked sync.Once
	text     string
}

func (b *bundle) open() {
	b.opened.Do(func() {
		r := reader{*b.data}
		size, packed := r.num(), r.num()
		z := r.take(packed)
		b.dict = sync.OnceValue(func() []byte { return []byte(inflate(z, size, nil)) })
		b.shards = make([]shard, r.num())
		sizes := make([]int, len(b.shards))
		for i := range b.shards {
			b.shards[i].first = r.str()
			b.shards[i].size = r.num()
			sizes[i] = r.num()
		}
		for i := range b.shards {
			b.shards[i].packed = r.take(sizes[i])
		}
	})
}

// unpack returns the text of a shard, inflated once.
func (b *bundle) unpack(s *shard) string {
	s.unpacked.Do(func() { s.text = inflate(s.packed, s.size, b.dict()) })
	return s.text
}

// find returns the payload of key.
func (b *bundle) find(key string) (string, bool) {
	b.open()
	i := sort.Search(len(b.shards), func(i int) bool { return b.shards[i].first > key }) - 1
	if i < 0 {
		return "", false
	}
	for k, payload := range walk(b.unpack(&b.shards[i])) {
		if k == key {
			return payload, true
		}
	}
	return "", false
}

// all walks every record in order; it unpacks everything.
func (b *bundle) all(yield func(key, payload string) bool) {
	b.open()
	for i := range b.shards {
		for k, payload := range walk(b.unpack(&b.shards[i])) {
			if !yield(k, payload) {
				return
			}
		}
	}
}

// walk walks the records of one unpacked shard.
func walk(text string) func(yield func(key, payload string) bool) {
	return func(yield func(key, payload string) bool) {
		heads := reader{text}
		n := heads.num()
		bodies := heads
		for range n {
			bodies.str()
			bodies.num()
		}
		for range n {
			key := heads.str()
			if !yield(key, bodies.take(heads.num())) {
				return
			}
		}
	}
}

// inflate panics on data that is not what the generator wrote, which a test
// that unpacks everything rules out.
func inflate(z string, size int, dict []byte) string {
	var b strings.Builder
	b.Grow(size)
	n, err := io.Copy(&b, flate.NewReaderDict(strings.NewReader(z), dict))
	if err != nil || n != int64(size) {
		panic(fmt.Sprintf("facts: embedded data is damaged: %d bytes of %d: %v", n, size, err))
	}
	return b.String()
}

// A reader takes a payload apart; what it returns are substrings.
type reader struct{ s string }

func (r *reader) num() int {
	n, shift := 0, 0
	for i := range len(r.s) {
		c := r.s[i]
		n |= int(c&0x7f) << shift
		if c < 0x80 {
			r.s = r.s[i+1:]
			return n
		}
		shift += 7
	}
	panic("facts: embedded data is damaged: it ends in a number")
}

func (r *reader) take(n int) string {
	s := r.s[:n]
	r.s = r.s[n:]
	return s
}

func (r *reader) str() string { return r.take(r.num()) }

// lines reads a count and strings joined by line breaks.
func (r *reader) lines() []string {
	n, text := r.num(), r.str()
	if n == 0 {
		return nil
	}
	out := make([]string, n)
	for i := range out {
		out[i], text, _ = strings.Cut(text, "\n")
	}
	return out
}
