package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"penstock/iac/cfn"
	"penstock/iac/tf"
	"penstock/iam"
	"penstock/prove"
	"penstock/prove/gate"
	"penstock/prove/more"
	"penstock/prove/trail"
	"penstock/service"
	"penstock/services/all"
	"penstock/spec"
)

// codes returns every finding that Penstock can report, by code. The rooms
// that report them document them; this is where the lists meet.
func codes() []service.Code {
	var out []service.Code
	out = append(out, prove.Codes()...)
	out = append(out, more.Codes()...)
	out = append(out, gate.Codes()...)
	out = append(out, trail.Codes()...)
	for _, s := range all.Services() {
		out = append(out, s.Codes...)
	}
	out = append(out, cfn.Codes...)
	out = append(out, tf.Codes...)
	for _, c := range iam.Codes() {
		out = append(out, service.Code{
			Code: c.Code, Title: c.Title,
			Doc: fmt.Sprintf("Said of a policy document: %s. As an error it means that AWS refuses the document, which then grants nothing; as a warning, that AWS takes it for something else than it looks like.\n\nSource: %s\n", c.Title, c.Source),
		})
	}
	for _, c := range spec.Codes() {
		out = append(out, service.Code{Code: c.Code, Title: c.Title, Doc: c.Doc})
	}
	out = append(out, docCodes...)
	out = append(out, deltaCodes...)
	slices.SortStableFunc(out, func(a, b service.Code) int { return cmp.Compare(a.Code, b.Code) })
	// Two rooms may report one code; the first page counts.
	return slices.CompactFunc(out, func(a, b service.Code) bool { return a.Code == b.Code })
}

// page returns the page of a code, with its head.
func page(c service.Code) string {
	doc := strings.TrimSpace(c.Doc)
	if strings.HasPrefix(doc, "# ") {
		title, rest, _ := strings.Cut(doc, "\n")
		doc = fmt.Sprintf("# %s: %s\n%s", c.Code, strings.TrimPrefix(title, "# "), rest)
	} else {
		doc = fmt.Sprintf("# %s: %s\n\n%s", c.Code, c.Title, doc)
	}
	doc = strings.TrimSpace(doc)
	if c.Fix != "" {
		doc += "\n\n**A fix writes** " + c.Fix + "."
	}
	switch {
	case c.Open != "" && c.Fix != "":
		doc += "\n\n**No fix is offered** where this holds: " + c.Open + "."
	case c.Open != "":
		doc += "\n\n**No fix is offered**: " + c.Open + "."
	}
	return doc + "\n"
}

const templateFormats = "\n\nSource: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html"

// docCodes are the findings of package doc, which stands below the packages
// that know what a service.Code is.
var docCodes = []service.Code{
	{Code: "DOC001", Title: "a key is written twice in one map", Doc: "One of the two values is lost without a word, and readers do not agree on which. Penstock reads the first one and reports the other. Remove one of them."},
	{Code: "DOC002", Title: "more than one document in a file", Doc: "A template is one YAML document. What follows the line `---` is not read."},
	{Code: "DOC003", Title: "a YAML merge key", Doc: "`<<` is expanded here, but CloudFormation refuses it in a template. Write the fields out." + templateFormats},
	{Code: "DOC004", Title: "a YAML alias", Doc: "`*name` is expanded here, but CloudFormation refuses aliases in a template. Write the value out." + templateFormats},
	{Code: "DOC005", Title: "a NUL character", Doc: "The file holds a character that no template may hold. It was read as U+FFFD."},
	{Code: "DOC006", Title: "digits that YAML reads as another number", Doc: "Bare digits that start with `0` or hold `:` are a number in base 8 or 60 in YAML 1.1. An account id such as `012345678901` loses its zero, or changes altogether. Write it in quotes."},
	{Code: "DOC007", Title: "a bare yes, no, on or off", Doc: "YAML 1.1, which CloudFormation reads, takes these words for booleans. Write `true` or `false`, or put the word in quotes to make it text."},
}
