package cloud

import (
	"testing"

	"penstock/doc"
	"penstock/match"
	"penstock/source"
)

func props(kv ...string) *doc.Node {
	n := &doc.Node{Kind: doc.Map}
	for i := 0; i < len(kv); i += 2 {
		n.Fields = append(n.Fields, doc.Field{Key: &doc.Node{Kind: doc.String, Text: kv[i]}, Value: &doc.Node{Kind: doc.String, Text: kv[i+1]}})
	}
	return n
}

func TestKeyARN(t *testing.T) {
	const acc, reg = "111111111111", "eu-west-1"
	id := match.Hole(match.Name, "tools.Key.KeyId")
	key := &Resource{Type: "AWS::KMS::Key", LogicalID: "Key", Account: acc, Region: reg, Ref: id, ARN: "arn:aws:kms:eu-west-1:111111111111:key/" + id}
	alias := &Resource{Type: "AWS::KMS::Alias", LogicalID: "Alias", Account: acc, Region: reg, Ref: "alias/artifacts", Props: props("AliasName", "alias/artifacts", "TargetKeyId", id)}
	loop := &Resource{Type: "AWS::KMS::Alias", LogicalID: "Loop", Account: acc, Region: reg, Ref: "alias/loop", Props: props("AliasName", "alias/loop", "TargetKeyId", "alias/loop")}
	m := refer(key, alias, loop)
	for _, c := range []struct {
		name, s, want string
		alias, ok     bool
	}{
		{"Ref of a key", id, key.ARN, false, true},
		{"ARN of a key", key.ARN, key.ARN, false, true},
		{"an id", "1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab", false, true},
		{"an alias", "alias/artifacts", key.ARN, true, true},
		{"an alias ARN", "arn:aws:kms:eu-west-1:111111111111:alias/artifacts", key.ARN, true, true},
		{"an alias of another account", "arn:aws:kms:eu-west-1:222222222222:alias/artifacts", "", true, false},
		{"an alias that no stack declares", "alias/other", "", true, false},
		{"AWS's own", "alias/aws/s3", "", true, false},
		{"an alias of itself", "alias/loop", "", true, false},
		{"a parameter", match.Hole(match.Any, "tools.KeyArn"), "", false, false},
		{"another service's ARN", "arn:aws:s3:::bucket", "", false, false},
		{"nothing", "", "", false, false},
	} {
		got, alias, ok := KeyARN(m, c.s, acc, reg)
		if got != c.want || alias != c.alias || ok != c.ok {
			t.Errorf("%s: KeyARN(%q) = %q, %v, %v, want %q, %v, %v", c.name, match.Render(c.s), match.Render(got), alias, ok, match.Render(c.want), c.alias, c.ok)
		}
	}
	if got := Aliases(m, key.ARN); len(got) != 1 || got[0] != "alias/artifacts" {
		t.Errorf("Aliases = %q, want alias/artifacts", got)
	}
}

func TestParseText(t *testing.T) {
	h := match.Hole(match.Account, "Account")
	g := match.Hole(match.Any, "Other")
	at := source.Span{File: source.NewFile("t.yaml", []byte("xxxx")), Start: 1, End: 3}
	n, err := ParseText(&doc.Node{Kind: doc.String, Span: at, Text: `{"a": "arn:aws:iam::` + h + `:root", "b": ["` + g + h + `"], "` + g + `": 1}`})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := n.At("a").Str(), "arn:aws:iam::"+h+":root"; got != want {
		t.Errorf("a = %q, want %q", match.Render(got), match.Render(want))
	}
	if got, want := n.Get("b").Items[0].Str(), g+h; got != want {
		t.Errorf("b = %q, want %q", match.Render(got), match.Render(want))
	}
	if n.Get(g) == nil {
		t.Error("the key with a hole is gone")
	}
	if n.Get("b").Items[0].Span != at {
		t.Error("a span is not that of the text")
	}
	if _, err := ParseText(&doc.Node{Kind: doc.String, Text: "{"}); err == nil {
		t.Error("broken JSON gives no error")
	}
}
