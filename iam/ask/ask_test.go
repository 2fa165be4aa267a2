package ask_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"penstock/iam/ask"
	"penstock/iam/authz"
	"penstock/iam/facts"
)

var known = authz.Options{Actions: facts.Actions{}, RCPServices: facts.RCP}

const (
	dana      = `"principal":"arn:aws:iam::111111111111:user/dana","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resourceAccount":"111111111111"`
	allowRead = `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`
	allowMFA  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}`
)

// answer is what a line of the output holds.
type answer struct {
	ID         any
	Line       int
	Verdict    string
	Explicit   bool
	Layer      string
	Missing    []string
	Statements []struct {
		Layer, Policy, Sid, Effect string
		Index                      int
		Maybe                      bool
	}
	Refused []struct{ Policy, Why string }
	Error   string
}

func one(t testing.TB, opt ask.Options, line string) answer {
	t.Helper()
	out, ok := ask.New(opt).Answer(nil, line)
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatalf("%s\nis no JSON: %v", out, err)
	}
	if ok != (a.Error == "") {
		t.Errorf("ok is %v for %s", ok, out)
	}
	return a
}

func TestAnswer(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"allow", `{"id":"1","request":{` + dana + `},"policies":{"identity":[` + allowRead + `]}}`, "allow identity"},
		{"nothing said", `{"id":"1","request":{` + dana + `}}`, "deny identity"},
		{"policies null", `{"id":"1","request":{` + dana + `},"policies":null}`, "deny identity"},
		{"one document without a list", `{"id":"1","request":{` + dana + `},"policies":{"identity":` + allowRead + `}}`, "allow identity"},
		{"a document as text", `{"id":"1","request":{` + dana + `},"policies":{"identity":[` + quote(allowRead) + `]}}`, "allow identity"},
		{"an empty boundary allows nothing", `{"id":"1","request":{` + dana + `},"policies":{"identity":[` + allowRead + `],"boundary":[]}}`, "deny boundary"},
		{"a null boundary is none", `{"id":"1","request":{` + dana + `},"policies":{"identity":[` + allowRead + `],"boundary":null}}`, "allow identity"},
		{"a level that allows nothing", `{"id":"1","request":{` + dana + `},"policies":{"identity":[` + allowRead + `],"scp":[[` + allowRead + `],[]]}}`, "deny scp"},
		{"no levels, no organization", `{"id":"1","request":{` + dana + `},"policies":{"identity":[` + allowRead + `],"scp":[]}}`, "allow identity"},
		{"SCPs do not bind the management account", `{"id":"1","management":true,"request":{` + dana + `},"policies":{"identity":[` + allowRead + `],"scp":[[]]}}`, "allow identity"},
		{"management may stand with the policies", `{"id":"1","request":{` + dana + `},"policies":{"management":true,"identity":[` + allowRead + `],"scp":[[]]}}`, "allow identity"},
		{"a closed context lacks the key", `{"request":{` + dana + `},"policies":{"identity":[` + allowMFA + `]}}`, "deny identity"},
		{"an open one may have it", `{"request":{` + dana + `,"open":true},"policies":{"identity":[` + allowMFA + `]}}`, "depends identity missing aws:MultiFactorAuthPresent"},
		{"null is absent, open or not", `{"request":{` + dana + `,"open":true,"context":{"AWS:multifactorauthpresent":null}},"policies":{"identity":[` + allowMFA + `]}}`, "deny identity"},
		{"a boolean is its text", `{"request":{` + dana + `,"context":{"aws:MultiFactorAuthPresent":true}},"policies":{"identity":[` + allowMFA + `]}}`, "allow identity"},
		{"escapes", `{"request":{` + strings.ReplaceAll(dana, "GetObject", `\u0047et\u004Fbject`) + `},"policies":{"identity":[` + allowRead + `]}}`, "allow identity"},
		{"an escaped quote in a policy", `{"request":{` + dana + `},"policies":{"identity":[{"Version":"2012-10-17","Id":"a\"]}\\","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}]}}`, "allow identity"},
		{"a NUL in a name matches no hole", `{"request":{` + strings.ReplaceAll(dana, "b/k", `\u0000*k\u0000/k`) + `},"policies":{"identity":[` + allowRead + `]}}`, "deny identity"},
		{"a byte order mark", "\ufeff" + `{"request":{` + dana + `},"policies":{"identity":[` + allowRead + `]}}`, "allow identity"},
		{"an object of somebody else", `{"objectOwner":"333333333333","request":{` + dana + `},"policies":{"identity":[` + allowRead + `]}}`, "depends identity missing the ACL of arn:aws:s3:::b/k, which belongs to account 333333333333"},
		{"an object of the bucket's owner", `{"objectOwner":"111111111111","request":{` + dana + `},"policies":{"identity":[` + allowRead + `]}}`, "allow identity"},
		{"tags whose keys differ by case", `{"request":{` + dana + `,"context":{"aws:ResourceTag/a":"x","aws:ResourceTag/A":"y"}},"policies":{"identity":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"x"}}}}]}}`, "depends identity missing aws:ResourceTag/a"},
		{"the same tag twice", `{"request":{` + dana + `,"context":{"aws:ResourceTag/a":"x","aws:ResourceTag/A":"x"}},"policies":{"identity":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"x"}}}}]}}`, "allow identity"},
		{"a public bucket that is blocked", `{"publicBlock":true,"request":{"principal":"*","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resourceAccount":"111111111111"},"policies":{"resource":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}}}`, "deny resource"},
		{"notes are passed over", `{"note":{"a":[1,2,{"b":null}]},"request":{"note":"x",` + dana + `},"policies":{"identity":[` + allowRead + `]}}`, "allow identity"},
		{"grants as AWS lists them", `{"grants":[{"KeyId":"k","GranteePrincipal":"arn:aws:iam::111111111111:role/r","Operations":["Decrypt"],"Constraints":{"EncryptionContextSubset":{"a":"b"}}}],
			"request":{"principal":"arn:aws:iam::111111111111:role/r","action":"kms:Decrypt","resource":"arn:aws:kms:eu-west-1:111111111111:key/k","context":{"kms:EncryptionContext:a":"b"}}}`, "allow resource"},
		{"grants, other context", `{"grants":[{"granteePrincipal":"arn:aws:iam::111111111111:role/r","operations":["kms:Decrypt"],"constraints":{"encryptionContextSubset":{"a":"b"}}}],
			"request":{"principal":"arn:aws:iam::111111111111:role/r","action":"kms:Decrypt","resource":"arn:aws:kms:eu-west-1:111111111111:key/k","context":{"kms:EncryptionContext:a":"c"}}}`, "deny resource"},
		{"who may retire a grant", `{"grants":[{"GranteePrincipal":"arn:aws:iam::111111111111:role/r","RetiringPrincipal":"arn:aws:iam::111111111111:role/q","Operations":["Decrypt"]}],
			"request":{"principal":"arn:aws:iam::111111111111:role/q","action":"kms:RetireGrant","resource":"arn:aws:kms:eu-west-1:111111111111:key/k"}}`, "allow resource"},
		{"a role passed across accounts", `{"request":{"principal":"arn:aws:iam::111111111111:role/r","action":"iam:PassRole","resource":"arn:aws:iam::222222222222:role/r"},
			"policies":{"identity":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}]}}`, "deny resource"},
		{"the path of a session's role", `{"request":{"principal":"arn:aws:sts::111111111111:assumed-role/r/s","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resourceAccount":"111111111111","context":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/x/r"}},
			"policies":{"resource":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/y/r"},"Action":"*","Resource":"*"}}}}`, "deny identity"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := one(t, ask.Options{Authz: known}, tt.line)
			got := strings.TrimSpace(a.Verdict + " " + a.Layer)
			if len(a.Missing) > 0 {
				got += " missing " + strings.Join(a.Missing, ", ")
			}
			if got != tt.want {
				t.Errorf("got %q (%s), want %q", got, a.Error, tt.want)
			}
		})
	}
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func TestErrors(t *testing.T) {
	tests := []struct{ line, want string }{
		{``, `column 1: the line ends where '{' must stand`},
		{`[]`, `column 1: '[' stands where '{' must stand`},
		{`{"id":"1"}`, `the question has no "request"`},
		{`{"id":"1","request":{}}`, `the request has no principal: an ARN, the name of a service, or "*" for an anonymous caller`},
		{`{"request":{"principal":"*"}}`, `the request has no action`},
		{`{"request":{"principal":"*","action":"s3:*"}}`, `the action "s3:*" is not one action, such as s3:GetObject`},
		{`{"request":{"principal":"dana","action":"s3:GetObject"}}`, `the principal "dana" is no ARN, no name of a service such as codebuild.amazonaws.com, and not "*"`},
		{`{"request":{"Action":"s3:GetObject"}}`, `column 22: a request has no "Action"; it has principal, action, resource, resourceAccount, role, context and open`},
		{`{"request":{"action":"s3:A","action":"s3:B"}}`, `column 38: "action" stands twice`},
		{`{"request":{"principal":"*","action":"s3:A","context":{"a:b":1,"A:B":2}}}`, `column 71: the context has "A:B" twice; keys do not differ by case`},
		{`{"request":{"principal":"*","action":"s3:A","context":{"a:b":[null]}}}`, `column 67: a null stands among the values of "a:b"`},
		{`{"request":{"principal":"*","action":"s3:A","context":{"a:b":{}}}}`, `column 62: '{' stands where a string, a number, true, false or null must stand`},
		{`{"request":{"principal":"*","action":"s3:A","open":"true"}}`, `column 52: '"' stands where true or false must stand`},
		{`{"request":{"principal":"*","action":"s3:A"}} {}`, `column 47: more stands behind the question; each line holds one`},
		{`{"request":{"principal":"*","action":"s3:A"},"policies":{"scps":[]}}`, `policies: column 9: there is no layer "scps"; there are identity, boundary, session, resource, scp, rcp, endpoint and grants`},
		{`{"request":{"principal":"*","action":"s3:A"},"policies":{"identity":[],"identity":[]}}`, `policies: column 27: "identity" stands twice`},
		{`{"request":{"principal":"*","action":"s3:A"},"policies":{"identity":[{"Version":}]}}`, `policies: identity[0]:1:12: unexpected "}"`},
		{`{"request":{"principal":"*","action":"s3:A"},"policies":{"scp":[[{}],[true]]}}`, `policies: column 15: 't' stands where a policy document must stand`},
		{`{"request":{"principal":"*","action":"s3:A"},"policies":{"identity":[{]}}`, `column 74: the line ends where "," or "}" must stand`},
		{`{"request":{"principal":"*","action":"s3:A"},"grants":[{"Operations":["Decrypt"]}]}`, `grants: number 0 has no GranteePrincipal`},
		{`{"request":{"principal":"*","action":"s3:A"},"grants":[{"Grantee":"x","Unless":1}]}`, `grants: number 0 has "Unless", which no grant has`},
		{`{"id":[1],"request":{"principal":"*","action":"s3:A"}}`, `column 7: '[' stands where a string, a number, true, false or null must stand`},
		{`{"request":{"principal":"arn:aws:iam::111111111111:group/g","action":"s3:A"}}`, `the principal "arn:aws:iam::111111111111:group/g" is a group; a group makes no requests, its users do`},
		{`{"request":{"principal":"arn:aws:sts::111111111111:assumed-role/r","action":"s3:A"}}`, `the principal "arn:aws:sts::111111111111:assumed-role/r" is nobody who makes requests: want the ARN of a user, a role, a session (assumed-role/NAME/SESSION), a federated user, a root user or an identity provider`},
		{`{"request":{"principal":"arn:aws:sts::111111111111:assumed-role/r/s","role":"arn:aws:iam::111111111111:role/q","action":"s3:A"}}`, `the role "arn:aws:iam::111111111111:role/q" is not that of the session "arn:aws:sts::111111111111:assumed-role/r/s"`},
		{`{"request":{"principal":"*","action":"s3:A"},"objectOwner":"me"}`, `column 64: the objectOwner "me" is no account of twelve digits`},
		{`{"request":{"principal":"*","action":"s3:A"},"endpointType":"vpc"}`, `column 66: the endpointType is "vpc"; it is Gateway or Interface`},
		{"{\"id\":\"\xff\"}", `column 8: byte 0xff is not UTF-8`},
		{"{\"id\":\"\x00\"}", `column 8: a NUL character`},
		{`{"id":"\ud800"}`, `column 8: bad \u escape in a string`},
		{`{"id":01}`, `column 7: a number is not one; write an account id as a string`},
		{`{"note":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`, `column 522: nested more than 512 levels deep`},
	}
	for _, tt := range tests {
		t.Run(tt.line[:min(len(tt.line), 60)], func(t *testing.T) {
			if a := one(t, ask.Options{}, tt.line); a.Error != tt.want {
				t.Errorf("got  %s\nwant %s", a.Error, tt.want)
			}
		})
	}
}

func TestAssume(t *testing.T) {
	line := `{"request":{` + dana + `,"open":true},"policies":{"identity":[` + allowMFA + `]}}`
	closed := strings.Replace(line, `,"open":true`, "", 1)
	given := strings.Replace(line, `"open":true`, `"open":true,"context":{"AWS:MultiFactorAuthPresent":"false"}`, 1)
	for _, tt := range []struct {
		name, line, want string
		opt              ask.Options
	}{
		{"settled", line, "allow", ask.Options{Assume: map[string][]string{"aws:multifactorauthpresent": {"true"}}}},
		{"settled as absent", line, "deny", ask.Options{Assume: map[string][]string{"aws:MultiFactorAuthPresent": nil}}},
		{"a closed request knows", closed, "deny", ask.Options{Assume: map[string][]string{"aws:MultiFactorAuthPresent": {"true"}}}},
		{"what is listed counts", given, "deny", ask.Options{Assume: map[string][]string{"aws:MultiFactorAuthPresent": {"true"}}}},
		{"deny unknown", line, "deny", ask.Options{DenyUnknown: true}},
	} {
		if a := one(t, tt.opt, tt.line); a.Verdict != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, a.Verdict, tt.want)
		}
	}
	if a := one(t, ask.Options{DenyUnknown: true}, line); len(a.Missing) != 1 {
		t.Errorf("deny for an unknown fact does not name it: %v", a.Missing)
	}
}

// TestStatements: where a statement stands is said as the question has it.
func TestStatements(t *testing.T) {
	a := one(t, ask.Options{Authz: known}, `{"id":7,"request":{`+dana+`},"policies":{
		"identity":[{"Version":"2012-10-17","Statement":[]},`+allowRead+`],
		"resource":{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:Put*","Resource":"*"},{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:Get*","Resource":"*"}]},
		"scp":[[`+allowRead+`],[`+allowRead+`,`+allowRead+`]]}}`)
	var got []string
	for _, s := range a.Statements {
		got = append(got, fmt.Sprint(s.Layer, " ", s.Policy, " ", s.Index, " ", s.Sid, " ", s.Effect))
	}
	want := []string{"scp scp[0][0] 0 Read Allow", "scp scp[1][0] 0 Read Allow", "scp scp[1][1] 0 Read Allow", "resource resource[0] 1 No Deny", "identity identity[1] 0 Read Allow"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if a.ID != 7.0 || a.Verdict != "deny" || !a.Explicit || a.Layer != "resource" || len(a.Refused) != 1 || a.Refused[0].Policy != "identity[0]" {
		t.Errorf("%+v", a)
	}
}

// TestStream: the answers come in the order of the questions, whatever is
// between them.
func TestStream(t *testing.T) {
	var in strings.Builder
	n := 20000
	for i := range n {
		switch i % 10 {
		case 3:
			fmt.Fprintf(&in, "{\"id\":%d,\"request\":\n", i)
		case 7:
			in.WriteString("\r\n")
		default:
			fmt.Fprintf(&in, `{"id":%d,"request":{%s,"context":{"aws:SourceIp":"192.0.2.%d"}},"policies":{"identity":[%s],"boundary":[%s]}}`+"\n",
				i, dana, i%250, allowRead, strings.Replace(allowRead, "Read", fmt.Sprint("Read", i%97), 1))
		}
	}
	for _, workers := range []int{1, 3} {
		var out bytes.Buffer
		tally, err := ask.Stream(&out, strings.NewReader(in.String()), ask.Options{Workers: workers, Authz: known})
		if err != nil {
			t.Fatal(err)
		}
		if tally.Questions != n*9/10 || tally.Bad != n/10 {
			t.Errorf("%+v", tally)
		}
		i := 0
		for line := range strings.Lines(out.String()) {
			if i%10 == 7 {
				i++
			}
			want := fmt.Sprintf(`{"id":%d,"verdict":"allow"`, i)
			if i%10 == 3 {
				want = fmt.Sprintf(`{"id":%d,"line":%d,"error":`, i, i+1)
			}
			if !strings.HasPrefix(line, want) {
				t.Fatalf("line %d: %s, want %s…", i, line, want)
			}
			i++
		}
	}
}

// TestStreamAnswersAtOnce: one question at a time over a pipe.
func TestStreamAnswersAtOnce(t *testing.T) {
	qr, qw := io.Pipe()
	ar, aw := io.Pipe()
	go func() {
		_, err := ask.Stream(aw, qr, ask.Options{})
		aw.CloseWithError(err)
	}()
	buf := make([]byte, 1<<16)
	for i := range 5 {
		fmt.Fprintf(qw, `{"id":%d,"request":{%s}}`+"\n", i, dana)
		got := make(chan string)
		go func() {
			n, _ := ar.Read(buf)
			got <- string(buf[:n])
		}()
		select {
		case s := <-got:
			if !strings.HasPrefix(s, fmt.Sprintf(`{"id":%d,`, i)) {
				t.Fatal(s)
			}
		case <-time.After(time.Minute):
			t.Fatal("no answer to an unfinished input")
		}
	}
	qw.Close()
}

func TestStreamLongLines(t *testing.T) {
	q := `{"id":1,"request":{` + dana + `}}` + "\n"
	long := `{"id":2,"note":"` + strings.Repeat("x", 1<<20) + `","request":{` + dana + `}}` + "\n"
	var out bytes.Buffer
	tally, err := ask.Stream(&out, iotest{strings.NewReader(q + long + q + long + q)}, ask.Options{MaxLine: 300000})
	if err != nil || tally.Questions != 5 || tally.Bad != 2 {
		t.Fatal(tally, err)
	}
	lines := strings.Split(out.String(), "\n")
	if lines[3] != `{"id":null,"line":4,"error":"the line is longer than 300000 bytes"}` || !strings.HasPrefix(lines[4], `{"id":1,"verdict"`) {
		t.Errorf("%s", out.String())
	}
	out.Reset()
	if tally, err = ask.Stream(&out, strings.NewReader(long+strings.TrimSuffix(long, "\n")), ask.Options{}); err != nil || tally.Bad != 0 || tally.Questions != 2 {
		t.Error(tally, err)
	}
}

// iotest reads in odd pieces.
type iotest struct{ r io.Reader }

func (r iotest) Read(p []byte) (int, error) { return r.r.Read(p[:min(len(p), 1013)]) }

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

type endless struct{ i int }

func (e *endless) Read(p []byte) (int, error) {
	return copy(p, `{"id":1,"request":{`+dana+`}}`+"\n"), nil
}

func TestStreamStopsWhereNobodyReads(t *testing.T) {
	if _, err := ask.Stream(brokenPipe{}, &endless{}, ask.Options{}); err == nil {
		t.Error("no error")
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(`{"id":"1","request":{` + dana + `,"open":true,"context":{"a:b":[1,true,"\u00e9"],"c":null}},"policies":{"identity":[` + allowRead + `],"resource":` + allowMFA + `,"scp":[[]]},"grants":[]}`)
	f.Add(`{"id":1e5,"note":[{}],"request":null}`)
	f.Fuzz(func(t *testing.T, line string) {
		if strings.Contains(line, "\n") {
			return
		}
		a := ask.New(ask.Options{})
		out, ok := a.Answer(nil, line)
		if !json.Valid(out) {
			t.Fatalf("%s is no JSON", out)
		}
		if ok && !json.Valid([]byte(line)) {
			t.Fatalf("%q is no JSON and was answered: %s", line, out)
		}
		again, _ := a.Answer(nil, line)
		if !bytes.Equal(out, again) {
			t.Fatalf("asked twice: %s, %s", out, again)
		}
	})
}

// questions makes n lines: eight sets of policies, contexts of their own.
func questions(n int) []byte {
	var b bytes.Buffer
	full := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	for i := range n {
		fmt.Fprintf(&b, `{"id":"%d","request":{"principal":"arn:aws:sts::111111111111:assumed-role/build/run-%d","action":"s3:GetObject","resource":"arn:aws:s3:::artifacts/web/%d.zip","resourceAccount":"222222222222","context":{"aws:SourceIp":"192.0.2.%d","aws:PrincipalOrgID":"o-example","aws:SecureTransport":"true"}},`+
			`"policies":{"identity":[{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::artifacts/*"},{"Effect":"Allow","Action":"logs:*","Resource":"*"}]}],"boundary":[%s],`+
			`"resource":{"Version":"2012-10-17","Statement":[{"Sid":"S%d","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/build"},"Action":"s3:Get*","Resource":"arn:aws:s3:::artifacts/*"},{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]},`+
			`"scp":[[%s],[%s]],"rcp":[[{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-example"}}}]}]]}}`+"\n",
			i, i, i, i%250, full, i%8, full, full)
	}
	return b.Bytes()
}

// BenchmarkDecideStream is the rate of whole lines, parsing included.
func BenchmarkDecideStream(b *testing.B) {
	const lines = 20000
	in := questions(lines)
	b.SetBytes(int64(len(in)))
	n := 0
	for b.Loop() {
		if _, err := ask.Stream(io.Discard, bytes.NewReader(in), ask.Options{Authz: known}); err != nil {
			b.Fatal(err)
		}
		n += lines
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkAnswer is one line on one processor.
func BenchmarkAnswer(b *testing.B) {
	lines := strings.Split(string(questions(1000)), "\n")
	a := ask.New(ask.Options{Authz: known})
	var out []byte
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		out, _ = a.Answer(out[:0], lines[i%1000])
		i++
	}
}

// BenchmarkAnswerNew is BenchmarkAnswer where no policy was seen before.
func BenchmarkAnswerNew(b *testing.B) {
	lines := strings.Split(string(questions(1000)), "\n")
	a := ask.New(ask.Options{Authz: known})
	var out []byte
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		// Sid is text that no decision rests on.
		line := strings.ReplaceAll(lines[i%1000], `"Effect":`, fmt.Sprintf(`"Sid":"S%d","Effect":`, i))
		out, _ = a.Answer(out[:0], line)
		i++
	}
}

// TestDocuments: the page lists the keys that the engine derives.
func TestDocuments(t *testing.T) {
	page, err := os.ReadFile("../../docs/decide.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range authz.DerivedKeys() {
		if row := "| `" + k.Key + "` | " + k.Value + " |"; !strings.Contains(string(page), row) {
			t.Errorf("docs/decide.md lacks the row\n%s", row)
		}
	}
}
