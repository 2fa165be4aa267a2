package service

import (
	"strings"

	"penstock/diag"
	"penstock/source"
	"penstock/spelling"
)

// NearKey names the one JSON key of a secret that is near to one that it does
// not hold, at the place where that is written.
func NearKey(at source.Span, key string, have []string) []diag.Fix {
	near := spelling.Nearest(key, have)
	if len(near) == 0 {
		for _, k := range have { // "pass" for "password"
			if strings.HasPrefix(k, key) || strings.HasPrefix(key, k) {
				near = append(near, k)
			}
		}
	}
	if len(near) != 1 {
		return nil
	}
	return Rewrite(at, ":"+key, ":"+near[0], "read key "+near[0])
}
