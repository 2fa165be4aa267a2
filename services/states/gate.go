package states

import "penstock/service"

// gate: a Standard machine with a task that waits for a token goes on when
// somebody returns it
// (https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token),
// and the action waits for the machine. That it is a person who returns the
// token is taken from the pattern.
func gate(s *service.Site) bool {
	if s.Rule != nil || s.Action.Provider != "StepFunctions" || s.Action.Category != "Invoke" {
		return false
	}
	r := declared(s)
	if r == nil || express(r) {
		return false
	}
	return holds(definition(r), ".waitForTaskToken")
}
