package compile

import (
	"strings"

	"penstock/blueprint"
)

// nameIn is the name of a resource as another stack writes it: the text of the
// property that names it, or, where AWS makes the name up, its Ref through a
// parameter.
func (b *builder) nameIn(in, st *blueprint.Stack, r *blueprint.Resource, prop string) blueprint.Sub {
	switch v := r.Props.Get(prop).(type) {
	case string:
		return blueprint.Lit(v)
	case blueprint.Sub:
		return b.carry(in, st, v)
	}
	if in == st {
		return blueprint.Ref(r.ID)
	}
	return b.from(in, st.Name, r.ID, "")
}

// attr is an attribute of a resource as another stack writes it.
func (b *builder) attr(in, st *blueprint.Stack, r *blueprint.Resource, attr string) blueprint.Sub {
	if in == st {
		return blueprint.Att(r.ID, attr)
	}
	return b.from(in, st.Name, r.ID, attr)
}

// arnIn is the ARN of a resource as another stack writes it. In format %s
// stands for the name, %r for the region, %a for the account.
func (b *builder) arnIn(in, st *blueprint.Stack, r *blueprint.Resource, prop string, format blueprint.Sub) blueprint.Sub {
	region := blueprint.Sub("${AWS::Region}")
	if in.Region != st.Region {
		region = blueprint.Lit(st.Region)
	}
	name := b.nameIn(in, st, r, prop)
	if strings.HasPrefix(string(name), "arn:") {
		return name
	}
	return blueprint.Sub(strings.NewReplacer("%s", string(name), "%r", string(region), "%a", string(b.account(in, st.Account))).Replace(string(format)))
}

// carry writes a text of one stack in another, where its references mean the
// same.
func (b *builder) carry(in, st *blueprint.Stack, s blueprint.Sub) blueprint.Sub {
	if in == st {
		return s
	}
	var out blueprint.Sub
	for _, p := range s.Parts() {
		q := st.Param(p.Name)
		switch {
		case p.Name == "":
			out += blueprint.Lit(p.Text)
		case p.Name == "AWS::AccountId":
			out += b.account(in, st.Account)
		case p.Name == "AWS::Region" && in.Region != st.Region:
			out += blueprint.Lit(st.Region)
		case strings.HasPrefix(p.Name, "AWS::"):
			out += blueprint.Sub(p.String())
		case q == nil:
			out += b.from(in, st.Name, p.Name, p.Attr)
		case q.Value != "" && q.Value == in.Account:
			out += "${AWS::AccountId}"
		default:
			out += in.Parameter(*q)
		}
	}
	return out
}
