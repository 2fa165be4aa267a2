// Penstock proves theorems about AWS delivery pipelines. See package cli.
package main

import (
	"context"
	"os"
	"os/signal"

	"penstock/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(cli.Run(ctx, cli.System()))
}
