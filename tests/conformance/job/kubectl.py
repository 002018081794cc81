"""What kubectl shows of a Job, and does to it."""

import json

from conformance.builders import job
from conformance.job import scenario
from conformance.job.hands import (
    AT_ONCE,
    arrived,
    by_hand,
    completed,
    fail,
    failed,
    has,
    indexed,
    pod_of,
    run,
    succeed,
)


def shown(side, title, name="web"):
    side.kubectl(f"get {title}", "get", f"{side.resource()}/{name}")
    side.kubectl(f"get wide {title}", "get", f"{side.resource()}/{name}", "-o", "wide")


@scenario(smoke=True)
def kubectl_get(side):
    """Columns as it runs and when it is complete."""
    side.create(by_hand(completions=2, parallelism=2))
    side.settle("created")
    shown(side, "running")
    succeed(side, *side.names())
    completed(side)
    side.kubectl("get complete", "get", f"{side.resource()}/web", "--no-headers")
    side.kubectl(
        "get pods", "get", "pods", "-l", "job-name=web", "-o", "jsonpath={.items[*].status.phase}"
    )


@scenario
def kubectl_get_of_others(side):
    """A work queue, a suspended Job, a failed one."""
    side.create(by_hand("queue", parallelism=3))
    side.create(by_hand("later", suspend=True))
    side.create(by_hand("bad", backoffLimit=0, completions=3))
    side.settle("created", ordered=False)
    fail(side, *side.names("bad"))
    failed(side, name="bad")
    for name in ("queue", "later", "bad"):
        arguments = ("get", f"{side.resource()}/{name}", "--no-headers")
        side.kubectl(f"get {name}", *arguments)


@scenario
def kubectl_wait(side):
    """For its end, and for one that does not come."""
    side.create(job(completions=2, parallelism=2, pod=AT_ONCE))
    arguments = ("wait", f"{side.resource()}/web", "--timeout=30s")
    side.kubectl("wait", *arguments, "--for=condition=complete")
    completed(side)
    side.kubectl(
        "wait failed", "wait", f"{side.resource()}/web", "--timeout=1s", "--for=condition=failed"
    )


@scenario
def kubectl_apply_twice(side):
    """The second time with more at a time; then with another image, which is refused."""
    manifest = side.manifest(by_hand(completions=4, parallelism=1))
    side.kubectl("apply", "apply", "-f", "-", stdin=json.dumps(manifest))
    side.settle("created")
    manifest["spec"]["parallelism"] = 2
    side.kubectl("apply again", "apply", "-f", "-", stdin=json.dumps(manifest))
    arrived(side, 2)
    side.settle("two")
    side.kubectl("apply the same", "apply", "-f", "-", stdin=json.dumps(manifest))
    side.settle("still two")


@scenario
def kubectl_apply_on_the_server(side):
    """Two managers of one Job: the second one suspends it."""
    manifest = side.manifest(by_hand())
    text = json.dumps(manifest)
    side.kubectl("apply", "apply", "--server-side", "-f", "-", stdin=text)
    side.settle("created")
    manifest["spec"] = {"suspend": True, "template": manifest["spec"]["template"]}
    text = json.dumps(manifest)
    arguments = ("apply", "--server-side", "--field-manager=other", "-f", "-")
    side.kubectl("apply: suspend", *arguments, stdin=text)
    has(side, "Suspended")
    side.settle("suspended")


@scenario
def kubectl_delete(side):
    """In the background, unless told otherwise."""
    for name in ("one", "two"):
        side.create(by_hand(name))
    side.settle("created", ordered=False)
    run(side, *side.names("one"), *side.names("two"))
    side.kubectl("delete", "delete", f"{side.resource()}/one")
    side.gone("one")
    side.kubectl("delete orphan", "delete", f"{side.resource()}/two", "--cascade=orphan")
    side.gone("two")
    side.pause(1)
    side.until(lambda: len(side.api.get(side.path("Pod"))["items"]) == 1, "one pod")
    side.settle("one is left", ordered=False)


@scenario
def kubectl_get_by_status(side):
    """The indexes, as users read them."""
    side.create(indexed(4))
    side.settle("created")
    succeed(side, pod_of(side, 1), pod_of(side, 2))
    side.counts(succeeded=2)
    side.settle("two")
    path = "jsonpath={.status.completedIndexes} {.status.succeeded}/{.spec.completions}"
    side.kubectl("get indexes", "get", f"{side.resource()}/web", "-o", path)


@scenario
def kubectl_describe(side):
    """kubectl has a form for batch/v1 only."""
    side.create(by_hand())
    side.settle("created")
    side.kubectl("describe", "describe", f"{side.resource()}/web")
