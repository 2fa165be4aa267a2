package match

import "strings"

// A Builder joins text in which wildcards count with text in which they do
// not: a policy element whose variables have been filled in. The zero Builder
// is empty.
type Builder struct {
	wild  []bool
	parts []string
}

// Wild adds text whose '*' and '?' are wildcards.
func (b *Builder) Wild(s string) { b.add(s, true) }

// Text adds text that stands for itself.
func (b *Builder) Text(s string) { b.add(s, false) }

func (b *Builder) add(s string, wild bool) {
	if s != "" {
		b.parts = append(b.parts, s)
		b.wild = append(b.wild, wild)
	}
}

// Pattern compiles as Compile does.
func (b *Builder) Pattern() Pattern { return b.build(plain, false) }

// PatternFold compiles as CompileFold does.
func (b *Builder) PatternFold() Pattern { return b.build(plain, true) }

// ARN compiles as CompileARN does.
func (b *Builder) ARN() Pattern { return b.build(resource, false) }

// ARNLike compiles as CompileARNLike does.
func (b *Builder) ARNLike() Pattern {
	p := b.build(arnLike, false)
	p.arn = true
	return p
}

func (b *Builder) build(m mode, fold bool) Pattern {
	source := strings.Join(b.parts, "")
	plainText := true
	for i, s := range b.parts {
		if b.wild[i] && (HasHole(s) || strings.ContainsAny(s, "*?")) {
			plainText = false
		}
	}
	if plainText {
		return literal(source, fold)
	}
	if b.globbable(source, m) {
		low := source
		if fold {
			low = strings.ToLower(source)
		}
		return Pattern{form: formGlob, fold: fold, source: source, text: low[:strings.IndexAny(low, "*?")], chunks: cut(low)}
	}
	var toks []token
	for i, s := range b.parts {
		toks = appendText(toks, s, b.wild[i], fold)
	}
	return fromTokens(toks, m, fold, source)
}

// globbable reports whether the whole, source, can be read as a glob: there
// are no holes, every '*' and '?' is a wildcard, and none must stay within its
// part of an ARN.
func (b *Builder) globbable(source string, m mode) bool {
	if HasHole(source) {
		return false
	}
	for i, s := range b.parts {
		if !b.wild[i] && strings.ContainsAny(s, "*?") {
			return false
		}
	}
	if m == plain {
		return true
	}
	stay, _ := wildInHead(source, m)
	return !stay
}
