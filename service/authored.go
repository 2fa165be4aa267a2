package service

import "penstock/source"

// Authored says that something which the author of a change wrote, rather
// than whoever administers the accounts, runs or decides with a role: the
// commands of a build, a template, the code of a function or a container. Who
// can write the source acts with that role.
type Authored struct {
	Role string // ARN; "" where no stack tells it, as Unknown says
	What string // "the commands of build project app"
	// Passes is set where the author also chooses the role: any that Role may
	// pass to this service principal.
	Passes  string
	Unknown string
	At      source.Span
	Basis   Basis
	Source  string
}
