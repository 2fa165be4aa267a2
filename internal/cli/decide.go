package cli

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"penstock/iam/ask"
	"penstock/iam/authz"
	"penstock/iam/facts"
)

func newDecide(env, outer *Env) *cobra.Command {
	var assume []string
	var opt ask.Options
	c := &cobra.Command{
		Use:   "decide [flags] < QUESTIONS",
		Short: "Answer questions about access: a line of JSON in, a line out",
		Long: `Read questions from standard input, one line of JSON each, a request and every policy that bears on it, and write
one verdict a line to standard output, in order: allow, deny or depends, with the layer that decides and the statements
that match. Memory is constant, so the input may have any length; a question is answered as soon as it has been read.
A line that is no question gets an answer with an error, and the next one is read.

docs/decide.md describes the fields.`,
		Example: `  penstock decide < questions.jsonl > answers.jsonl
  penstock decide --assume aws:SecureTransport=true --deny-unknown < questions.jsonl`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("%w", &hinted{fmt.Errorf("decide takes no argument, but was given %q", args[0]), "penstock decide reads standard input: penstock decide < " + args[0]})
			}
			var err error
			if opt.Assume, err = assumptions(assume); err != nil {
				return usage("%w", err)
			}
			opt.Authz = knowledge()
			if env.Getenv("GOGC") == "" {
				// What is remembered is bounded, and policies that are new make
				// much garbage: collecting it less often costs some memory and
				// saves a fifth of the time.
				defer debug.SetGCPercent(debug.SetGCPercent(300))
			}
			// Past the buffers of Run: an answer must not wait for the last
			// question.
			t, err := ask.Stream(outer.Stdout, outer.Stdin, opt)
			if err != nil {
				return &failure{exitUnfinished, err}
			}
			if t.Bad > 0 {
				return &failure{exitUnfinished, fmt.Errorf("%d of %d lines are no question; their answers say why", t.Bad, t.Questions)}
			}
			return nil
		},
	}
	fs := c.Flags()
	fs.StringArrayVar(&assume, "assume", nil, "`key=value` of a condition key that would be unknown; key alone: the request does not carry it; may be repeated")
	fs.BoolVar(&opt.DenyUnknown, "deny-unknown", false, "answer deny where the verdict depends on unknown facts")
	return c
}

// knowledge is what the embedded facts tell the engine.
func knowledge() authz.Options {
	return authz.Options{Actions: facts.Actions{}, RCPServices: facts.RCP}
}

// assumptions reads --assume: key=value, or key for one that is absent. A key
// that is given more than once has several values.
func assumptions(args []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, a := range args {
		k, v, ok := strings.Cut(a, "=")
		if k == "" || !strings.Contains(k, ":") {
			return nil, &hinted{fmt.Errorf("%q names no condition key", a), "it takes key=value, such as aws:SecureTransport=true"}
		}
		if !ok {
			out[k] = nil
			continue
		}
		out[k] = append(out[k], v)
	}
	return out, nil
}
