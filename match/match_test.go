package match

import (
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"penstock/truth"
)

func TestMatch(t *testing.T) {
	bucket := Hole(Name, "tools.Bucket")
	account := Hole(Account, "tools.AccountId")
	param := Hole(Any, "Param")
	key := Hole(Key, "key")
	for _, tt := range []struct {
		name, pattern, s string
		mode             mode
		fold             bool
		want             truth.Value
	}{
		{"star is all", "*", "", plain, false, truth.Yes},
		{"question mark needs a character", "s3:GetObject?", "s3:GetObject", plain, true, truth.No},
		{"question mark takes one", "s3:GetObjec?", "S3:GETOBJECT", plain, true, truth.Yes},
		{"question mark takes a code point", "a?b", "aéb", plain, false, truth.Yes},
		{"newline is a character", "a*b", "a\nb", plain, false, truth.Yes},
		{"dot is a dot", "a.b", "axb", plain, false, truth.No},
		{"bracket is a bracket", "[a]*", "a", plain, false, truth.No},
		{"case", "arn:aws:s3:::B/*", "arn:aws:s3:::b/k", resource, false, truth.No},
		{"head and tail do not overlap", "ab*ba", "aba", plain, false, truth.No},
		{"middle", "a*b?c*d", "axxbycd", plain, false, truth.Yes},
		{"stars in a row", "a**b", "ab", plain, false, truth.Yes},

		{"star crosses slashes", "arn:aws:s3:::b/*/x", "arn:aws:s3:::b/1/2/x", resource, false, truth.Yes},
		{"sixth part holds colons", "arn:aws:logs:*:1:log-group:/aws/codebuild/*", "arn:aws:logs:eu-west-1:1:log-group:/aws/codebuild/p:log-stream:x", resource, false, truth.Yes},
		{"log group alone", "arn:aws:logs:eu-west-1:1:log-group:/a", "arn:aws:logs:eu-west-1:1:log-group:/a:log-stream:x", resource, false, truth.No},
		{"star at the end runs on", "arn:aws:s3*", "arn:aws:s3:::b/k", resource, false, truth.Yes},
		{"star at the end of a part runs on", "arn:aws:dynamodb:*:table/t", "arn:aws:dynamodb:eu-west-1:1:table/t", resource, false, truth.Yes},
		{"star within a part does not", "arn:aws:dynamodb:*1:table/t", "arn:aws:dynamodb:eu-west-1:1:table/t", resource, false, truth.No},
		{"star followed by text stays", "arn:aws:sqs:eu-*-1:q", "arn:aws:sqs:eu-west-1:x-1:q", resource, false, truth.No},
		{"both kinds of star", "arn:aws:sqs:eu-*-1:*:q", "arn:aws:sqs:eu-west-1:1:q", resource, false, truth.Yes},
		{"question mark is no colon", "arn:aws:s3??:b", "arn:aws:s3:::b", resource, false, truth.No},
		{"question mark is a colon in the sixth part", "arn:aws:s3:::b?c", "arn:aws:s3:::b:c", resource, false, truth.Yes},
		{"no resource", "arn:aws:s3:::*", "*", resource, false, truth.No},

		{"ArnLike keeps parts", "arn:aws:inv:*:1:ledger/*", "arn:aws:inv:us:9:depot:1:ledger/j", arnLike, false, truth.No},
		{"StringLike does not", "arn:aws:inv:*:1:ledger/*", "arn:aws:inv:us:9:depot:1:ledger/j", plain, false, truth.Yes},
		{"ArnLike parts", "arn:aws:sns:*:1:*", "arn:aws:sns:eu-west-1:1:t:s", arnLike, false, truth.Yes},
		{"ArnLike on no ARN", "arn:aws:sns:*:1:*", "build.example.com", arnLike, false, truth.No},
		{"ArnLike star is every ARN", "*", "arn:aws:sns:eu-west-1:1:t", arnLike, false, truth.Yes},
		{"ArnLike star is no host name", "*", "build.example.com", arnLike, false, truth.No},
		{"ArnLike on equal text that is no ARN", "topic", "topic", arnLike, false, truth.No},
		{"ArnLike on a hole", "*", Hole(Any, "x"), arnLike, false, truth.Maybe},
		{"ArnLike on an ARN with a hole", "*", "arn:aws:iam::" + account + ":role/x", arnLike, false, truth.Yes},
		{"ArnLike short", "arn:aws:sns*", "arn:aws:sns:eu-west-1:1:t", arnLike, false, truth.No},

		{"same hole", "arn:aws:s3:::" + bucket + "/*", "arn:aws:s3:::" + bucket + "/k", resource, false, truth.Yes},
		{"same hole, other tail", "arn:aws:s3:::" + bucket + "/x*", "arn:aws:s3:::" + bucket + "/k", resource, false, truth.No},
		{"hole under a star", "arn:aws:s3:::*", "arn:aws:s3:::" + bucket, resource, false, truth.Yes},
		{"hole against text", "arn:aws:s3:::b/*", "arn:aws:s3:::" + bucket + "/k", resource, false, truth.Maybe},
		{"a name holds no slash", "arn:aws:s3:::b/c/*", "arn:aws:s3:::" + bucket + "/k", resource, false, truth.No},
		{"another service", "arn:aws:sqs:*", "arn:aws:s3:::" + bucket, resource, false, truth.No},
		{"another hole", "arn:aws:s3:::" + Hole(Name, "x"), "arn:aws:s3:::" + bucket, resource, false, truth.Maybe},
		{"account is digits", "arn:aws:iam::" + account + ":role/r", "arn:aws:iam::prod:role/r", resource, false, truth.No},
		{"account may be it", "arn:aws:iam::" + account + ":role/r", "arn:aws:iam::111111111111:role/r", resource, false, truth.Maybe},
		{"account has twelve", "arn:aws:iam::" + account + ":role/r", "arn:aws:iam::1111:role/r", resource, false, truth.No},
		{"twelve question marks", "arn:aws:iam::????????????:role/r", "arn:aws:iam::" + account + ":role/r", resource, false, truth.Yes},
		{"anything", param, "arn:aws:s3:::b", resource, false, truth.Maybe},
		{"anything brings wildcards", "arn:aws:s3:::" + param + "/k", "arn:aws:s3:::b/c/k", resource, false, truth.Maybe},
		{"anything may hold colons", "arn:" + param + ":s3:::b*-x", "arn:aws:s3:::b-x", resource, false, truth.Maybe},
		{"an object key is not empty", "arn:aws:s3:::b/?*", "arn:aws:s3:::b/" + key, resource, false, truth.Yes},
		{"an object key under a folder", "arn:aws:s3:::b/x/*", "arn:aws:s3:::b/" + key, resource, false, truth.Maybe},
		{"same hole without case", "S3:" + bucket, "s3:" + bucket, plain, true, truth.Yes},
	} {
		p := compile(tt.pattern, tt.mode, tt.fold)
		if tt.mode == arnLike {
			p = CompileARNLike(tt.pattern)
		}
		if got := p.Match(tt.s); got != tt.want {
			t.Errorf("%s: %q on %q = %v, want %v", tt.name, Render(tt.pattern), Render(tt.s), got, tt.want)
		}
	}
}

func TestBuilder(t *testing.T) {
	for _, tt := range []struct {
		name        string
		wild, plain string
		tail        string
		s           string
		want        truth.Value
	}{
		{"text is literal", "home/", "*", "/?", "home/*/x", truth.Yes},
		{"text is no wildcard", "home/", "*", "/?", "home/bob/x", truth.No},
		{"no wildcard at all", "home/", "bob", "/x", "home/bob/x", truth.Yes},
		{"hole in text is literal", "h/", Hole(Any, "p"), "*", "h/" + Hole(Any, "p") + "x", truth.Yes},
	} {
		var b Builder
		b.Wild(tt.wild)
		b.Text(tt.plain)
		b.Wild(tt.tail)
		p := b.Pattern()
		if got := p.Match(tt.s); got != tt.want {
			t.Errorf("%s: on %q = %v, want %v", tt.name, Render(tt.s), got, tt.want)
		}
	}
}

func TestEqual(t *testing.T) {
	a, b := Hole(Name, "a"), Hole(Name, "b")
	for _, tt := range []struct {
		x, y string
		want truth.Value
	}{
		{"x", "x", truth.Yes},
		{"x", "y", truth.No},
		{"*", "y", truth.No},
		{"p/" + a, "p/" + a, truth.Yes},
		{"p/" + a, "p/" + b, truth.Maybe},
		{"p/" + a, "q/" + b, truth.No},
		{"p/" + a + "/x", "p/" + b + "/y", truth.No},
		{a, "a:b", truth.No},
		{a, "*", truth.No},
		{Hole(Account, "n"), "111111111111", truth.Maybe},
	} {
		if got := Equal(tt.x, tt.y); got != tt.want {
			t.Errorf("Equal(%q, %q) = %v, want %v", Render(tt.x), Render(tt.y), got, tt.want)
		}
		if got := Equal(tt.y, tt.x); got != tt.want {
			t.Errorf("Equal(%q, %q) = %v, want %v", Render(tt.y), Render(tt.x), got, tt.want)
		}
	}
}

// naive is the language as the documentation puts it, by trying everything.
func naive(pattern, s string, m mode, colons int) bool {
	if pattern == "" {
		return s == ""
	}
	stay := m != plain && colons < 5
	switch c := pattern[0]; c {
	case '*':
		end := len(pattern) == 1 || pattern[1] == ':'
		if m == resource && end {
			stay = false
		}
		if naive(pattern[1:], s, m, colons) {
			return true
		}
		return s != "" && !(stay && s[0] == ':') && naive(pattern, s[1:], m, colons)
	case '?':
		return s != "" && !(stay && s[0] == ':') && naive(pattern[1:], s[1:], m, colons)
	case ':':
		colons++
		fallthrough
	default:
		return s != "" && s[0] == c && naive(pattern[1:], s[1:], m, colons)
	}
}

// A filling replaces holes by text.
type filling map[string]string

func (f filling) fill(s string) string {
	for h, text := range f {
		s = strings.ReplaceAll(s, h, text)
	}
	return s
}

var testHoles = map[string][]string{
	Hole(Any, "A"):     {"", "a", ":", "*", "a:b", "?", "b*", "::", "a/b"},
	Hole(Name, "N"):    {"a", "b", "ab", "ba"},
	Hole(Name, "M"):    {"a", "b", "ba", "bb"},
	Hole(Path, "P"):    {"a", "/", "a/b", "b/"},
	Hole(Key, "K"):     {"a", ":", "*", "/a", "a:"},
	Hole(Account, "D"): {"000000000000", "111111111111"},
}

var holeNames = func() []string {
	var names []string
	for _, c := range []struct {
		c Class
		n string
	}{{Any, "A"}, {Name, "N"}, {Name, "M"}, {Path, "P"}, {Key, "K"}, {Account, "D"}} {
		names = append(names, Hole(c.c, c.n))
	}
	return names
}()

// fillings yields every combination for the holes that occur.
func fillings(texts ...string) []filling {
	all := []filling{{}}
	for _, h := range holeNames {
		used := false
		for _, t := range texts {
			used = used || strings.Contains(t, h)
		}
		if !used {
			continue
		}
		var grown []filling
		for _, f := range all {
			for _, text := range testHoles[h] {
				g := filling{h: text}
				maps.Copy(g, f)
				grown = append(grown, g)
			}
		}
		all = grown
	}
	return all
}

func symbolicText(r *rand.Rand, alphabet string, holes int) string {
	var b strings.Builder
	for range r.IntN(8) {
		if holes > 0 && r.IntN(4) == 0 {
			b.WriteString(holeNames[r.IntN(len(holeNames))])
			holes--
			continue
		}
		b.WriteByte(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// TestSound compares with every filling: Yes and No must be proofs.
func TestSound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	rounds := 20000
	if testing.Short() {
		rounds = 4000
	}
	var seen [3]int
	for range rounds {
		pattern := symbolicText(r, "ab:/*?**", 2)
		s := symbolicText(r, "ab:/", 2)
		if r.IntN(3) == 0 {
			// Something that has a chance to match.
			s = strings.NewReplacer("*", "a", "?", "b").Replace(pattern)
		}
		if r.IntN(3) == 0 {
			pattern, s = "arn:"+pattern, "arn:"+s
		}
		if r.IntN(4) == 0 {
			pattern, s = pattern+":::*", s+"::::"
		}
		checkSound(t, pattern, s, &seen)
	}
	if seen[truth.Yes] < rounds/100 || seen[truth.No] < rounds/100 || seen[truth.Maybe] < rounds/100 {
		t.Errorf("verdicts no/maybe/yes %v: the generator is lopsided", seen)
	}
}

func build(pattern string, m mode) Pattern {
	if m == arnLike {
		return CompileARNLike(pattern)
	}
	return compile(pattern, m, false)
}

func checkSound(t *testing.T, pattern, s string, seen *[3]int) {
	t.Helper()
	for _, m := range []mode{plain, resource, arnLike} {
		p := build(pattern, m)
		got := p.Match(s)
		seen[got]++
		all := fillings(pattern, s)
		if len(all) == 1 && got == truth.Maybe {
			t.Fatalf("mode %d: %q on %q is Maybe without holes", m, pattern, s)
		}
		for _, f := range all {
			fp, fs := f.fill(pattern), f.fill(s)
			want := naive(fp, fs, m, 0) || fp != "" && strings.Trim(fp, "*") == ""
			if m == arnLike {
				want = want && strings.HasPrefix(fs, "arn:") && strings.Count(fs, ":") >= 5
			}
			if got != truth.Maybe && truth.Of(want) != got {
				t.Fatalf("mode %d: %q on %q = %v, but %q on %q = %v", m, Render(pattern), Render(s), got, fp, fs, want)
			}
		}
		if m != arnLike && !strings.HasPrefix(pattern, p.Prefix()) {
			t.Fatalf("Prefix(%q) = %q", pattern, p.Prefix())
		}
	}
	e := Equal(pattern, s)
	for _, f := range fillings(pattern, s) {
		if want := f.fill(pattern) == f.fill(s); e != truth.Maybe && truth.Of(want) != e {
			t.Fatalf("Equal(%q, %q) = %v, but not for %q", Render(pattern), Render(s), e, f)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("arn:aws:s3:::b/*", "arn:aws:s3:::b/k")
	f.Add("*a*a*a*b", "aaaaaaaaaaaa")
	f.Add("a?é*", "aéé")
	f.Add("arn:\x00aP\x00:s3*", "arn:\x00nX\x00:s3:::x")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		for _, m := range []mode{plain, resource, arnLike} {
			for _, fold := range []bool{false, true} {
				p := compile(pattern, m, fold)
				p.Match(s)
				if HasHole(pattern) || HasHole(s) || p.form == formAll {
					continue
				}
				// The tokens are a second implementation.
				toks := appendText(nil, pattern, true, fold)
				settle(toks, m)
				want := mustMatch(toks, appendText(nil, s, false, fold))
				if got := p.Match(s); got != truth.Of(want) && !invalid(pattern) && !invalid(s) {
					t.Errorf("mode %d fold %v: %q on %q = %v, tokens say %v", m, fold, pattern, s, got, want)
				}
			}
		}
	})
}

func invalid(s string) bool { return strings.ToValidUTF8(s, "") != s }

func TestHostile(t *testing.T) {
	p := Compile(strings.Repeat("*a", 50000) + "b")
	if p.Match(strings.Repeat("a", 1<<20)) != truth.No {
		t.Error("hostile pattern matched")
	}
	q := CompileARN("arn:a*b:" + strings.Repeat("*a", 1000))
	if got := q.Match("arn:ab:" + strings.Repeat("a", 4000)); got == truth.No {
		t.Error("long text did not match")
	}
}

func TestNoAllocation(t *testing.T) {
	pats := []Pattern{CompileARN("arn:aws:s3:::b/*"), CompileFold("s3:Get*"), CompileARNLike("arn:aws:sns:*:1:*"), Compile("a*b*?c")}
	texts := []string{"arn:aws:s3:::b/k/l", "s3:GetObject", "arn:aws:sns:eu-west-1:1:t", "axxbxxc"}
	if n := testing.AllocsPerRun(100, func() {
		for i := range pats {
			if pats[i].Match(texts[i]) != truth.Yes {
				t.Fatal(pats[i].String())
			}
		}
	}); n != 0 {
		t.Errorf("Match allocates %v times", n)
	}
}

func BenchmarkMatchARN(b *testing.B) {
	p := CompileARN("arn:aws:s3:::artifacts-*/build/*")
	for b.Loop() {
		p.Match("arn:aws:s3:::artifacts-eu-west-1/build/source.zip")
	}
}

func BenchmarkMatchSymbolic(b *testing.B) {
	p := CompileARN("arn:aws:s3:::" + Hole(Name, "Bucket") + "/*")
	s := "arn:aws:s3:::" + Hole(Name, "Bucket") + "/build/source.zip"
	for b.Loop() {
		p.Match(s)
	}
}

func TestSuffix(t *testing.T) {
	secret := "arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-" + Hole(Suffix, "s")
	for pattern, want := range map[string]truth.Value{
		"arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-??????":  truth.Yes,
		"arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-*":       truth.Yes,
		"arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db":         truth.No,
		"arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-?????":   truth.No,
		"arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-???????": truth.No,
		"arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-AbCdEf":  truth.Maybe,
	} {
		p := CompileARN(pattern)
		if got := p.Match(secret); got != want {
			t.Errorf("%s matches %s: %v, want %v", pattern, Render(secret), got, want)
		}
	}
}

// TestDistinct: what AWS makes anew for each resource is never that of
// another, where each of the two stands on its own.
func TestDistinct(t *testing.T) {
	a, b, name := Hole(ID, "main.A"), Hole(ID, "main.B"), Hole(Name, "main.B")
	for _, tt := range []struct {
		pattern, text string
		want          truth.Value
	}{
		{"arn:aws:kms:r:1:key/" + a, "arn:aws:kms:r:1:key/" + a, truth.Yes},
		{"arn:aws:kms:r:1:key/" + a, "arn:aws:kms:r:1:key/" + b, truth.No},
		{"arn:aws:s3:::" + a + "/*", "arn:aws:s3:::" + b + "/k", truth.No},
		{"arn:aws:s3:::" + a + "/*", "arn:aws:s3:::" + name + "/k", truth.Maybe},
		{"arn:aws:s3:::" + a + "*", "arn:aws:s3:::" + b + "-x", truth.Maybe},
		{"arn:aws:s3:::" + a + "-x", "arn:aws:s3:::" + b, truth.Maybe},
		{"arn:aws:s3:::*" + a, "arn:aws:s3:::" + b, truth.Maybe},
		{"arn:aws:kms:r:1:key/1234", "arn:aws:kms:r:1:key/" + b, truth.Maybe},
		{"arn:aws:s3:::store-1x2y3z4w5v6u/*", "arn:aws:s3:::" + b + "/k", truth.Maybe},
		{"arn:aws:iam::1:role/app-Role-AbCdEfGhIjKl", "arn:aws:iam::1:role/" + b, truth.Maybe},
		{"arn:aws:s3:::aws-codedeploy-eu-west-1/*", "arn:aws:s3:::" + b + "/k", truth.No},
		{"arn:aws:s3:::" + b + "/*", "arn:aws:s3:::acme-web/k", truth.No},
		{"arn:aws:s3:::aws-codedeploy-*", "arn:aws:s3:::" + b, truth.Maybe},
		{"arn:aws:s3:::acme-web/*", "arn:aws:s3:::" + name + "/k", truth.Maybe},
	} {
		p := CompileARN(tt.pattern)
		if got := p.Match(tt.text); got != tt.want {
			t.Errorf("%s against %s: %v, want %v", Render(tt.pattern), Render(tt.text), got, tt.want)
		}
	}
}

func TestWidest(t *testing.T) {
	hole := Hole(Key, "the object")
	for in, want := range map[string]string{
		"arn:aws:s3:::b/k":                "arn:aws:s3:::b/k",
		"arn:aws:s3:::b/" + hole:          "arn:aws:s3:::b/*",
		hole + "/" + hole + ":*":          "*/*:*",
		"":                                "",
		"a" + hole + Hole(Any, "b") + "z": "a**z",
	} {
		if got := Widest(in); got != want {
			t.Errorf("Widest(%s) = %s, want %s", Render(in), got, want)
		}
	}
}
