package chain

import (
	"penstock/cloud"
	"penstock/service"
)

func derived(m *cloud.Model, services []*service.Service) []service.Power { return nil }
