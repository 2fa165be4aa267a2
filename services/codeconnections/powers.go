package codeconnections

import "penstock/service"

// powers: a connection is how a pipeline reaches the repository.
var powers = []service.Power{
	{
		ID: "codeconnections.delete", Kind: service.Tamper,
		Why:   "removes the connection by which pipelines fetch their source",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_DeleteConnection.html",
		Find: service.Change("AWS::CodeConnections::Connection", "connection", service.TouchesSource, "removes the connection", "codeconnections:DeleteConnection"),
	},
	{
		ID: "codeconnections.delete-star", Kind: service.Tamper,
		Why:   "removes the connection by which pipelines fetch their source",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/codestar-connections/latest/APIReference/API_DeleteConnection.html",
		Find: service.Change("AWS::CodeStarConnections::Connection", "connection", service.TouchesSource, "removes the connection", "codestar-connections:DeleteConnection"),
	},
}
