// Package seal holds the code of ours that runs in a pipeline between the
// builds and the deployments: what seals the output of the builds by one
// digest, and what, after an approval, compares with that digest and hands
// the artifact on. It says how a prover recognises that code, and computes the
// same digest in Go.
//
// # The contract
//
// Both are buildspecs that stand in a build project, not in a repository. A
// project whose buildspec is one of them, letter by letter, does what is said
// here and nothing else, as long as nobody decides on its other inputs: its
// image is AWS's, its source and its artifacts are those of the pipeline, its
// environment has the variables named below and no others, and no call
// overrides any of it. Under these conditions its input is data. It executes
// nothing of it, reads no settings from it, and follows no link that leads out
// of it.
//
//   - Seals writes its input with each image pinned to its digest, and exports
//     Variable: the digest of what it writes.
//   - Promotes writes its input if its digest is that of DigestVariable, and
//     fails otherwise.
//
// So whatever Promotes writes has the content that Seals saw, whoever could
// write the artifact in between; and only the roles of the two need to be able
// to write their outputs.
//
// What the digest does not cover: empty folders, dates, owners and modes,
// which ZIP archives carry or lose; set-id and write bits for all are taken
// away by both. That CodeBuild unpacks an artifact below its source folder and
// nowhere else is taken for granted.
package seal

import (
	"embed"
	"slices"
	"strings"
	"sync"
)

// Kind says what code does.
type Kind uint8

// The kinds of code.
const (
	Seals Kind = iota + 1
	Promotes
)

// String returns "seals" or "promotes".
func (k Kind) String() string {
	switch k {
	case Seals:
		return "seals"
	case Promotes:
		return "promotes"
	default:
		return "neither"
	}
}

// What the code reads and writes.
const (
	// Variable is what Seals exports.
	Variable = "DIGEST"
	// DigestVariable is what Promotes compares with.
	DigestVariable = "SEALED_DIGEST"
	// FilesVariable names files that name images, by their paths in the
	// artifact, with spaces between them.
	FilesVariable = "IMAGE_FILES"
	// RepositoriesVariable names the ECR repositories in which images are
	// looked up, as <account>.dkr.ecr.<region>.amazonaws.com/<name>.
	RepositoriesVariable = "IMAGE_REPOSITORIES"
)

// Names that package compile gives, and people see.
const (
	Namespace = "Seal"
	// Sealed and Approved are the artifacts: ten characters at most, for
	// CodePipeline cuts longer names in the keys of objects.
	Sealed   = "Sealed"
	Approved = "Approved"
)

// Version is the newest version.
const Version = 1

// Code is one of our buildspecs.
type Code struct {
	Kind    Kind
	Version int
	Text    string
}

//go:embed v1/seal.yml v1/promote.yml
var files embed.FS

// all holds every version that was ever written into a template, so that a
// pipeline made by an older Penstock is still recognised.
var all = sync.OnceValue(func() []Code {
	var cs []Code
	for _, c := range []struct {
		kind    Kind
		version int
		file    string
	}{{Seals, 1, "v1/seal.yml"}, {Promotes, 1, "v1/promote.yml"}} {
		text, err := files.ReadFile(c.file)
		if err != nil {
			panic(err) // embedded
		}
		cs = append(cs, Code{c.kind, c.version, string(text)})
	}
	return cs
})

// Latest returns the newest code of a kind, the zero Code for none.
func Latest(k Kind) Code {
	cs := all()
	i := slices.IndexFunc(cs, func(c Code) bool { return c.Kind == k && c.Version == Version })
	if i < 0 {
		return Code{}
	}
	return cs[i]
}

// mark begins the first line of each code, by which a text is told from all
// others without a look at the codes.
const mark = "# Penstock "

// Recognise returns the code that a buildspec is, false where it is none of
// ours. Every letter counts but line ends at the end of the text, which the
// block scalars of a template add and drop.
func Recognise(buildspec string) (Code, bool) {
	if !strings.HasPrefix(buildspec, mark) {
		return Code{}, false
	}
	text := strings.TrimRight(buildspec, "\n")
	for _, c := range all() {
		if strings.TrimRight(c.Text, "\n") == text {
			return c, true
		}
	}
	return Code{}, false
}

// Claims reports whether a buildspec says of itself that it is one of ours:
// one that Recognise does not know was changed.
func Claims(buildspec string) bool {
	for _, w := range [...]string{"seal", "promote"} {
		if strings.HasPrefix(buildspec, mark+w+", version ") {
			return true
		}
	}
	return false
}

// Reference is how an action of a pipeline names the digest that an action
// with this namespace exported.
func Reference(namespace string) string { return "#{" + namespace + "." + Variable + "}" }

// NamespaceOf returns the namespace of a reference to a digest, false where the
// value is anything else.
func NamespaceOf(reference string) (string, bool) {
	inner, ok := strings.CutPrefix(reference, "#{")
	if !ok {
		return "", false
	}
	if inner, ok = strings.CutSuffix(inner, "."+Variable+"}"); !ok || inner == "" || strings.ContainsAny(inner, "#{}. \x00") {
		return "", false
	}
	return inner, true
}
