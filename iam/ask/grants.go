package ask

import (
	"fmt"
	"strings"

	"penstock/doc"
	"penstock/doc/json"
	"penstock/iam/authz"
	"penstock/source"
)

// readGrants reads KMS grants as AWS lists them
// (https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html);
// the case of the first letters does not matter, and the constraints may
// stand in the grant itself.
func (b *builder) readGrants() error {
	tree, _, err := json.Parse(source.NewFile("grants", []byte(strings.Clone(b.grants))))
	if err != nil {
		return err
	}
	if tree.Kind != doc.List && tree.Kind != doc.Null {
		return fmt.Errorf("they are a %s, not a list", tree.Kind)
	}
	for i, n := range tree.Items {
		if err := b.readGrant(n); err != nil {
			return fmt.Errorf("number %d %w", i, err)
		}
	}
	return nil
}

func (b *builder) readGrant(n *doc.Node) error {
	if n.Kind != doc.Map {
		return fmt.Errorf("is a %s, not a map", n.Kind)
	}
	var g authz.Grant
	retiring := ""
	if err := grantFields(n, &g, &retiring); err != nil {
		return err
	}
	if g.Grantee == "" {
		return fmt.Errorf("has no GranteePrincipal")
	}
	p := b.set.policies
	p.Grants = append(p.Grants, g)
	if retiring != "" {
		// Whoever the grant names for it may retire it
		// (https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html).
		p.Grants = append(p.Grants, authz.Grant{Grantee: retiring, Operations: []string{"RetireGrant"}})
	}
	return nil
}

func grantFields(n *doc.Node, g *authz.Grant, retiring *string) error {
	for _, f := range n.Fields {
		v := f.Value
		var err error
		switch strings.ToLower(f.Name()) {
		case "granteeprincipal", "grantee":
			g.Grantee = v.Str()
		case "retiringprincipal":
			*retiring = v.Str()
		case "operations":
			for it := range v.Elems() {
				g.Operations = append(g.Operations, strings.TrimPrefix(it.Str(), "kms:"))
			}
		case "constraints":
			if v.Kind == doc.Map {
				err = grantFields(v, g, retiring)
			}
		case "encryptioncontextequals", "equals":
			g.EncryptionContextEquals, err = texts(f.Name(), v)
		case "encryptioncontextsubset", "subset":
			g.EncryptionContextSubset, err = texts(f.Name(), v)
		case "keyid", "grantid", "name", "issuingaccount", "creationdate", "granttoken":
		default:
			// It may limit the grant.
			err = fmt.Errorf("has %q, which no grant has", f.Name())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func texts(name string, n *doc.Node) (map[string]string, error) {
	if n.Kind == doc.Null {
		return nil, nil
	}
	if n.Kind != doc.Map {
		return nil, fmt.Errorf("has a %s for %s, not a map", n.Kind, name)
	}
	m := map[string]string{}
	for _, f := range n.Fields {
		m[f.Name()] = f.Value.Str()
	}
	return m, nil
}
