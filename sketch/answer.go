package sketch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"penstock/arn"
)

// A wrong answer says what would be right.
type wrong struct{ message, hint string }

func (w *wrong) Error() string { return w.message }
func (w *wrong) Hint() string  { return w.hint }

// sources are the kinds of sources.
var sources = []string{"codecommit", "github", "gitlab", "bitbucket", "s3", "ecr"}

// Set takes what somebody said for a flag: project, region, account, source,
// branch, deploy, approvers, need or alerts. What they say goes before what was
// found. The names themselves are checked when the spec is read.
func (d *Draft) Set(flag, value string) error {
	value = strings.TrimSpace(value)
	switch flag {
	case "project":
		d.Project = value
	case "region":
		d.Region = value
	case "branch":
		d.Branch = value
	case "account":
		alias, id, ok := strings.Cut(value, "=")
		if !ok || !arn.IsAccountID(id) {
			return &wrong{fmt.Sprintf("%q is no account", value), "write an alias and twelve digits: tools=111111111111"}
		}
		d.Accounts = append(slices.DeleteFunc(d.Accounts, func(a Account) bool { return a.Alias == alias }), Account{alias, id})
	case "source":
		kind, name, _ := strings.Cut(value, ":")
		if !slices.Contains(sources, kind) || name == "" {
			return &wrong{fmt.Sprintf("%q is no source", value), "write the kind and the name: " + strings.Join(sources, ":…, ") + ":…"}
		}
		if kind != d.Source {
			d.Branch = "" // of another repository
		}
		d.Source, d.Repository = kind, name
	case "deploy":
		dep, err := ParseDeploy(value)
		if err != nil {
			return err
		}
		d.Add(dep)
	case "approvers":
		d.Approvers, d.NoApproval = several(value)
	case "need":
		n, err := strconv.Atoi(value)
		if err != nil {
			return &wrong{fmt.Sprintf("%q is no number of people", value), "write a whole number"}
		}
		d.Need = n
	case "alerts":
		d.Alerts, d.NoAlerts = several(value)
	default:
		return fmt.Errorf("there is no %q to say", flag)
	}
	return nil
}

// several reads names between commas, or none.
func several(s string) (names []string, none bool) {
	if s == "none" {
		return nil, true
	}
	for n := range strings.SplitSeq(s, ",") {
		if n = strings.TrimSpace(n); n != "" {
			names = append(names, n)
		}
	}
	return names, false
}
