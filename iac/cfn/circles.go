package cfn

import (
	"slices"
	"strings"

	"penstock/diag"
)

// circles reports each circle of dependencies once, from the resource of it
// that stands first.
// https://repost.aws/knowledge-center/cloudformation-circular-dependency-errors
func (c *checker) circles() {
	const (
		fresh = iota
		active
		done
	)
	state := map[string]int{}
	type frame struct {
		id   string
		next int
		via  edge
	}
	for _, f := range c.t.resources.Fields {
		if state[f.Name()] != fresh {
			continue
		}
		stack := []frame{{id: f.Name()}}
		state[f.Name()] = active
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(c.edges[top.id]) {
				state[top.id] = done
				stack = stack[:len(stack)-1]
				continue
			}
			e := c.edges[top.id][top.next]
			top.next++
			switch state[e.to] {
			case fresh:
				state[e.to] = active
				stack = append(stack, frame{id: e.to, via: e})
			case active:
				i := slices.IndexFunc(stack, func(x frame) bool { return x.id == e.to })
				names, sure := []string{}, !e.inIf
				var notes []diag.Note
				for _, x := range stack[i:] {
					names = append(names, x.id)
				}
				for _, x := range stack[i+1:] {
					sure = sure && !x.via.inIf
					notes = append(notes, diag.Note{At: x.via.at, Message: "which refers to " + x.id})
				}
				notes = append(notes, diag.Note{At: e.at, Message: "which refers to " + e.to})
				fd := diag.Finding{
					Code: CodeCircle, At: c.t.keys[e.to].Span, Severity: diag.Error, Certainty: diag.Proved, Related: notes,
					Message: "circular dependency: " + strings.Join(append(names, e.to), " → "),
				}
				if !sure {
					fd.Certainty, fd.Depends = diag.Possible, []string{"the Fn::If around a reference"}
				}
				c.t.found = append(c.t.found, fd)
			}
		}
	}
}

// reaches reports whether resource from depends on to, at any distance.
func (t *template) reaches(from, to string) bool {
	seen := map[string]bool{}
	todo := []string{from}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if id == to {
			return true
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		todo = append(todo, t.dependOn[id]...)
	}
	return false
}
