package compile

import (
	"strings"

	"penstock/blueprint"
	"penstock/spec"
)

func init() { deployers[spec.S3] = (*builder).s3 }

// s3 copies files to a bucket that is there already
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3Deploy.html).
func (b *builder) s3(s *spec.Stage, st *blueprint.Stack, _ *role, in string) []blueprint.Map {
	d := s.Deploy
	have := b.existing(d.Account, st.Region)
	props := blueprint.KV("BucketName", blueprint.Lit(d.Bucket))
	if d.KeyARN != "" {
		props.Set("BucketEncryption", blueprint.KV("ServerSideEncryptionConfiguration", blueprint.List{blueprint.KV(
			"BucketKeyEnabled", true, "ServerSideEncryptionByDefault", blueprint.KV("SSEAlgorithm", "aws:kms", "KMSMasterKeyID", blueprint.Lit(d.KeyARN)))}))
	}
	props = append(props, closed()...)
	if id := ident(s.Name) + "Bucket"; have.Resource(id) == nil {
		have.Add(&blueprint.Resource{ID: id, Type: "AWS::S3::Bucket", Props: props})
	}
	config := blueprint.KV("BucketName", blueprint.Lit(d.Bucket), "Extract", "true")
	switch {
	case !d.Extract:
		config.Set("Extract", "false")
		key := d.Prefix
		if key == "" || strings.HasSuffix(key, "/") {
			key += in + ".zip"
		}
		config.Set("ObjectKey", blueprint.Lit(key))
	case d.Prefix != "":
		config.Set("ObjectKey", blueprint.Lit(strings.TrimSuffix(d.Prefix, "/")))
	}
	if d.KeyARN != "" {
		config.Set("KMSEncryptionKeyARN", blueprint.Lit(d.KeyARN))
	}
	return []blueprint.Map{action("Deploy"+ident(s.Name), "Deploy", "AWS", "S3", config, []string{in}, nil, "")}
}
