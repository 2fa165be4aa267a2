package s3

import (
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

// mends: fixes of what S3 refuses; each is proved again by whoever asks.
var mends = map[string]func(*service.Site, *diag.Finding) []diag.Fix{
	"RUN022": ownKey,
	"RUN083": withoutACL,
	"RUN120": mayHaveACLs,
	"RUN121": mayBePublic,
	"RUN124": fitting,
	"RUN126": plainEncryption,
	"RUN129": ownsObjects,
}

func f(name string, v splice.Value) splice.Field { return splice.Field{Name: name, Value: v} }

// bucketOf is the bucket whose properties hold a place.
func bucketOf(m *cloud.Model, at source.Span) *cloud.Resource {
	for r := range m.OfType(bucketType) {
		if r.Props != nil && within(at, r.Props.Span) {
			return r
		}
	}
	return nil
}

func within(in, out source.Span) bool {
	return in.File == out.File && !out.IsZero() && out.Start <= in.Start && in.End <= out.End
}

// mayHaveACLs keeps the ACL that a bucket is made with: its owner still owns
// what comes with bucket-owner-full-control.
func mayHaveACLs(s *service.Site, x *diag.Finding) []diag.Fix {
	b := bucketOf(s.Model, x.At)
	if b == nil {
		return nil
	}
	rule := splice.Map(f("Rules", splice.List(splice.Map(f("ObjectOwnership", splice.String("BucketOwnerPreferred"))))))
	edits, err := splice.SetField(b.Props, "OwnershipControls", rule)
	return service.Fixed("let "+b.ID()+" have ACLs", edits, err)
}

// mayBePublic switches off what refuses the public policy or ACL that the
// template gives a bucket, where nothing else in it says that the bucket is to
// be blocked: then its author has said one thing, and the default another.
func mayBePublic(s *service.Site, x *diag.Finding) []diag.Fix {
	b := s.Model.Owner(x.Resource)
	if b == nil || b.Type != bucketType || b.Props == nil || b.Prop("PublicAccessBlockConfiguration") != nil {
		return nil
	}
	policy := x.Action == "s3:PutBucketPolicy"
	edits, err := splice.SetField(b.Props, "PublicAccessBlockConfiguration", splice.Map(
		f("BlockPublicAcls", splice.Bool(policy)), f("IgnorePublicAcls", splice.Bool(policy)),
		f("BlockPublicPolicy", splice.Bool(!policy)), f("RestrictPublicBuckets", splice.Bool(!policy)),
	))
	return service.Fixed("let "+b.ID()+" be public, as its template asks", edits, err)
}

// fitting puts the resources of a bucket policy's statement right: those of
// another bucket become this one's, and what its actions are asked of is
// added.
func fitting(s *service.Site, x *diag.Finding) []diag.Fix {
	for b := range s.Model.OfType(bucketType) {
		for _, a := range b.Policies {
			if a.Policy == nil || a.Node == nil {
				continue
			}
			i := 0
			for n := range a.Node.Get("Statement").Elems() {
				if i < len(a.Policy.Statements) && within(x.At, n.Span) {
					return fit(s, b, a, &a.Policy.Statements[i], n, x)
				}
				i++
			}
		}
	}
	return nil
}

func fit(s *service.Site, b *cloud.Resource, a cloud.Attachment, st *iam.Statement, n *doc.Node, x *diag.Finding) []diag.Fix {
	if s.Author == nil || n.Get("Resource") == nil {
		return nil
	}
	list := n.Get("Resource")
	// Resources of another bucket.
	var edits []diag.Edit
	elems := []*doc.Node{list}
	if list.Kind == doc.List {
		elems = list.Items
	}
	for _, e := range elems {
		text := cloud.Text(e)
		head, key, object := strings.Cut(text, "/")
		if !strings.HasPrefix(text, "arn:") || head == b.ARN || strings.ContainsAny(head, "*?") {
			continue
		}
		want := b.ARN
		if object {
			want += "/" + key
		}
		v, ok := s.Author(a.Resource, want)
		if !ok {
			return nil
		}
		put, err := splice.Replace(e, v)
		if err != nil {
			return nil
		}
		edits = append(edits, put...)
	}
	if len(edits) > 0 {
		return service.Fixed("name "+b.ID()+" in its own policy", edits, nil)
	}
	// An action that none of the resources is of the right kind for.
	var whole, inside bool
	for _, act := range st.Actions {
		onBucket, onObject, known := appliesTo(act.Text)
		whole, inside = whole || known && onBucket, inside || known && onObject
	}
	have := map[bool]bool{}
	for _, e := range st.Resources {
		have[strings.Contains(e.Text, "/")] = true
	}
	want := b.ARN
	switch {
	case inside && !have[true]:
		want += "/*"
	case !whole || have[false]:
		return nil
	}
	v, ok := s.Author(a.Resource, want)
	if !ok {
		return nil
	}
	says := "name what the actions are asked of: " + match.Render(want)
	if whole && inside || list.Kind == doc.List && len(list.Items) != 1 {
		edits, err := splice.Add(list, v)
		return service.Fixed(says, edits, err)
	}
	// All its actions are of the other kind.
	if list.Kind == doc.List {
		list = list.Items[0]
	}
	edits, err := splice.Replace(list, v)
	return service.Fixed(says, edits, err)
}

// plainEncryption encrypts a bucket of logs with S3's own keys.
func plainEncryption(s *service.Site, x *diag.Finding) []diag.Fix {
	b := s.Model.Owner(x.Resource)
	if b == nil || b.Type != bucketType || b.Props == nil || b.Prop("BucketEncryption") == nil {
		return nil
	}
	rule := splice.Map(f("ServerSideEncryptionConfiguration", splice.List(splice.Map(
		f("ServerSideEncryptionByDefault", splice.Map(f("SSEAlgorithm", splice.String("AES256"))))))))
	edits, err := splice.SetField(b.Props, "BucketEncryption", rule)
	return service.Fixed("encrypt "+b.ID()+" with SSE-S3", edits, err)
}

// ownsObjects makes the bucket's account own what others upload.
func ownsObjects(s *service.Site, x *diag.Finding) []diag.Fix {
	b := s.Model.Owner(x.Resource)
	if b == nil || b.Type != bucketType || b.Props == nil {
		return nil
	}
	rule := splice.Map(f("Rules", splice.List(splice.Map(f("ObjectOwnership", splice.String("BucketOwnerEnforced"))))))
	edits, err := splice.SetField(b.Props, "OwnershipControls", rule)
	return service.Fixed("let the account of "+b.ID()+" own what is uploaded", edits, err)
}

// withoutACL leaves the ACL out of a command that the bucket refuses.
func withoutACL(s *service.Site, x *diag.Finding) []diag.Fix {
	for _, acl := range []string{"public-read", "public-read-write", "authenticated-read", "aws-exec-read", "private", "bucket-owner-read", "log-delivery-write"} {
		for _, flag := range []string{" --acl " + acl, " --acl=" + acl} {
			if fix := service.Rewrite(x.At, flag, "", "write without an ACL"); fix != nil {
				return fix
			}
		}
	}
	return nil
}

// ownKey names a customer managed key where nobody named one: that of the
// pipeline's store for the build project which wrote the artifact, and one of
// the template's for the store or the bucket itself.
func ownKey(s *service.Site, x *diag.Finding) []diag.Fix {
	if len(x.Related) == 0 || s.Author == nil {
		return nil
	}
	at := x.Related[len(x.Related)-1].At
	for _, r := range s.Model.Resources {
		if r.Props == nil || r.Span != at && !within(at, r.Props.Span) && (r.Node == nil || !within(at, r.Node.Span)) {
			continue
		}
		switch r.Type {
		case "AWS::CodeBuild::Project":
			if s.Pipeline == nil || r.Prop("EncryptionKey") != nil {
				return nil
			}
			st := s.Store(r.Region)
			if st == nil || st.Key == "" || service.AWSKey(st.Key) {
				return nil
			}
			v, ok := s.Author(r, st.Key)
			if !ok {
				return nil
			}
			edits, err := splice.SetField(r.Props, "EncryptionKey", v)
			return service.Fixed("let "+r.ID()+" write with the key of the pipeline", edits, err)
		case "AWS::CodePipeline::Pipeline":
			return nameKey(r)
		case bucketType:
			return bucketKey(r)
		}
	}
	return nil
}

// bucketKey encrypts a bucket with the only key of its template, or a new one.
func bucketKey(b *cloud.Resource) []diag.Fix {
	for r := range b.Prop("BucketEncryption", "ServerSideEncryptionConfiguration").Elems() {
		by := r.Get("ServerSideEncryptionByDefault")
		if by == nil || by.Get("KMSMasterKeyID") != nil && !service.AWSKey(cloud.Text(by.Get("KMSMasterKeyID"))) {
			continue
		}
		as := *b
		as.Props = by
		return service.OwnKey(&as, by.Get("KMSMasterKeyID"), "KMSMasterKeyID", "")
	}
	return nil
}

// nameKey names the only key of the pipeline's template in its artifact
// stores of the template's region.
func nameKey(p *cloud.Resource) []diag.Fix {
	stores := []*doc.Node{p.Prop("ArtifactStore")}
	for e := range p.Prop("ArtifactStores").Elems() {
		if cloud.Text(e.Get("Region")) == p.Region {
			stores = append(stores, e.Get("ArtifactStore"))
		}
	}
	for _, st := range stores {
		if st == nil || st.Get("EncryptionKey") != nil {
			continue
		}
		edits, key, ok := service.PickKey(p, "")
		if !ok {
			return nil
		}
		set, err := splice.SetField(st, "EncryptionKey", splice.Map(f("Id", key), f("Type", splice.String("KMS"))))
		return service.Fixed("let "+p.ID()+" encrypt its artifacts with a customer managed key", append(edits, set...), err)
	}
	return nil
}
