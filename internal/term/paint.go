package term

import "charm.land/lipgloss/v2"

// A Style is what a piece of text means, not how it looks.
type Style uint8

// The styles.
const (
	Plain  Style = iota
	Strong       // a heading, a name
	Faint        // what the eye may skip
	Good         // allowed, holds
	Bad          // denied, fails, an error
	Unsure       // depends, a warning
	Place        // a file and line
	Added        // a line of a patch
	Removed
	Hunk
	styles
)

// A Painter colours text, or leaves it alone. The zero Painter leaves it
// alone.
type Painter struct {
	style []lipgloss.Style
}

// NewPainter returns a Painter that colours if colour is set.
func NewPainter(colour bool) Painter {
	if !colour {
		return Painter{}
	}
	plain := lipgloss.NewStyle().TabWidth(lipgloss.NoTabConversion)
	p := Painter{make([]lipgloss.Style, styles)}
	p.style[Plain] = plain
	p.style[Strong] = plain.Bold(true)
	p.style[Faint] = plain.Faint(true)
	p.style[Good] = plain.Foreground(lipgloss.Green)
	p.style[Bad] = plain.Foreground(lipgloss.Red).Bold(true)
	p.style[Unsure] = plain.Foreground(lipgloss.Yellow)
	p.style[Place] = plain.Foreground(lipgloss.Cyan)
	p.style[Added] = plain.Foreground(lipgloss.Green)
	p.style[Removed] = plain.Foreground(lipgloss.Red)
	p.style[Hunk] = plain.Foreground(lipgloss.Cyan)
	return p
}

// Paint returns s, one line, in a style.
func (p Painter) Paint(s Style, text string) string {
	if p.style == nil || text == "" || s == Plain {
		return text
	}
	return p.style[s].Render(text)
}

// Width returns how many columns s takes on a terminal, without the colours
// in it: a wide character takes two.
func Width(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return lipgloss.Width(s)
		}
	}
	return len(s)
}
