package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/prove"
	"penstock/service"
	"penstock/source"
)

// The part of SARIF 2.1.0 that we write
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), and
// that GitHub reads
// (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name            string      `json:"name"`
		SemanticVersion string      `json:"semanticVersion,omitempty"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string          `json:"id"`
		ShortDescription sarifText       `json:"shortDescription"`
		Help             sarifHelp       `json:"help"`
		Properties       sarifProperties `json:"properties"`
	}
	sarifProperties struct {
		Tags []string `json:"tags"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifResult struct {
		RuleID              string            `json:"ruleId"`
		RuleIndex           int               `json:"ruleIndex"`
		Level               string            `json:"level"`
		Message             sarifText         `json:"message"`
		Locations           []sarifLocation   `json:"locations,omitempty"`
		RelatedLocations    []sarifLocation   `json:"relatedLocations,omitempty"`
		PartialFingerprints map[string]string `json:"partialFingerprints"`
		Fixes               []sarifFix        `json:"fixes,omitempty"`
		Properties          map[string]any    `json:"properties,omitempty"`
	}
	sarifLocation struct {
		ID               *int          `json:"id,omitempty"`
		PhysicalLocation sarifPhysical `json:"physicalLocation"`
		Message          *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifFix struct {
		Description     sarifText     `json:"description"`
		ArtifactChanges []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		ArtifactLocation sarifArtifact      `json:"artifactLocation"`
		Replacements     []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		DeletedRegion   sarifRegion `json:"deletedRegion"`
		InsertedContent *sarifText  `json:"insertedContent,omitempty"`
	}
)

// WriteSARIF writes the findings of a report as SARIF 2.1.0. Codes gives the
// page of each code, as the rules of the tool.
func WriteSARIF(w io.Writer, rep *prove.Report, tool Tool, codes []service.Code) error {
	run := sarifRun{
		// The default counts UTF-16 units, which nobody else does.
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	run.Tool.Driver = sarifDriver{Name: "Penstock", SemanticVersion: semantic(tool.Version), Rules: []sarifRule{}}
	index := map[string]int{}
	used := map[string]int{}
	for i := range rep.Findings {
		f := &rep.Findings[i]
		if _, ok := index[f.Code]; !ok {
			index[f.Code] = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleOf(f, codes))
		}
		r := resultOf(f)
		if r.Locations == nil {
			r.Locations = somewhere(rep)
		}
		r.RuleIndex = index[f.Code]
		// Findings that are alike are told apart by their order.
		fp := fingerprint(f)
		if used[fp]++; used[fp] > 1 {
			fp += fmt.Sprintf(":%d", used[fp])
		}
		r.PartialFingerprints = map[string]string{"penstock/v1": fp}
		run.Results = append(run.Results, r)
	}
	return encode(w, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

// semantic returns v where it is a semantic version, as the field demands.
func semantic(v string) string {
	v = strings.TrimPrefix(v, "v")
	if v == "" || v[0] < '0' || v[0] > '9' {
		return ""
	}
	return v
}

func ruleOf(f *diag.Finding, codes []service.Code) sarifRule {
	r := sarifRule{ID: f.Code, ShortDescription: sarifText{f.Code}, Properties: sarifProperties{Tags: []string{"security", "aws", "iam"}}}
	if i := slices.IndexFunc(codes, func(c service.Code) bool { return c.Code == f.Code }); i >= 0 {
		r.ShortDescription.Text = codes[i].Title
		r.Help = sarifHelp{codes[i].Doc, codes[i].Doc}
	}
	if r.Help.Text == "" {
		r.Help = sarifHelp{f.Code, f.Code}
	}
	return r
}

// level maps a severity to SARIF's words.
func level(s diag.Severity) string {
	switch s {
	case diag.Info:
		return "note"
	case diag.Warning:
		return "warning"
	case diag.Error:
		return "error"
	default:
		panic("report: no such severity")
	}
}

func resultOf(f *diag.Finding) sarifResult {
	text := show(f.Message)
	if f.When != "" {
		text += " (when " + show(f.When) + ")"
	}
	r := sarifResult{RuleID: f.Code, Level: level(f.Severity), Message: sarifText{text}, Properties: properties(f)}
	if !f.At.IsZero() {
		r.Locations = []sarifLocation{{PhysicalLocation: physical(f.At)}}
	}
	related := f.Related
	if f.Cut != nil {
		related = slices.Concat(related, f.Cut.Parts)
	}
	for i, n := range related {
		if !n.At.IsZero() {
			r.RelatedLocations = append(r.RelatedLocations, sarifLocation{
				ID: new(i + 1), PhysicalLocation: physical(n.At), Message: &sarifText{show(n.Message)},
			})
		}
	}
	for _, x := range f.Fixes {
		r.Fixes = append(r.Fixes, fixOf(x))
	}
	return r
}

// somewhere is where to show a finding that has no place of its own: code
// scanning drops a result without a location.
func somewhere(rep *prove.Report) []sarifLocation {
	for _, r := range rep.Runs {
		if at := newPipe(r).at; !at.IsZero() {
			return []sarifLocation{{PhysicalLocation: physical(at)}}
		}
	}
	return nil
}

func fixOf(x diag.Fix) sarifFix {
	out := sarifFix{Description: sarifText{show(x.Message)}}
	for _, file := range files(x.Edits) {
		c := sarifChange{ArtifactLocation: artifact(file)}
		var done []diag.Edit
		for _, e := range x.Edits {
			if e.Span.File != file || slices.Contains(done, e) {
				continue
			}
			done = append(done, e)
			r := sarifReplacement{DeletedRegion: region(e.Span)}
			if e.New != "" {
				r.InsertedContent = &sarifText{e.New}
			}
			c.Replacements = append(c.Replacements, r)
		}
		out.ArtifactChanges = append(out.ArtifactChanges, c)
	}
	return out
}

func properties(f *diag.Finding) map[string]any {
	p := map[string]any{"certainty": f.Certainty.String()}
	for k, v := range map[string]string{
		"theorem": f.Theorem, "principal": f.Principal, "action": f.Action, "resource": f.Resource, "layer": f.Layer, "awsError": f.AWSError, "when": f.When,
	} {
		if v != "" {
			p[k] = show(v)
		}
	}
	if len(f.Depends) > 0 {
		p["depends"] = shown(f.Depends)
	}
	if f.Cut != nil {
		p["cut"] = shown(f.Cut.Lines(lineOf))
	}
	return p
}

func physical(s source.Span) sarifPhysical {
	return sarifPhysical{artifact(s.File), region(s)}
}

func region(s source.Span) sarifRegion {
	var r sarifRegion
	r.StartLine, r.StartColumn = lineColumn(s.File, s.Start)
	r.EndLine, r.EndColumn = lineColumn(s.File, s.End)
	return r
}

// artifact names a file as a URI: relative where the user named it so.
func artifact(f *source.File) sarifArtifact {
	name := strings.ReplaceAll(f.Name, `\`, "/")
	u := url.URL{Path: name}
	if path.IsAbs(name) {
		u.Scheme = "file"
		return sarifArtifact{u.String()}
	}
	// A first segment with a colon would read as a scheme.
	return sarifArtifact{strings.TrimPrefix(u.String(), "./")}
}

// fingerprint names a finding by what it says and not by where it stands, so
// that it stays the same when lines move.
func fingerprint(f *diag.Finding) string {
	h := sha256.New()
	file := ""
	if f.At.File != nil {
		file = f.At.File.Name
	}
	what := []string{f.Code, file, f.Principal, f.Action, f.Resource, f.Layer, f.When}
	if f.Principal == "" {
		what = append(what, f.Message)
	}
	for _, s := range what {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
