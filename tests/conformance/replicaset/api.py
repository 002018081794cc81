"""Requests as clients of all kinds send them: options, preconditions, selectors, odd bodies."""

from conformance.builders import replica_set
from conformance.replicaset import scenario


def one(side, **fields):
    side.create(replica_set(replicas=1, **fields))
    side.settle("created")


@scenario
def dry_runs_do_nothing(side):
    """Every verb, with dryRun=All."""
    one(side)
    web, dry = side.path("ReplicaSet", "web"), "?dryRun=All"
    spec = {"spec": {"replicas": 5}}
    other = side.manifest(replica_set("other", 2))
    side.attempt("create", side.api.post, side.path("ReplicaSet") + dry, other)
    answer = side.attempt("patch", side.api.patch, web + dry, spec)
    side.notes["patched"] = answer["spec"]["replicas"], answer["metadata"]["generation"]
    side.attempt("scale", side.api.patch, f"{web}/scale{dry}", spec)
    side.attempt("status", side.api.patch, f"{web}/status{dry}", {"status": {"replicas": 9}})
    side.attempt("delete", side.api.delete, web + dry)
    side.attempt("delete all", side.api.delete, side.path("ReplicaSet") + dry)
    side.settle("nothing happened")


@scenario
def deletion_has_preconditions(side):
    """Another uid or version is refused, and so is a policy that is none."""
    one(side)
    web = side.path("ReplicaSet", "web")
    for title, options in {
        "another uid": {"preconditions": {"uid": "none"}},
        "an old version": {"preconditions": {"resourceVersion": "1"}},
        "an unknown policy": {"propagationPolicy": "Sideways"},
    }.items():
        side.attempt(title, side.api.delete, web, options)
    side.settle("still there")
    uid = side.get()["metadata"]["uid"]
    options = {"preconditions": {"uid": uid}, "orphanDependents": True}
    side.attempt("this uid, old style", side.api.delete, web, options)
    side.gone()
    side.settle("orphaned")
    side.attempt("a missing one", side.api.delete, web)


@scenario
def sets_are_listed_and_deleted_by_selector(side):
    """By labels, by name; unknown fields are refused."""
    for name, tier in (("web", "a"), ("other", "b"), ("third", "b")):
        manifest = replica_set(name, 1, labels={"of": name})
        manifest["metadata"]["labels"] = {"tier": tier}
        side.create(manifest)
    side.settle("created")
    everything = side.path("ReplicaSet")
    for query in (
        "labelSelector=tier=b",
        "labelSelector=tier notin (b)",
        "labelSelector=!tier",
        "labelSelector=a b",
        "fieldSelector=metadata.name=web",
        "fieldSelector=metadata.name!=web",
        "fieldSelector=status.replicas=1",
        "fieldSelector=spec.replicas=1",
        "limit=2",
    ):
        answer = side.attempt(query, side.api.get, f"{everything}?{query}")
        items = (answer or {}).get("items", ())
        side.notes[f"found: {query}"] = sorted(item["metadata"]["name"] for item in items)
    side.api.delete(f"{everything}?labelSelector=tier=b", {"propagationPolicy": "Foreground"})
    side.gone("other")
    side.gone("third")
    side.settle("two are gone", ordered=False)


@scenario
def scale_takes_odd_bodies(side):
    """Without a number, with a wrong one, of another name or uid."""
    one(side)
    path = side.path("ReplicaSet", "web", "scale")

    def put(title, metadata=None, **spec):
        scale = {"kind": "Scale", "apiVersion": "autoscaling/v1", "spec": spec}
        scale["metadata"] = {"name": "web", "namespace": side.namespace} | (metadata or {})
        side.attempt(title, side.api.put, path, scale)
        side.settle(title)

    put("without a version", replicas=2)
    put("another name", {"name": "other"}, replicas=3)
    put("another uid", {"uid": "none"}, replicas=3)
    put("labels", {"labels": {"a": "b"}}, replicas=2)
    put("type: too many", replicas=2**31)
    put("no number")
    for title, replicas in (("null", None), ("text", "3"), ("fraction", 1.5)):
        side.attempt(f"type: {title}", side.scale, replicas)
        side.settle(title)


@scenario
def a_set_is_put_as_it_was_read(side):
    """Nothing changes; with an old version it conflicts; without one it depends."""
    one(side)
    read = side.get()
    path = side.path("ReplicaSet", "web")
    side.attempt("as it was", side.api.put, path, read)
    side.settle("as it was")
    changed = read | {"spec": read["spec"] | {"replicas": 2}}
    side.attempt("changed", side.api.put, path, changed)
    side.settle("changed")
    side.attempt("an old version", side.api.put, path, changed)
    old = {key: value for key, value in read["metadata"].items() if key != "resourceVersion"}
    side.attempt("put without a version", side.api.put, path, changed | {"metadata": old})
    side.attempt("another name", side.api.put, side.path("ReplicaSet", "other"), changed)
    side.settle("at the end")


@scenario
def a_status_is_put(side):
    """Only the status is taken, and put right."""
    one(side)
    read = side.get()
    read["spec"]["replicas"] = 7
    read["status"] = {"replicas": 3, "observedGeneration": 5}
    path = side.path("ReplicaSet", "web", "status")
    side.attempt("status", side.api.put, path, read)
    side.settle("put right")
    metadata = {"annotations": {"note": "a"}, "labels": {"note": "b"}}
    side.attempt("metadata", side.patch, {"metadata": metadata}, subresource="status")
    kept = side.get()["metadata"]
    side.notes["metadata through status"] = {k: kept.get(k) for k in metadata}
    side.patch({"metadata": {"annotations": None, "labels": None}})
    side.settle("without metadata")
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "Mine", "message": "mine"}
    side.patch({"status": {"conditions": [failure]}}, subresource="status")
    side.until(lambda: "conditions" not in side.get()["status"], "no failure")
    side.settle("a failure that is none")


@scenario
def a_watch_begins_with_what_is_there(side):
    """sendInitialEvents: all objects, and a bookmark that says so."""
    one(side)
    query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
    path = f"{side.path('ReplicaSet')}?{query}&allowWatchBookmarks=true&timeoutSeconds=2"
    told = side.api.watch(path)
    bookmark = next(n for n, change in enumerate(told) if change["type"] == "BOOKMARK")
    side.notes["watch"] = [
        (change["type"], change["object"]["kind"], meta.get("name"), meta.get("annotations"))
        for change in told[: bookmark + 1]  # others come by the clock
        for meta in [change["object"]["metadata"]]
    ]
    side.settle("nothing happened")
