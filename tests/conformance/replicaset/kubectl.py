"""kubectl as users drive it; what it says is noted line by line.

Manifests are in `kubectl_apply`, what is about pods in `kubectl_pods`.
"""

import json
from concurrent.futures import ThreadPoolExecutor

from conformance.builders import container, replica_set
from conformance.replicaset import scenario


def one(side):
    """A set of one pod, so that no output depends on the order of random names."""
    side.create(replica_set(replicas=1))
    side.settle("created")
    return f"{side.resource()}/web"


@scenario
def kubectl_get(side):
    """Plain, wide, by label, as name, all."""
    web = one(side)
    kind = side.resource()
    side.kubectl("get", "get", kind)
    side.kubectl("get one", "get", web)
    side.kubectl("get wide", "get", web, "-o", "wide")
    side.kubectl("get names", "get", kind, "-o", "name")
    side.kubectl("get labels", "get", kind, "--show-labels")
    side.kubectl("get none", "get", kind, "-l", "no=such")
    side.kubectl("get a missing one", "get", kind, "nothing")
    side.kubectl("get a path", "get", web, "-o", "jsonpath={.spec.replicas} {.status.replicas}")
    side.kubectl("get all", "get", "all")
    side.create(replica_set("pair", 1, pod={"containers": [container(), container(name="b")]}))
    side.settle("one more")
    side.kubectl("get sorted", "get", kind, "-o", "wide", "--sort-by=.metadata.name")


@scenario
def kubectl_get_and_watch(side):
    """Rows come as things change."""
    side.create(replica_set(replicas=0))
    side.settle("created")
    get = ("get", side.resource(), "--output-watch-events", "--watch", "--request-timeout=12s")
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(side.kubectl, "get and watch", *get)
        side.pause(6)  # kubectl takes its time on a busy machine
        side.patch({"metadata": {"labels": {"a": "b"}}})
        watching.result()
    side.settle("labelled")


@scenario
def kubectl_selects(side):
    """By label, by field, in forms for machines."""
    one(side)
    kind = side.resource()
    side.patch({"metadata": {"labels": {"team": "a"}}})
    for selector in ("team=a", "team in (a,b)", "team!=a", "!team"):
        side.kubectl(f"get: {selector}", "get", kind, "-l", selector)
    for selector in ("metadata.name=web", "metadata.name!=web"):
        side.kubectl(f"get: {selector}", "get", kind, "--field-selector", selector)
    columns = "custom-columns=N:.metadata.name,R:.status.readyReplicas,I:..image"
    side.kubectl("get: columns", "get", kind, "-o", columns)
    side.kubectl("get: template", "get", kind, "-o", "go-template={{len .items}}")
    for subresource in ("scale", "status"):
        flags = ("web", f"--subresource={subresource}")
        side.kubectl(f"get: {subresource}", "get", kind, *flags)
    side.settle("nothing happened")


@scenario
def kubectl_describe(side):
    """Its events are the built-in ones; the rest is told field by field."""
    web = one(side)
    side.told("SuccessfulCreate")
    said = side.kubectl("describe", "describe", web)
    side.note_lines("events of describe", "Events:" + said.partition("Events:")[2])
    side.note_lines("first lines of describe", "\n".join(said.splitlines()[:2]))


@scenario
def kubectl_explain(side):
    """The schema's own words."""
    api_version = f"--api-version={side.flavour.api_version('ReplicaSet')}"
    for path in ("", ".spec", ".spec.selector", ".status", ".spec.template.spec.containers.ports"):
        name = f"replicasets{path}"
        said = side.kubectl(f"explain {name}", "explain", name, api_version)
        fields = [line for line in said.splitlines() if "\t<" in line or line.startswith("FIELD")]
        side.note_lines(f"fields of explain {name}", "\n".join(fields))
    said = side.kubectl(None, "explain", "replicasets", "--recursive", api_version)
    fields = [line.partition("\t")[0] for line in said.splitlines() if "\t<" in line]
    side.notes["all fields"] = fields  # each with its depth
    side.settle("nothing happened")


@scenario
def kubectl_edit(side):
    """An editor that changes, that changes nothing, and that changes what may not be."""
    web = one(side)
    for title, script in {
        "more": "s/^  replicas: 1$/  replicas: 2/",
        "nothing": "s/nothing of that kind//",
        "a wrong value": "s/^  replicas: 2$/  replicas: -2/",
    }.items():
        side.kubectl(f"edit: {title}", "edit", web, KUBE_EDITOR=f"sed -i '{script}'")
        side.settle(f"edited: {title}")


@scenario
def kubectl_patch(side):
    """Merge and JSON patches, of parts too; a strategic one is not for custom resources."""
    web = one(side)
    env = [{"name": "A", "value": "1"}]
    containers = {"spec": {"template": {"spec": {"containers": [{"name": "web", "env": env}]}}}}
    replace = [{"op": "replace", "path": "/spec/replicas", "value": 3}]
    status = {"status": {"replicas": 7}}
    for title, arguments in {
        "merge": ("--type=merge", json.dumps({"spec": {"replicas": 2}})),
        "merge the same": ("--type=merge", json.dumps({"spec": {"replicas": 2}})),
        "json": ("--type=json", json.dumps(replace)),
        "json of nothing": ("--type=json", json.dumps([{"op": "test", "path": "/no", "value": 1}])),
        "scale": ("--subresource=scale", "--type=merge", json.dumps({"spec": {"replicas": 4}})),
        "status": ("--subresource=status", "--type=merge", json.dumps(status)),
    }.items():
        *flags, body = arguments
        side.kubectl(f"patch: {title}", "patch", web, *flags, "-p", body)
        side.settle(title)
    side.kubectl("patch: strategic", "patch", web, "-p", json.dumps(containers))


@scenario
def kubectl_scale(side):
    """With and without conditions on what is there."""
    web = one(side)
    for title, arguments in {
        "3": ("--replicas=3",),
        "if 9": ("--replicas=1", "--current-replicas=9"),
        "if 3": ("--replicas=4", "--current-replicas=3"),
        "negative": ("--replicas=-1",),
        "and wait": ("--replicas=5", "--timeout=20s"),
    }.items():
        side.kubectl(f"scale: {title}", "scale", web, *arguments)
        side.settle(title)


@scenario
def kubectl_wait(side):
    """For a field, for a condition that does not come, for the end."""
    web = one(side)
    ready = "--for=jsonpath={.status.readyReplicas}=1"
    side.kubectl("wait: creation", "wait", web, "--for=create", "--timeout=5s")
    side.kubectl("wait: field", "wait", web, ready, "--timeout=20s")
    side.kubectl("wait: condition", "wait", web, "--for=condition=Never", "--timeout=1s")
    side.kubectl("delete: no wait", "delete", web, "--wait=false")
    side.kubectl("wait: end", "wait", web, "--for=delete", "--timeout=20s")
    side.until(lambda: not side.api.get(side.path("Pod"))["items"], "no pods")
    side.settle("gone")


@scenario
def kubectl_delete(side):
    """Each cascade."""
    for cascade in ("background", "foreground", "orphan"):
        web = one(side)
        side.kubectl(f"delete: {cascade}", "delete", web, f"--cascade={cascade}")
        if cascade != "orphan":
            side.until(lambda: not side.api.get(side.path("Pod"))["items"], "no pods")
        side.settle(cascade)
    side.kubectl("delete: missing", "delete", f"{side.resource()}/web")
    side.kubectl(
        "delete: missing, ignored", "delete", f"{side.resource()}/web", "--ignore-not-found"
    )


@scenario
def kubectl_dry_runs(side):
    """On the client and on the server: words, and nothing done."""
    web = one(side)
    for where in ("client", "server"):
        dry = f"--dry-run={where}"
        side.kubectl(f"scale: {where}", "scale", web, "--replicas=3", dry)
        side.kubectl(f"label: {where}", "label", web, "a=b", dry)
        body = json.dumps({"spec": {"replicas": 3}})
        side.kubectl(f"patch: {where}", "patch", web, "--type=merge", "-p", body, dry)
        side.kubectl(f"autoscale: {where}", "autoscale", web, "--max=2", dry)
        side.kubectl(f"delete: {where}", "delete", web, dry)
    side.settle("nothing happened")


@scenario
def kubectl_label_and_annotate(side):
    """They work on any object."""
    web = one(side)
    side.kubectl("label", "label", web, "team=a")
    side.kubectl("annotate", "annotate", web, "note=b")
    side.kubectl("annotate: taken away", "annotate", web, "note-")
    side.kubectl("autoscale", "autoscale", web, "--min=1", "--max=2")
    side.told("FailedComputeMetricsReplicas")
    side.notes["autoscaler"] = side.get("HorizontalPodAutoscaler")["spec"]
    side.settle("at the end")
