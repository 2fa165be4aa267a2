package main

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"slices"
)

// A record is one thing that is looked up by name: a service, a policy, a
// CloudFormation type. Records are sorted by key, cut into shards of about
// the same size, and each shard is compressed on its own against one
// dictionary, so a look-up unpacks one shard. iam/facts/bundle.go draws the
// format and reads it.
type record struct {
	key     string
	payload []byte
}

// bundle packs records. target is the size of a shard before compression;
// dictSize the size of the dictionary, at most 32768.
func bundle(records []record, target, dictSize int) []byte {
	slices.SortFunc(records, func(a, b record) int { return cmp.Compare(a.key, b.key) })
	dict := dictionary(records, dictSize)
	var index, blobs []byte
	shards := 0
	for len(records) > 0 {
		n, size := 0, 0
		for n < len(records) && (n == 0 || size+len(records[n].payload) <= target) {
			size += len(records[n].payload)
			n++
		}
		var raw, bodies []byte
		raw = binary.AppendUvarint(raw, uint64(n))
		for _, r := range records[:n] {
			raw = appendString(raw, r.key)
			raw = binary.AppendUvarint(raw, uint64(len(r.payload)))
			bodies = append(bodies, r.payload...)
		}
		raw = append(raw, bodies...)
		z := deflate(raw, dict)
		index = appendString(index, records[0].key)
		index = binary.AppendUvarint(index, uint64(len(raw)))
		index = binary.AppendUvarint(index, uint64(len(z)))
		blobs = append(blobs, z...)
		records = records[n:]
		shards++
	}
	dz := deflate(dict, nil)
	out := binary.AppendUvarint(nil, uint64(len(dict)))
	out = binary.AppendUvarint(out, uint64(len(dz)))
	out = append(out, dz...)
	out = binary.AppendUvarint(out, uint64(shards))
	out = append(out, index...)
	return append(out, blobs...)
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func deflate(raw, dict []byte) []byte {
	var z bytes.Buffer
	w, err := flate.NewWriterDict(&z, flate.BestCompression, dict)
	if err != nil {
		panic(err) // the level is a constant
	}
	_, _ = w.Write(raw) // a bytes.Buffer does not fail
	_ = w.Close()
	return z.Bytes()
}

// dictionary picks from the records the stretches of text that most records
// share: every eight bytes count once a record; the stretch with the highest
// sum is taken, its counts are cleared, and so on, one from each slice of the
// input in turn. The best comes last, where flate reaches it longest.
func dictionary(records []record, size int) []byte {
	const gram, stretch = 8, 48
	var text []byte
	count := map[[gram]byte]int32{}
	last := map[[gram]byte]int{}
	for i, r := range records {
		text = append(text, r.payload...)
		for j := 0; j+gram <= len(r.payload); j++ {
			g := [gram]byte(r.payload[j:])
			if last[g] != i+1 {
				last[g] = i + 1
				count[g]++
			}
		}
	}
	rounds := size / stretch
	if rounds == 0 || len(text) < 4*size {
		return nil
	}
	type pick struct {
		at    int
		score int32
	}
	var picks []pick
	slice := len(text) / rounds
	for r := range rounds {
		lo, hi := r*slice, min((r+1)*slice, len(text)-stretch)
		best := pick{at: -1}
		var sum int32
		score := func(at int) int32 {
			if c := count[[gram]byte(text[at:])]; c > 1 {
				return c
			}
			return 0
		}
		const grams = stretch - gram + 1
		for at := lo; at < hi; at++ {
			if at == lo {
				for k := range grams {
					sum += score(at + k)
				}
			} else {
				sum += score(at+grams-1) - score(at-1)
			}
			if sum > best.score {
				best = pick{at, sum}
			}
		}
		if best.at < 0 {
			continue
		}
		picks = append(picks, best)
		for k := range grams {
			count[[gram]byte(text[best.at+k:])] = 0
		}
	}
	slices.SortStableFunc(picks, func(a, b pick) int { return cmp.Compare(a.score, b.score) })
	var dict []byte
	for _, p := range picks {
		dict = append(dict, text[p.at:p.at+stretch]...)
	}
	return dict
}
