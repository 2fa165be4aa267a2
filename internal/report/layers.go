package report

// layerNames are what people call the layers of authz and of prove.
var layerNames = map[string]string{
	"identity":  "identity-based policy",
	"resource":  "resource-based policy",
	"trust":     "role trust policy",
	"boundary":  "permissions boundary",
	"session":   "session policy",
	"scp":       "service control policy",
	"rcp":       "resource control policy",
	"endpoint":  "VPC endpoint policy",
	"passrole":  "no role is passed across accounts",
	"catalogue": "the catalogue",
}

func layerName(layer string) string {
	if n, ok := layerNames[layer]; ok {
		return n
	}
	return layer
}
