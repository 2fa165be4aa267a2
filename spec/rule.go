package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"penstock/arn"
	"penstock/diag"
	"penstock/doc"
	"penstock/spelling"
)

// A rule is what a string has to be.
type rule struct {
	what    string   // "a region such as eu-west-1"
	code    string   // of the finding; SPEC005 where empty
	enum    []string // the allowed values
	pattern string   // of the value and of the schema; Go's and ECMA's syntax alike
	max     int      // characters, 0 for no limit
	scalar  bool     // numbers and booleans are taken as written
	test    func(string) string

	once sync.Once
	re   *regexp.Regexp
}

// ok reports whether s is as the rule says; else it says why not, or nothing
// beyond what the rule itself says.
func (u *rule) ok(s string) (why string, ok bool) {
	if u.max > 0 && len(s) > u.max {
		return fmt.Sprintf("it has %d characters of %d at most", len(s), u.max), false
	}
	if u.pattern != "" {
		u.once.Do(func() { u.re = regexp.MustCompile(u.pattern) })
		if !u.re.MatchString(s) {
			return "", false
		}
	}
	if u.test != nil {
		if why := u.test(s); why != "" {
			return why, false
		}
	}
	return "", true
}

// word holds a scalar to a rule.
func (r *reader) word(n *doc.Node, u *rule, what string) {
	code := u.code
	if code == "" {
		code = "SPEC005"
	}
	if code == "SPEC006" { // an account id
		r.accountID(n, what)
		return
	}
	if n.Kind != doc.String && !u.scalar {
		d := r.add("SPEC004", n.Span, "%s is a %s: write %s", what, kindOf(n), u.what)
		if _, ok := u.ok(n.Span.Text()); ok {
			d.Message += ", in quotes: " + strconv.Quote(n.Span.Text())
			d.Fixes = []diag.Fix{replace(n, "put it in quotes", strconv.Quote(n.Span.Text()), true)}
		}
		return
	}
	s := n.Text
	if n.Kind != doc.String {
		s = n.Span.Text()
	}
	if u.enum != nil {
		if slices.Contains(u.enum, s) {
			return
		}
		near := spelling.Nearest(s, u.enum)
		if len(near) == 0 {
			r.add(code, n.Span, "%s is %q: write %s", what, s, u.what)
			return
		}
		d := r.add(code, n.Span, "%s is %q: did you mean %s? It takes %s", what, s, strings.Join(near, " or "), u.what)
		if len(near) == 1 {
			d.Fixes = []diag.Fix{replace(n, "write "+near[0], near[0], false)}
		}
		return
	}
	why, ok := u.ok(s)
	switch {
	case ok:
	case why == "":
		r.add(code, n.Span, "%s is %q: write %s", what, s, u.what)
	default:
		r.add(code, n.Span, "%s is %q: %s; write %s", what, s, why, u.what)
	}
}

// accountID holds a scalar to the form of an account id. It has to be in
// quotes: YAML takes bare digits for a number, and with a leading zero some
// readers take them for octal.
func (r *reader) accountID(n *doc.Node, what string) {
	raw := n.Span.Text()
	switch {
	case n.Kind == doc.Number || n.Kind == doc.String && n.Style == doc.Plain && arn.IsAccountID(raw):
		if !arn.IsAccountID(raw) {
			padded := ""
			if plain := strings.Trim(raw, "0123456789") == ""; plain && len(raw) < 12 {
				padded = "; if it begins with zeros, they were lost: " + strconv.Quote(strings.Repeat("0", 12-len(raw))+raw)
			}
			r.add("SPEC006", n.Span, "%s is the number %s: write the twelve digits of the account in quotes%s", what, raw, padded)
			return
		}
		d := r.add("SPEC006", n.Span, "%s is %s without quotes, which YAML reads as a number, so that leading zeros are lost: write %q", what, raw, raw)
		d.Fixes = []diag.Fix{replace(n, "put it in quotes", strconv.Quote(raw), true)}
	case n.Kind != doc.String:
		r.add("SPEC006", n.Span, "%s is a %s: write twelve digits in quotes", what, kindOf(n))
	case !arn.IsAccountID(n.Text):
		why := fmt.Sprintf("it has %d characters", len(n.Text))
		if digits := strings.Map(digit, n.Text); len(digits) == 12 {
			d := r.add("SPEC006", n.Span, "%s is %q: write only the digits, %q", what, n.Text, digits)
			d.Fixes = []diag.Fix{replace(n, "write only the digits", strconv.Quote(digits), true)}
			return
		}
		if len(n.Text) == 12 {
			why = "not all are digits"
		}
		r.add("SPEC006", n.Span, "%s is %q: %s; an account id is twelve digits in quotes", what, n.Text, why)
	}
}

func digit(c rune) rune {
	if c >= '0' && c <= '9' {
		return c
	}
	return -1
}

// oneOf is a closed set of values.
func oneOf(values ...string) *rule {
	what := values[0]
	if n := len(values); n > 1 {
		what = strings.Join(values[:n-1], ", ") + " or " + values[n-1]
	}
	return &rule{what: what, enum: values}
}

// anyText is text that is not empty.
func anyText(what string) *rule { return &rule{what: what, pattern: `\S`} }

// The rules.
var (
	projectName = &rule{
		what: "2 to 20 lower case letters, digits and hyphens, a letter first and no hyphen last", code: "SPEC008",
		pattern: `^[a-z][a-z0-9-]{0,18}[a-z0-9]$`, max: 20,
	}
	// Names become parts of logical ids and of role names, which have at most
	// 64 characters
	// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
	partName = &rule{
		what: "a name of at most 24 lower case letters, digits and single hyphens, a letter first", code: "SPEC008",
		pattern: `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`, max: 24,
	}
	groupName   = &rule{what: "the name of a group: letters, digits and + = , . @ _ -", code: "SPEC008", pattern: `^[A-Za-z0-9+=,.@_-]+$`, max: 64}
	accountRule = &rule{what: "twelve digits in quotes", code: "SPEC006", pattern: `^[0-9]{12}$`}
	regionRule  = &rule{what: "a region such as eu-west-1", code: "SPEC007", pattern: `^[a-z]{2}(-[a-z]+)+-[0-9]+$`, test: knownRegion}
	emailRule   = &rule{what: "an e-mail address", pattern: `^[^\s@]+@[^\s@]+\.[^\s@]+$`, max: 254}
	arnRule     = &rule{what: "an ARN", pattern: `^arn:aws[a-z-]*:[^\s]+$`, test: wholeARN}
	roleName    = &rule{what: "the name of a role: letters, digits and + = , . @ _ -", code: "SPEC008", pattern: `^[A-Za-z0-9+=,.@_-]+$`, max: 64}
	variable    = &rule{what: "the name of an environment variable: letters, digits and _", code: "SPEC008", pattern: `^[A-Za-z_][A-Za-z0-9_]*$`}
	valueRule   = &rule{what: "text", scalar: true}
	actionRule  = &rule{what: "an IAM action such as s3:GetObject", pattern: `^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$`}
)

// wholeARN says what is wrong with an ARN.
func wholeARN(s string) string {
	if _, err := arn.Parse(s); err != nil {
		return "it is no whole ARN"
	}
	return ""
}

// span is a length of time between two bounds: "24h", "7d", "1h30m".
func span(what string, least, most time.Duration) *rule {
	return &rule{
		what:    fmt.Sprintf("%s such as %s, from %s to %s", what, writeDuration(max(least, min(most, 24*time.Hour))), writeDuration(least), writeDuration(most)),
		pattern: `^([0-9]+d)?([0-9]+h)?([0-9]+m)?$`,
		test: func(s string) string {
			d, ok := parseDuration(s)
			switch {
			case !ok:
				return "it is no length of time"
			case d < least:
				return "it is too short"
			case d > most:
				return "it is too long"
			}
			return ""
		},
	}
}

// parseDuration reads days, hours and minutes, in that order.
func parseDuration(s string) (time.Duration, bool) {
	var total time.Duration
	if s == "" {
		return 0, false
	}
	for _, u := range []struct {
		unit string
		d    time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}} {
		digits := 0
		for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
			digits++
		}
		if digits == 0 || digits == len(s) || s[digits:digits+1] != u.unit {
			continue
		}
		v, err := strconv.Atoi(s[:digits])
		if err != nil || digits > 6 {
			return 0, false
		}
		total += time.Duration(v) * u.d
		s = s[digits+1:]
	}
	return total, s == ""
}

// writeDuration is the inverse of parseDuration.
func writeDuration(d time.Duration) string {
	var b strings.Builder
	for _, u := range []struct {
		unit string
		d    time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}} {
		if n := d / u.d; n > 0 && (u.unit != "d" || d%u.d == 0 || n > 2) {
			fmt.Fprintf(&b, "%d%s", n, u.unit)
			d -= n * u.d
		}
	}
	if b.Len() == 0 {
		return "0m"
	}
	return b.String()
}

// Rules of AWS's names.
var (
	// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
	repository = &rule{
		what: "the name of an ECR repository", code: "SPEC008", max: 256,
		pattern: `^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`,
	}
	// https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html
	codeCommitRule = &rule{what: "the name of a CodeCommit repository: letters, digits and . _ -", code: "SPEC008", pattern: `^[A-Za-z0-9._-]+$`, max: 100}
	// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
	ownedRule = &rule{what: "owner/name", pattern: `^[^\s/]+(/[^\s/]+)+$`}
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	bucketRule     = &rule{what: "the name of a bucket: 3 to 63 lower case letters, digits, dots and hyphens", code: "SPEC008", pattern: `^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`}
	stackRule      = &rule{what: "the name of a stack: letters, digits and hyphens, a letter first", code: "SPEC008", pattern: `^[A-Za-z][A-Za-z0-9-]*$`, max: 128}
	aliasRule      = &rule{what: "the alias of a key without alias/", code: "SPEC008", pattern: `^[A-Za-z0-9/_-]+$`, max: 250}
	connectionRule = &rule{what: "the ARN of a connection, arn:aws:codeconnections:…:connection/…", pattern: `^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[A-Za-z0-9-]+$`}
	instanceRule   = &rule{what: "the ARN of an instance, arn:aws:sso:::instance/ssoins-…", pattern: `^arn:aws[a-z-]*:sso:::instance/(sso)?ins-[A-Za-z0-9-.]{16}$`}
	storeRule      = &rule{what: "the id of an identity store, d-…", pattern: `^(d-[0-9a-f]{10}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`}
	orgRule        = &rule{what: "the id of an organization, o-…", pattern: `^o-[a-z0-9]{10,32}$`}
	targetRule     = &rule{what: "root, an id that begins with r- or ou-, or an account id in quotes", pattern: `^(root|r-[0-9a-z]{4,32}|ou-[0-9a-z-]+|[0-9]{12})$`}
	vpcRule        = &rule{what: "the id of a VPC, vpc-…", pattern: `^vpc-[0-9a-f]{8,17}$`}
	subnetRule     = &rule{what: "the id of a subnet, subnet-…", pattern: `^subnet-[0-9a-f]{8,17}$`}
	groupRule      = &rule{what: "the id of a security group, sg-…", pattern: `^sg-[0-9a-f]{8,17}$`}
	routeRule      = &rule{what: "the id of a route table, rtb-…", pattern: `^rtb-[0-9a-f]{8,17}$`}
	cidrRule       = &rule{what: "a range of addresses such as 10.0.0.0/16", pattern: `^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$`, test: goodCIDR}
	urlRule        = &rule{what: "an https:// address", pattern: `^https://[^\s]+$`}
	secretRule     = &rule{what: "ssm:/path, secretsmanager:name#key, or the whole ARN", code: "SPEC009", pattern: `^(ssm:/|secretsmanager:|arn:aws)[^\s]*$`, test: secretWhy}
	// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
	policyRule = &rule{what: "the name of a managed policy, with its path, or its ARN", pattern: `^(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/)?[A-Za-z0-9+=,.@_/-]+$`}
	neverRule  = oneOf("author", "starter")
	// A Step Functions action may take seven days, and a manual approval too
	// unless it says more
	// (https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html).
	withinRule = span("a length of time", 5*time.Minute, 60*24*time.Hour)
)
