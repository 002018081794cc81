"""kubectl where it has to find a set's pods, or a pod's set; and the verbs of compiled-in kinds."""

from conformance.builders import replica_set
from conformance.replicaset import scenario
from conformance.replicaset.kubectl import one

VERBS = {
    "set image": ("set", "image", "{}", "web=nginx:2"),
    "set env": ("set", "env", "{}", "A=1"),
    "set resources": ("set", "resources", "{}", "--limits=cpu=1"),
    "set serviceaccount": ("set", "serviceaccount", "{}", "default"),
    "expose": ("expose", "{}", "--port=80"),
    "logs": ("logs", "{}"),
    "exec": ("exec", "{}", "--", "true"),
    "attach": ("attach", "{}"),
    "port-forward": ("port-forward", "{}", ":80"),
    "rollout status": ("rollout", "status", "{}"),
    "rollout history": ("rollout", "history", "{}"),
    "rollout restart": ("rollout", "restart", "{}"),
    "rollout undo": ("rollout", "undo", "{}"),
    "rollout pause": ("rollout", "pause", "{}"),
}


@scenario
def kubectl_verbs_for_kinds_it_knows(side):
    """They look at kinds that are compiled into kubectl: for others they do nothing, and say so."""
    web = one(side)
    before = side.get()["metadata"]["generation"]
    for title, arguments in VERBS.items():
        side.kubectl(f"only known kinds: {title}", *(word.format(web) for word in arguments))
    if side.flavour.suffix:
        assert side.get()["metadata"]["generation"] == before, "refused, and yet changed"


@scenario
def kubectl_events(side):
    """Those of the set, and of nothing else."""
    web = one(side)
    side.create(replica_set("other", 1))
    side.told("SuccessfulCreate")
    side.settle("created")
    side.until(lambda: "other-" in side.kubectl(None, "events"), "events of the other")
    side.kubectl("events", "events", f"--for={web}")
    side.kubectl("events: warnings", "events", f"--for={web}", "--types=Warning")


@scenario
def kubectl_drain(side):
    """Pods of a set may be evicted: somebody makes them anew. Others may not."""
    mine = {"of": side.namespace}
    side.create(replica_set(replicas=1, labels=mine, pod={"nodeName": "by-hand-2"}))
    side.settle("created")
    drain = ("drain", "by-hand-2", f"--pod-selector=of={side.namespace}", "--dry-run=client")
    side.kubectl("drain", *drain)
    side.delete(policy="Orphan")
    side.gone()
    side.settle("orphaned")
    side.kubectl("drain orphans", *drain)
