package pattern_test

import (
	"testing"

	"penstock/doc"
	"penstock/doc/json"
	"penstock/match"
	"penstock/source"
	"penstock/trail"
	"penstock/trail/pattern"
	"penstock/truth"
)

func read(t testing.TB, s string) *doc.Node {
	t.Helper()
	n, _, err := json.Parse(source.NewFile("p", []byte(s)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// event is one like those of CloudTrail.
func event() *trail.Value {
	return trail.Tree(false,
		"source", "aws.iam", "detail-type", "AWS API Call via CloudTrail", "region", "us-east-1",
		"resources", &trail.Value{Kind: trail.List},
		"detail", trail.Tree(true,
			"eventName", "PutRolePolicy", "eventSource", "iam.amazonaws.com", "readOnly", trail.Flag(false),
			"errorCode", trail.Absent(), "count", &trail.Value{Kind: trail.Number, Text: "5"},
			"nothing", &trail.Value{Kind: trail.Null},
			"sourceIPAddress", "10.1.2.3", "empty", "",
			"userAgent", &trail.Value{Kind: trail.String, Text: "aws-cli", Optional: true},
			"names", &trail.Value{Kind: trail.List, Items: []*trail.Value{trail.Text("a"), trail.Text("b")}},
			"userIdentity", trail.Anything(),
			"who", trail.Text(match.Hole(match.Name, "somebody")),
			"requestParameters", trail.Tree(false, "roleName", "build"),
		))
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern string
		want    truth.Value
	}{
		{`{"source": ["aws.iam"]}`, truth.Yes},
		{`{"source": ["aws.s3", "aws.iam"]}`, truth.Yes},
		{`{"source": ["aws.s3"]}`, truth.No},
		{`{"source": ["aws.iam"], "detail": {"eventName": ["PutRolePolicy"]}}`, truth.Yes},
		{`{"source": ["aws.iam"], "detail": {"eventName": ["putrolepolicy"]}}`, truth.No},
		{`{"detail": {"eventName": [{"equals-ignore-case": "putrolepolicy"}]}}`, truth.Yes},
		{`{"detail": {"eventName": [{"prefix": "Put"}]}}`, truth.Yes},
		{`{"detail": {"eventName": [{"prefix": {"equals-ignore-case": "put"}}]}}`, truth.Yes},
		{`{"detail": {"eventName": [{"suffix": "Policy"}]}}`, truth.Yes},
		{`{"detail": {"eventName": [{"suffix": {"equals-ignore-case": "POLICY"}}]}}`, truth.Yes},
		{`{"detail": {"eventName": [{"wildcard": "Put*Policy"}]}}`, truth.Yes},
		{`{"detail": {"eventName": [{"wildcard": "*Bucket*"}]}}`, truth.No},
		{`{"detail": {"eventName": [{"wildcard": "Put\\*"}]}}`, truth.No},
		{`{"detail": {"eventName": [{"anything-but": "GetRole"}]}}`, truth.Yes},
		{`{"detail": {"eventName": [{"anything-but": ["GetRole", "PutRolePolicy"]}]}}`, truth.No},
		{`{"detail": {"eventName": [{"anything-but": {"prefix": "Put"}}]}}`, truth.No},
		{`{"detail": {"eventName": [{"anything-but": {"prefix": ["Get", "List"]}}]}}`, truth.Yes},
		{`{"detail": {"eventName": [{"anything-but": {"suffix": "Role"}}]}}`, truth.Yes},
		{`{"detail": {"eventName": [{"anything-but": {"wildcard": "Put*"}}]}}`, truth.No},
		{`{"detail": {"eventName": [{"anything-but": {"equals-ignore-case": "putRolepolicy"}}]}}`, truth.No},
		{`{"detail": {"errorCode": [{"exists": false}]}}`, truth.Yes},
		{`{"detail": {"errorCode": [{"exists": true}]}}`, truth.No},
		{`{"detail": {"errorCode": ["AccessDenied"]}}`, truth.No},
		{`{"detail": {"errorCode": [{"anything-but": "AccessDenied"}]}}`, truth.No},
		{`{"detail": {"eventName": [{"exists": true}]}}`, truth.Yes},
		{`{"detail": {"userAgent": [{"exists": true}]}}`, truth.Maybe},
		{`{"detail": {"userAgent": ["aws-cli"]}}`, truth.Maybe},
		{`{"detail": {"userAgent": ["other"]}}`, truth.No},
		{`{"detail": {"unheard": ["x"]}}`, truth.Maybe},
		{`{"detail": {"requestParameters": {"roleName": ["build"]}}}`, truth.Yes},
		{`{"detail": {"requestParameters": {"roleName": ["deploy"]}}}`, truth.No},
		{`{"detail": {"requestParameters": {"policyName": ["x"]}}}`, truth.No},
		{`{"detail": {"requestParameters": {"policyName": [{"exists": false}]}}}`, truth.Yes},
		{`{"detail": {"requestParameters": {"a": {"b": [{"exists": false}]}}}}`, truth.Yes},
		{`{"detail": {"userIdentity": {"type": ["Root"]}}}`, truth.Maybe},
		{`{"detail": {"userIdentity": {"type": ["Root"]}, "eventName": ["GetRole"]}}`, truth.No},
		{`{"detail": {"readOnly": [false]}}`, truth.Yes},
		{`{"detail": {"readOnly": [true]}}`, truth.No},
		{`{"detail": {"readOnly": ["false"]}}`, truth.No},
		{`{"detail": {"nothing": [null]}}`, truth.Yes},
		{`{"detail": {"empty": [""]}}`, truth.Yes},
		{`{"detail": {"eventName": [null]}}`, truth.No},
		{`{"detail": {"count": [5]}}`, truth.Yes},
		{`{"detail": {"count": [5.0]}}`, truth.Yes},
		{`{"detail": {"count": ["5"]}}`, truth.No},
		{`{"detail": {"count": [{"numeric": ["=", 5]}]}}`, truth.Yes},
		{`{"detail": {"count": [{"numeric": [">", 0, "<=", 5]}]}}`, truth.Yes},
		{`{"detail": {"count": [{"numeric": ["<", 5]}]}}`, truth.No},
		{`{"detail": {"eventName": [{"numeric": ["<", 5]}]}}`, truth.No},
		{`{"detail": {"sourceIPAddress": [{"cidr": "10.0.0.0/8"}]}}`, truth.Yes},
		{`{"detail": {"sourceIPAddress": [{"cidr": "10.9.0.0/16"}]}}`, truth.No},
		{`{"detail": {"eventName": [{"cidr": "10.9.0.0/16"}]}}`, truth.No},
		{`{"detail": {"names": ["b"]}}`, truth.Yes},
		{`{"detail": {"names": ["c"]}}`, truth.No},
		{`{"detail": {"names": [{"anything-but": "a"}]}}`, truth.Maybe},
		{`{"resources": ["x"]}`, truth.No},
		{`{"detail": {"who": ["alice"]}}`, truth.Maybe},
		{`{"detail": {"who": [{"exists": true}]}}`, truth.Yes},
		{`{"detail": {"who": ["a:b"]}}`, truth.No},
		{`{"detail": {"who": [{"anything-but": "a:b"}]}}`, truth.Yes},
		{`{"$or": [{"source": ["aws.s3"]}, {"detail": {"eventName": ["PutRolePolicy"]}}]}`, truth.Yes},
		{`{"$or": [{"source": ["aws.s3"]}, {"source": ["aws.kms"]}], "region": ["us-east-1"]}`, truth.No},
		{`{"detail": {"$or": [{"eventName": ["X"]}, {"eventSource": [{"prefix": "iam"}]}]}}`, truth.Yes},
		{`{"detail": {"$or": [{"eventName": ["X"]}]}}`, truth.Maybe},
		{`{"source": "aws.iam"}`, truth.No},
		{`{}`, truth.No},
	} {
		if got := pattern.Parse(read(t, c.pattern)).Match(event()); got != c.want {
			t.Errorf("%s: %v, want %v", c.pattern, got, c.want)
		}
	}
}

func TestBroken(t *testing.T) {
	for _, s := range []string{
		`{}`, `[]`, `{"source": "aws.iam"}`, `{"source": []}`, `{"source": [["a"]]}`, `{"source": [{"prefix": 5}]}`,
		`{"source": [{"prefix": "a", "suffix": "b"}]}`, `{"source": [{"like": "a"}]}`, `{"source": [{"wildcard": "a**"}]}`,
		`{"source": [{"wildcard": "a\\b"}]}`, `{"source": [{"exists": "maybe"}]}`, `{"source": [{"numeric": ["~", 1]}]}`,
		`{"source": [{"numeric": [1]}]}`, `{"source": [{"cidr": "ten"}]}`, `{"source": [{"anything-but": [true]}]}`,
		`{"source": [{"anything-but": {"cidr": "10.0.0.0/8"}}]}`, `{"source": [{"anything-but": []}]}`, `{"detail": {"a": {}}}`,
	} {
		if pattern.Parse(read(t, s)).Broken == "" {
			t.Errorf("%s is taken", s)
		}
	}
	if p := pattern.Parse(&doc.Node{Kind: doc.String, Text: `{"source": ["aws.iam"]}`}); p.Match(event()) != truth.Yes {
		t.Errorf("a pattern in a string: %v, %s", p.Match(event()), p.Broken)
	}
	if p := pattern.Parse(&doc.Node{Kind: doc.String, Text: `{"source"`}); p.Broken == "" {
		t.Error("half a pattern is taken")
	}
}

// What a template does not settle is Maybe, and never makes a match sure.
func TestUnknown(t *testing.T) {
	n := read(t, `{"source": ["aws.iam"], "detail": {"eventName": ["PutRolePolicy"]}}`)
	eventName := n.Get("detail").Get("eventName")
	eventName.Items[0] = &doc.Node{Kind: doc.Unknown}
	if got := pattern.Parse(n).Match(event()); got != truth.Maybe {
		t.Errorf("an unknown name: %v", got)
	}
	eventName.Items[0] = &doc.Node{Kind: doc.String, Text: "PutRolePolicy", Maybe: []string{"IsProd"}}
	if got := pattern.Parse(n).Match(event()); got != truth.Maybe {
		t.Errorf("a name under a condition: %v", got)
	}
	eventName.Items[0] = &doc.Node{Kind: doc.String, Text: match.Hole(match.Any, "p")}
	if got := pattern.Parse(n).Match(event()); got != truth.Maybe {
		t.Errorf("a name from a parameter: %v", got)
	}
}

func TestMiss(t *testing.T) {
	p := pattern.Parse(read(t, `{"source": ["aws.iam"], "detail-type": ["AWS API Call"], "detail": {"eventName": ["PutRolePolicy"]}}`))
	if got := p.Miss(event()); got != "detail-type" {
		t.Errorf("Miss = %q", got)
	}
	if !p.Only(event(), "detail-type") {
		t.Error("another field than detail-type is said to miss")
	}
	q := pattern.Parse(read(t, `{"source": ["aws.iam"], "detail": {"userIdentity": {"type": ["Root"]}}}`))
	if got := q.Narrow(event()); got != "detail.userIdentity.type" {
		t.Errorf("Narrow = %q", got)
	}
}

// Of an event of which everything is known the answer is never Maybe but for
// what the pages leave open; and what is sure of a symbolic event is so for a
// filling of it.
func FuzzMatch(f *testing.F) {
	for _, s := range []string{
		`{"source": ["aws.iam"]}`, `{"detail": {"who": [{"prefix": "a"}]}}`, `{"detail": {"who": [{"anything-but": {"suffix": "z"}}]}}`,
		`{"$or": [{"a": [1]}, {"b": [{"numeric": [">", 1, "<", 2e3]}]}]}`, `{"detail": {"who": [{"wildcard": "*\\**"}], "names": [{"exists": false}]}}`,
	} {
		f.Add(s, "alice")
	}
	f.Fuzz(func(t *testing.T, s, name string) {
		n, _, err := json.Parse(source.NewFile("p", []byte(s)))
		if err != nil {
			return
		}
		p := pattern.Parse(n)
		before := p.Match(event())
		p.Miss(event())
		if name == "" || match.HasHole(name) {
			return
		}
		for _, r := range name {
			if r == ':' || r == '/' || r == '*' || r == '?' || r <= ' ' || r >= 0x7f {
				return
			}
		}
		filled := event()
		detail := *filled.Get("detail")
		detail.Fields["who"] = trail.Text(name)
		if after := p.Match(filled); before != truth.Maybe && after != before {
			t.Errorf("%s: %v for anybody, %v for %q", s, before, after, name)
		}
	})
}
