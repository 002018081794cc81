"""Which nodes get a pod."""

from conformance.daemonset import scenario
from conformance.daemonset.nodes import daemons, label, node, nodes, taint

DEDICATED = {"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}
EVICTING = {"key": "broken", "effect": "NoExecute"}


def _terms(*expressions, **preferred):
    required = {"nodeSelectorTerms": [{"matchExpressions": list(expressions)}]}
    affinity = {"requiredDuringSchedulingIgnoredDuringExecution": required} | preferred
    return {"affinity": {"nodeAffinity": affinity}}


@scenario(smoke=True)
def one_pod_on_each_node(side):
    """And on nodes that come later; cordoned ones are no exception."""
    nodes(side, 3)
    side.create(daemons(side))
    side.settle("three")
    node(side, 3)
    side.counts(desiredNumberScheduled=4)
    side.settle("four")


@scenario
def no_node_at_all(side):
    """Nothing to do is a status, too."""
    side.create(daemons(side))
    side.settle("none")


@scenario(smoke=True)
def a_node_selector(side):
    """A node that is labelled gets a pod, and loses it with the label."""
    nodes(side, 2)
    side.create(daemons(side, selector={"color": "blue"}))
    side.settle("none")
    label(side, 0, color="blue")
    side.counts(desiredNumberScheduled=1, numberReady=1)
    side.settle("one")
    label(side, 0, color="green")
    side.counts(desiredNumberScheduled=0)
    side.until(lambda: not side.pods(), "no pod")
    side.settle("none again")
    chosen = {"scenario": side.namespace, "color": "green"}
    side.spec(template={"spec": {"nodeSelector": chosen}})
    side.counts(desiredNumberScheduled=1, numberReady=1)
    side.settle("green")


@scenario
def a_required_affinity(side):
    """All operators; in the pod, one node stands in its place, and preferences stay."""
    for number, labels in enumerate(({"rank": "1"}, {"rank": "5", "zone": "a"}, {"zone": "b"})):
        node(side, number, **labels)
    wishes = [
        {"weight": 1, "preference": {"matchExpressions": [{"key": "x", "operator": "Exists"}]}}
    ]
    for name, expressions in {
        "in": [{"key": "zone", "operator": "In", "values": ["a", "c"]}],
        "not-in": [{"key": "zone", "operator": "NotIn", "values": ["a", "c"]}],
        "exists": [{"key": "zone", "operator": "Exists"}],
        "exists-not": [{"key": "zone", "operator": "DoesNotExist"}],
        "greater": [{"key": "rank", "operator": "Gt", "values": ["1"]}],
        "less": [{"key": "rank", "operator": "Lt", "values": ["5"]}],
        "both": [
            {"key": "zone", "operator": "Exists"},
            {"key": "rank", "operator": "Exists"},
        ],
    }.items():
        preferred = {"preferredDuringSchedulingIgnoredDuringExecution": wishes}
        pod = _terms(*expressions, **preferred)
        side.create(daemons(side, name, labels={"app": name}, pod=pod))
    side.settle("all")


@scenario
def one_node_by_name(side):
    """nodeName in the template."""
    nodes(side, 2)
    side.create(daemons(side, pod={"nodeName": f"{side.namespace}-node-1"}))
    side.settle("one")


@scenario
def a_taint_keeps_pods_away(side):
    """Unless it is tolerated: NoSchedule and NoExecute, not PreferNoSchedule."""
    node(side, 0, taints=[DEDICATED])
    node(side, 1, taints=[EVICTING])
    node(side, 2, taints=[DEDICATED | {"effect": "PreferNoSchedule"}])
    side.create(daemons(side))
    tolerant = {"tolerations": [{"key": "dedicated", "operator": "Equal", "value": "gpu"}]}
    side.create(daemons(side, "gpu", labels={"app": "gpu"}, pod=tolerant))
    everywhere = {"tolerations": [{"operator": "Exists"}]}
    side.create(daemons(side, "all", labels={"app": "all"}, pod=everywhere))
    side.settle("one, two, three")


@scenario
def a_later_taint_lets_pods_stay(side):
    """NoSchedule: the pod stays, is misplaced, and does not come back."""
    nodes(side, 2)
    side.create(daemons(side))
    side.settle("two")
    taint(side, 0, DEDICATED)
    side.pause(0.5)
    side.patch({"metadata": {"labels": {"wake": "up"}}})  # upstream looks at it only when woken
    side.counts(desiredNumberScheduled=1, numberMisscheduled=1)
    side.settle("misplaced", stuck=True)
    (pod,) = [
        pod["metadata"]["name"] for pod in side.pods() if pod["spec"]["nodeName"].endswith("node-0")
    ]
    side.delete(pod, "Pod")
    side.counts(numberMisscheduled=0)
    side.settle("one")
    taint(side, 0)
    side.counts(desiredNumberScheduled=2, numberReady=2)
    side.settle("two again")


@scenario
def what_every_daemon_tolerates(side):
    """Beside its own tolerations, of which one like ours loses its seconds."""
    nodes(side, 1)
    own = [
        {"key": "a", "operator": "Exists", "effect": "NoSchedule"},
        {
            "key": "node.kubernetes.io/not-ready",
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": 5,
        },
    ]
    side.create(daemons(side, pod={"tolerations": own}))
    host = {"hostNetwork": True}
    side.create(daemons(side, "host", labels={"app": "host"}, pod=host))
    side.settle("both")


@scenario
def a_node_goes(side):
    """A pod that ran there is the pod collector's; one that was bound for it goes at once."""
    nodes(side, 2)
    side.create(daemons(side))
    side.settle("two")
    side.api.delete(f"/api/v1/nodes/{side.namespace}-node-0")
    side.until(lambda: len(side.pods()) == 1, "one pod", seconds=110)
    side.counts(desiredNumberScheduled=1)
    side.settle("one", seconds=60)
