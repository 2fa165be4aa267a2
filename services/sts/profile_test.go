package sts

import (
	"testing"

	"penstock/source"
)

func FuzzConfig(f *testing.F) {
	f.Add("[profile a]\nrole_arn = b\nsource_profile=a # c\n\n[default]\n")
	f.Add("[x\n=\n[]\n a = b\n;")
	f.Fuzz(func(t *testing.T, s string) {
		file := source.NewFile("aws-config", []byte(s))
		all := parseConfig(file)
		for _, p := range ordered(all) {
			if p.at.Start < 0 || p.at.End > len(s) {
				t.Errorf("span %v of a file of %d bytes", p.at, len(s))
			}
			broken(p, all)
		}
	})
}
