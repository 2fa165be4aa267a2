package compile

import (
	"iter"
	"strings"

	"penstock/blueprint"
	"penstock/spec"
)

// Logical ids of a watched account and region.
const (
	watchKey   = "WatchKey"
	watchTopic = "AlertTopic"
)

// A watch is what watches over a pipeline: a place in each account and region
// that holds something of it.
type watch struct {
	b        *builder
	drawn    []*blueprint.Stack // the pipeline, before the audit was drawn
	accounts []audited
	places   []*place
}

// A place is an account and a region in which events arise that somebody has to
// hear of, with the topic that tells them. Topics stand where the rules are:
// EventBridge hands events to topics of its own region only, and a bus in the
// middle would be one thing more that can be silenced.
type place struct {
	account spec.Account
	stack   *blueprint.Stack
}

// place returns the place of an account and region, made where there is none.
func (w *watch) place(a spec.Account, region string) *place {
	for _, p := range w.places {
		if p.account.ID == a.ID && p.stack.Region == region {
			return p
		}
	}
	p := &place{account: a}
	logs := w.b.logs()
	switch name := "watch-" + a.Alias; {
	case a.ID == logs.ID && region == w.b.home(logs):
		p.stack = w.b.set.Stack(auditStack)
	case region != w.homeOf(a):
		p.stack = w.b.stack(name+"-"+region, a, region, "Who changes what the pipeline of "+w.b.spec.Project+" has in "+a.Alias+", "+region)
	default:
		p.stack = w.b.stack(name, a, region, "The trail of "+a.Alias+", and who changes what the pipeline of "+w.b.spec.Project+" has there")
	}
	w.places = append(w.places, p)
	w.b.alertTopic(p.stack, w.trailAt(a, region))
	if w.b.spec.Audit.Function {
		name := "alert"
		if region != w.homeOf(a) {
			name += "-" + region // roles are the account's, whatever the region
		}
		w.b.alertFunction(p.stack, name)
	}
	return p
}

// trailAt reports whether the trail of an account is in a region.
func (w *watch) trailAt(a spec.Account, region string) bool {
	for _, o := range w.accounts {
		if o.ID == a.ID {
			return o.trail && o.home == region
		}
	}
	return false
}

func (w *watch) homeOf(a spec.Account) string {
	for _, o := range w.accounts {
		if o.ID == a.ID {
			return o.home
		}
	}
	return w.b.spec.Region
}

// Patterns of the ARNs of what tells the topic: all rules that watch, all
// alarms of the project.
const (
	watchRules  blueprint.Sub = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${ProjectName}-watch-*"
	watchAlarms blueprint.Sub = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${ProjectName}-*"
)

// alertTopic draws the topic of a place, with the key that encrypts it. Where
// the account has its trail, alarms tell the topic too, and the key encrypts
// the log group of the trail as well.
func (b *builder) alertTopic(st *blueprint.Stack, trail bool) {
	tellers := blueprint.List{"events.amazonaws.com"}
	tell := &blueprint.Statement{
		Sid:     "RulesTell",
		Comment: "Without a condition on the source: EventBridge sends none to KMS, and the alerts would stop without a word.",
		Actions: []string{"kms:Decrypt", "kms:GenerateDataKey*"}, Resources: []blueprint.Sub{"*"},
		Uses: []blueprint.Use{{Row: "sns.encrypt", Call: "kms:GenerateDataKey", Why: "SNS encrypts the message with the publisher's rights"}},
	}
	uses := []*blueprint.Statement{tell}
	base := []*blueprint.Statement{publisher("RulesTell", "events.amazonaws.com", watchTopic, watchRules, "events.target.resource")}
	what := "Alerts about the pipeline"
	if trail || b.spec.Audit.Function {
		tellers = append(tellers, "cloudwatch.amazonaws.com")
		tell.Sid = "RulesAndAlarmsTell"
		base = append(base, publisher("AlarmsTell", "cloudwatch.amazonaws.com", watchTopic, watchAlarms, "cloudwatch.alarm.topic"))
	}
	if trail {
		what += ", and the log of the trail"
		uses = append(uses, &blueprint.Statement{
			Sid: "TrailLogs", Principal: blueprint.KV("Service", blueprint.Sub("logs.${AWS::Region}.${AWS::URLSuffix}")),
			Actions: []string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"}, Resources: []blueprint.Sub{"*"},
			Conditions: []blueprint.Condition{{Operator: "ArnEquals", Key: "kms:EncryptionContext:aws:logs:arn",
				Values: []blueprint.Sub{"arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/cloudtrail/" + trailName}}},
			Uses: []blueprint.Use{{Row: "logs.key", Call: "kms:GenerateDataKey", Why: "encrypts and decrypts the log"}},
		})
	}
	tell.Principal = blueprint.KV("Service", tellers)
	b.key(st, watchKey, what, "", "alerts", uses...)
	b.topic(st, watchTopic, "${ProjectName}-alerts", watchKey, b.alerted(), base...)
}

// publisher lets a service publish to a topic for what has an ARN of a pattern.
func publisher(sid, service, topic string, source blueprint.Sub, row string) *blueprint.Statement {
	return &blueprint.Statement{
		Sid: sid, Principal: blueprint.KV("Service", service), Actions: []string{"sns:Publish"}, Resources: []blueprint.Sub{blueprint.Ref(topic)},
		Conditions: []blueprint.Condition{{Operator: "ArnLike", Key: "aws:SourceArn", Values: []blueprint.Sub{source}}},
		Uses:       []blueprint.Use{{Row: row, Call: "sns:Publish", Why: "tells the topic"}},
	}
}

// topic draws a topic that tells people by e-mail, encrypted, over TLS only.
func (b *builder) topic(st *blueprint.Stack, id string, name blueprint.Sub, key string, emails []string, base ...*blueprint.Statement) {
	props := blueprint.KV("TopicName", name, "KmsMasterKeyId", blueprint.Att(key, "Arn"))
	var subs blueprint.List
	for _, e := range emails {
		subs = append(subs, blueprint.KV("Protocol", "email", "Endpoint", e))
	}
	if len(subs) > 0 {
		props.Set("Subscription", subs)
	}
	props.Set("Tags", b.tags())
	topic := st.Add(&blueprint.Resource{ID: id, Type: "AWS::SNS::Topic", Props: props})
	policy := st.Add(&blueprint.Resource{ID: id + "Policy", Type: "AWS::SNS::TopicPolicy", Props: blueprint.KV("Topics", blueprint.List{blueprint.Ref(id)})})
	deny := &blueprint.Statement{
		Sid: "TlsOnly", Effect: "Deny", Principal: "*", Actions: []string{"sns:Publish"}, Resources: []blueprint.Sub{blueprint.Ref(id)},
		Conditions: []blueprint.Condition{{Operator: "Bool", Key: "aws:SecureTransport", Values: []blueprint.Sub{"false"}}},
	}
	b.guard(st, topic, policy, "PolicyDocument", append([]*blueprint.Statement{deny}, base...)...)
}

// alerted lists who is told: where the spec names nobody, those who are told of
// executions, else those who approve.
func (b *builder) alerted() []string {
	switch {
	case len(b.spec.Audit.Alerts) > 0:
		return b.spec.Audit.Alerts
	case len(b.spec.Notifications.Emails) > 0:
		return b.spec.Notifications.Emails
	}
	var out []string
	for _, s := range b.spec.Stages {
		if s.Approve != nil {
			for _, e := range s.Approve.Notify {
				out = addOnce(out, e)
			}
		}
	}
	return out
}

// A thing is a resource that is watched, with where the events of its changes
// arise.
type thing struct {
	*watched
	res     *blueprint.Resource
	in      *blueprint.Stack
	account spec.Account
	region  string
}

// things yields what is watched, of all stacks that are drawn by now.
func (w *watch) things() iter.Seq[thing] {
	return func(yield func(thing) bool) {
		for _, st := range w.b.set.Stacks {
			account := w.accountOf(st.Account)
			for _, r := range st.Resources {
				for i := range watchTable {
					k := &watchTable[i]
					if k.typ != r.Type || k.only != nil && !k.only(r) {
						continue
					}
					region := st.Region
					if strings.HasPrefix(k.typ, "AWS::IAM::") {
						region = global(st.Region)
					}
					if !yield(thing{k, r, st, account, region}) {
						return
					}
				}
			}
		}
	}
}

func (w *watch) accountOf(id string) spec.Account {
	for _, a := range w.b.spec.Accounts {
		if a.ID == id {
			return a
		}
	}
	return w.b.spec.Tools
}
