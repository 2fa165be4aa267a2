package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

func newExplain(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Print the page of a finding, or the list of all findings",
		Long: `Print the page of a finding: what it means, what AWS shows when it happens, what mends it, and where that is
documented. Without a code, print the list of all findings.`,
		Example: "  penstock explain RUN002\n  penstock explain",
		RunE: func(_ *cobra.Command, args []string) error {
			all := codes()
			if len(args) == 0 {
				for _, c := range all {
					fmt.Fprintf(env.Stdout, "%s  %s\n", c.Code, c.Title)
				}
				return nil
			}
			if len(args) > 1 {
				return usage("penstock explain takes one code, not %d", len(args))
			}
			var names []string
			for _, c := range all {
				if strings.EqualFold(c.Code, args[0]) {
					_, err := io.WriteString(env.Stdout, page(c))
					return err
				}
				names = append(names, c.Code)
			}
			return usage("%w", unknown("finding", args[0], names, "penstock explain lists them all"))
		},
	}
}
