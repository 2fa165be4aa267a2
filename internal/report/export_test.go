package report

import "penstock/iam/facts"

// What the tests outside of the package need: those run the program, which
// imports this package.
var (
	Sample     = sample
	Golden     = golden
	SampleTool = Tool{Version: "v0.1.0", Facts: []facts.Version{{Name: "facts", Version: "1", Date: "2026-09-26"}}}
)
