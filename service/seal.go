package service

import (
	"penstock/cloud"
	"penstock/pipeline"
	"penstock/seal"
	"penstock/source"
)

// A Seal says that an action runs code of ours (package seal), and whether
// what that code does can be relied on. Its input is data to it: nothing of it
// runs with the role.
type Seal struct {
	Kind    seal.Kind
	Project *cloud.Resource // what runs the code
	Role    string          // ARN of the role it runs with
	// Of is, of what promotes, the action whose digest it compares with.
	Of *pipeline.Action
	// Broken says why it cannot be relied on, as a clause; "" where it can.
	Broken string
	At     source.Span
}
