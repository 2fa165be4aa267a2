package cli

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// A progress tells a person at a terminal what takes so long, on one line
// that goes away again. It says nothing for the first second.
type progress struct {
	mu    sync.Mutex
	w     io.Writer // nil says nothing
	what  string
	shown bool
	timer *time.Timer
}

// newProgress starts with what; w is nil where nobody looks.
func newProgress(w io.Writer, what string) *progress {
	p := &progress{w: w, what: what}
	if w != nil {
		p.timer = time.AfterFunc(time.Second, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.shown = true
			p.print()
		})
	}
	return p
}

// step says what is done now.
func (p *progress) step(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what = what
	if p.shown {
		p.print()
	}
}

// stop takes the line away.
func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.shown, p.w = false, nil
}

func (p *progress) print() {
	if p.w != nil {
		fmt.Fprintf(p.w, "\r\x1b[K%s …", p.what)
	}
}
