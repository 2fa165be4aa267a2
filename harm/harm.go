// Package harm says what an action would let an attacker do, in the seven
// words that a reader of a finding thinks in, from the access level that AWS
// gives the action and from short lists of the actions whose level does not
// tell.
//
//	harm.Of("iam:PutRolePolicy")             → Rights
//	harm.Of("secretsmanager:GetSecretValue") → Secrets
//	harm.Of("cloudtrail:StopLogging")        → Hide
//
// A class is a word for people and an order for lists. Nothing is proved by
// it: whether somebody really gains rights by a call is for package chain.
package harm

import (
	"strings"

	"penstock/iam/facts"
)

// A Class is what an action would let an attacker do. A greater class is
// worse.
type Class uint8

// The classes, from mild to grave. Look: read what is no secret. Spend: start
// or make what costs money. Destroy: delete. Hide: stop or edit the trace.
// Secrets: read secrets and data. Write: change what is there. Rights: gain
// rights, or give them.
const (
	Look Class = iota
	Spend
	Destroy
	Hide
	Secrets
	Write
	Rights
)

// Classes lists all, the gravest first.
func Classes() []Class { return []Class{Rights, Write, Secrets, Hide, Destroy, Spend, Look} }

// String returns the class as a verb phrase.
func (c Class) String() string {
	return [...]string{"look", "spend", "destroy", "hide traces", "read secrets and data", "change what is there", "gain rights"}[c]
}

// Of returns the class of an action ("s3:GetObject", in any case). An action
// that AWS's reference does not list is judged by its name.
func Of(action string) Class {
	low := strings.ToLower(action)
	prefix, name, _ := strings.Cut(low, ":")
	if c, ok := listed(prefix, name); ok {
		return c
	}
	level, known := level(prefix, name)
	switch {
	case dataRead[low]:
		return Secrets
	case known && level == facts.PermissionsManagement:
		return Rights
	case known && (level == facts.List || level == facts.Read):
		return Look
	case !known && begins(name, "get", "list", "describe", "head", "batchget", "lookup", "search", "view"):
		return Look
	case begins(name, "delete", "terminate", "purge", "schedulekeydeletion", "deregister", "batchdelete", "release", "destroy"):
		return Destroy
	case begins(name, "run", "purchase", "request", "launch", "allocate", "register"), strings.HasPrefix(name, "create") && !strings.HasPrefix(name, "createlog"):
		return Spend
	default:
		return Write
	}
}

func level(prefix, name string) (facts.Access, bool) {
	s, ok := facts.Service(prefix)
	if !ok {
		return 0, false
	}
	a, ok := s.Action(name)
	return a.Access, ok
}

func begins(name string, words ...string) bool {
	for _, w := range words {
		if strings.HasPrefix(name, w) {
			return true
		}
	}
	return false
}

// listed judges the actions whose access level says too little.
func listed(prefix, name string) (Class, bool) {
	switch prefix {
	case "sts":
		if begins(name, "assumerole", "getfederationtoken", "assumeroot") {
			return Rights, true
		}
		return Look, true
	case "iam":
		if begins(name, "get", "list", "simulate", "generate") {
			return Look, true
		}
		return Rights, true // users, keys, roles, policies: who may change them may become anybody
	case "organizations", "sso", "sso-admin", "identitystore", "account", "ram":
		if !begins(name, "get", "list", "describe") {
			return Rights, true
		}
	case "cloudtrail", "config", "guardduty", "securityhub", "access-analyzer":
		if !begins(name, "get", "list", "describe", "lookup", "search", "batchget", "select", "validate", "generate") {
			return Hide, true
		}
		return Look, true
	case "logs":
		switch {
		case begins(name, "delete", "putretention", "disassociate", "associatekms", "putdataprotection"):
			return Hide, true
		case begins(name, "createlog", "putlogevents", "describe", "list", "tag"):
			return Look, true // writing one's own log
		}
	case "events", "cloudwatch":
		if begins(name, "delete", "disable", "remove", "setalarmstate") {
			return Hide, true
		}
	case "ec2":
		if name == "createnetworkinterfacepermission" {
			return Write, true
		}
	}
	return 0, false
}

// dataRead are the reads that hand out secrets or the data itself rather than
// what describes it.
var dataRead = map[string]bool{
	"secretsmanager:getsecretvalue": true, "secretsmanager:batchgetsecretvalue": true,
	"ssm:getparameter": true, "ssm:getparameters": true, "ssm:getparametersbypath": true, "ssm:getparameterhistory": true,
	"kms:decrypt": true, "kms:reencryptfrom": true,
	"s3:getobject": true, "s3:getobjectversion": true, "s3:getobjecttorrent": true,
	"dynamodb:getitem": true, "dynamodb:batchgetitem": true, "dynamodb:query": true, "dynamodb:scan": true, "dynamodb:getrecords": true,
	"dynamodb:partiqlselect": true,
	"codecommit:gitpull":     true, "codecommit:getfile": true, "codecommit:getblob": true,
	"sqs:receivemessage": true, "kinesis:getrecords": true,
	"rds-data:executestatement": true, "rds-data:batchexecutestatement": true, "athena:getqueryresults": true,
	"lambda:getfunction": true, "ecr:getdownloadurlforlayer": true,
	"logs:getlogevents": true, "logs:filterlogevents": true, "logs:getqueryresults": true,
	"codeartifact:getauthorizationtoken": true, "rds:downloadcompletedbfile": true, "redshift:getclustercredentials": true,
	"ec2:getpassworddata": true, "ec2:getconsoleoutput": true,
}
