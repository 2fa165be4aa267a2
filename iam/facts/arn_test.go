package facts

import (
	"strings"
	"testing"

	"penstock/match"
	"penstock/truth"
)

func TestMatchARN(t *testing.T) {
	const (
		bucket = "arn:${Partition}:s3:::${BucketName}"
		object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
		role   = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"
		key    = "arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}"
		group  = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}"
		stream = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}"
		pipe   = "arn:${Partition}:codepipeline:${Region}:${Account}:${PipelineName}"
		action = "arn:${Partition}:codepipeline:${Region}:${Account}:${PipelineName}/${StageName}/${ActionName}"
		fn     = "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}"
	)
	name, account, path := match.Hole(match.Name, "n"), match.Hole(match.Account, "a"), match.Hole(match.Path, "p")
	any, objKey := match.Hole(match.Any, "x"), match.Hole(match.Key, "k")
	for _, c := range []struct {
		template, arn string
		want          truth.Value
	}{
		{bucket, "arn:aws:s3:::b", truth.Yes},
		{bucket, "arn:aws-cn:s3:::b", truth.Yes},
		{bucket, "arn:aws:s3:::b/k", truth.No},
		{bucket, "arn:aws:s3:::", truth.No},
		{bucket, "arn:aws:s3::111111111111:b", truth.No},
		{bucket, "arn:aws:sqs:::b", truth.No},
		{bucket, "b", truth.No},
		{bucket, "", truth.No},
		{object, "arn:aws:s3:::b/k", truth.Yes},
		{object, "arn:aws:s3:::b/a/b:c/*", truth.Yes},
		{object, "arn:aws:s3:::b", truth.No},
		{object, "arn:aws:s3:::b/", truth.No},
		{role, "arn:aws:iam::111111111111:role/r", truth.Yes},
		{role, "arn:aws:iam::111111111111:role/a/b/r", truth.Yes},
		{role, "arn:aws:iam::111111111111:Role/r", truth.No},
		{role, "arn:aws:iam::111111111111:user/r", truth.No},
		{role, "arn:aws:iam:::role/r", truth.Maybe},
		{key, "arn:aws:kms:eu-west-1:111111111111:key/1", truth.Yes},
		{key, "arn:aws:kms:eu-west-1:111111111111:alias/1", truth.No},
		{group, "arn:aws:logs:eu-west-1:111111111111:log-group:/aws/codebuild/x", truth.Yes},
		{group, "arn:aws:logs:eu-west-1:111111111111:log-group:/aws/codebuild/x:*", truth.Maybe},
		{group, "arn:aws:logs:eu-west-1:111111111111:log-group:x:log-stream:y", truth.Maybe},
		{stream, "arn:aws:logs:eu-west-1:111111111111:log-group:/a/x:log-stream:b/c", truth.Yes},
		{stream, "arn:aws:logs:eu-west-1:111111111111:log-group:/a/x", truth.No},
		{pipe, "arn:aws:codepipeline:eu-west-1:111111111111:p", truth.Yes},
		{pipe, "arn:aws:codepipeline:eu-west-1:111111111111:p/s/a", truth.Maybe},
		{action, "arn:aws:codepipeline:eu-west-1:111111111111:p/s/a", truth.Yes},
		{action, "arn:aws:codepipeline:eu-west-1:111111111111:p", truth.No},
		{fn, "arn:aws:lambda:eu-west-1:111111111111:function:f:alias", truth.Maybe},

		{bucket, "arn:aws:s3:::" + name, truth.Yes},
		{bucket, "arn:aws:s3:::x-" + name + "-" + account, truth.Yes},
		{bucket, "arn:aws:s3:::" + any, truth.Maybe},
		{bucket, "arn:aws:s3:::" + name + "/k", truth.No},
		{bucket, "arn:aws:s3:::" + path, truth.Maybe},
		{object, "arn:aws:s3:::" + name, truth.No},
		{object, "arn:aws:s3:::" + any, truth.Maybe},
		{object, "arn:aws:s3:::" + name + "/" + objKey, truth.Yes},
		{object, "arn:aws:s3:::" + name + "/x" + any, truth.Maybe}, // 'x' and nothing is a key, but the rule for Any is coarse
		{role, "arn:aws:iam::" + account + ":role/" + path, truth.Yes},
		{role, "arn:aws:iam::" + account + ":role/" + name, truth.Yes},
		{role, "arn:aws:iam::" + account + ":user/" + name, truth.No},
		{role, "arn:aws:iam::" + account + ":" + name, truth.No},
		{role, "arn:aws:iam::" + account + ":" + path, truth.Maybe},
		{role, any, truth.Maybe},
		{role, objKey, truth.Maybe},
		{role, name, truth.No},
		{key, "arn:" + name + ":kms:" + name + ":" + account + ":key/" + name, truth.Yes},
		{"arn:${Partition}:iam::aws:contextProvider/${ContextProviderName}", "arn:aws:iam::" + account + ":contextProvider/x", truth.No},
	} {
		if got := MatchARN(c.template, c.arn); got != c.want {
			t.Errorf("MatchARN(%q, %q) = %v, want %v", c.template, match.Render(c.arn), got, c.want)
		}
	}
	if got := MatchARN(bucket, "arn:aws:s3:::"+strings.Repeat("b", longest)); got != truth.Maybe {
		t.Errorf("an ARN that is too long is %v, want maybe", got)
	}
}

func TestMatchPattern(t *testing.T) {
	const (
		bucket = "arn:${Partition}:s3:::${BucketName}"
		object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
		role   = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"
		stream = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}"
	)
	for _, c := range []struct {
		template, pattern string
		want              truth.Value
	}{
		{bucket, "*", truth.Yes},
		{bucket, "arn:aws:s3:::*", truth.Yes},
		{bucket, "arn:aws:s3*", truth.Yes},
		{bucket, "arn:aws:s3:::b/*", truth.No},
		{bucket, "arn:aws:s3:::b?", truth.Yes},
		{bucket, "arn:aws:iam::*:role/*", truth.No},
		{object, "arn:aws:s3:::b", truth.No},
		{object, "arn:aws:s3:::b*", truth.Yes},
		{object, "arn:aws:s3:::b/*", truth.Yes},
		{object, "arn:aws:s3:::" + match.Hole(match.Name, "B") + "/*", truth.Yes},
		{object, "arn:aws:s3:::" + match.Hole(match.Name, "B"), truth.No},
		{role, "arn:aws:iam::*:role/*", truth.Yes},
		{role, "arn:aws:iam::*:role/team/*", truth.Yes},
		{role, "arn:*:iam::111111111111:role/r", truth.Yes},
		{role, "arn:aws:iam::111111111111:user/*", truth.No},
		{role, "arn:aws:iam::111111111111:*", truth.Yes},
		{stream, "arn:aws:logs:*:*:log-group:/aws/codebuild/x:*", truth.Yes},
		{stream, "arn:aws:logs:*:*:log-group:/aws/codebuild/x", truth.No},
		{stream, "arn:aws:logs:*:*:log-group:/aws/codebuild/*", truth.Yes},
	} {
		if got := MatchPattern(c.template, c.pattern); got != c.want {
			t.Errorf("MatchPattern(%q, %q) = %v, want %v", c.template, match.Render(c.pattern), got, c.want)
		}
	}
}

// Every template matches the ARN that comes of giving each variable a plain
// name, and matches itself with a hole for each variable.
func TestTemplatesMatchThemselves(t *testing.T) {
	for p := range Services() {
		s, _ := Service(p)
		for rt := range s.ResourceTypes() {
			for _, a := range rt.ARNs {
				plain, holes := fill(a, func(string) string { return "x1" }), fill(a, func(n string) string { return match.Hole(match.Name, n) })
				if got := MatchARN(a, plain); got != truth.Yes {
					t.Errorf("%s: MatchARN(%q, %q) = %v", p, a, plain, got)
				}
				if got := MatchARN(a, holes); got != truth.Yes {
					t.Errorf("%s: MatchARN(%q, %q) = %v", p, a, match.Render(holes), got)
				}
				if got := MatchPattern(a, fill(a, func(string) string { return "*" })); got != truth.Yes {
					t.Errorf("%s: MatchPattern(%q) with stars = %v", p, a, got)
				}
			}
		}
	}
}

func fill(template string, with func(name string) string) string {
	for {
		i := strings.Index(template, "${")
		if i < 0 {
			return template
		}
		j := strings.IndexByte(template[i:], '}')
		template = template[:i] + with(template[i+2:i+j]) + template[i+j+1:]
	}
}

// FuzzMatchARN: no panic; Yes and No survive the filling of a hole; a plain
// string is matched as a pattern of itself.
func FuzzMatchARN(f *testing.F) {
	f.Add("arn:${Partition}:s3:::${BucketName}/${ObjectName}", "arn:aws:s3:::", "b/k")
	f.Add("arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}", "arn:aws:logs:::log-group:", "x")
	f.Add("arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}", "arn:aws:iam::\x00dA\x00:", "role/r")
	f.Add("${", "\x00", "}")
	f.Fuzz(func(t *testing.T, template, head, tail string) {
		s := head + tail
		got := MatchARN(template, s)
		p := MatchPattern(template, s)
		if strings.ContainsAny(s, "*?\x00") {
			return
		}
		if got != p {
			t.Errorf("MatchARN(%q, %q) = %v, as a pattern %v", template, s, got, p)
		}
		sym := MatchARN(template, head+match.Hole(match.Any, "x"))
		if sym != truth.Maybe && sym != got {
			t.Errorf("with a hole at the end %v, filled with %q %v", sym, tail, got)
		}
		if tail != "" && !strings.ContainsAny(tail, ":/ \t\r\n") {
			sym := MatchARN(template, head+match.Hole(match.Name, "x"))
			if sym != truth.Maybe && sym != got {
				t.Errorf("with a name at the end %v, filled with %q %v", sym, tail, got)
			}
		}
	})
}
