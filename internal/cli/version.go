package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"penstock/iam/facts"
)

func newVersion(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version, and the dates of the AWS facts inside",
		Example: "  penstock version",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(env.Stdout, "penstock %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			for _, f := range facts.Versions() {
				fmt.Fprintf(env.Stdout, "facts    %s of %s (%s, %s)\n", f.Version, f.Date, f.Name, f.License)
			}
			return nil
		},
	}
}

// version is what the build says of itself.
func version() string {
	b, ok := debug.ReadBuildInfo()
	if !ok || b.Main.Version == "" {
		return "(devel)"
	}
	return b.Main.Version
}

// noArgs refuses arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("penstock %s takes no arguments, not %q", cmd.Name(), args[0])
	}
	return nil
}
