package service

import (
	"penstock/diag"
	"penstock/doc"
	"penstock/source"
	"penstock/truth"
)

// A Network is where in a VPC something runs, and what it has to reach from
// there. A Job that runs in no VPC, or whose calls are made elsewhere, has
// none.
type Network struct {
	What    string    // "build project app"
	VPC     string    // the id of the VPC, "" where it is not said
	Subnets *doc.Node // ids
	Groups  *doc.Node // ids of security groups; nil stands for the default group of the VPC
	// PublicIP says whether the network interface has a public address,
	// without which an internet gateway is no way out.
	PublicIP truth.Value
	At       source.Span
	// Proxy names a proxy that the traffic goes through, "" where there is
	// none: then what it reaches is not in the templates.
	Proxy string
	// Through reports whether a call leaves by the network interface, rather
	// than being made by the service on its own network, and how that is
	// known.
	Through func(*Call) (bool, Basis)
	// Hosts are what it has to reach beside the hosts of its calls.
	Hosts []Host
	// Shows is the text that AWS shows where a host cannot be reached. The
	// service is named as in Host.
	Shows func(service string) string
	// Address writes what gives it a public address, for a fix; nil where it
	// cannot have one.
	Address func() ([]diag.Edit, error)
}

// A Host is something to reach over the network.
type Host struct {
	// Service is the end of the name of the service's VPC endpoint
	// ("ecr.dkr", "logs"); "" is a host on the internet.
	Service string
	Region  string // "" is that of the site
	Name    string // of a host on the internet: "github.com"
	Why     string // "downloads the source of the project"
	At      source.Span
	Need    Need
	Basis   Basis
}
