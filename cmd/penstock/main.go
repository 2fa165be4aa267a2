// Penstock proves theorems about AWS delivery pipelines. See package cli.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"

	"penstock/internal/cli"
)

func main() {
	// A run is short and keeps little of what it allocates: collecting at two and
	// a half times what lives, and not at twice, takes a tenth off a run and
	// keeps 500 resources below 100 MB. GOGC and GOMEMLIMIT still have their say.
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(150)
		debug.SetMemoryLimit(512 << 20)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(cli.Run(ctx, cli.System()))
}
