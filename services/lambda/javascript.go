package lambda

import "strings"

// javascript reads the calls that a JavaScript or TypeScript source makes:
// with version 3 of the SDK as
//
//	const { SFNClient, SendTaskFailureCommand } = require("@aws-sdk/client-sfn");
//	await client.send(new SendTaskFailureCommand({ taskToken }));
//
// and with version 2 as
//
//	const sfn = new AWS.StepFunctions();
//	await sfn.sendTaskFailure({ taskToken }).promise();
//
// Clients with credentials of their own act for somebody else, and are left
// out, and with them all commands of their package.
func javascript(src string, env func(string) (string, bool)) []sdkCall {
	c := &code{toks: lex(src, false), env: env}
	c.constants()
	pkg := c.imports()
	clients := map[string]string{}
	foreign := map[string]bool{}
	var out []sdkCall
	for i := 0; i < len(c.toks); i++ {
		t := c.toks[i]
		if t.kind != word || i > 0 && c.is(i-1, ".") {
			continue
		}
		if t.s != "new" {
			name, next := c.dotted(i)
			base, op, ok := cutLast(name)
			if ok && c.is(next, "(") && clients[base] != "" && op != "send" {
				out = c.invoke(out, clients[base], op, next)
			}
			continue
		}
		if i+1 >= len(c.toks) || c.toks[i+1].kind != word {
			continue
		}
		name, next := c.dotted(i + 1)
		if !c.is(next, "(") {
			continue
		}
		end := c.close(next)
		if of, ok := pkg[name]; ok {
			switch {
			case strings.HasSuffix(of.name, "Command"):
				out = c.command(out, of, next)
			case c.has(next, end, "credentials"):
				foreign[of.service] = true
			}
			continue
		}
		svc, ok := strings.CutPrefix(name, "AWS.")
		if !ok {
			continue
		}
		if svc == "DynamoDB.DocumentClient" {
			svc = documentClient
		}
		if c.has(next, end, "credentials") || c.has(next, end, "accessKeyId") || strings.Contains(svc, ".") && svc != documentClient {
			continue
		}
		if c.is(end+1, ".") && end+2 < len(c.toks) {
			if n, after := c.dotted(end + 2); !strings.Contains(n, ".") && c.is(after, "(") {
				out = c.invoke(out, svc, n, after)
			}
			continue
		}
		if v := c.assigned(i); v != "" {
			clients[v] = svc
		}
	}
	kept := out[:0]
	for _, call := range out {
		if !foreign[call.service] {
			kept = append(kept, call)
		}
	}
	return kept
}

const documentClient = "dynamodb.document"

// documentOps are the methods of the document client of DynamoDB by the
// operations that they make; its commands in version 3 are named alike
// (https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/AWS/DynamoDB/DocumentClient.html).
var documentOps = map[string]string{
	"get": "getItem", "put": "putItem", "update": "updateItem", "delete": "deleteItem", "query": "query", "scan": "scan",
	"batchGet": "batchGetItem", "batchWrite": "batchWriteItem", "transactGet": "transactGetItems", "transactWrite": "transactWriteItems",
}

// An imported name of an SDK package.
type imported struct{ service, name string }

// imports reads require and import of "@aws-sdk/client-…": each local name
// with what it stands for.
func (c *code) imports() map[string]imported {
	out := map[string]imported{}
	for i, t := range c.toks {
		if t.kind != text {
			continue
		}
		svc, ok := strings.CutPrefix(t.s, "@aws-sdk/client-")
		if !ok {
			if t.s != "@aws-sdk/lib-dynamodb" {
				continue
			}
			svc = documentClient
		}
		// … { A, B as C } from "x", … { A, B: C } = require("x")
		end := i - 1
		if c.is(i-2, "require", "(") {
			end = i - 3
		}
		if !c.is(end, "from") && !c.is(end, "=") || !c.is(end-1, "}") {
			continue
		}
		start := end - 2
		for start >= 0 && !c.is(start, "{") {
			start--
		}
		for k := start + 1; k < end-1 && k > 0; k++ {
			if c.toks[k].kind != word {
				continue
			}
			name, local := c.toks[k].s, c.toks[k].s
			if c.is(k+1, "as") || c.is(k+1, ":") {
				local = c.toks[k+2].s
				k += 2
			}
			out[local] = imported{svc, name}
		}
	}
	return out
}

// has reports whether a word stands between from and to.
func (c *code) has(from, to int, name string) bool {
	for i := from; i < min(to, len(c.toks)); i++ {
		if c.toks[i].kind == word && c.toks[i].s == name {
			return true
		}
	}
	return false
}

// object reads the argument at the bracket open, an object literal.
func (c *code) object(open int) (args map[string][]token, spread bool) {
	end := c.close(open)
	if c.is(open+1, "{") && c.close(open+1) <= end {
		return c.pairs(open+2, c.close(open+1), ":")
	}
	return map[string][]token{}, end > open+1
}

func (c *code) command(out []sdkCall, of imported, open int) []sdkCall {
	op := strings.TrimSuffix(of.name, "Command")
	svc := of.service
	if svc == documentClient {
		svc, op = "dynamodb", documentOps[strings.ToLower(op[:min(1, len(op))])+op[min(1, len(op)):]]
	}
	args, spread := c.object(open)
	return append(out, sdkCall{service: svc, op: op, args: args, spread: spread, code: c})
}

func (c *code) invoke(out []sdkCall, svc, op string, open int) []sdkCall {
	if svc == documentClient {
		svc, op = "dynamodb", documentOps[op]
	}
	args, spread := c.object(open)
	return append(out, sdkCall{service: svc, op: op, args: args, spread: spread, code: c})
}
