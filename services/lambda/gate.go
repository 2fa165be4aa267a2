package lambda

import (
	"slices"

	"penstock/service"
)

// gate: a condition that a stage is entered under, which asks a function of the
// user's and fails the stage where it says no
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html).
func gate(s *service.Site) bool {
	return s.Rule != nil && s.Stage != nil && s.Rule.Provider == "LambdaInvoke" && s.Rule.Result == "FAIL" && slices.Contains(s.Stage.BeforeEntry, s.Rule)
}
