package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// documents returns the generated pages by their path in docs: one a command,
// one a finding, the list of findings and the exit codes. A test holds the
// files to them.
func documents(root *cobra.Command) map[string]string {
	out := map[string]string{"exit-codes.md": exitPage}
	var list strings.Builder
	list.WriteString("# Commands\n\n")
	for _, c := range root.Commands() {
		if !c.IsAvailableCommand() {
			continue
		}
		out["cli/"+c.Name()+".md"] = commandPage(c)
		fmt.Fprintf(&list, "- [`penstock %s`](%s.md): %s\n", c.Name(), c.Name(), c.Short)
	}
	out["cli/README.md"] = list.String()

	var index strings.Builder
	index.WriteString("# Findings\n\nCodes are stable: never reused, never renumbered. `penstock explain CODE` prints these pages.\n\n| code | finding |\n|---|---|\n")
	for _, c := range codes() {
		out["findings/"+c.Code+".md"] = page(c)
		fmt.Fprintf(&index, "| [%s](%s.md) | %s |\n", c.Code, c.Code, c.Title)
	}
	index.WriteString("\n## Fixes\n\nWhat a fix of each finding of theorem one writes, and when there is none. Every fix is proved again before it is shown;\n`penstock prove --fix` writes them. A value that no template can name yields no fix rather than a wider one.\n\n| code | a fix writes | none where |\n|---|---|---|\n")
	for _, c := range codes() {
		if c.Fix != "" || c.Open != "" {
			fmt.Fprintf(&index, "| [%s](%s.md) | %s | %s |\n", c.Code, c.Code, cmp.Or(c.Fix, "–"), cmp.Or(c.Open, "–"))
		}
	}
	out["findings/README.md"] = index.String()
	return out
}

func commandPage(c *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# penstock %s\n\n%s.\n", c.Name(), c.Short)
	if c.Long != "" {
		fmt.Fprintf(&b, "\n%s\n", c.Long)
	}
	fmt.Fprintf(&b, "\n```\n%s\n```\n", c.UseLine())
	if c.Example != "" {
		fmt.Fprintf(&b, "\n## Examples\n\n```\n%s\n```\n", unindent(c.Example))
	}
	if flags := strings.TrimRight(c.LocalFlags().FlagUsages(), "\n"); flags != "" {
		fmt.Fprintf(&b, "\n## Flags\n\n```\n%s\n```\n", flags)
	}
	b.WriteString("\n## Exit codes\n\nSee [exit codes](../exit-codes.md).\n")
	return b.String()
}

func unindent(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "  ")
	}
	return strings.Join(lines, "\n")
}

const exitPage = `# Exit codes

| code | meaning |
|---|---|
| 0 | clean: what was asked holds |
| 1 | the answer is no |
| 2 | bad usage: an unknown flag, command, finding or call; a name that means nothing; a value that is none |
| 3 | could not finish: a file cannot be read, or holds something else |
| 130 | interrupted |

What that is for each command:

| command | 0 | 1 | 3 |
|---|---|---|---|
| ` + "`init`" + ` | the spec was written | | there is one already; a file cannot be read or written |
| ` + "`prove`" + ` | every theorem that was asked for holds, or depends only on the facts that are listed, or has no subject here | a theorem fails; with ` + "`--deny-unknown`" + ` also where one depends on facts that no template shows | a template cannot be read; a theorem was asked for that this version has no prover for |
| ` + "`prove --explain`" + ` | the call was explained, allowed or not | | a template cannot be read |
| ` + "`can`" + ` | the call is allowed, or depends on what is listed | it is denied; with ` + "`--deny-unknown`" + ` also where it depends | a template cannot be read |
| ` + "`decide`" + ` | every line was a question, whatever the answers | | a line was none, or the input cannot be read to its end |
| ` + "`test`" + ` | every test holds | a test does not hold, or its answer depends on something | a file or a template cannot be read |
| ` + "`diff`" + ` | nothing is allowed that was not allowed before | something is, or may be | a file or a template cannot be read; a line of a stream is no pair |
| ` + "`reach`" + ` | there is a chain, or what was asked for is listed | there is none | a template cannot be read |
| ` + "`explain`" + ` | the finding or the error was explained | | a template cannot be read |
| ` + "`version`" + ` | always | | |

Where several apply, 1 goes before 3: one theorem that fails is an answer. A text that ` + "`explain`" + ` knows neither as a finding
nor as an error of AWS is bad usage, 2. Data goes to standard output, all else to standard error: what went wrong as
` + "`error: …`" + `, and what would be right as ` + "`hint: …`" + `.
`
