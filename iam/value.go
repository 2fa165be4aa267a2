package iam

import (
	"net/netip"
	"time"
)

// Time returns the date of a date operator's literal.
func (l *Literal) Time() time.Time { return l.at }

// Network returns the block of addresses of an IPAddress literal.
func (l *Literal) Network() netip.Prefix { return l.net }

// Bytes returns the bytes of a BinaryEquals literal.
func (l *Literal) Bytes() string { return l.raw }
