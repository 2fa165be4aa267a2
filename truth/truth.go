// Package truth is three-valued logic: a claim about AWS is known to hold,
// known not to hold, or rests on a fact that nobody has given us.
//
// The whole program leans on it. A template value that cannot be known makes
// the statements that hold it Maybe, and a Maybe never becomes an answer by
// accident: And, Or and Not are Kleene's strong connectives, so Maybe survives
// exactly where the unknown fact could change the result.
package truth

// A Value is No, Maybe or Yes. The zero value is No, so that a forgotten
// assignment never reads as an allowance.
type Value int8

// The three values, ordered No < Maybe < Yes.
const (
	No Value = iota
	Maybe
	Yes
)

// Of returns Yes for true and No for false.
func Of(b bool) Value {
	if b {
		return Yes
	}
	return No
}

// And is the smaller of the two.
func (v Value) And(w Value) Value { return min(v, w) }

// Or is the greater of the two.
func (v Value) Or(w Value) Value { return max(v, w) }

// Not swaps Yes and No and keeps Maybe.
func (v Value) Not() Value { return Yes - v }

// String returns "no", "maybe" or "yes".
func (v Value) String() string {
	switch v {
	case No:
		return "no"
	case Maybe:
		return "maybe"
	case Yes:
		return "yes"
	default:
		panic("truth: no such value")
	}
}
