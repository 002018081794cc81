"""How many pods there are."""

from conformance.builders import replica_set
from conformance.replicaset import scenario


@scenario(smoke=True)
def scale_up_and_down(side):
    """As many pods as wished: 2, 5, 1, 0, 2."""
    side.create(replica_set(replicas=2))
    side.settle("2")
    for pod in side.names():  # so that it is not chance whether the first or the later ones go
        side.annotate(pod, **{"controller.kubernetes.io/pod-deletion-cost": "1"})
    for replicas in (5, 1, 0, 2):
        side.scale(replicas)
        side.settle(str(replicas))


@scenario
def no_replicas_given(side):
    """One replica is the default."""
    manifest = replica_set()
    del manifest["spec"]["replicas"]
    side.create(manifest)
    side.settle("created")


@scenario
def no_replicas_wished(side):
    """A set of none has a status, and no pod."""
    side.create(replica_set(replicas=0))
    side.settle("created")


@scenario
def scale_through_a_put(side):
    """PUT of /scale with a resource version, as autoscalers do; an old version conflicts."""
    side.create(replica_set(replicas=1))
    side.settle("created")
    scale = side.get(subresource="scale")
    side.notes["scale"] = scale
    scale["spec"]["replicas"] = 3
    side.attempt("put", side.api.put, side.path("ReplicaSet", "web", "scale"), scale)
    side.settle("scaled")
    scale["spec"]["replicas"] = 2
    side.attempt(
        "put of an old version", side.api.put, side.path("ReplicaSet", "web", "scale"), scale
    )
    side.attempt("negative", side.scale, -1)
    side.settle("as before")


@scenario
def scale_tells_the_selector_in_one_line(side):
    """Labels and expressions, in the order and the words that autoscalers parse."""
    expressions = [
        {"key": "tier", "operator": "NotIn", "values": ["db", "cache"]},
        {"key": "app", "operator": "In", "values": ["web", "api"]},
        {"key": "zone", "operator": "DoesNotExist"},
        {"key": "app", "operator": "Exists"},
    ]
    selector = {"matchLabels": {"b": "2", "a": ""}, "matchExpressions": expressions}
    labels = {"app": "web", "a": "", "b": "2"}
    side.create(replica_set(replicas=1, labels=labels, selector=selector))
    side.settle("created")
    side.notes["scale"] = side.get(subresource="scale")
    side.kubectl("get wide", "get", f"{side.resource()}/web", "-o", "wide")
