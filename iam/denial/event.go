package denial

import "strings"

// event reads an event of CloudTrail whose message says less than its fields:
// the caller, the call, and of S3 the bucket and the key
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).
func event(t string) (Denial, bool) {
	source, name, code := jsonText(t, "eventSource"), jsonText(t, "eventName"), jsonText(t, "errorCode")
	service, isAWS := strings.CutSuffix(source, ".amazonaws.com")
	if !isAWS || !word(name) || code == "" {
		return Denial{}, false
	}
	refused := false
	for _, c := range codes {
		refused = refused || strings.Contains(code, c)
	}
	if !refused {
		return Denial{}, false
	}
	d := Denial{Form: Event, Action: service + ":" + name, Code: code, Text: jsonText(t, "errorMessage")}
	if _, identity, ok := strings.Cut(t, `"userIdentity"`); ok {
		d.Principal = jsonText(identity, "arn")
	}
	if service == "s3" {
		if a := s3Action(name); a != "" {
			d.Action = a
		}
		if bucket := jsonText(t, "bucketName"); bucket != "" {
			d.Resource = "arn:aws:s3:::" + bucket
			if key := jsonText(t, "key"); key != "" {
				d.Resource += "/" + key
			}
		}
	}
	return d, true
}

// jsonText returns the text of the first field of a name.
func jsonText(t, name string) string {
	_, rest, ok := strings.Cut(t, `"`+name+`"`)
	if !ok {
		return ""
	}
	rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), ":")
	if !ok {
		return ""
	}
	rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), `"`)
	if !ok {
		return ""
	}
	text, _, ok := strings.Cut(rest, `"`)
	if !ok || len(text) > 2048 || strings.Contains(text, "\n") {
		return ""
	}
	return text
}
