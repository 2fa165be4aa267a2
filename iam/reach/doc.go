// Package reach decides about all requests: is there a request in a set that
// the policies allow?
//
// A Space is the set. Find answers for one set of policies, Exists and All over
// a cloud.Model, Included compares two policies. The answer is None, a proof
// that no request of the space is allowed; Some, with a witness; or Depends,
// with the facts that are missing.
//
// # How it stays sound
//
// The question becomes a formula over atoms, each a claim about one unknown:
// the action, the resource, one context key. A solver for propositional logic
// looks for a model, and a theory for each unknown looks for a value that
// makes the atoms of the model true: for text by walking the product of the
// patterns' automata, for numbers, dates and addresses among values that
// stand for all. Atoms that contradict each other become a clause.
//
// None comes only from a formula that over-approximates: what is not known, a
// statement under an open condition, a layer that nobody described, a hole in a
// string, counts in favour of the request. Some comes only from package
// authz: whatever the solver finds is decided there as a concrete request.
// Everything else is Depends.
//
// # What is a request
//
// Actions are "service:name", in any case; a witness names one that the
// policies or the facts name if there is one, and else an unlisted one, for AWS
// adds actions. Resources are any text. A context key is absent, or has any
// value of its type; several, if AWS says that it is multivalued or if nobody
// says and a policy uses a set operator on it. Keys that follow from the
// principal are as authz derives them. aws:ResourceAccount and
// aws:RequestedRegion agree with the resource's ARN and aws:SourceAccount with
// aws:SourceArn, where the ARN has the part.
//
// A policy variable whose key is open joins two unknowns. The claim that a
// pattern with it matches is then kept as a whole: it is the same wherever the
// same pattern stands, and what it says beyond that is that the value is some
// text.
package reach
