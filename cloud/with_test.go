package cloud

import "testing"

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
