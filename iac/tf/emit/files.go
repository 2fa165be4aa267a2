package emit

import (
	"cmp"
	"slices"
	"strings"

	"penstock/iac/tf"
)

// files puts the blocks into files.
func (w *writer) files() ([]File, error) {
	var out []File
	add := func(name, text string) {
		if text != "" {
			out = append(out, File{name, tf.Format([]byte(text))})
		}
	}
	for _, st := range w.stacks {
		name := "main"
		if len(w.stacks) > 1 {
			name = free(strings.ToLower(strings.ReplaceAll(st.Name, "-", "_")))
		}
		base := name
		var b strings.Builder
		if st.Description != "" {
			comment(&b, st.Description)
			b.WriteByte('\n')
		}
		flush := func() {
			text := strings.TrimRight(b.String(), "\n")
			if text != "" {
				i := slices.IndexFunc(out, func(f File) bool { return f.Name == name+".tf" })
				if i < 0 {
					add(name+".tf", text+"\n")
				} else {
					out[i].Text = tf.Format([]byte(string(out[i].Text) + "\n" + text + "\n"))
				}
			}
			b.Reset()
		}
		for _, r := range st.Resources {
			u := w.byID[r]
			if r.Section != "" {
				flush()
				if name = slug(r.Section); len(w.stacks) > 1 {
					name = base + "_" + name
				}
				name = free(name)
				comment(&b, r.Section)
				b.WriteByte('\n')
			}
			for i, bl := range u.blocks {
				c := ""
				if i == 0 {
					c = r.Comment
				}
				bl.write(&b, c)
				b.WriteByte('\n')
			}
		}
		flush()
	}
	outputs, err := w.outputs()
	if err != nil {
		return nil, err
	}
	vars, tfvars, locals := w.variables()
	add("versions.tf", w.versions())
	add("providers.tf", w.providers())
	add("variables.tf", vars)
	add("terraform.tfvars", tfvars)
	add("locals.tf", locals)
	add("data.tf", w.data())
	add("outputs.tf", outputs)
	slices.SortStableFunc(out, func(a, b File) int { return cmp.Compare(rank(a.Name), rank(b.Name)) })
	return out, nil
}

// free is the name of a file that is not one of those with a purpose.
func free(name string) string {
	if slices.Contains([]string{"versions", "providers", "variables", "locals", "data", "outputs", "main"}, name) {
		return name + "_resources"
	}
	return name
}

// rank puts what a reader needs first before the resources.
func rank(name string) int {
	if i := slices.Index([]string{"versions.tf", "providers.tf", "variables.tf", "terraform.tfvars", "locals.tf", "data.tf"}, name); i >= 0 {
		return i
	}
	if name == "outputs.tf" {
		return 100
	}
	return 50
}

// slug makes a file name of a heading: its first words.
func slug(s string) string {
	s, _, _ = strings.Cut(s, ":")
	s, _, _ = strings.Cut(s, ",")
	var words []string
	for w := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if len(words) < 4 {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return "more"
	}
	return strings.Join(words, "_")
}

// comment writes lines of comment.
func comment(b *strings.Builder, text string) {
	for line := range strings.SplitSeq(strings.TrimRight(clean(text), "\n"), "\n") {
		b.WriteString(strings.TrimRight("# "+strings.TrimSpace(strings.ReplaceAll(line, "\r", "")), " ") + "\n")
	}
}
