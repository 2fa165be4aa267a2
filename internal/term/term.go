// Package term is what we know of the terminal that a person reads on: is
// there one, how wide is it, may we colour, and how many columns does a text
// take.
//
// Nothing is lost without colour: a colour repeats what a word or a sign
// already says. Only the sixteen colours of the terminal's own palette are
// used, so that the user's theme, light or dark, decides how they look.
package term

import (
	"fmt"
	"io"

	xterm "golang.org/x/term"
)

// A Mode is what the user asks for with --color.
type Mode string

// The modes.
const (
	Auto   Mode = "auto"
	Always Mode = "always"
	Never  Mode = "never"
)

// ParseMode reads the value of --color.
func ParseMode(s string) (Mode, error) {
	switch m := Mode(s); m {
	case Auto, Always, Never:
		return m, nil
	default:
		return "", fmt.Errorf("--color takes auto, always or never, not %q", s)
	}
}

// Is reports whether w is a terminal.
func Is(w any) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && xterm.IsTerminal(int(f.Fd()))
}

// Columns returns the width of the terminal behind w, or otherwise where w is
// none or has no width.
func Columns(w io.Writer, otherwise int) int {
	if f, ok := w.(interface{ Fd() uintptr }); ok {
		if n, _, err := xterm.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	return otherwise
}

// Colour reports whether to colour what goes to w. NO_COLOR, whatever its
// value (https://no-color.org), and TERM=dumb turn colour off where the user
// did not ask for it.
func Colour(m Mode, w io.Writer, getenv func(string) string) bool {
	switch m {
	case Always:
		return true
	case Never:
		return false
	case Auto:
		return Is(w) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	default:
		panic("term: no such mode: " + string(m))
	}
}
