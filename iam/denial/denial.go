// Package denial reads the errors by which AWS says that something is not
// allowed, as they are pasted from a console, a log or an event: who wanted
// what on what, and which kind of policy stopped it, as far as the text says.
//
// Parse finds every such sentence in a text. Most follow one grammar
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html):
//
//	User: ARN is not authorized to perform: ACTION [on resource: RESOURCE]
//	  [because no TYPE allows the ACTION action | with an explicit deny in a TYPE[: ARN]]
//
// Others are words of one service, some of which name neither caller nor
// action; Form tells them apart, and Doc says what is known of each. What the
// text does not say stays empty: nothing is guessed here.
package denial

import (
	"slices"
	"strings"
)

// A Denial is one refused call, as a text tells it.
type Denial struct {
	// Form is which wording it is; Doc(Form) explains it.
	Form Form
	// Principal is an ARN, a service, or "anonymous"; possibly with parts
	// masked. "" where the text does not say.
	Principal string
	Action    string // "s3:GetObject"; "" where the text does not say
	// Resource is an ARN or whatever stands in its place: a bare name, "role
	// deploy", "*". "" where the text does not say.
	Resource string
	// Layer is the kind of policy that the text blames, as authz names it;
	// "" where it does not say. Policy is its ARN, where the text has it.
	Layer    string
	Policy   string
	Explicit bool
	// Service is who reports, where the text says: "AWSCodePipeline".
	Service string
	Code    string // "AccessDeniedException"
	Request string // the request id
	// Operation is the API call that failed, where it is not Action: who
	// calls UpdateService may lack iam:PassRole.
	Operation string
	// Encoded is the encoded authorization message
	// (https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html).
	Encoded string
	// Text is the sentence, without decoration.
	Text string
}

// Parse returns the denials that a text tells of, in order, each once. It
// returns nil for a text that tells of none.
func Parse(text string) []Denial {
	t := clean(text)
	var out []Denial
	add := func(d Denial) {
		if !slices.ContainsFunc(out, func(o Denial) bool {
			return o.Form == d.Form && o.Principal == d.Principal && o.Action == d.Action && o.Resource == d.Resource && o.Layer == d.Layer
		}) {
			out = append(out, d)
		}
	}
	for _, d := range sentences(t) {
		add(d)
	}
	if len(out) == 0 {
		if d, ok := event(t); ok {
			add(d)
		}
	}
	// The words of services come after: they often wrap a sentence that says
	// more.
	for _, list := range [...][]wording{services, wordings} {
		for _, w := range list {
			for _, d := range w.find(t) {
				if covered(out, &d) || len(out) > 0 && poor(&d) {
					continue
				}
				add(d)
			}
		}
	}
	around(t, out)
	return out
}

// covered reports whether a sentence already says all that a wording does.
func covered(have []Denial, d *Denial) bool {
	for i := range have {
		h := &have[i]
		if (h.Form == Sentence || h.Form == d.Form || h.Form == Event) && (d.Action == "" || d.Action == h.Action) &&
			(d.Principal == "" || d.Principal == h.Principal) && (d.Resource == "" || d.Resource == h.Resource) {
			return true
		}
	}
	return false
}

// poor reports whether a wording says so little that it is only worth having
// where nothing else was said.
func poor(d *Denial) bool {
	return d.Principal == "" && d.Resource == "" && (d.Action == "" || d.Form == Bare) || d.Form == Credentials
}

// around fills in what stands beside the sentences: codes, request ids, the
// service that reports, the operation, an encoded message.
func around(t string, ds []Denial) {
	if len(ds) == 0 {
		return
	}
	service := after(t, "(Service: ")
	if service == "" {
		service = after(t, "Service: ")
	}
	goOperation := ""
	if _, rest, ok := strings.Cut(t, "operation error "); ok {
		if name, op, ok := strings.Cut(rest, ": "); ok && len(name) < 60 {
			op, _, _ = strings.Cut(op, ",")
			service, goOperation = name, op
		}
	}
	code := errorCode(t)
	request := after(t, "Request ID: ")
	for _, label := range [...]string{"request id: ", "RequestID: ", "requestId: ", "RequestId: "} {
		if request == "" {
			request = trim(after(t, label))
		}
	}
	if request == "" {
		request = jsonText(t, "requestID")
	}
	if request == "" {
		request = between(t, "<RequestId>", "</RequestId>")
	}
	operation := between(t, "when calling the ", " operation")
	if operation == "" {
		operation = between(t, "Error calling ", ":")
	}
	if operation == "" {
		operation = goOperation
	}
	encoded := encodedMessage(t)
	for i := range ds {
		d := &ds[i]
		if d.Service == "" && d.Form != Console {
			d.Service = service
		}
		if d.Code == "" {
			d.Code = code
		}
		if d.Request == "" {
			d.Request = request
		}
		if d.Encoded == "" {
			d.Encoded = encoded
		}
		if d.Operation == "" && word(operation) {
			d.Operation = operation
		}
	}
}

func word(s string) bool {
	return s != "" && len(s) < 80 && !strings.ContainsAny(s, " \n\t")
}

// after returns the token that follows a label, up to the next separator.
func after(t, label string) string {
	_, after0, ok := strings.Cut(t, label)
	if !ok {
		return ""
	}
	rest := after0
	if j := strings.IndexAny(rest, ";,)\n"); j >= 0 {
		rest = rest[:j]
	}
	rest = strings.TrimSpace(rest)
	if j := strings.Index(rest, " Error Code"); j >= 0 {
		rest = rest[:j]
	}
	if len(rest) > 80 {
		return ""
	}
	return rest
}

func between(t, from, to string) string {
	_, rest, ok := strings.Cut(t, from)
	if !ok {
		return ""
	}
	s, _, ok := strings.Cut(rest, to)
	if !ok || len(s) > 200 {
		return ""
	}
	return strings.TrimSpace(s)
}

// codes are the error codes by which AWS refuses, the longest first.
var codes = [...]string{
	"AccessDeniedException", "AuthorizationErrorException", "UnauthorizedOperation", "AuthorizationError", "KMSAccessDeniedException",
	"NotAuthorizedException", "InvalidStructureException", "InvalidRoleException", "AccessDenied", "UnauthorizedAccess", "Forbidden",
}

func errorCode(t string) string {
	if c := after(t, "Error Code: "); word(c) {
		return c
	}
	for _, open := range [...]string{"An error occurred (", "<Code>", "api error ", "HandlerErrorCode: "} {
		if _, rest, ok := strings.Cut(t, open); ok {
			if i := strings.IndexAny(rest, ")<:,"); i > 0 && word(rest[:i]) {
				return rest[:i]
			}
		}
	}
	for _, c := range codes {
		if strings.Contains(t, c) {
			return c
		}
	}
	return ""
}

// encodedMessage returns an encoded authorization message.
func encodedMessage(t string) string {
	const label = "ncoded authorization failure message:"
	_, after0, ok := strings.Cut(t, label)
	if !ok {
		return ""
	}
	rest := strings.TrimSpace(after0)
	if j := strings.IndexAny(rest, " \n\t\"'()<>"); j >= 0 {
		rest = rest[:j]
	}
	return rest
}
