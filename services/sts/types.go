package sts

import "penstock/service"

// types is empty: STS has no resources in CloudFormation. Role sessions are
// resolved to their roles by cloud.Model.Principal.
var types []service.Type
