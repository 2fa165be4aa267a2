package service

import "strings"

// ECRImage takes "account.dkr.ecr.region.amazonaws.com/repository:tag" apart;
// ok is false for an image of any other registry, or of none that can be told.
func ECRImage(ref string) (account, region, repository string, ok bool) {
	account, rest, found := strings.Cut(ref, ".dkr.ecr.")
	if !found || account == "" || strings.ContainsAny(account, "/:@") {
		return "", "", "", false
	}
	region, rest, found = strings.Cut(rest, ".amazonaws.com")
	if !found || strings.ContainsAny(region, "/:@") {
		return "", "", "", false
	}
	rest = strings.TrimPrefix(rest, ".cn")
	repository, found = strings.CutPrefix(rest, "/")
	if !found {
		return "", "", "", false
	}
	if i := strings.IndexAny(repository, ":@"); i >= 0 {
		repository = repository[:i]
	}
	return account, region, repository, repository != ""
}
