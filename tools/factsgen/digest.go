package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// The digests are taken of a plain text of everything that is kept, written
// from what was read and not from what was encoded. The test of iam/facts
// writes the same text from what it decodes and compares the sums
// (TestDigest), so encoder and decoder check each other over all the data.

func digest(write func(io.Writer)) string {
	h := sha256.New()
	write(h)
	return hex.EncodeToString(h.Sum(nil))
}

func join(ss []string) string { return strings.Join(ss, ",") }

func writeServices(w io.Writer, au *authorization) {
	for _, n := range sortedNames(au.services) {
		s := au.services[n]
		fmt.Fprintf(w, "service %s|%s|%t\n", s.prefix, s.name, s.rcp)
		for _, n := range sortedNames(s.keys) {
			fmt.Fprintf(w, "key %s|%d\n", s.keys[n].name, s.keys[n].typ)
		}
		for _, n := range sortedNames(s.types) {
			t := s.types[n]
			fmt.Fprintf(w, "type %s|%s|%s\n", t.name, join(t.arns), join(t.keys))
		}
		for _, n := range sortedNames(s.actions) {
			a := s.actions[n]
			fmt.Fprintf(w, "action %s|%d|%s|%s\n", a.name, a.access, join(a.keys), join(a.dependent))
			for _, r := range a.resources {
				fmt.Fprintf(w, "on %s|%t|%s\n", r.typ, r.required, join(r.keys))
			}
		}
	}
	for _, g := range au.globals {
		fmt.Fprintf(w, "global %s|%d\n", g.name, g.typ)
	}
}

func writeCFN(w io.Writer, types []*cfnType) {
	for _, t := range types {
		fmt.Fprintf(w, "type %s|%s|%s|%s|%s|%s\n", t.name, join(t.primary), join(t.ref), t.arn, t.tags, t.transform)
		for _, a := range t.attributes {
			fmt.Fprintf(w, "attribute %s|%s\n", a.name, a.shape)
		}
		writeProperties(w, t.properties)
		for _, d := range t.defs {
			fmt.Fprintf(w, "definition %s\n", d.name)
			writeProperties(w, d.properties)
		}
	}
}

func writeProperties(w io.Writer, ps []cfnProperty) {
	for _, p := range ps {
		fmt.Fprintf(w, "property %s|%s|%d\n", p.name, p.shape, p.flags)
	}
}

func writePolicies(w io.Writer, ps []managedPolicy) {
	for _, p := range ps {
		fmt.Fprintf(w, "policy %s|%s|%s\n", p.path, p.version, p.document)
	}
}
