package service

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
)

// ARN returns the ARN of something of a service in the site's account and
// region.
func (s *Site) ARN(service, resource string) string {
	return s.ARNIn(service, s.Region, s.Account, resource)
}

// ARNIn is ARN for another region and account; both are "" for services that
// leave them out (s3), the region alone for global ones (iam).
func (s *Site) ARNIn(service, region, account, resource string) string {
	r := region
	if r == "" {
		r = s.Region
	}
	return arn.ARN{Partition: arn.Partition(r), Service: service, Region: region, Account: account, Resource: resource}.String()
}

// Find returns the resource of the site's account and region that s names by
// Ref, name or ARN, nil where the stacks declare none.
func (s *Site) Find(name string, types ...string) *cloud.Resource {
	return s.Model.ByRef(name, s.Account, s.Region, types...)
}

// RoleARN returns the ARN of a role that a property names by ARN or, as
// several properties allow, by name; "" for "".
func (s *Site) RoleARN(name, account string) string {
	if name == "" {
		return ""
	}
	if _, err := arn.Parse(name); err == nil {
		return name
	}
	if p := s.Model.Named(cloud.Role, account, name); p != nil {
		return p.ARN
	}
	return s.ARNIn("iam", "", account, "role/"+name)
}

// Remember returns what a room computed about the site under key, computing
// it once.
func Remember[T any](s *Site, key string, compute func() T) T {
	if v, ok := s.Memo[key].(T); ok {
		return v
	}
	v := compute()
	if s.Memo == nil {
		s.Memo = map[string]any{}
	}
	s.Memo[key] = v
	return v
}

// Context returns a context that holds keys with one value each, in pairs.
// A pair whose value is "" is left out.
func Context(pairs ...string) iam.Context {
	var c iam.Context
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			c.Set(pairs[i], pairs[i+1])
		}
	}
	return c
}

// Unknown returns a context in which nothing is known of keys.
func Unknown(keys ...string) iam.Context {
	var c iam.Context
	for _, k := range keys {
		c.SetUnknown(k)
	}
	return c
}

// Bucket splits "bucket/key", as several properties write a place in S3. The
// ARN form "arn:aws:s3:::bucket/key" is taken too.
func Bucket(s string) (bucket, key string) {
	if a, err := arn.Parse(s); err == nil && a.Service == "s3" {
		s = a.Resource
	}
	for i := range len(s) {
		if s[i] == '/' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// BucketResource returns the declared bucket of this name, whichever account
// it is in: names are unique in a partition.
func (s *Site) BucketResource(name string) *cloud.Resource {
	return s.Model.ByRef(name, "", "", "AWS::S3::Bucket")
}

// Object is a target in a bucket: key "" is the bucket itself.
func (s *Site) Object(bucket, key string) Target {
	t := Target{Resource: s.ARNIn("s3", "", "", bucket)}
	if key != "" {
		t.Resource += "/" + key
	}
	if r := s.BucketResource(bucket); r != nil {
		t.Account = r.Account
	}
	return t
}

// KeyHole is a key below prefix of which nothing more is known.
func KeyHole(prefix, name string) string { return prefix + match.Hole(match.Key, name) }

// optional sets a context key that holds v if the request carries it at all.
func optional(t *Target, key, v string) {
	t.Context.Put(key, iam.ContextValue{State: iam.Known, Values: []string{v}, Optional: true})
}
