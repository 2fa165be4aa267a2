package emit

import (
	"slices"
	"strings"
)

// A block is a block of HCL that is being written.
type block struct {
	head  string // `resource "aws_kms_key" "key"`
	items []*item
}

// An item is an argument or a nested block.
type item struct {
	name, comment string
	expr          string // where inner is nil
	inner         *block
}

// inner returns the one nested block with a name, made where there is none.
func (b *block) inner(name string) *block {
	for _, it := range b.items {
		if it.name == name && it.inner != nil {
			return it.inner
		}
	}
	return b.nest(name, "")
}

// nest adds a nested block.
func (b *block) nest(name, comment string) *block {
	in := &block{head: name}
	b.items = append(b.items, &item{name: name, comment: comment, inner: in})
	return in
}

func (b *block) set(name, comment, expr string) {
	b.items = append(b.items, &item{name: name, comment: comment, expr: expr})
}

// has reports whether there is an argument or a block at a path.
func (b *block) has(path []string) bool {
	for i, name := range path {
		j := slices.IndexFunc(b.items, func(it *item) bool { return it.name == name })
		if j < 0 {
			return false
		}
		if i < len(path)-1 {
			if b = b.items[j].inner; b == nil {
				return false
			}
		}
	}
	return true
}

func (b *block) empty() bool { return len(b.items) == 0 }

// write writes a block; arguments on one line come first, then those of
// several lines, then blocks, as Terraform's style guide has it
// (https://developer.hashicorp.com/terraform/language/style).
func (b *block) write(out *strings.Builder, head string) {
	if head != "" {
		comment(out, head)
	}
	if b.empty() {
		out.WriteString(b.head + " {}\n")
		return
	}
	out.WriteString(b.head + " {\n")
	items := slices.Clone(b.items)
	slices.SortStableFunc(items, func(x, y *item) int { return x.rank() - y.rank() })
	for i, it := range items {
		if i > 0 && (it.rank() != items[i-1].rank() || it.rank() > 1 || items[i-1].comment != "" || it.comment != "") {
			out.WriteByte('\n')
		}
		if it.inner != nil {
			it.inner.write(out, it.comment)
			continue
		}
		if it.comment != "" {
			comment(out, it.comment)
		}
		out.WriteString(it.name + " = " + it.expr + "\n")
	}
	out.WriteString("}\n")
}

// rank orders the items of a block: provider, arguments, long arguments,
// blocks, lifecycle, depends_on.
func (it *item) rank() int {
	switch {
	case it.name == "provider" && strings.HasPrefix(it.expr, "aws."):
		return 0
	case it.name == "depends_on" && it.inner == nil:
		return 5
	case it.name == "lifecycle" && it.inner != nil:
		return 4
	case it.inner != nil:
		return 3
	case strings.Contains(it.expr, "\n"):
		return 2
	}
	return 1
}
