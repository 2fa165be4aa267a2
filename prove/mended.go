package prove

// mended says of the codes of this package what their fix does, and why or
// when none is offered.
var mended = map[string]struct{ fix, open string }{
	"RUN001": {"an Allow in one of the caller's own policies, or a policy of its own where it has none", "the resource has a name that AWS makes up in another stack, or the policies are in none"},
	"RUN002": {"an Allow in the policy of the resource, or its first policy", "the caller has a name that AWS makes up in another stack, or the resource is in none"},
	"RUN003": {"the action, the value or the provider that the trust lacks, or a statement of its own", ""},
	"RUN004": {"an Allow in the boundary, with the identity policy's where that lacks it too", ""},
	"RUN005": {"", "a session policy is written by whoever takes on the role"},
	"RUN006": {"", "what an account may do at most is for the organization to decide"},
	"RUN007": {"", "what may be done to an account's resources at most is for the organization to decide"},
	"RUN008": {"a statement in the policy of the endpoint, for this caller alone", "the endpoint is in no stack"},
	"RUN011": {"the value of the request among those that the Deny spares, where it has such a list", "a Deny without one was meant, and what to take from it nobody else can tell"},
	"RUN012": {"the value of the request among those that the Deny spares, where it has such a list", "a Deny without one was meant; often the call has to change, not the policy"},
	"RUN013": {"the value of the request among those that the Deny spares, where it has such a list", "a Deny without one was meant"},
	"RUN014": {"the value of the request among those that the Deny spares, where it has such a list", "a boundary that denies is a guard that somebody set"},
	"RUN015": {"", "a session policy is written by whoever takes on the role"},
	"RUN016": {"the value of the request among those that the Deny spares, where it has such a list", "a Deny of the organization without one was meant"},
	"RUN017": {"the value of the request among those that the Deny spares, where it has such a list", "a Deny of the organization without one was meant"},
	"RUN018": {"the value of the request among those that the Deny spares, where it has such a list", "a Deny without one was meant"},
	"RUN020": {"`RoleArn` of the action: the one role of the other account that the pipeline's role may take on", "there is no such role, or more than one"},
	"RUN030": {"", "what it depends on is not in the material: declare it, or give its value"},
	"RUN090": {"", "nothing is known to be wrong"},
	"RUN101": {"`DependsOn` on the resource that comes too early", ""},
	"RUN108": {"", "what to leave out, or how to split it, is for the author to say"},
	"RUN122": {"the ARN, or the name, of what is named", "what is named is in no stack of the account, or its name is made up in another stack"},
	"RUN123": {"the account as principal, and the role in a condition on `aws:PrincipalArn`, which AWS does not look up", "the statement has conditions of its own, or names nobody that there is"},
}
