package script

import (
	"path"
	"strings"

	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

// place is one argument of "aws s3": a local file, or a bucket and a key.
type place struct {
	bucket, key string
	remote      bool
	local       string
}

func placeOf(s string) (place, bool) {
	rest, ok := strings.CutPrefix(s, "s3://")
	if !ok {
		// A hole may hold the whole of "s3://bucket/key".
		return place{local: s}, !strings.HasPrefix(s, "\x00")
	}
	b, k := service.Bucket(rest)
	if b == "" || strings.HasPrefix(rest, "arn:") {
		return place{}, false // an access point
	}
	return place{bucket: b, key: k, remote: true}, true
}

// s3 reads the high-level commands
// (https://docs.aws.amazon.com/cli/latest/reference/s3/index.html).
func (c *CLI) s3(op string, a args) {
	var ps []place
	for _, w := range a.words {
		p, ok := placeOf(w.Text)
		if !ok {
			return // it cannot be told whether it is local
		}
		ps = append(ps, p)
	}
	switch op {
	case "cp", "mv", "sync":
		if len(ps) == 2 {
			c.transfer(op, a, ps[0], ps[1])
		}
	case "rm":
		if len(ps) == 1 && ps[0].remote {
			if a.has("--recursive") {
				c.list(ps[0])
				c.perhaps(c.object(ps[0], true), "s3:DeleteObject")
				return
			}
			c.add(c.object(ps[0], false), "s3:DeleteObject")
		}
	case "ls":
		switch {
		case len(ps) == 0:
			c.add(everything, "s3:ListAllMyBuckets")
		case ps[0].remote:
			c.list(ps[0])
		}
	case "mb", "rb":
		if len(ps) == 1 && ps[0].remote {
			c.add(c.site.Object(ps[0].bucket, ""), map[string]string{"mb": "s3:CreateBucket", "rb": "s3:DeleteBucket"}[op])
		}
	}
}

func (c *CLI) transfer(op string, a args, src, dst place) {
	many := op == "sync" || a.has("--recursive")
	if dst.remote && !src.remote && !many && (dst.key == "" || strings.HasSuffix(dst.key, "/")) {
		if src.local == "-" || match.HasHole(src.local) {
			dst.key += match.Hole(match.Key, "the name of a file of the build")
		} else {
			dst.key += path.Base(src.local)
		}
	}
	// Who copies a folder has files in it: on the first run at least they are
	// copied.
	if src.remote {
		if many {
			c.list(src)
		}
		c.add(c.object(src, many), "s3:GetObject")
		if op == "mv" {
			c.add(c.object(src, many), "s3:DeleteObject")
		}
	}
	if dst.remote {
		if op == "sync" {
			c.list(dst)
		}
		t := c.object(dst, many)
		if k := a.opt("--sse-kms-key-id"); k != "" {
			t.Encryption = &cloud.Encryption{Mode: cloud.Customer, Key: service.KeyARN(c.site.Model, k, c.site.Account, c.Region), Span: c.At}
			if service.AWSKey(k) {
				t.Encryption = service.Managed("s3", c.site.Account, c.Region)
			}
			t.Context.Set("s3:x-amz-server-side-encryption-aws-kms-key-id", t.Encryption.Key)
		}
		if v := a.opt("--sse"); v != "" || a.has("--sse") {
			if v == "" {
				v = "AES256"
			}
			t.Context.Set("s3:x-amz-server-side-encryption", v)
		}
		if v := a.opt("--acl"); v != "" {
			t.Context.Set("s3:x-amz-acl", v)
		}
		if v := a.opt("--storage-class"); v != "" {
			t.Context.Set("s3:x-amz-storage-class", v)
		}
		headless(&t)
		c.add(t, "s3:PutObject")
		if a.opt("--acl") != "" {
			c.add(t, "s3:PutObjectAcl")
		}
		if op == "sync" && a.has("--delete") {
			c.perhaps(c.object(dst, true), "s3:DeleteObject")
		}
	}
}

// headless: what the command does not say, it does not send.
func headless(t *service.Target) {
	for _, k := range []string{"s3:x-amz-acl", "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"} {
		if !t.Context.Has(k) {
			t.Context.SetAbsent(k)
		}
	}
}

// object is one object, or any below a prefix.
func (c *CLI) object(p place, many bool) service.Target {
	key := p.key
	if many || key == "" {
		if key != "" && !strings.HasSuffix(key, "/") {
			key += "/"
		}
		key = service.KeyHole(key, "a file of the build")
	}
	t := c.site.Object(p.bucket, key)
	t.What = "s3://" + p.bucket + "/" + p.key
	return t
}

// list is the listing of a bucket below a prefix.
func (c *CLI) list(p place) {
	t := c.site.Object(p.bucket, "")
	t.What = "bucket " + p.bucket
	t.Context.SetUnknown("s3:prefix")
	t.Context.SetUnknown("s3:delimiter")
	t.Context.SetUnknown("s3:max-keys")
	c.add(t, "s3:ListBucket")
}

func (c *CLI) s3api(op string, a args) {
	bucket, key := a.opt("--bucket"), a.opt("--key")
	if bucket == "" {
		return
	}
	object := func() service.Target {
		if key == "" {
			key = match.Hole(match.Key, "an object of the build")
		}
		return c.site.Object(bucket, key)
	}
	versioned := func(action string) string {
		if a.has("--version-id") {
			return action + "Version"
		}
		return action
	}
	switch op {
	case "get-object", "head-object":
		c.add(object(), versioned("s3:GetObject"))
	case "put-object":
		t := object()
		for opt, key := range map[string]string{
			"--acl": "s3:x-amz-acl", "--server-side-encryption": "s3:x-amz-server-side-encryption", "--ssekms-key-id": "s3:x-amz-server-side-encryption-aws-kms-key-id",
		} {
			if v := a.opt(opt); v != "" {
				t.Context.Set(key, v)
			}
		}
		headless(&t)
		c.add(t, "s3:PutObject")
	case "delete-object":
		c.add(object(), versioned("s3:DeleteObject"))
	case "list-objects", "list-objects-v2", "head-bucket":
		c.list(place{bucket: bucket})
	}
}
