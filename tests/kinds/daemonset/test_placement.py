"""Which nodes get a pod, and how a pod is bound for its node."""

import msgspec
import pytest
from msgspec.structs import replace

from members import daemon, node, template
from podwright.kinds.daemonset import placement
from podwright.kinds.daemonset.placement import Fit
from podwright.objects import (
    Affinity,
    NodeAffinity,
    NodeSelector,
    NodeTerm,
    Pod,
    Requirement,
    Taint,
)

RUNS, STAYS, GOES = Fit(True, True), Fit(False, True), Fit(False, False)
SSD = {"disk": "ssd"}


def fit(spec, *taints, name="n1", **labels):
    return placement.fit(placement.of(template(**spec)), node(name, *taints, **labels))


def required(*terms):
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return {"affinity": {"nodeAffinity": required}}


def expression(key, operator, *values):
    return {"key": key, "operator": operator, "values": list(values)}


def labelled(*expressions):
    return {"matchExpressions": list(expressions)}


def named(*names):
    return {"matchFields": [expression("metadata.name", "In", *names)]}


# --- choosing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "labels", "found"),
    [
        pytest.param({}, {}, RUNS, id="any-node"),
        pytest.param({"nodeName": "n1"}, {}, RUNS, id="this-node"),
        pytest.param({"nodeName": "n2"}, {}, GOES, id="another-node"),
        pytest.param({"nodeSelector": SSD}, SSD, RUNS, id="selected"),
        pytest.param({"nodeSelector": SSD}, {"disk": "hdd"}, GOES, id="another-value"),
        pytest.param({"nodeSelector": SSD}, {}, GOES, id="not-selected"),
        pytest.param({"nodeSelector": {}}, {}, RUNS, id="empty-selector"),
        pytest.param({"nodeName": "n1", "nodeSelector": SSD}, {}, GOES, id="both-must-hold"),
        pytest.param({"affinity": {}}, {}, RUNS, id="no-affinity"),
        pytest.param({"affinity": {"nodeAffinity": {}}}, {}, RUNS, id="nothing-required"),
        pytest.param(required(), {}, GOES, id="no-term"),
        pytest.param(required({}), {}, GOES, id="empty-term"),
        pytest.param(required(named("n1")), {}, RUNS, id="by-field"),
        pytest.param(required(named("n2")), {}, GOES, id="by-another-field"),
        pytest.param(required({}, named("n1")), {}, RUNS, id="one-term-is-enough"),
        pytest.param(
            required(named("n1") | labelled(expression("disk", "Exists"))),
            {},
            GOES,
            id="all-of-a-term-must-hold",
        ),
    ],
)
def test_a_node_is_chosen(spec, labels, found):
    assert fit(spec, **labels) == found


@pytest.mark.parametrize(
    ("requirement", "value", "holds"),
    [
        (expression("x", "In", "a", "b"), "a", True),
        (expression("x", "In", "a", "b"), "c", False),
        (expression("x", "In", "a"), None, False),
        (expression("x", "NotIn", "a"), "b", True),
        (expression("x", "NotIn", "a"), "a", False),
        (expression("x", "NotIn", "a"), None, True),
        (expression("x", "Exists"), "", True),
        (expression("x", "Exists"), None, False),
        (expression("x", "DoesNotExist"), None, True),
        (expression("x", "DoesNotExist"), "a", False),
        (expression("x", "Gt", "5"), "6", True),
        (expression("x", "Gt", "5"), "5", False),
        (expression("x", "Gt", "5"), "a", False),
        (expression("x", "Gt", "a"), "6", False),
        (expression("x", "Gt"), "6", False),
        (expression("x", "Gt", "5"), None, False),
        (expression("x", "Lt", "5"), "4", True),
        (expression("x", "Lt", "5"), "5", False),
    ],
    ids=str,
)
def test_a_required_label(requirement, value, holds):
    labels = {} if value is None else {"x": value}
    assert fit(required(labelled(requirement)), **labels) == (RUNS if holds else GOES)


def test_what_pods_would_rather_have_is_the_schedulers_business():
    preferred = [{"weight": 1, "preference": labelled(expression("x", "Exists"))}]
    spec = {
        "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}
    }
    assert fit(spec) == RUNS


# --- taints ------------------------------------------------------------------------------------

K8S = "node.kubernetes.io/"


@pytest.mark.parametrize(
    ("taint", "found"),
    [
        (Taint("own", "x", "NoExecute"), GOES),
        (Taint("own", "x", "NoSchedule"), STAYS),
        (Taint("own", "x", "PreferNoSchedule"), RUNS),
        (Taint(f"{K8S}not-ready", "", "NoExecute"), RUNS),
        (Taint(f"{K8S}not-ready", "", "NoSchedule"), STAYS),
        (Taint(f"{K8S}unreachable", "", "NoExecute"), RUNS),
        (Taint(f"{K8S}unreachable", "", "NoSchedule"), STAYS),
        (Taint(f"{K8S}disk-pressure", "", "NoSchedule"), RUNS),
        (Taint(f"{K8S}memory-pressure", "", "NoSchedule"), RUNS),
        (Taint(f"{K8S}pid-pressure", "", "NoSchedule"), RUNS),
        (Taint(f"{K8S}pid-pressure", "", "NoExecute"), GOES),
        (Taint(f"{K8S}unschedulable", "", "NoSchedule"), RUNS),
        (Taint(f"{K8S}network-unavailable", "", "NoSchedule"), STAYS),
        (Taint(f"{K8S}out-of-service", "x", "NoExecute"), GOES),
    ],
    ids=lambda it: f"{it.key}:{it.effect}" if isinstance(it, Taint) else "",
)
def test_a_daemon_tolerates(taint, found):
    assert fit({}, taint) == found


def test_on_the_host_network_a_daemon_needs_no_other():
    taint = Taint(f"{K8S}network-unavailable", "", "NoSchedule")
    assert fit({"hostNetwork": True}, taint) == RUNS


def test_the_hardest_taint_decides():
    soft, hard = Taint("a", "", "NoSchedule"), Taint("b", "", "NoExecute")
    assert fit({}, soft, hard) == fit({}, hard, soft) == GOES


@pytest.mark.parametrize(
    ("toleration", "tolerated"),
    [
        ({"key": "own", "operator": "Exists"}, True),
        ({"key": "own", "operator": "Exists", "effect": "NoSchedule"}, True),
        ({"key": "own", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "own", "operator": "Equal", "value": "x"}, True),
        ({"key": "own", "value": "x"}, True),
        ({"key": "own", "value": "y"}, False),
        ({"key": "own"}, False),
        ({"key": "other", "operator": "Exists"}, False),
        ({"operator": "Exists"}, True),
        ({"operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "own", "operator": "Gt", "value": "x"}, False),
    ],
    ids=str,
)
def test_a_toleration_meets_a_taint(toleration, tolerated):
    found = fit({"tolerations": [toleration]}, Taint("own", "x", "NoSchedule"))
    assert found == (RUNS if tolerated else STAYS)


def test_cordoned_and_unready_nodes_fit():
    cordoned = Taint(f"{K8S}unschedulable", "", "NoSchedule")
    dead = Taint(f"{K8S}unreachable", "", "NoExecute")
    assert fit({}, cordoned, dead) == RUNS


# --- binding -----------------------------------------------------------------------------------

EVERY = [
    ("not-ready", "NoExecute"),
    ("unreachable", "NoExecute"),
    ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"),
    ("pid-pressure", "NoSchedule"),
    ("unschedulable", "NoSchedule"),
]


def exists(name, effect):
    return {"key": K8S + name, "operator": "Exists", "effect": effect}


@pytest.mark.parametrize("host", [False, True], ids=["own-network", "host-network"])
def test_every_daemon_gets_tolerations(host):
    more = [exists("network-unavailable", "NoSchedule")] if host else []
    found = placement.tolerations({"hostNetwork": host})
    assert found == [exists(*each) for each in EVERY] + more


def test_tolerations_of_the_template_stay_in_front():
    own = {"key": "own", "operator": "Exists"}
    assert placement.tolerations({"tolerations": [own]})[0] == own


def test_of_two_alike_ours_wins_and_has_no_end():
    theirs = exists("not-ready", "NoExecute") | {"tolerationSeconds": 300}
    found = placement.tolerations({"tolerations": [theirs]})
    assert found == [exists(*each) for each in EVERY]


def test_a_toleration_with_a_value_is_another_one():
    theirs = {"key": f"{K8S}not-ready", "effect": "NoExecute", "value": "x"}
    assert len(placement.tolerations({"tolerations": [theirs]})) == len(EVERY) + 1


ONLY_N1 = {
    "requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [
            {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]}
        ]
    }
}


@pytest.mark.parametrize(
    ("given", "affinity"),
    [
        pytest.param({}, {"nodeAffinity": ONLY_N1}, id="none"),
        pytest.param({"affinity": None}, {"nodeAffinity": ONLY_N1}, id="null"),
        pytest.param(
            required(named("n2"), labelled(expression("x", "Exists"))),
            {"nodeAffinity": ONLY_N1},
            id="required-is-replaced",
        ),
        pytest.param(
            {"affinity": {"podAffinity": {"a": 1}, "nodeAffinity": {"preferred": ["b"]}}},
            {"podAffinity": {"a": 1}, "nodeAffinity": {"preferred": ["b"], **ONLY_N1}},
            id="the-rest-stays",
        ),
    ],
)
def test_a_pods_required_affinity_is_its_node(given, affinity):
    assert placement.bound_for(given, "n1")["affinity"] == affinity


def test_binding_changes_nothing_it_is_given():
    given = required(named("n2")) | {"nodeSelector": SSD}
    placement.bound_for(given, "n1")
    assert given == required(named("n2")) | {"nodeSelector": SSD}
    assert placement.bound_for(given, "n1")["nodeSelector"] == SSD


def bound_by(*terms):
    it = daemon("n1", bound=False)
    only = Affinity(NodeAffinity(NodeSelector(terms)))
    return replace(it, spec=replace(it.spec, affinity=only))


def by_field(*values, key="metadata.name", operator="In"):
    return NodeTerm(match_fields=(Requirement(key, operator, values),))


@pytest.mark.parametrize(
    ("pod", "name"),
    [
        pytest.param(daemon("n1"), "n1", id="on-a-node"),
        pytest.param(daemon("n1", bound=False), "n1", id="bound-for-one"),
        pytest.param(bound_by(NodeTerm(), by_field("n3")), "n3", id="by-a-later-term"),
        pytest.param(bound_by(by_field("n1", "n2")), "", id="for-one-of-two"),
        pytest.param(bound_by(by_field("n1", operator="NotIn")), "", id="for-any-other"),
        pytest.param(bound_by(by_field("n1", key="spec.x")), "", id="by-another-field"),
        pytest.param(replace(daemon(bound=False), spec=type(daemon().spec)()), "", id="nowhere"),
    ],
)
def test_a_pods_node_is_where_it_is_or_where_it_is_bound_for(pod, name):
    assert placement.node_of(pod) == name


def test_what_we_bind_we_find_again():

    made = msgspec.convert({"spec": placement.bound_for({}, "n7")}, Pod)
    assert placement.node_of(made) == "n7"
