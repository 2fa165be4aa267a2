package sketch

import (
	"slices"
	"strings"

	"penstock/arn"
)

// aliases are the accounts that a profile's name tells.
var aliases = []struct {
	alias string
	words []string
}{
	{"logs", []string{"logs", "log", "logarchive", "audit"}},
	{"tools", []string{"tools", "tooling", "cicd", "ci", "pipeline", "deployment", "shared"}},
	{"prod", []string{"prod", "production", "prd", "live"}},
	{"staging", []string{"staging", "stage", "stg"}},
	{"test", []string{"test", "testing", "qa"}},
	{"dev", []string{"dev", "development"}},
}

// aliasOf returns the account that a profile's name tells, "" where it tells
// none or several.
func aliasOf(profile string) string {
	words := strings.FieldsFunc(strings.ToLower(profile), func(c rune) bool { return strings.ContainsRune("-_./@ ", c) })
	found := ""
	for _, a := range aliases {
		if !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(a.words, w) }) {
			continue
		}
		if found != "" && found != a.alias {
			return ""
		}
		found = a.alias
	}
	return found
}

// profiles takes accounts and a region from the profiles of the AWS CLI
// (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html).
func (d *Draft) profiles(in Input) {
	type profile struct{ name, account, region string }
	var all []profile
	var p *profile
	for line := range strings.Lines(in.AWSConfig) {
		indented := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
		line = strings.TrimSpace(line)
		if head, ok := strings.CutPrefix(line, "["); ok {
			head = strings.TrimSpace(strings.TrimSuffix(head, "]"))
			name, is := strings.CutPrefix(head, "profile ")
			p = nil
			if is || head == "default" {
				all = append(all, profile{name: strings.Trim(strings.TrimSpace(name), `"'`)})
				p = &all[len(all)-1]
			}
			continue
		}
		key, val, ok := strings.Cut(line, "=")
		if p == nil || !ok || indented || strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") {
			continue
		}
		switch val = strings.TrimSpace(val); strings.ToLower(strings.TrimSpace(key)) {
		case "sso_account_id":
			p.account = val
		case "role_arn":
			if a, err := arn.Parse(val); err == nil && p.account == "" {
				p.account = a.Account
			}
		case "region":
			p.region = val
		}
	}
	ids := map[string][]string{}
	from := map[string]string{}
	for _, p := range all {
		alias := aliasOf(p.name)
		if alias == "" || !arn.IsAccountID(p.account) {
			continue
		}
		if !slices.Contains(ids[alias], p.account) {
			ids[alias] = append(ids[alias], p.account)
		}
		if from[alias] == "" {
			from[alias] = p.name
		}
		if alias == "tools" && p.region != "" && d.Region == "" {
			d.Region = p.region
			d.found(in.AWSConfigName, "region %s, that of profile %s", p.region, p.name)
		}
	}
	taken := map[string]string{}
	for _, alias := range []string{"tools", "dev", "test", "staging", "prod", "logs"} {
		switch have := ids[alias]; {
		case len(have) == 0:
		case len(have) > 1:
			d.note("the profiles of %s name several accounts for %s, %s: say which with --account %s=ID", in.AWSConfigName, alias, strings.Join(have, " and "), alias)
		case taken[have[0]] != "":
			d.note("the profiles of %s name account %s for %s and for %s: the first is taken", in.AWSConfigName, have[0], taken[have[0]], alias)
		default:
			taken[have[0]] = alias
			d.Accounts = append(d.Accounts, Account{alias, have[0]})
			d.found(in.AWSConfigName, "account %s %s, of profile %s", alias, have[0], from[alias])
		}
	}
	for _, p := range all {
		if p.name == "" && p.region != "" && d.Region == "" {
			d.Region = p.region
			d.found(in.AWSConfigName, "region %s, that of the default profile", p.region)
		}
	}
}

// DropAccounts forgets the accounts of profiles, where somebody names their
// own.
func (d *Draft) DropAccounts() {
	for _, a := range d.Accounts {
		d.Found = slices.DeleteFunc(d.Found, func(f Found) bool { return strings.HasPrefix(f.What, "account "+a.Alias+" ") })
	}
	d.Accounts = nil
	d.Notes = slices.DeleteFunc(d.Notes, func(n string) bool { return strings.HasPrefix(n, "the profiles of ") })
}
