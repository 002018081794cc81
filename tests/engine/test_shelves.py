"""What kinds look at without owning it, and whom a change of it wakes."""

import pytest
from msgspec.structs import replace

from builders import NOW, reference
from members import DATA, claim, daemon_set, node, stateful_set, template
from podwright.engine.keys import Key
from podwright.engine.store import Store
from podwright.kinds import APPS
from podwright.kinds.daemonset import DAEMONSET
from podwright.kinds.statefulset import STATEFULSET
from podwright.objects import Claim, Node, Taint
from podwright.workload import Served

SERVED = [Served(STATEFULSET, APPS), Served(DAEMONSET, APPS)]
WEB, API = Key("StatefulSet", "default", "web"), Key("StatefulSet", "default", "api")
DAEMONS = Key("DaemonSet", "default", "web")
NO_SCHEDULE, NO_EXECUTE = Taint("own", "", "NoSchedule"), Taint("own", "", "NoExecute")


@pytest.fixture
def store():
    """Two StatefulSets with claims, and a DaemonSet for nodes with an SSD."""
    store = Store(SERVED)
    for name in ("web", "api"):
        store.put_owner("StatefulSet", stateful_set(name=name, volume_claim_templates=(DATA,)))
    store.put_owner("DaemonSet", daemon_set(template=template(nodeSelector={"disk": "ssd"})))
    return store


def look(store, key, model):
    return [each.name for each in store.observe(key, NOW).read(model)]


def later(it, **meta):
    return replace(it, metadata=replace(it.metadata, resource_version="2", **meta))


def fast(name, *taints, **labels):
    return node(name, *taints, disk="ssd", **labels)


# --- looking -----------------------------------------------------------------------------------


def test_each_set_finds_the_claims_of_its_own_name(store):
    for name in ("data-web-0", "data-web-11", "data-api-0", "logs-web-0", "data-web"):
        store.put(Claim, claim(name))
    assert look(store, WEB, Claim) == ["data-web-0", "data-web-11"]
    assert look(store, API, Claim) == ["data-api-0"]
    assert look(store, DAEMONS, Claim) == []


def test_claims_of_other_namespaces_are_not_found(store):
    it = claim("data-web-0")
    store.put(Claim, replace(it, metadata=replace(it.metadata, namespace="other")))
    assert look(store, WEB, Claim) == []


def test_a_claim_that_somebody_controls_is_kept_all_the_same(store):
    store.put(Claim, claim("data-web-0", reference("boss", "Backup", "example.com")))
    assert look(store, WEB, Claim) == ["data-web-0"]


def test_nodes_are_found_from_every_namespace(store):
    store.put(Node, node("a"))
    store.put(Node, fast("b"))
    assert look(store, DAEMONS, Node) == ["a", "b"]


def test_what_is_gone_is_not_found_any_more(store):
    store.put(Claim, claim("data-web-0"))
    store.put(Claim, claim("data-web-1"))
    store.drop(Claim, ("default", "data-web-0"))
    assert look(store, WEB, Claim) == ["data-web-1"]
    store.drop(Claim, ("default", "data-web-1"))
    assert look(store, WEB, Claim) == []


def test_an_object_is_seen_as_it_is_now(store):
    store.put(Claim, claim("data-web-0"))
    store.put(Claim, later(claim("data-web-0", terminating=True)))
    [it] = store.observe(WEB, NOW).read(Claim)
    assert it.metadata.deletion_timestamp == NOW


def test_a_new_version_without_a_change_is_seen_too(store):
    """A patch names the resource version: an old one would be refused for ever."""
    store.put(Claim, claim("data-web-0"))
    assert store.put(Claim, later(claim("data-web-0"))) == set()
    [it] = store.observe(WEB, NOW).read(Claim)
    assert it.metadata.resource_version == "2"


def test_a_new_template_of_claims_opens_another_shelf(store):
    store.put(Claim, claim("logs-web-0"))
    more = (DATA, {"metadata": {"name": "logs"}})
    store.put_owner("StatefulSet", stateful_set(volume_claim_templates=more))
    assert look(store, WEB, Claim) == ["logs-web-0"]


# --- waking ------------------------------------------------------------------------------------


def test_a_claim_wakes_the_set_of_its_name_when_it_comes_changes_and_goes(store):
    assert store.put(Claim, claim("data-web-0")) == {WEB}
    assert store.put(Claim, later(claim("data-web-0", terminating=True))) == {WEB}
    assert store.drop(Claim, ("default", "data-web-0")) == {WEB}


def test_a_claim_of_nobody_wakes_nobody(store):
    assert store.put(Claim, claim("data-db-0")) == set()
    assert store.drop(Claim, ("default", "data-db-0")) == set()
    assert store.drop(Claim, ("default", "never-seen")) == set()


@pytest.mark.parametrize(
    ("before", "after", "woken"),
    [
        pytest.param(None, fast("a"), True, id="a-node-that-fits-comes"),
        pytest.param(None, node("a"), False, id="a-node-that-does-not-fit-comes"),
        pytest.param(None, fast("a", NO_EXECUTE), False, id="a-node-that-may-have-none-comes"),
        pytest.param(fast("a"), None, True, id="a-node-that-fits-goes"),
        pytest.param(node("a"), None, False, id="a-node-that-does-not-fit-goes"),
        pytest.param(fast("a"), fast("a", NO_SCHEDULE), True, id="it-gets-a-taint"),
        pytest.param(fast("a", NO_SCHEDULE), fast("a"), True, id="it-loses-a-taint"),
        pytest.param(fast("a"), fast("a", NO_EXECUTE), True, id="it-may-have-none-any-more"),
        pytest.param(node("a"), fast("a"), True, id="it-gets-the-label"),
        pytest.param(fast("a"), fast("a", zone="b"), False, id="it-gets-another-label"),
        pytest.param(
            fast("a"), fast("a", Taint("x", "", "PreferNoSchedule")), False, id="a-soft-taint"
        ),
    ],
)
def test_a_node_wakes_a_daemon_set_when_its_fit_changes(store, before, after, woken):
    if before is not None:
        store.put(Node, before)
    keys = store.drop(Node, ("", "a")) if after is None else store.put(Node, later(after))
    assert keys == ({DAEMONS} if woken else set())


def test_what_no_kind_looks_at_is_not_kept():
    store = Store([Served(DAEMONSET, APPS)])
    assert not store._shelves.holds(Claim)
    assert store._shelves.holds(Node)


def test_a_set_that_is_gone_is_not_woken(store):
    store.drop_owner(WEB)
    assert store.put(Claim, claim("data-web-0")) == set()
