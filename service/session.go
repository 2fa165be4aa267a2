package service

import (
	"fmt"
	"strconv"

	"penstock/cloud"
)

// ShortestSession is the shortest session in seconds that AWS STS gives
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html,
// DurationSeconds).
const ShortestSession = 900

// TooShort is what AWS STS answers to a request for so few seconds.
func TooShort(seconds int) string {
	return fmt.Sprintf("1 validation error detected: Value '%d' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to %d", seconds, ShortestSession)
}

// LongestSession is the longest session in seconds that a declared role
// gives: its MaxSessionDuration, an hour where it has none
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html).
// Why says which; ok is false where that is not known.
func LongestSession(m *cloud.Model, role string) (seconds int, why string, ok bool) {
	p := m.Principal(role)
	if p == nil || p.Resource == nil {
		return 0, "", false
	}
	n := p.Resource.Prop("MaxSessionDuration")
	if n == nil {
		return 3600, "which is the default of MaxSessionDuration", true
	}
	seconds, err := strconv.Atoi(n.Str())
	return seconds, "its MaxSessionDuration", err == nil
}
