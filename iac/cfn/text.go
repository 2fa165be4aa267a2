package cfn

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/match"
	"penstock/source"
)

// toJSON is Fn::ToJsonString.
func (s *stack) toJSON(n, arg *doc.Node) *doc.Node {
	var b strings.Builder
	if !s.writeJSON(&b, arg) || b.Len() > maxText {
		return str(n.Span, match.Hole(match.Any, s.w.intern("a JSON text", dump(arg))))
	}
	return str(n.Span, b.String(), arg.Via...)
}

// writeJSON appends a value; false where its text depends on an unknown that
// JSON would have to escape.
func (s *stack) writeJSON(b *strings.Builder, n *doc.Node) bool {
	if len(n.Maybe) > 0 {
		return false
	}
	switch n.Kind {
	case doc.Null:
		b.WriteString("null")
	case doc.Bool, doc.Number:
		b.WriteString(n.Text)
	case doc.String:
		return writeString(b, n.Text)
	case doc.List:
		b.WriteByte('[')
		for i, it := range n.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			if !s.writeJSON(b, it) {
				return false
			}
		}
		b.WriteByte(']')
	case doc.Map:
		b.WriteByte('{')
		for i, f := range n.Fields {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, f.Key.Text)
			b.WriteByte(':')
			if !s.writeJSON(b, f.Value) {
				return false
			}
		}
		b.WriteByte('}')
	case doc.Unknown:
		return false
	default:
		panic("cfn: no such kind")
	}
	return true
}

func writeString(b *strings.Builder, text string) bool {
	b.WriteByte('"')
	for _, p := range parts(text) {
		if !p.hole {
			q, err := json.Marshal(p.text)
			if err != nil {
				return false
			}
			b.Write(q[1 : len(q)-1])
			continue
		}
		if p.class == match.Any || p.class == match.Key {
			return false
		}
		b.WriteString(p.text)
	}
	b.WriteByte('"')
	return true
}

// cidr is Fn::Cidr: count blocks of 2^cidrBits addresses from the start of a
// block
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html).
func (s *stack) cidr(n *doc.Node, args []*doc.Node) *doc.Node {
	if len(args) != 2 && len(args) != 3 {
		return s.wrong(n, "Fn::Cidr takes a block, a count and a number of bits")
	}
	var t [3]string
	for i, a := range args {
		t[i] = s.w.textOf(s.eval(a))
	}
	what := fmt.Sprintf("Fn::Cidr of %s", match.Render(strings.Join(t[:len(args)], ", ")))
	if len(args) == 2 || match.HasHole(t[0]+t[1]+t[2]) {
		return unknown(n.Span, what)
	}
	block, err := netip.ParsePrefix(t[0])
	if err != nil {
		return s.wrong(n, fmt.Sprintf("%q is no CIDR block", t[0]))
	}
	count, err1 := strconv.Atoi(t[1])
	bits, err2 := strconv.Atoi(t[2])
	if err1 != nil || err2 != nil || count < 1 || count > 256 || bits < 0 || bits > block.Addr().BitLen() {
		return s.wrong(n, fmt.Sprintf("Fn::Cidr takes a count from 1 to 256 and a number of bits, not %q and %q", t[1], t[2]))
	}
	size := block.Addr().BitLen() - bits
	first := new(big.Int).SetBytes(block.Masked().Addr().AsSlice())
	step := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	c := &doc.Node{Kind: doc.List, Span: n.Span}
	for i := range count {
		x := new(big.Int).Add(first, new(big.Int).Mul(step, big.NewInt(int64(i))))
		raw := make([]byte, block.Addr().BitLen()/8)
		if x.BitLen() > len(raw)*8 {
			return s.wrong(n, fmt.Sprintf("%s has no room for %d blocks of %d bits", t[0], count, bits))
		}
		addr, _ := netip.AddrFromSlice(x.FillBytes(raw))
		if !block.Contains(addr) || size < block.Bits() {
			return s.wrong(n, fmt.Sprintf("%s has no room for %d blocks of %d bits", t[0], count, bits))
		}
		c.Items = append(c.Items, str(n.Span, netip.PrefixFrom(addr, size).String()))
	}
	return c
}

// transform is Fn::Transform as a value: AWS::Include of a local file, or a
// macro, which nobody can foresee.
func (s *stack) transform(n, arg *doc.Node) *doc.Node {
	inc, why := s.include(arg)
	if inc != nil {
		return s.eval(inc)
	}
	return s.macro(n, why)
}

// transformed is a map with Fn::Transform among its keys: an include adds the
// keys of its file, a macro can change the map as it likes.
func (s *stack) transformed(n, arg *doc.Node) *doc.Node {
	inc, why := s.include(arg)
	if inc == nil || inc.Kind != doc.Map {
		return s.macro(n, why)
	}
	c := doc.Node{Kind: doc.Map, Style: n.Style, Span: n.Span}
	for _, f := range n.Fields {
		if f.Name() == "Fn::Transform" {
			c.Fields = append(c.Fields, inc.Fields...)
		} else {
			c.Fields = append(c.Fields, f)
		}
	}
	return s.evalPlain(&c)
}

func (s *stack) macro(n *doc.Node, why string) *doc.Node {
	if s.cur != nil {
		s.cur.opaque = append(s.cur.opaque, why)
		s.w.gap(why, n.Span)
	}
	return s.w.vague(n.Span, why)
}

// include reads the file of AWS::Include, or says why not.
func (s *stack) include(arg *doc.Node) (*doc.Node, string) {
	name := arg.Get("Name").Str()
	if name != "AWS::Include" {
		return nil, "macro " + name
	}
	loc := s.eval(arg.At("Parameters", "Location"))
	url := loc.Str()
	if url == "" || match.HasHole(url) || strings.Contains(url, "://") {
		return nil, "AWS::Include of " + match.Render(url)
	}
	file := path.Join(path.Dir(s.t.name), url)
	f, err := s.w.in.Read(file)
	if err == nil {
		var tree *doc.Node
		if tree, _, err = load.Parse(f); err == nil {
			if !s.w.enter(s, "include "+file, arg.Span) {
				return nil, "AWS::Include of " + url
			}
			defer s.w.leave()
			if hasInclude(tree) {
				return nil, "AWS::Include inside " + url
			}
			return tree, ""
		}
	}
	s.w.find(CodeMacro, arg.Span, diag.Warning, "AWS::Include of %q is not read: %v", url, err)
	return nil, "AWS::Include of " + url
}

// hasInclude: an included file must not hold another transform
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html),
// which is also what keeps includes from running in circles.
func hasInclude(n *doc.Node) bool {
	for _, f := range n.Fields {
		if f.Name() == "Fn::Transform" || hasInclude(f.Value) {
			return true
		}
	}
	if slices.ContainsFunc(n.Items, hasInclude) {
		return true
	}
	return n.Tag == "!Transform"
}

// resolve replaces the dynamic references in a string by holes
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html).
// A reference to a plain SSM parameter that a stack declares has its value.
func (s *stack) resolve(text string, at source.Span) string {
	if !strings.Contains(text, "{{resolve:") {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(text, "{{resolve:")
		if i < 0 {
			break
		}
		j := strings.Index(text[i:], "}}")
		if j < 0 {
			break
		}
		b.WriteString(text[:i])
		b.WriteString(s.reference(text[i+len("{{resolve:"):i+j], at))
		text = text[i+j+2:]
	}
	b.WriteString(text)
	return b.String()
}

func (s *stack) reference(ref string, at source.Span) string {
	kind, name, _ := strings.Cut(ref, ":")
	r := Resolve{Service: kind, Name: name, Stack: s.cs, At: at}
	if s.cur != nil {
		r.Resource = s.cur.id
	}
	hole := match.Hole(match.Any, plain(kind+" "+name+" "+s.account+" "+s.region))
	switch kind {
	case "ssm":
		hole = s.ssmText(name, at)
		r.Name, _, _ = strings.Cut(name, ":")
	case "ssm-secure":
		r.Name, _, _ = strings.Cut(name, ":")
	case "secretsmanager":
		id, rest := name, ""
		if p := strings.SplitN(name, ":", 8); p[0] == "arn" && len(p) >= 7 {
			id = strings.Join(p[:7], ":")
			if len(p) == 8 {
				rest = p[7]
			}
		} else {
			id, rest, _ = strings.Cut(name, ":")
		}
		// What is left is SecretString:json-key:version-stage:version-id.
		if q := strings.Split(rest, ":"); len(q) > 1 {
			r.Key = q[1]
		}
		r.Name = id
	default:
		s.w.find(CodeFunction, at, diag.Error, "%q is no service of a dynamic reference; there is ssm, ssm-secure, secretsmanager", kind)
	}
	s.w.resolves = append(s.w.resolves, r)
	if c := (cloud.Resolve{Service: r.Service, Name: r.Name, Resource: r.Resource, At: r.At}); s.cs != nil && !slices.Contains(s.cs.Resolves, c) {
		s.cs.Resolves = append(s.cs.Resolves, c)
	}
	return hole
}
