"""kubectl as users drive it; what it says is noted line by line."""

import json

from conformance.builders import container, replica_set
from conformance.replicaset import scenario


def text(side, **spec):
    manifest = side.manifest(replica_set(replicas=1))
    manifest["spec"] |= spec
    return json.dumps(manifest)


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
def kubectl_apply(side):
    """Client-side: created, unchanged, configured; a field that was left out is taken away."""
    for title, spec in {
        "first": {"replicas": 1, "minReadySeconds": 1},
        "the same": {"replicas": 1, "minReadySeconds": 1},
        "changed": {"replicas": 2},
        "wrong": {"replicas": -1},
    }.items():
        side.kubectl(f"apply: {title}", "apply", "-f", "-", stdin=text(side, **spec))
        side.counts(availableReplicas=1 if spec["replicas"] == 1 else 2)
        side.settle(title)
    side.kubectl("apply: dry run", "apply", "-f", "-", "--dry-run=server", stdin=text(side))
    side.settle("at the end")


@scenario
def kubectl_apply_server_side(side):
    """Two managers: a conflict, its solution, and what each of them owns then."""
    for title, manager, flags, spec in (
        ("first", "team", (), {"replicas": 1}),
        ("the same", "team", (), {"replicas": 1}),
        ("conflict", "robot", (), {"replicas": 2}),
        ("forced", "robot", ("--force-conflicts",), {"replicas": 2}),
        ("again by the first", "team", (), {"replicas": 1}),
    ):
        how = ("--server-side", f"--field-manager={manager}", *flags)
        side.kubectl(f"apply: {title}", "apply", "-f", "-", *how, stdin=text(side, **spec))
        side.settle(title)


@scenario
def kubectl_diff(side):
    """Nothing to do, and something."""
    one(side)
    side.kubectl("diff: none", "diff", "-f", "-", stdin=text(side))
    side.kubectl("diff: replicas", "diff", "-f", "-", stdin=text(side, replicas=4))
    side.settle("nothing happened")


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
def kubectl_create_and_replace(side):
    """Created once, not twice; replaced; what is misspelled is told."""
    side.kubectl("create", "create", "-f", "-", stdin=text(side))
    side.settle("created")
    side.kubectl("create: twice", "create", "-f", "-", stdin=text(side))
    side.kubectl("replace", "replace", "-f", "-", stdin=text(side, replicas=2))
    side.settle("replaced")
    side.kubectl("apply: misspelled", "apply", "-f", "-", stdin=text(side, replica=2))
    side.settle("at the end")


@scenario
def kubectl_label_and_annotate(side):
    """They work on any object."""
    web = one(side)
    side.kubectl("label", "label", web, "team=a")
    side.kubectl("annotate", "annotate", web, "note=b")
    side.kubectl("autoscale", "autoscale", web, "--min=1", "--max=2")
    side.settle("at the end")


@scenario
def kubectl_verbs_for_kinds_it_knows(side):
    """set, expose and rollout look at kinds that are compiled into kubectl."""
    web = one(side)
    side.kubectl("only known kinds: set image", "set", "image", web, "web=nginx:2")
    side.kubectl("only known kinds: set env", "set", "env", web, "A=1")
    side.kubectl("only known kinds: expose", "expose", web, "--port=80")
    side.kubectl("only known kinds: rollout", "rollout", "status", web)
    side.pause(0.5)
