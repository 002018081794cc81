"""kubectl with manifests: apply in both forms, diff, create, replace; what each of them says."""

import json
from itertools import chain

from conformance.builders import container, replica_set
from conformance.replicaset import scenario
from conformance.replicaset.kubectl import one


def text(side, **spec):
    manifest = side.manifest(replica_set(replicas=1))
    manifest["spec"] |= spec
    return json.dumps(manifest)


def owned(side):
    """Who owns which fields of the spec, statuses left out: controllers have names of their own."""
    owners = side.get()["metadata"]["managedFields"]
    return {o["manager"]: flat(o["fieldsV1"]) for o in owners if o.get("subresource") != "status"}


def flat(fields, path=""):
    """The fields at the ends of a tree of fields, sorted."""
    if not fields:
        return [path]
    below = (flat(inner, f"{path}/{key}") for key, inner in fields.items() if key != ".")
    return sorted(chain.from_iterable(below))


def with_env(side, *names, **spec):
    """A manifest whose container has these variables."""
    env = [{"name": name, "value": "x"} for name in names]
    template = replica_set()["spec"]["template"] | {"spec": {"containers": [container(env=env)]}}
    return text(side, template=template, **spec)


def variables(side):
    containers = side.get()["spec"]["template"]["spec"]["containers"]
    return [variable["name"] for variable in containers[0]["env"]]


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
        side.notes[f"owned: {title}"] = owned(side)
        side.settle(title)


@scenario
def kubectl_apply_merges_lists_on_the_server(side):
    """Two managers give one container a variable each: both stay, one is taken away again."""
    for title, manager, names in (
        ("first", "team", ("A",)),
        ("second", "robot", ("B",)),
        ("first again", "team", ("A", "C")),
        ("less", "team", ("A",)),
        ("the second without", "robot", ()),
    ):
        how = ("apply", "-f", "-", "--server-side", f"--field-manager={manager}")
        side.kubectl(f"apply: {title}", *how, stdin=with_env(side, *names, replicas=0))
        side.notes[f"variables: {title}"] = variables(side) if names else None
        side.settle(title)


@scenario
def kubectl_apply_merges_lists_on_the_client(side):
    """What others added to a list: strategic merging keeps it, JSON merging takes the whole list."""
    side.kubectl("apply: one", "apply", "-f", "-", stdin=with_env(side, "A", replicas=0))
    path = "/spec/template/spec/containers/0/env/-"
    body = [{"op": "add", "path": path, "value": {"name": "OTHERS", "value": "x"}}]
    side.patch(body, how="json-patch")
    side.kubectl("apply: two", "apply", "-f", "-", stdin=with_env(side, "A", "C", replicas=0))
    side.notes["lists applied on the client"] = sorted(variables(side))


@scenario
def kubectl_apply_prunes(side):
    """What is not in the manifests any more goes: by a list of kinds, and by an ApplySet."""
    group = side.flavour.api_version("ReplicaSet")

    def manifest(name):
        whole = side.manifest(replica_set(name, 1, labels={"of": name}))
        whole["metadata"]["labels"] = {"team": "a"}
        return json.dumps(whole)

    label = ("apply", "-f", "-", "--prune", "-l", "team=a")
    for title, name, flags, variables_ in (
        ("listed", "web", (*label, f"--prune-allowlist={group}/ReplicaSet"), {}),
        ("listed again", "other", (*label, f"--prune-allowlist={group}/ReplicaSet"), {}),
        ("by default", "third", label, {}),
    ):
        side.kubectl(f"prune: {title}", *flags, stdin=manifest(name), **variables_)
        side.notes[f"kept after prune: {title}"] = sets(side)
    side.api.delete(side.path("ReplicaSet"))
    how = ("apply", "-f", "-", "--prune", "--applyset=mine", "--server-side")
    for title, name in (("set", "web"), ("set again", "other")):
        stdin = manifest(name)
        side.kubectl(f"prune: {title}", *how, stdin=stdin, KUBECTL_APPLYSET="true")
        side.notes[f"kept after prune: {title}"] = sets(side)


def sets(side):
    items = side.api.get(side.path("ReplicaSet"))["items"]
    return sorted(item["metadata"]["name"] for item in items)


@scenario(labels={"pod-security.kubernetes.io/warn": "restricted"})
def kubectl_apply_warns(side):
    """A name with dots, deprecated fields, a template that would not be safe."""
    template = replica_set()["spec"]["template"]
    template["spec"]["nodeSelector"] = {"beta.kubernetes.io/os": "linux"}
    manifest = json.loads(text(side, replicas=0, template=template))
    manifest["metadata"]["name"] = "web.v1"
    side.kubectl("apply: warnings", "apply", "-f", "-", stdin=json.dumps(manifest))
    side.settle("applied")


@scenario
def kubectl_diff(side):
    """Nothing to do, and something."""
    one(side)
    side.kubectl("diff: none", "diff", "-f", "-", stdin=text(side))
    side.kubectl("diff: replicas", "diff", "-f", "-", stdin=text(side, replicas=4))
    side.settle("nothing happened")


@scenario
def kubectl_create_and_replace(side):
    """Created once, not twice; replaced; what is misspelled is told."""
    side.kubectl("create", "create", "-f", "-", stdin=text(side))
    side.settle("created")
    side.kubectl("create: twice", "create", "-f", "-", stdin=text(side))
    side.kubectl("replace", "replace", "-f", "-", stdin=text(side, replicas=2))
    side.settle("replaced")
    saved = ("create", "--save-config", "-f", "-")
    other = json.loads(text(side)) | {"metadata": {"name": "saved"}}
    side.kubectl("create: saved", *saved, stdin=json.dumps(other))
    side.settle("saved")
    side.kubectl("replace: by force", "replace", "--force", "-f", "-", stdin=text(side))
    side.until(lambda: len(side.pods()) == 1, "the old pods are gone")
    side.until(
        lambda: len(side.api.get(side.path("Pod"))["items"]) == 2, "all of them"
    )  # one pod of each set
    side.settle("by force", ordered=False)
    side.kubectl("apply: misspelled", "apply", "-f", "-", stdin=text(side, replica=2))
    side.settle("at the end")
