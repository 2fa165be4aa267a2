package lambda

import "strings"

// A sdkCall is one call of an AWS SDK that the code makes.
type sdkCall struct {
	service, op string
	args        map[string][]token
	spread      bool // there may be more arguments than are written
	code        *code
	line        string
}

// python reads the calls that a Python source makes through boto3 clients, as
// in
//
//	sfn = boto3.client("stepfunctions")
//	sfn.send_task_failure(taskToken=…)
//
// and through boto3.resource("dynamodb").Table(…). A client that is made with
// credentials of its own acts for somebody else, and is left out.
func python(src string, env func(string) (string, bool)) []sdkCall {
	c := &code{toks: lex(src, true), env: env}
	c.constants()
	sessions := map[string]bool{"boto3": true}
	clients := map[string]string{}
	tables := map[string][]token{} // variables that hold a table of DynamoDB
	lost := map[string]bool{}      // names that stand for two things
	set := func(name, svc string) {
		if old, ok := clients[name]; name != "" && ok && old != svc {
			lost[name] = true
		}
		clients[name] = svc
	}
	var out []sdkCall
	for i := 0; i < len(c.toks); i++ {
		t := c.toks[i]
		if t.kind != word || i > 0 && c.is(i-1, ".") {
			continue
		}
		name, next := c.dotted(i)
		switch {
		case (name == "boto3.Session" || name == "boto3.session.Session") && c.is(next, "("):
			end := c.close(next)
			args, spread := c.pairs(next+1, end, "=")
			if !spread && args["aws_access_key_id"] == nil && args["profile_name"] == nil {
				sessions[c.assigned(i)] = true
			}
		case strings.HasSuffix(name, ".client") && sessions[strings.TrimSuffix(name, ".client")] && c.is(next, "("):
			end := c.close(next)
			args, spread := c.pairs(next+1, end, "=")
			svc := args[""]
			if svc == nil {
				svc = args["service_name"]
			}
			if spread || args["aws_access_key_id"] != nil || args["aws_session_token"] != nil || args["endpoint_url"] != nil || len(svc) != 1 || svc[0].kind != text {
				if v := c.assigned(i); v != "" {
					lost[v] = true
				}
				continue
			}
			if c.is(end+1, ".") { // boto3.client("x").method(…)
				out = c.method(out, svc[0].s, end+2)
				continue
			}
			set(c.assigned(i), svc[0].s)
		case strings.HasSuffix(name, ".resource") && sessions[strings.TrimSuffix(name, ".resource")] && c.is(next, "("):
			end := c.close(next)
			args, spread := c.pairs(next+1, end, "=")
			if spread || len(args) != 1 || len(args[""]) != 1 || args[""][0].s != "dynamodb" {
				continue
			}
			if c.is(end+1, ".", "Table", "(") {
				e := c.close(end + 3)
				a, _ := c.pairs(end+4, e, "=")
				tables[c.assigned(i)] = a[""]
				continue
			}
			set(c.assigned(i), "dynamodb.resource")
		case c.is(next, "("):
			base, method, ok := cutLast(name)
			if !ok || base == "" || lost[base] {
				continue
			}
			if svc := clients[base]; svc == "dynamodb.resource" && method == "Table" {
				a, _ := c.pairs(next+1, c.close(next), "=")
				tables[c.assigned(i)] = a[""]
			} else if svc != "" && svc != "dynamodb.resource" {
				out = c.method(out, svc, next-1)
			} else if table, ok := tables[base]; ok {
				if n := len(out); len(c.method(out, "dynamodb", next-1)) > n {
					out = c.method(out, "dynamodb", next-1)
					out[n].args["TableName"] = table
				}
			}
		}
	}
	return out
}

func cutLast(name string) (base, last string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}

// dotted reads "a.b.c" at i, and returns what stands behind it.
func (c *code) dotted(i int) (name string, next int) {
	name = c.toks[i].s
	for i++; i+1 < len(c.toks) && c.is(i, ".") && c.toks[i+1].kind == word; i += 2 {
		name += "." + c.toks[i+1].s
	}
	return name, i
}

// assigned returns the name, dotted, that the expression at i is assigned to,
// "" where it is not.
func (c *code) assigned(i int) string {
	if !c.is(i-1, "=") || i < 2 || c.toks[i-2].kind != word {
		return ""
	}
	name := c.toks[i-2].s
	for k := i - 3; k >= 1 && c.is(k, ".") && c.toks[k-1].kind == word; k -= 2 {
		name = c.toks[k-1].s + "." + name
	}
	return name
}

// method adds the call of the method whose name stands at i.
func (c *code) method(out []sdkCall, svc string, i int) []sdkCall {
	if i >= len(c.toks) || c.toks[i].kind != word || !c.is(i+1, "(") {
		return out
	}
	op := c.toks[i].s
	args, spread := c.pairs(i+2, c.close(i+1), "=")
	if op == "get_paginator" || op == "get_waiter" {
		// paginator = client.get_paginator("list_objects_v2"): what it is
		// called on follows elsewhere.
		if a := args[""]; op == "get_paginator" && len(a) == 1 && a[0].kind == text {
			return append(out, sdkCall{service: svc, op: a[0].s, args: map[string][]token{}, spread: true, code: c})
		}
		return out
	}
	if svc == "s3" && (op == "upload_file" || op == "download_file" || op == "upload_fileobj" || op == "download_fileobj") {
		spread = true // positional: the bucket and the key are not told by name
	}
	return append(out, sdkCall{service: svc, op: op, args: args, spread: spread, code: c})
}
