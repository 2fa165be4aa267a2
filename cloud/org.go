package cloud

import (
	"slices"

	"penstock/iam"
)

// An Organization is the tree of accounts and the policies attached to it.
// Targets are "root" (or a root id), ids of organizational units, and account
// ids.
type Organization struct {
	ID         string
	Management string            // account id; SCPs and RCPs do not touch it
	Parent     map[string]string // OU or account → OU or root; absent: the root
	SCPs       map[string][]Attachment
	RCPs       map[string][]Attachment
}

// Levels returns the policies that apply to an account by level, from the
// root down to the account, and whether the account is in the organization's
// reach: false for the management account.
func (o *Organization) Levels(account string, of map[string][]Attachment) ([][]Attachment, bool) {
	if o == nil || (account == o.Management && o.Management != "") {
		return nil, false
	}
	var levels [][]Attachment
	for at, seen := account, map[string]bool{}; at != "" && at != "root" && !seen[at]; at = o.Parent[at] {
		seen[at] = true
		levels = append(levels, of[at])
	}
	levels = append(levels, of["root"])
	slices.Reverse(levels)
	return levels, true
}

// allows reports whether a policy holds an Allow, which an SCP needs only
// where somebody has replaced FullAWSAccess.
func allows(p *iam.Policy) bool {
	return p != nil && slices.ContainsFunc(p.Statements, func(s iam.Statement) bool { return s.Effect == iam.Allow })
}

// FullAccess reports whether AWS's FullAWSAccess counts at a level.
// Organizations attaches it to every root, unit and account and leaves it
// there until somebody detaches it
// (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_strategies.html).
// Templates do not show that, so it is assumed to be attached unless a policy
// of the level allows something itself, which would be idle beside it.
func FullAccess(level []Attachment) bool {
	return !slices.ContainsFunc(level, func(a Attachment) bool { return allows(a.Policy) })
}
