package cloud

import (
	"testing"

	"penstock/iam"
)

func TestWith(t *testing.T) {
	const a, b = "arn:aws:iam::111111111111:role/a", "arn:aws:iam::111111111111:role/b"
	m := New()
	old := &Principal{ARN: a, Name: "a", Account: "111111111111"}
	m.AddPrincipal(old)
	now := &Principal{ARN: a, Name: "a", Account: "111111111111", Path: "/new/"}
	more := &Principal{ARN: b, Name: "b", Account: "111111111111"}
	w := m.With(now).With(more)
	if w.Principal(a) != now || w.Named(Role, "111111111111", "a") != now || w.Principal(b) != more {
		t.Errorf("the view holds %v and %v", w.Principal(a), w.Principal(b))
	}
	if m.Principal(a) != old || m.Principal(b) != nil {
		t.Errorf("the model was changed: %v and %v", m.Principal(a), m.Principal(b))
	}
	n := 0
	for range w.Principals() {
		n++
	}
	if n != 2 {
		t.Errorf("the view has %d principals, want 2", n)
	}
}

func TestLess(t *testing.T) {
	const a, b = "arn:aws:iam::111111111111:role/a", "arn:aws:s3:::shop"
	gone, stays := &iam.Policy{Kind: iam.Identity, Statements: make([]iam.Statement, 2)}, &iam.Policy{Kind: iam.Resource}
	m := New()
	role := &Principal{ARN: a, Identity: []Attachment{{Policy: gone}}, Trust: &Attachment{Policy: stays}}
	m.AddPrincipal(role)
	bucket := &Resource{Type: "AWS::S3::Bucket", ARN: b, Policies: []Attachment{{Policy: stays}, {Policy: gone}}}
	other := &Resource{Type: "AWS::S3::Bucket", ARN: b + "2", Policies: []Attachment{{Policy: stays}}}
	m.Add(bucket)
	m.Add(other)
	less := &iam.Policy{Kind: iam.Identity, Statements: make([]iam.Statement, 1)}
	w := m.Less(func(who string, p *iam.Policy) *iam.Policy {
		if p == gone && (who == a || who == b) {
			return less
		}
		return p
	})
	if p := w.Principal(a); p == role || p.Identity[0].Policy != less || p.Trust != role.Trust || role.Identity[0].Policy != gone {
		t.Errorf("the role is %+v in the view, %+v in the model", p, role)
	}
	r := w.Owner(b + "/key")
	if r == bucket || r.Policies[0].Policy != stays || r.Policies[1].Policy != less || bucket.Policies[1].Policy != gone || m.Resource(b) != bucket {
		t.Errorf("the bucket is %+v in the view, %+v in the model", r, bucket)
	}
	if w.Resource(b+"2") != other || w.Resources[0] != r || w.Resources[1] != other {
		t.Error("what did not change is a copy, or what did stands elsewhere")
	}
	for x := range w.OfType("AWS::S3::Bucket") {
		if x == bucket {
			t.Error("the bucket as it was is among its type")
		}
	}
}
