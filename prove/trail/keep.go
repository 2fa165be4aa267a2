package trail

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/services/cloudtrail"
	"penstock/truth"
)

// keepDays is how long what was recorded should be there: the shortest time
// that AWS's own control for CloudTrail's storage asks for is 90 days, that of
// the event history
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html).
const keepDays = 90

// keep looks at what was recorded: that a change of it shows, and that it is
// not thrown away.
func (w *world) keep() {
	for _, t := range w.trails {
		if !w.needed(t) {
			continue
		}
		switch cloudtrail.Validates(t) {
		case truth.No:
			f := diag.Finding{
				Code: "TRAIL010", At: t.Span, Severity: diag.Error, Certainty: diag.Proved,
				Message: fmt.Sprintf("trail %s writes no digests (EnableLogFileValidation): a log file that is changed or removed looks like any other", name(t)),
				Fixes:   w.set(t, "write digests", "EnableLogFileValidation", true),
			}
			if n := t.Prop("EnableLogFileValidation"); n != nil {
				f.At = n.Where()
			}
			w.found = append(w.found, f)
		case truth.Maybe:
			w.found = append(w.found, diag.Finding{
				Code: "TRAIL090", At: t.Span, Severity: diag.Warning, Certainty: diag.Possible, Depends: []string{"EnableLogFileValidation of trail " + name(t)},
				Message: fmt.Sprintf("whether trail %s writes digests rests on a value that no template shows", name(t)),
			})
		case truth.Yes:
		}
		w.expires(t)
	}
}

// needed reports whether a trail records anything of the pipelines.
func (w *world) needed(t *cloud.Resource) bool {
	if cloudtrail.Logging(t) == truth.No {
		return false
	}
	if cloudtrail.OfOrganization(t) != truth.No {
		return true
	}
	for _, c := range w.calls {
		if slices.Contains(c.accounts, t.Account) {
			return true
		}
	}
	return slices.ContainsFunc(w.weak, func(k *weak) bool { return k.event.Account == t.Account })
}

// expires finds a lifecycle rule that throws log files away early.
func (w *world) expires(t *cloud.Resource) {
	b := w.bucketOf(t)
	if b == nil || locked(b) {
		return
	}
	for r := range b.Prop("LifecycleConfiguration", "Rules").Elems() {
		days := r.Get("ExpirationInDays")
		n, ok := number(days.Str())
		if !ok || r.Get("Status").Str() != "Enabled" || !n.IsInt() || n.Num().Int64() >= keepDays || len(r.Maybe) > 0 || len(days.Maybe) > 0 {
			continue
		}
		prefix := r.Get("Prefix").Str()
		if r.Get("TagFilters") != nil || !strings.HasPrefix(cloud.Text(t.Prop("S3KeyPrefix"))+"AWSLogs/", prefix) && prefix != "" {
			continue
		}
		w.found = append(w.found, diag.Finding{
			Code: "TRAIL014", At: days.Where(), Severity: diag.Warning, Certainty: diag.Proved,
			Message: fmt.Sprintf("the log of trail %s is thrown away after %s days: who waits that long left no trace", name(t), days.Str()),
			Related: []diag.Note{{At: t.Span, Message: "writes there"}},
		})
	}
}

// trust says who can still blind the trace, and what leaves none.
func (w *world) trust() {
	var logs, inside []string
	known, trails, outside := true, 0, 0
	for _, t := range w.trails {
		if !w.needed(t) {
			continue
		}
		trails++
		if !slices.Contains(w.accounts, t.Account) {
			outside++
		}
		if b := w.bucketOf(t); b != nil {
			if slices.Contains(w.accounts, b.Account) {
				inside = add(inside, b.Account)
			} else {
				logs = add(logs, b.Account)
			}
			continue
		}
		known = false
		w.assume("bucket %s, which no stack declares, takes the log of trail %s and keeps it", match.Render(cloud.Text(t.Prop("S3BucketName"))), name(t))
	}
	slices.Sort(inside)
	slices.Sort(logs)
	for _, a := range inside {
		w.assume("account %s holds the log and runs part of the pipeline: whoever administers it can blind the trace%s", match.Render(a), w.unless(a))
	}
	for _, a := range logs {
		w.assume("account %s, which runs nothing of the pipeline, holds the log: nobody in the pipeline's accounts can change what is in it; whoever administers that account can", match.Render(a))
	}
	if len(inside) == 0 && known && trails > 0 {
		own := slices.Clone(w.accounts)
		slices.Sort(own)
		stop := "stop its trail and its alerts from then on"
		if outside == trails {
			stop = "silence the alerts there, and cannot stop the trail"
		}
		w.assume("whoever administers an account of the pipeline (%s) can %s", match.Render(strings.Join(own, ", ")), stop)
	}
	if len(w.silent) > 0 {
		w.assume("%s %s no event; what is done by it shows in the events of other calls", list(w.silent, 8), leave(w.silent))
	}
	if slices.ContainsFunc(w.trails, func(t *cloud.Resource) bool { return cloudtrail.OfOrganization(t) == truth.Yes }) {
		w.assume("every account of the pipeline is a member of the organization whose trail records it")
	}
}

// unless says what even the administrator of an account cannot do.
func (w *world) unless(account string) string {
	for _, t := range w.trails {
		if b := w.bucketOf(t); b != nil && b.Account == account && locked(b) {
			r := b.Prop("ObjectLockConfiguration", "Rule", "DefaultRetention")
			for _, unit := range [...]string{"Years", "Days"} {
				if n := r.Get(unit); n != nil && n.Kind != doc.Unknown {
					last := n.Str() + " " + strings.ToLower(unit)
					if n.Str() == "1" {
						last = strings.ToLower(strings.TrimSuffix(unit, "s"))
					}
					return fmt.Sprintf(", but not remove what was recorded in the last %s (Object Lock)", last)
				}
			}
		}
	}
	return ""
}
