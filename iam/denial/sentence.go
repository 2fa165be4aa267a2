package denial

import "strings"

// pivot is what every sentence of the common grammar holds.
const pivot = "is not authorized to perform"

// sentences finds what follows the common grammar, and its older forms
// without a resource or a reason.
func sentences(t string) []Denial {
	var out []Denial
	for from := 0; ; {
		i := strings.Index(t[from:], pivot)
		if i < 0 {
			return out
		}
		i += from
		end := i + len(pivot)
		from = end
		d := Denial{Form: Sentence, Principal: subject(t[:i])}
		if d.Principal == "CodeBuild" || d.Principal == "CodePipeline" {
			continue // see NotAssumed
		}
		rest := strings.TrimLeft(t[end:], ": `'\"")
		var ok bool
		if d.Action, rest, ok = action(rest); !ok {
			continue
		}
		d.Resource, rest = resource(strings.TrimLeft(rest, "'\""+"`"))
		var tail string
		d.Layer, d.Explicit, d.Policy, tail = reason(rest)
		if d.Layer == "" && !d.Explicit {
			tail = rest
		}
		d.Text = strings.TrimSpace(t[start(t, i) : len(t)-len(tail)])
		if d.Resource == "" && strings.Contains(d.Text, "associated with this ciphertext") {
			d.Form = Ciphertext
		}
		if d.Layer == "" && strings.Contains(rest, "the resource does not exist in this Region") {
			// https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
			d.Layer = "resource"
		}
		out = append(out, d)
	}
}

// start returns where the sentence with the subject that ends at i begins.
func start(t string, i int) int {
	return strings.LastIndex(strings.TrimRight(t[:i], " "), subject(t[:i]))
}

// subject returns the word before the verb: an ARN, a service, "anonymous".
func subject(before string) string {
	before = strings.TrimRight(before, " ")
	w := before[strings.LastIndexAny(before, " \n")+1:]
	w = trim(w)
	for _, label := range [...]string{"User:", "Role:", "Principal:", "user:"} {
		w = strings.TrimPrefix(w, label)
	}
	if i := strings.Index(w, "arn:"); i > 0 {
		w = w[i:]
	}
	return w
}

// trim takes quotes and brackets off a word.
func trim(w string) string {
	t := strings.Trim(w, "\"'()[]<>,`")
	if strings.Count(t, "<") > strings.Count(t, ">") && strings.Contains(w, t+">") {
		t += ">" // <redacted>
	}
	return t
}

// action reads the action, which CodePipeline writes without its service
// ("AssumeRole").
func action(s string) (name, rest string, ok bool) {
	end := strings.IndexFunc(s, func(r rune) bool {
		return !(r == ':' || r == '-' || r == '*' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
	if end < 0 {
		end = len(s)
	}
	name, rest = strings.TrimRight(s[:end], ":-"), s[end:]
	switch {
	case name == "AssumeRole":
		return "sts:AssumeRole", rest, true
	case strings.Count(name, ":") != 1 || strings.HasPrefix(name, ":"):
		return "", s, false
	}
	// SNS writes its prefix in capitals.
	prefix, op, _ := strings.Cut(name, ":")
	return strings.ToLower(prefix) + ":" + op, rest, true
}

// markers end a resource.
var markers = [...]string{
	" because ", " with an explicit deny", " (Service", " (RequestToken", " status code:", ", request id", " Encoded authorization",
	" (RequestId", "\n",
}

// resource reads "on resource: X" and its kin.
func resource(s string) (res, rest string) {
	t := strings.TrimLeft(s, " ")
	head := ""
	for _, h := range [...]string{"on resource:", "on resource", "on the resource:", "on role:", "on role", "on:", "on "} {
		if strings.HasPrefix(t, h) {
			head = h
			break
		}
	}
	if head == "" {
		return "", s
	}
	t = strings.TrimLeft(t[len(head):], " ")
	if strings.HasPrefix(t, "the resource associated with this ciphertext") {
		return "", t[len("the resource associated with this ciphertext"):]
	}
	if strings.HasPrefix(t, "`") {
		if j := strings.IndexAny(t[1:], "'`"); j >= 0 {
			return t[1 : 1+j], t[2+j:] // SES: `name'
		}
	}
	if t != "" && (t[0] == '"' || t[0] == '\'') {
		if j := strings.IndexByte(t[1:], t[0]); j >= 0 {
			return t[1 : 1+j], t[2+j:]
		}
	}
	end := len(t)
	for _, m := range markers {
		if j := strings.Index(t, m); j >= 0 && j < end {
			end = j
		}
	}
	whole, tail := t[:end], t[end:]
	words := strings.SplitN(whole, " ", 3)
	switch words[0] {
	case "role", "user", "group", "policy", "instance", "instance-profile", "server-certificate":
		// IAM's older form: "role deploy", "policy path /x/".
		if len(words) > 1 {
			name := trim(strings.TrimRight(words[1], ".,;"))
			if len(words) == 2 {
				return words[0] + " " + name, tail
			}
			return words[0] + " " + name, " " + words[2] + tail
		}
	}
	if strings.Contains(words[0], ":s3:::") && !strings.ContainsAny(whole, "\"'") && strings.HasPrefix(tail, " because") {
		return strings.TrimSpace(whole), tail // a key may hold blanks
	}
	w := strings.TrimRight(words[0], ".,;")
	return trim(w), whole[len(words[0]):] + tail
}

// types are the kinds of policy as the messages name them.
var types = [...]struct{ words, layer string }{
	{"identity-based polic", "identity"},
	{"identity based polic", "identity"},
	{"resource-based polic", "resource"},
	{"resource based polic", "resource"},
	{"service control polic", "scp"},
	{"resource control polic", "rcp"},
	{"permissions boundar", "boundary"},
	{"permission boundar", "boundary"},
	{"sessions polic", "session"},
	{"session polic", "session"},
	{"vpc endpoint polic", "endpoint"},
	{"role trust polic", "trust"},
	{"assume role polic", "trust"},
	{"bucket polic", "resource"},
	{"key polic", "resource"},
}

// reason reads which policy type is blamed, and returns what follows.
func reason(s string) (layer string, explicit bool, policy, rest string) {
	t := strings.TrimLeft(s, " .")
	low := strings.ToLower(t[:min(len(t), 200)])
	switch {
	case strings.HasPrefix(low, "because no "):
		layer, end := typeAt(low, len("because no "))
		if layer == "" {
			return "", false, "", s
		}
		if i := strings.Index(low[end:], " action"); i >= 0 {
			end += i + len(" action")
		}
		return layer, false, "", t[end:]
	case strings.HasPrefix(low, "with an explicit deny"):
		end := len("with an explicit deny")
		for _, in := range [...]string{" in a ", " in an ", " in the "} {
			if strings.HasPrefix(low[end:], in) {
				layer, after := typeAt(low, end+len(in))
				if layer == "" {
					break
				}
				policy, rest = policyARN(t[after:])
				return layer, true, policy, rest
			}
		}
		return "", true, "", t[end:]
	default:
		return "", false, "", s
	}
}

// typeAt returns the policy type that starts at i and where its words end.
func typeAt(low string, i int) (string, int) {
	for _, x := range types {
		if strings.HasPrefix(low[i:], x.words) {
			end := i + len(x.words)
			for end < len(low) && low[end] >= 'a' && low[end] <= 'z' {
				end++
			}
			return x.layer, end
		}
	}
	return "", i
}

// policyARN reads ": arn:…", which names the policy
// (https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns).
func policyARN(s string) (policy, rest string) {
	t := strings.TrimLeft(s, ": ")
	if !strings.HasPrefix(t, "arn:") {
		return "", s
	}
	end := strings.IndexAny(t, " \n\"')<,;")
	if end < 0 {
		end = len(t)
	}
	return strings.TrimRight(t[:end], "."), t[end:]
}
