package cli

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgress(t *testing.T) {
	for _, tt := range []struct {
		name  string
		after time.Duration
		want  string
	}{
		{"quick", 900 * time.Millisecond, ""},
		{"slow", 1100 * time.Millisecond, "\r\x1b[Kreading …\r\x1b[Kproving …\r\x1b[K"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var b bytes.Buffer
				p := newProgress(&b, "reading")
				time.Sleep(tt.after)
				synctest.Wait()
				p.step("proving")
				p.stop()
				p.stop()
				time.Sleep(2 * time.Second)
				if got := b.String(); got != tt.want {
					t.Errorf("wrote %q, want %q", got, tt.want)
				}
			})
		})
	}
	p := newProgress(nil, "reading") // nobody looks
	p.step("proving")
	p.stop()
}
