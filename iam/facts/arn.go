package facts

import (
	"strings"

	"penstock/match"
	"penstock/truth"
)

// MatchARN says whether arn is an instance of a template of the reference,
// "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}".
// arn may be symbolic (package match); Yes and No hold for every filling of
// its holes.
//
// A variable stands for one or more characters. AWS does not document which
// ones, so a variable that has to swallow a ':' or a '/' gives Maybe, unless
// its name is known to allow it (paths, object keys, log groups, repository
// and parameter names) or to forbid it (partition, region, account, bucket).
// The empty region or account of a template's variable gives Maybe.
func MatchARN(template, arn string) truth.Value { return align(template, arn, false) }

// MatchPattern says whether some instance of a template can match pattern,
// an element of Resource in a policy with its wildcards '*' and '?': No
// means that the pattern names no resource of this type. Policy variables
// must be holes by now.
func MatchPattern(template, pattern string) truth.Value { return align(template, pattern, true) }

// A cell is one symbol: a character, a variable of a template, a hole or a
// wildcard.
type cell struct {
	kind cellKind
	c    byte        // of a literal
	v    span        // of a variable
	hole match.Class // of a hole
}

type cellKind byte

const (
	literalCell cellKind = iota
	variableCell
	holeCell
	starCell
	anyCell // '?'
)

// span is what a variable may hold.
type span byte

const (
	looseSpan  span = iota // anything; ':' and '/' give Maybe
	pathSpan               // anything; ':' gives Maybe
	slashSpan              // no ':'
	openSpan               // anything
	closedSpan             // no ':' and no '/'
	fieldSpan              // likewise, or nothing at all
)

// longest bounds the work on an input from outside; real ARNs end at 2048
// characters. What is longer is not judged.
const longest = 4096

// align computes, from the back, best[i][j]: how well the template from cell
// i on fits the string from cell j on. Along one alignment the values are
// joined by And, the alignments by Or, so Yes is an alignment that holds
// whatever fills the holes, and No is that there is none.
//
// A hole that has to equal literal text, or that spans more than the inside
// of one variable, gives Maybe at best.
func align(template, s string, pattern bool) truth.Value {
	if len(template) > longest || len(s) > longest {
		return truth.Maybe
	}
	template, s, head := heads(template, s, pattern)
	if head == truth.No {
		return truth.No
	}
	t, a := templateCells(template), stringCells(s, pattern)
	rows := make([]truth.Value, 2*(len(a)+1))
	next, row := rows[:len(a)+1], rows[len(a)+1:]
	for i := len(t); i >= 0; i-- {
		for j := len(a); j >= 0; j-- {
			row[j] = fit(t, a, i, j, next, row)
		}
		next, row = row, next
	}
	return next[0].And(head)
}

// heads compares the five parts before the resource one by one, as far as
// they are plain on one side and plain or one variable on the other, and
// returns what is left. It spares most pairs the table.
func heads(template, s string, pattern bool) (restT, restS string, v truth.Value) {
	v = truth.Yes
	for range 5 {
		x, moreT, okT := strings.Cut(template, ":")
		y, moreS, okS := strings.Cut(s, ":")
		if !okT || !okS || strings.IndexByte(y, 0) >= 0 || pattern && strings.ContainsAny(y, "*?") {
			break
		}
		switch {
		case strings.IndexByte(x, '$') < 0:
			if x != y {
				return "", "", truth.No
			}
		case strings.HasPrefix(x, "${") && strings.IndexByte(x, '}') == len(x)-1:
			switch span := spanOf(x[2 : len(x)-1]); {
			case span != fieldSpan && span != closedSpan || strings.IndexByte(y, '/') >= 0:
				return template, s, v
			case y == "" && span == closedSpan:
				return "", "", truth.No
			case y == "":
				v = truth.Maybe
			}
		default:
			return template, s, v
		}
		template, s = moreT, moreS
	}
	return template, s, v
}

// fit is one cell of the table: row is that of i, right of j already filled;
// next is that of i+1.
func fit(t, a []cell, i, j int, next, row []truth.Value) truth.Value {
	if i == len(t) && j == len(a) {
		return truth.Yes
	}
	v := truth.No
	if i < len(t) && t[i].v == fieldSpan && t[i].kind == variableCell {
		v = next[j].And(truth.Maybe)
	}
	if j == len(a) {
		return v
	}
	switch x := a[j]; x.kind {
	case starCell:
		v = v.Or(row[j+1]) // '*' ends here
		if i < len(t) {
			v = v.Or(next[j]) // or takes a symbol of the template
			if t[i].kind == variableCell {
				v = v.Or(row[j+1])
			}
		}
		return v
	case holeCell:
		if x.hole == match.Any {
			v = v.Or(row[j+1].And(truth.Maybe)) // the hole is empty
		}
		if i == len(t) {
			return v
		}
		rest := row[j+1].Or(next[j+1])
		if t[i].kind == variableCell {
			v = v.Or(rest.And(holds(t[i].v, x.hole)))
		} else if !fills(x.hole, t[i].c) {
			return v
		}
		// The hole covers this symbol and goes on, or ends inside it.
		return v.Or(next[j].Or(rest).And(truth.Maybe))
	}
	if i == len(t) {
		return v
	}
	x := a[j]
	if t[i].kind == literalCell {
		if x.kind == anyCell || x.c == t[i].c {
			v = v.Or(next[j+1])
		}
		return v
	}
	ok := truth.Yes
	if x.kind == literalCell && (x.c == ':' || x.c == '/') {
		ok = crosses(t[i].v, x.c)
	}
	return v.Or(row[j+1].Or(next[j+1]).And(ok))
}

// crosses says whether a variable may hold the separator c.
func crosses(v span, c byte) truth.Value {
	switch v {
	case openSpan:
		return truth.Yes
	case slashSpan:
		return truth.Of(c == '/')
	case pathSpan:
		return truth.Of(c == '/').Or(truth.Maybe)
	case looseSpan:
		return truth.Maybe
	case closedSpan, fieldSpan:
		return truth.No
	default:
		panic("facts: no such span")
	}
}

// holds says whether whatever fills a hole fits into a variable.
func holds(v span, c match.Class) truth.Value {
	switch c {
	case match.Name, match.ID, match.Account:
		return truth.Yes
	case match.Path:
		return truth.Of(v == slashSpan || v == pathSpan || v == openSpan).Or(truth.Maybe)
	case match.Key:
		return truth.Of(v == openSpan).Or(truth.Maybe)
	default:
		return truth.Maybe
	}
}

// fills reports whether the character can stand in a hole of the class.
func fills(c match.Class, b byte) bool {
	switch c {
	case match.Name, match.ID:
		return b != ':' && b != '/'
	case match.Account:
		return '0' <= b && b <= '9'
	case match.Path:
		return b != ':'
	default:
		return true
	}
}

func templateCells(t string) []cell {
	out := make([]cell, 0, len(t))
	for len(t) > 0 {
		if strings.HasPrefix(t, "${") {
			if end := strings.IndexByte(t, '}'); end > 0 {
				out = append(out, cell{kind: variableCell, v: spanOf(t[2:end])})
				t = t[end+1:]
				continue
			}
		}
		out = append(out, cell{kind: literalCell, c: t[0]})
		t = t[1:]
	}
	return out
}

func stringCells(s string, pattern bool) []cell {
	out := make([]cell, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == 0:
			// A hole is NUL, class, name, NUL; see match.Hole.
			if end := strings.IndexByte(s[i+1:], 0); end >= 1 {
				out = append(out, cell{kind: holeCell, hole: match.Class(s[i+1])})
				i += end + 1
				continue
			}
			out = append(out, cell{kind: holeCell, hole: match.Any})
		case pattern && s[i] == '*':
			if n := len(out); n == 0 || out[n-1].kind != starCell {
				out = append(out, cell{kind: starCell})
			}
		case pattern && s[i] == '?':
			out = append(out, cell{kind: anyCell})
		default:
			out = append(out, cell{kind: literalCell, c: s[i]})
		}
	}
	return out
}

// spanOf says what a variable of the reference may hold, by its name.
//
//   - IAM paths: ${RoleNameWithPath} and the like; a path may even hold ':'
//     (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html, Path).
//   - object keys: any UTF-8
//     (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html);
//     bucket names: letters, digits, '.' and '-'
//     (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
//   - log groups may hold '/' but no ':', log streams any but ':' and '*'
//     (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html);
//     the ARN of a group is also written with ":*" at its end, hence Maybe.
//   - ECR repositories may hold '/'
//     (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html).
//   - parameters are hierarchies of '/'
//     (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-hierarchies.html);
//     secrets may hold '/'
//     (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html).
//   - KMS aliases may hold '/'
//     (https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html).
func spanOf(name string) span {
	switch name {
	case "Region", "Account":
		return fieldSpan
	case "Partition", "BucketName":
		return closedSpan
	case "ObjectName":
		return openSpan
	case "LogGroupName":
		return pathSpan
	case "LogStreamName", "RepositoryName", "ParameterNameWithoutLeadingSlash", "SecretId", "Alias", "OidcProviderName":
		return slashSpan
	default:
		if strings.HasSuffix(name, "WithPath") {
			return pathSpan
		}
		return looseSpan
	}
}
