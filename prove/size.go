package prove

import (
	"fmt"
	"strings"
	"unicode"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
)

// The lengths that AWS takes. IAM counts characters without white space, and
// the inline policies of one role, user or group together
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length).
// A trust policy of more than 2,048 characters needs a higher quota, of 4,096
// at most. S3 and KMS count the document as it is sent
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html,
// https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html);
// white space between the elements is left out here, since nobody knows how
// much of it is sent.
const (
	managedSize   = 6144
	roleSize      = 10240
	userSize      = 2048
	groupSize     = 5120
	trustSize     = 2048
	mostTrustSize = 4096
	bucketSize    = 20 * 1024
	keySize       = 32 * 1024
)

// sizes finds policies that are longer than AWS takes, unknown parts counted
// as nothing.
func sizes(m *cloud.Model) []diag.Finding {
	var fs []diag.Finding
	add := func(at source.Span, certainty diag.Certainty, quota, format string, args ...any) {
		f := diag.Finding{Code: "RUN108", Theorem: string(Runs), At: at, Severity: diag.Error, Certainty: certainty, Message: fmt.Sprintf(format, args...)}
		f.AWSError = quota
		fs = append(fs, f)
	}
	for r := range m.OfType("AWS::IAM::ManagedPolicy") {
		if n := r.Prop("PolicyDocument"); n != nil && len(n.Maybe) == 0 && len(r.Maybe) == 0 {
			if c := characters(n); c > managedSize {
				add(n.Where(), diag.Proved, "LimitExceeded: Cannot exceed quota for PolicySize: 6144",
					"managed policy %s has %d characters without white space, and IAM takes %d", match.Render(r.Name), c, managedSize)
			}
		}
	}
	for pr := range m.Principals() {
		if pr.Resource == nil {
			continue
		}
		inline, most, kind := 0, 0, ""
		switch pr.Kind {
		case cloud.Role:
			most, kind = roleSize, "role"
		case cloud.User:
			most, kind = userSize, "user"
		case cloud.Group:
			most, kind = groupSize, "group"
		default:
			continue
		}
		for _, a := range pr.Identity {
			if a.Node == nil || len(a.Node.Maybe) > 0 {
				continue
			}
			if a.ARN == "" {
				inline += characters(a.Node)
			}
		}
		name := match.Render(pr.Name)
		if inline > most {
			add(pr.Resource.Span, diag.Proved, fmt.Sprintf("LimitExceeded: Maximum policy size of %d bytes exceeded for %s %s", most, kind, name),
				"the inline policies of %s %s have %d characters without white space, and IAM takes %d in all", kind, name, inline, most)
		}
		if pr.Trust == nil || pr.Trust.Node == nil || len(pr.Trust.Node.Maybe) > 0 {
			continue
		}
		switch n := characters(pr.Trust.Node); {
		case n > mostTrustSize:
			add(pr.Trust.Node.Where(), diag.Proved, "LimitExceeded: Cannot exceed quota for ACLSizePerRole: 4096",
				"the trust policy of role %s has %d characters without white space, and IAM takes %d at most", name, n, mostTrustSize)
		case n > trustSize:
			add(pr.Trust.Node.Where(), diag.Likely, "LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048",
				"the trust policy of role %s has %d characters without white space, and IAM takes %d unless the account has a higher quota", name, n, trustSize)
		}
	}
	for _, r := range m.Resources {
		most := map[string]int{"AWS::S3::Bucket": bucketSize, "AWS::KMS::Key": keySize}[r.Type]
		if most == 0 {
			continue
		}
		for _, a := range r.Policies {
			if a.Node == nil || len(a.Node.Maybe) > 0 {
				continue
			}
			if n := bytes(a.Node); n > most {
				add(a.Node.Where(), diag.Proved, "", "the policy of %s has %d bytes, and AWS takes %d", match.Render(r.ID()), n, most)
			}
		}
	}
	return fs
}

// characters is the length of a document as JSON without white space, that
// within strings included in what is left out, as IAM counts.
func characters(n *doc.Node) int {
	return size(n, func(s string) int {
		c := 0
		for _, r := range s {
			if !unicode.IsSpace(r) {
				c++
			}
		}
		return c
	})
}

// bytes is the length of a document as compact JSON.
func bytes(n *doc.Node) int { return size(n, func(s string) int { return len(s) }) }

func size(n *doc.Node, text func(string) int) int {
	if n == nil {
		return 0
	}
	sum := 0
	switch n.Kind {
	case doc.Map:
		for _, f := range n.Fields {
			sum += text(f.Name()) + 3 + size(f.Value, text)
		}
		return sum + 2 + max(0, len(n.Fields)-1)
	case doc.List:
		for _, e := range n.Items {
			sum += size(e, text)
		}
		return sum + 2 + max(0, len(n.Items)-1)
	case doc.Unknown:
		return 0
	case doc.String:
		return text(bare(n.Text)) + 2
	default:
		return text(n.Text)
	}
}

// bare is a symbolic text without its holes.
func bare(s string) string {
	for match.HasHole(s) {
		i := strings.IndexByte(s, 0)
		j := strings.IndexByte(s[i+1:], 0)
		if j < 0 {
			break
		}
		s = s[:i] + s[i+j+2:]
	}
	return s
}
