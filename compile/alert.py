# Puts an event of CloudTrail into words. It never decides whether to tell:
# what it cannot read is told as it came. What fails is tried again by Lambda,
# and then kept in the queue.
import json
import os

sns = None


def at(event, path):
    for key in path.split("."):
        event = event.get(key) if isinstance(event, dict) else None
    return event


def first(event, *paths):
    for path in paths:
        value = at(event, path)
        if value not in (None, "", [], {}):
            return value
    return "unknown"


def short(value, most):
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    text = " ".join(text.split())
    return text if len(text) <= most else text[:most] + " ... (cut)"


def who(d):
    text = short(first(d, "userIdentity.arn", "userIdentity.invokedBy", "userIdentity.principalId"), 512)
    more = [short(first(d, "userIdentity.type"), 64)]
    for name, path in (
        ("account", "userIdentity.accountId"),
        ("as role", "userIdentity.sessionContext.sessionIssuer.arn"),
        ("second factor", "userIdentity.sessionContext.attributes.mfaAuthenticated"),
        ("for", "userIdentity.invokedBy"),
    ):
        if at(d, path):
            more.append(name + " " + short(at(d, path), 256))
    return text + " (" + ", ".join(more) + ")"


# Names alone: a request may hold what is not for everybody who reads mail.
def named(asked, deeper):
    found = []
    for key, value in sorted(asked.items()) if isinstance(asked, dict) else ():
        if isinstance(value, dict) and deeper:
            found += named(value, False)
        elif key.lower().endswith(("name", "names", "arn", "arns", "id", "ids", "rule")) and isinstance(value, (str, list)):
            found.append(key + " " + short(value, 400))
    return found


def which(d):
    found = []
    for r in at(d, "resources") or []:
        arn = first(r, "ARN", "arn")
        if arn not in found:
            found.append(arn)
    found += named(at(d, "requestParameters"), True)
    return "\n          ".join(short(f, 512) for f in found[:20]) or "named by no field of the event"


def words(event, project):
    d = at(event, "detail")
    if not isinstance(d, dict) or not d.get("eventName"):
        return project + ": an alert in no known form", short(event, 8000)
    error = at(d, "errorCode")
    denied = "no, it was done"
    if error:
        refused = any(w in str(error) for w in ("AccessDenied", "Unauthorized", "Forbidden"))
        denied = ("yes, " if refused else "it failed, ") + short(error, 128) + ": " + short(at(d, "errorMessage") or "no message", 512)
    name, account = short(d["eventName"], 128), short(first(event, "account", "detail.recipientAccountId"), 16)
    lines = (
        ("What", name + " of " + short(first(d, "eventSource"), 128)),
        ("Who", who(d)),
        ("When", short(first(d, "eventTime"), 64)),
        ("Where", "account " + account + ", region " + short(first(d, "awsRegion"), 32)),
        ("From", short(first(d, "sourceIPAddress"), 256) + ", " + short(first(d, "userAgent"), 256)),
        ("Resource", which(d)),
        ("Denied", denied),
        ("Event", short(first(d, "eventID"), 64) + " of CloudTrail"),
    )
    state = " refused" if denied.startswith("yes") else ""
    return project + ": " + name + state + " in account " + account, "\n".join((n + ":").ljust(10) + v for n, v in lines)


def handler(event, context):
    global sns
    if sns is None:
        import boto3
        sns = boto3.client("sns")
    try:
        subject, text = words(event, os.environ["PROJECT"])
    except Exception as e:
        subject, text = os.environ["PROJECT"] + ": an alert that cannot be put into words", repr(e)[:200] + " " + str(event)[:8000]
    subject = "".join(c if " " <= c <= "~" else "?" for c in subject)[:99]
    sns.publish(TopicArn=os.environ["TOPIC"], Subject=subject, Message=text)
