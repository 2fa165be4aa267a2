package ask

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// A Tally counts what Stream has seen.
type Tally struct {
	Questions int
	Bad       int // lines that are no question
}

// chunk is how much is read at a time.
const chunk = 128 << 10

// A job is a run of whole lines, from the reader over a worker to the writer:
//
//	reader ─▶ work ─▶ workers ┐
//	      └─▶ order ──────────┴▶ writer ─▶ free ─▶ reader
//
// order holds the jobs as they were read; the writer waits for each in turn.
// There is a fixed number of jobs, so memory is bounded however fast the
// reader is.
type job struct {
	data []byte // whole lines; the last may lack its line break
	line int    // the number of the first
	out  []byte
	bad  int
	n    int
	done chan struct{}
}

// Stream answers every line of r on w, in order. What has been read is
// answered before more is waited for, so that a program at the other end can
// ask one question at a time. Blank lines are passed over. It fails only
// where reading or writing does; a line that is no question gets an answer
// that says so.
func Stream(w io.Writer, r io.Reader, opt Options) (Tally, error) {
	workers := opt.Workers
	if workers <= 0 {
		workers = defaultWorkers
	}
	jobs := 2*workers + 2
	free := make(chan *job, jobs)
	work := make(chan *job, jobs)
	order := make(chan *job, jobs)
	for range jobs {
		free <- &job{data: make([]byte, 0, chunk), done: make(chan struct{}, 1)}
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			a := New(opt)
			for j := range work {
				j.answer(a)
				j.done <- struct{}{}
			}
		})
	}
	broken := make(chan struct{})
	var readErr error
	wg.Go(func() {
		defer close(order)
		defer close(work)
		readErr = read(r, opt.MaxLine, func() *job {
			select {
			case j := <-free:
				return j
			case <-broken:
				return nil
			}
		}, func(j *job) {
			work <- j
			order <- j
		})
	})
	var t Tally
	var writeErr error
	for j := range order {
		<-j.done
		t.Questions += j.n
		t.Bad += j.bad
		if writeErr == nil {
			if _, writeErr = w.Write(j.out); writeErr != nil {
				close(broken)
			}
		}
		j.data, j.out = shrink(j.data), shrink(j.out)
		free <- j
	}
	wg.Wait()
	switch {
	case writeErr != nil:
		return t, fmt.Errorf("writing answers: %w", writeErr)
	case readErr != nil:
		return t, fmt.Errorf("reading questions: %w", readErr)
	}
	return t, nil
}

// shrink empties a buffer, and lets go of one that a long line made.
func shrink(b []byte) []byte {
	if cap(b) > 8*chunk {
		return nil
	}
	return b[:0]
}

// answer answers the lines of a job.
func (j *job) answer(a *Asker) {
	j.n, j.bad = 0, 0
	a.line = j.line - 1
	text := string(j.data)
	for len(text) > 0 {
		line := text
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = ""
		}
		a.line++
		if blank(line) {
			continue
		}
		var ok bool
		j.out, ok = a.Answer(j.out, line)
		j.out = append(j.out, '\n')
		j.n++
		if !ok {
			j.bad++
		}
	}
}

func blank(s string) bool {
	for i := range len(s) {
		switch s[i] {
		case ' ', '\t', '\r':
		default:
			return false
		}
	}
	return true
}

// read cuts r into jobs. Next gives an empty job, nil to stop.
func read(r io.Reader, maxLine int, next func() *job, send func(*job)) error {
	if maxLine <= 0 {
		maxLine = defaultMaxLine
	}
	j := next()
	line := 1
	skipping := false // the rest of a line that is too long
	idle := 0
	for j != nil {
		if len(j.data) == cap(j.data) {
			j.data = append(j.data, make([]byte, max(chunk, cap(j.data)))...)[:len(j.data)]
		}
		n, err := r.Read(j.data[len(j.data):cap(j.data)])
		j.data = j.data[:len(j.data)+n]
		if skipping {
			i := bytes.IndexByte(j.data, '\n')
			if i < 0 {
				j.data = j.data[:0]
			} else {
				j.data = append(j.data[:0], j.data[i+1:]...)
				skipping = false
			}
		}
		j.line = line
		end := bytes.LastIndexByte(j.data, '\n') + 1
		switch {
		case err != nil:
			if len(j.data) > 0 {
				send(j)
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		case end > 0:
			k := next()
			if k == nil {
				return nil
			}
			k.data = append(k.data[:0], j.data[end:]...)
			j.data = j.data[:end]
			line += bytes.Count(j.data, []byte{'\n'})
			send(j)
			j = k
		case len(j.data) > maxLine:
			// Too long, and no end in sight: the beginning stands for the line,
			// which is no JSON then and gets its answer.
			j.data = append(j.data[:0], tooLong(maxLine)...)
			k := next()
			if k == nil {
				return nil
			}
			line++
			send(j)
			j, skipping = k, true
			j.data = j.data[:0]
		}
		if n == 0 {
			if idle++; idle > 100 {
				return io.ErrNoProgress
			}
		} else {
			idle = 0
		}
	}
	return nil
}

// tooLong is what goes to the workers in place of a line that is too long: no
// JSON, and says why.
func tooLong(maxLine int) string { return fmt.Sprintf("%s%d", longMark, maxLine) }

const longMark = "\x00long:"
