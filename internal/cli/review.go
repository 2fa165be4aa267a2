package cli

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"penstock/compile"
	"penstock/iam/facts"
	"penstock/internal/report"
	"penstock/services/all"
	"penstock/spec"
)

// reviewFormats are the endings of what --report writes.
var reviewFormats = []string{".html", ".md"}

// reviewWriter returns what writes a report of the kind that a name ends with;
// nil for "".
func reviewWriter(name string) (func(io.Writer, *report.Review) error, error) {
	switch ext := strings.ToLower(filepath.Ext(name)); {
	case name == "":
		return nil, nil
	case ext == ".html" || ext == ".htm":
		return report.WriteReviewHTML, nil
	case ext == ".md" || ext == ".markdown":
		return report.WriteReviewMarkdown, nil
	default:
		return nil, usage("%w", unknown("kind of report", name, reviewFormats, "--report takes a file that ends with .html or .md"))
	}
}

// reviewOf makes the report that a name asks for; nil where it asks for none.
func reviewOf(env *Env, write func(io.Writer, *report.Review) error, s *spec.Spec, res *compile.Result) ([]byte, error) {
	if write == nil {
		return nil, nil
	}
	var b bytes.Buffer
	err := write(&b, &report.Review{
		Spec: s, Result: res, Graph: graph, Services: all.Services(),
		Tool: report.Tool{Version: version(), Facts: facts.Versions()}, Date: builtAt(env),
	})
	if err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	return b.Bytes(), nil
}

// builtAt is the day that whoever runs Penstock gives by SOURCE_DATE_EPOCH
// (https://reproducible-builds.org/specs/source-date-epoch/), "" where nobody
// does: a report is the same to the byte whenever it is made.
func builtAt(env *Env) string {
	if env.Getenv == nil {
		return ""
	}
	n, err := strconv.ParseInt(env.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return ""
	}
	return time.Unix(n, 0).UTC().Format(time.DateOnly)
}
