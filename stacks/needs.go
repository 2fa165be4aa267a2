package stacks

import (
	"strings"

	"penstock/cloud"
	"penstock/doc"
)

// needs reads what the user states that principals need: a list of maps, each
// {principal: build, actions: [s3:ListBucket], resources: [arn:…], why: …}.
func (l *loader) needs(n *doc.Node) error {
	const shape = `write a list: - {principal: my-build-role, actions: ["s3:ListBucket"], resources: ["arn:aws:s3:::my-bucket"], why: "…"}`
	if n.Kind != doc.List {
		return bad(n, shape, "needs is a %s", word(n))
	}
	for _, it := range n.Items {
		if it.Kind != doc.Map {
			return bad(it, shape, "the need is a %s", word(it))
		}
		if err := keys(it, "principal", "actions", "resources", "why"); err != nil {
			return err
		}
		need := cloud.Need{Span: it.Span}
		var err error
		v := it.Get("principal")
		if v == nil {
			return bad(it, "add principal: the name or the ARN of a role", "the need names no principal")
		}
		if need.Principal, err = text(v, "principal", false); err != nil {
			return err
		}
		if need.Actions, err = texts(it.Get("actions"), "actions"); err != nil {
			return err
		}
		if len(need.Actions) == 0 {
			return bad(it, `add actions: ["service:Action"]`, "the need of %q names no action", need.Principal)
		}
		for _, a := range need.Actions {
			if !strings.Contains(a, ":") {
				return bad(it.Get("actions"), `an action is written like s3:GetObject; "*" for all is no statement of what is needed`, "%q is no action", a)
			}
		}
		if need.Resources, err = texts(it.Get("resources"), "resources"); err != nil {
			return err
		}
		if v := it.Get("why"); v != nil {
			if need.Why, err = text(v, "why", false); err != nil {
				return err
			}
		}
		l.set.Needs = append(l.set.Needs, need)
	}
	return nil
}

// texts reads a list of strings, or one string for a list of one.
func texts(n *doc.Node, what string) ([]string, error) {
	if n == nil || n.Kind == doc.Null {
		return nil, nil
	}
	var out []string
	for e := range n.Elems() {
		s, err := text(e, what, false)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
