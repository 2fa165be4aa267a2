package compile

import (
	"penstock/blueprint"
	"penstock/spec"
)

func (b *builder) approval(s *spec.Stage) blueprint.Map { return nil }
