package schema_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/iam/facts"
	"penstock/service/schema"
)

// TestNames checks how the types are named against the pages of the user guide
// ("Return values") and the Service Authorization Reference.
func TestNames(t *testing.T) {
	type names struct{ Name, Ref, ARN string }
	for typ, want := range map[string]names{
		// Ref and the variable of the ARN are a property's name.
		"AWS::KinesisFirehose::DeliveryStream": {"DeliveryStreamName", "${Name}", "arn:${Partition}:firehose:${Region}:${Account}:deliverystream/${Name}"},
		// The reference says StreamName, the property is Name.
		"AWS::Kinesis::Stream": {"Name", "${Name}", "arn:${Partition}:kinesis:${Region}:${Account}:stream/${Name}"},
		// Ref is an attribute, which AWS makes.
		"AWS::ApiGateway::RestApi": {"", "${Hole:RestApiId}", "arn:${Partition}:apigateway:${Region}::/restapis/${Ref}"},
		// Ref is the ARN, under a name of its own.
		"AWS::Batch::JobQueue": {"", "${ARN}", "arn:${Partition}:batch:${Region}:${Account}:job-queue/${Prop:JobQueueName}"},
		// The name of the resource in its ARN is in no schema.
		"AWS::RDS::DBProxy": {"DBProxyName", "${Name}", "arn:${Partition}:rds:${Region}:${Account}:db-proxy:${Any:DbProxyId}"},
		// Several parts, of which the guide does not say how Ref joins them.
		"AWS::ApiGateway::Method": {"", "${Any:Ref}", ""},
		"Custom::Thing":           {"", "${Any:PhysicalResourceId}", ""},
	} {
		got := schema.Type(typ)
		if got == nil {
			t.Errorf("Type(%q) = nil", typ)
			continue
		}
		if diff := cmp.Diff(want, names{got.NameProp, got.Ref, got.ARN}); diff != "" {
			t.Errorf("Type(%q) (-want +got):\n%s", typ, diff)
		}
	}
	for _, typ := range []string{"", "AWS::No::Such", "Acme::Some::Type", "Custom"} {
		if got := schema.Type(typ); got != nil {
			t.Errorf("Type(%q) = %v, want nil", typ, got.Name)
		}
	}
}

// TestAll reads every type: each word of a template is one that the reader of
// templates knows, and what it names is in the schema.
func TestAll(t *testing.T) {
	word := regexp.MustCompile(`\$\{([^}:]*):?([^}]*)\}`)
	plain := []string{"Name", "Ref", "ARN", "Account", "Region", "Partition"}
	policies := 0
	for name := range facts.CFNTypes() {
		c, _ := facts.CFN(name)
		ty := schema.Type(name)
		templates := []string{ty.Ref, ty.ARN}
		for a, tmpl := range ty.Attrs {
			if _, ok := c.Attribute(a); !ok {
				t.Errorf("%s: no attribute %q", name, a)
			}
			templates = append(templates, tmpl)
		}
		for _, m := range word.FindAllStringSubmatch(strings.Join(templates, " "), -1) {
			switch {
			case m[2] == "" && slices.Contains(plain, m[1]), m[1] == "Hole", m[1] == "Any":
			case m[1] == "Prop":
				if _, ok := c.Property(m[2]); !ok {
					t.Errorf("%s: a template names the property %q", name, m[2])
				}
			default:
				t.Errorf("%s: %q is no word of a template", name, m[0])
			}
		}
		if ty.NameProp != "" {
			if _, ok := c.Property(ty.NameProp); !ok {
				t.Errorf("%s: no property %q for the name", name, ty.NameProp)
			}
		}
		if strings.Contains(ty.ARN, "${ARN}") || ty.Ref == "${Ref}" || ty.ARN != "" && strings.Contains(ty.ARN, "${Ref}") && strings.Contains(ty.Ref, "${ARN}") {
			t.Errorf("%s: Ref %q and ARN %q are made of each other", name, ty.Ref, ty.ARN)
		}
		if !ty.Bare {
			policies++
			if ty.Guard != nil {
				if _, ok := c.Property(ty.Guard.Document); !ok {
					t.Errorf("%s: no property %q for the policy", name, ty.Guard.Document)
				}
			}
		}
	}
	if policies != 25 {
		t.Errorf("%d types have a policy, want those of the list", policies)
	}
}
