package diagnosis

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam/denial"
	"penstock/iam/facts"
	"penstock/match"
	"penstock/query"
	"penstock/truth"
)

// question makes a question of the error, where it says enough: who, which
// action, on what. Else Unclear says what is missing.
func (x *Diagnosis) question(models []*cloud.Model) (query.Question, bool) {
	d := &x.Denial
	q := query.Question{Action: d.Action}
	switch {
	case d.Action == "" || strings.HasSuffix(d.Action, ":*"):
		x.Unclear = "the error does not name the call"
		return q, false
	case d.Principal == "":
		x.Unclear = "the error does not name the caller"
		return q, false
	}
	role, err := x.who(models)
	if err != "" {
		x.Unclear = err
		return q, false
	}
	q.Who = role
	on, err := x.what(models, role)
	if err != "" {
		x.Unclear = err
		return q, false
	}
	q.On = on
	return q, true
}

// who returns the caller as the templates know it.
func (x *Diagnosis) who(models []*cloud.Model) (name, unclear string) {
	p := x.Denial.Principal
	if p == "anonymous" {
		return "*", ""
	}
	if strings.HasSuffix(p, ".amazonaws.com") {
		return p, ""
	}
	own := roleName(p)
	if own == "" {
		own = p
	}
	account := arn.Account(p)
	kind := cloud.Role
	if strings.Contains(p, ":user/") {
		kind = cloud.User
	}
	var exact, byName, made []*cloud.Principal
	add := func(list *[]*cloud.Principal, pr *cloud.Principal) {
		if !slices.ContainsFunc(*list, func(o *cloud.Principal) bool { return o.ARN == pr.ARN }) {
			*list = append(*list, pr)
		}
	}
	for _, m := range models {
		for pr := range m.Principals() {
			if pr.Kind != kind {
				continue
			}
			switch {
			case pr.Name == own && pr.Account == account:
				add(&exact, pr)
			case pr.Name == own || pr.Resource != nil && pr.Resource.LogicalID == own:
				add(&byName, pr)
			case generated(pr, own):
				add(&made, pr)
			}
		}
	}
	switch {
	case len(exact) > 0:
		return exact[0].ARN, ""
	case len(byName) == 1:
		if account != "" && account != byName[0].Account {
			x.Notes = append(x.Notes, fmt.Sprintf("The error names account %s; the templates declare %s in account %s, which is taken to be meant.", account, own, byName[0].Account))
		}
		return byName[0].ARN, ""
	case len(made) == 1:
		x.Notes = append(x.Notes, fmt.Sprintf("%s is taken to be %s, whose name CloudFormation makes.", own, made[0].Resource.ID()))
		return made[0].ARN, ""
	case len(byName)+len(made) > 1:
		return "", fmt.Sprintf("%s could be any of several roles that the templates declare", own)
	default:
		x.stranger = true
		return "", fmt.Sprintf("no template declares %s", p)
	}
}

// generated reports whether a name is one that CloudFormation makes for a
// role: STACK-LOGICALID-RANDOM, either part cut where it is long
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html).
func generated(pr *cloud.Principal, name string) bool {
	r := pr.Resource
	if r == nil || !match.HasHole(pr.Name) {
		return false
	}
	parts := strings.Split(name, "-")
	if len(parts) < 3 {
		return false
	}
	id := parts[len(parts)-2]
	if len(id) < 3 || !strings.HasPrefix(r.LogicalID, id) {
		return false
	}
	return len(id) == len(r.LogicalID) || len(name) >= 60 // IAM's limit is 64
}

// what returns the resource, as the policies that decide see it.
func (x *Diagnosis) what(models []*cloud.Model, who string) (on, unclear string) {
	d := &x.Denial
	r := d.Resource
	service, verb, _ := strings.Cut(d.Action, ":")
	account, region, partition := arn.Account(who), regionOf(models, who), "aws"
	if a, err := arn.Parse(who); err == nil {
		partition = a.Partition
	}
	switch {
	case r == "" && d.Form == denial.Ciphertext:
		return "", "the error does not name the key: the ciphertext does"
	case r == "" && unrestricted(service, verb):
		return "*", "" // it has none to name
	case r == "":
		return "", "the error does not name the resource"
	case r == "*":
		return "*", ""
	case strings.HasPrefix(r, "arn:"):
		return x.wholeARN(models, r, service), ""
	}
	kind, name, two := strings.Cut(r, " ")
	if two && (kind == "role" || kind == "user" || kind == "policy" || kind == "group") {
		if name == "path" {
			return "", "the error names a path, not a resource"
		}
		return fmt.Sprintf("arn:%s:iam::%s:%s/%s", partition, account, kind, name), ""
	}
	for _, m := range models {
		if found, _, err := query.What(m, d.Action, r); err == nil {
			return found, ""
		}
	}
	if account == "" || region == "" {
		return "", fmt.Sprintf("%q is no ARN, and no template declares it", r)
	}
	switch service {
	case "secretsmanager":
		return fmt.Sprintf("arn:%s:secretsmanager:%s:%s:secret:%s-%s", partition, region, account, r, match.Hole(match.Suffix, "suffix")), ""
	case "codepipeline":
		return fmt.Sprintf("arn:%s:codepipeline:%s:%s:%s", partition, region, account, r), ""
	case "codecommit":
		return fmt.Sprintf("arn:%s:codecommit:%s:%s:%s", partition, region, account, r), ""
	case "ssm":
		return fmt.Sprintf("arn:%s:ssm:%s:%s:parameter/%s", partition, region, account, strings.TrimPrefix(r, "/")), ""
	default:
		return "", fmt.Sprintf("%q is no ARN, and no template declares it", r)
	}
}

// unrestricted reports whether an action is known and can be restricted to no
// resource.
func unrestricted(service, verb string) bool {
	s, ok := facts.Service(service)
	if !ok {
		return false
	}
	a, ok := s.Action(verb)
	return ok && !a.ResourceLevel()
}

// regionOf returns the region of the stack that declares a principal.
func regionOf(models []*cloud.Model, who string) string {
	for _, m := range models {
		if p := m.Principal(who); p != nil && p.Resource != nil {
			return p.Resource.Region
		}
	}
	return ""
}

// wholeARN completes an ARN that the error shows in part: a secret by its
// name without the suffix, an ARN that ends where a name should follow.
func (x *Diagnosis) wholeARN(models []*cloud.Model, r, service string) string {
	if head, tail, cut := leftOut(r); cut {
		pattern := match.CompileARN(head + "*" + tail)
		var found []string
		for _, m := range models {
			for _, o := range m.Resources {
				if o.ARN != "" && pattern.Match(o.ARN) == truth.Yes && !slices.Contains(found, o.ARN) {
					found = append(found, o.ARN)
				}
			}
		}
		if len(found) == 1 {
			x.Notes = append(x.Notes, fmt.Sprintf("%s is taken to be %s.", r, match.Render(found[0])))
			return found[0]
		}
		return head + match.Hole(match.Key, "what the error leaves out") + tail
	}
	if service == "secretsmanager" {
		for _, m := range models {
			for s := range m.OfType("AWS::SecretsManager::Secret") {
				if s.ARN != "" && match.Equal(s.ARN, r) != truth.No || strings.HasPrefix(s.ARN, r+"-\x00") {
					return s.ARN
				}
			}
		}
		return secret(r)
	}
	if strings.HasSuffix(r, ":") || strings.HasSuffix(r, "/") {
		return r + match.Hole(match.Key, "what the error leaves out")
	}
	return r
}

// leftOut cuts an ARN where whoever pasted it left a piece out.
func leftOut(s string) (head, tail string, cut bool) {
	if head, tail, cut = strings.Cut(s, "…"); cut {
		return head, tail, true
	}
	return strings.Cut(s, "...")
}

// secret adds to the ARN of a secret the suffix that AWS appends to its name,
// unless it is there.
func secret(a string) string {
	if whole(a) {
		return a
	}
	return a + "-" + match.Hole(match.Suffix, "suffix")
}

// whole reports whether s is the whole ARN of a secret: it ends in a hyphen
// and six letters or digits. A name may end so too; then what looks whole is
// not.
func whole(s string) bool {
	i := strings.LastIndexByte(s, '-')
	if !strings.HasPrefix(s, "arn:") || i < 0 || len(s)-i-1 != 6 {
		return false
	}
	return !strings.ContainsFunc(s[i+1:], func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
}
