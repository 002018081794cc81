"""What a DaemonSet wants, all in all: revisions, nodes, and what is left over."""

from time import thread_time

import pytest

from builders import NOW, SECOND, seen
from members import V1, V2, daemon, daemon_set, node, nodes, revision, words
from podwright.kinds.daemonset import DAEMONSET
from podwright.kinds.daemonset.decide import decide, hash_of, history_of
from podwright.kinds.daemonset.placement import Fit
from podwright.kinds.daemonset.status import status
from podwright.objects import Pod, Taint
from podwright.plan import Outcome, Plan


def test_a_new_set_makes_its_revision_and_then_its_pods():
    plan = decide(seen(daemon_set(), *nodes(2)))
    kinds = [[action.resource.kind for action in step] for step in plan.steps]
    assert kinds == [["ControllerRevision"], ["Pod", "Pod"]]
    made, pod, _ = plan.actions
    labels = made.manifest["metadata"]["labels"]
    assert (
        pod.manifest["metadata"]["labels"]["controller-revision-hash"]
        == (labels["controller-revision-hash"])
    )
    assert made.manifest["metadata"]["name"] == f"web-{labels['controller-revision-hash']}"


def test_with_a_pod_on_every_node_there_is_nothing_to_do():
    assert decide(seen(daemon_set(), V1, *nodes(2), daemon("n1"), daemon("n2"))) == Plan()


def test_a_changed_template_becomes_a_revision_and_then_takes_a_node():
    plan = decide(seen(daemon_set(v=2), V1, *nodes(2), daemon("n1"), daemon("n2")))
    [[made], [gone]] = plan.steps
    assert (made.manifest["revision"], gone.target.name) == (2, "web-n1")


def test_going_back_raises_the_old_revision_and_renews_what_is_not_of_it():
    there = (*nodes(2), daemon("n1", v=2), daemon("n2"))
    assert words(decide(seen(daemon_set(), V1, V2, *there))) == "patch web-v1 > delete web-n1"


def test_a_set_on_its_way_out_does_nothing():
    owner = daemon_set(meta={"deletion_timestamp": NOW})
    wait = Plan.wait("the garbage collector to finish its deletion")
    assert decide(seen(owner, node())) == wait


def test_without_labels_in_the_template_nothing_is_made():
    plan = decide(seen(daemon_set(template={"spec": {}}), node()))
    remedy = "unable to create pods, no labels"
    assert plan == Plan.wait("labels in its template", remedy=remedy)


def test_a_set_comes_back_when_its_next_pod_becomes_available():
    there = (node(), daemon(ready_for=20 * SECOND))
    plan = decide(seen(daemon_set(min_ready_seconds=30), V1, *there))
    assert plan.requeue_at == NOW + 10 * SECOND


# --- revisions ---------------------------------------------------------------------------------


def test_a_revision_without_its_label_is_known_by_its_name():
    assert hash_of(revision(1)) == "v1"
    assert hash_of(revision(1, labels={})) == "web-v1"


@pytest.mark.parametrize(
    ("limit", "gone"), [(2, "v1 v2"), (3, "v1"), (4, ""), (0, "v1 v2 v3 v4")], ids=str
)
def test_old_revisions_beyond_the_limit_go_but_for_those_of_pods(limit, gone):
    known = [revision(n) for n in range(1, 7)]
    there = (*nodes(2), daemon("n1", v=5, terminating=True), daemon("n2", v=6))
    plan = decide(seen(daemon_set(v=6, revision_history_limit=limit), *known, *there))
    assert words(plan) == ", ".join(f"delete web-{name}" for name in gone.split())


def test_pods_that_have_ended_and_are_going_keep_their_revision():
    ended = daemon("n1", v=1, phase="Failed", terminating=True)
    there = (node(), ended, daemon("n1", v=2, name="x"))
    plan = decide(seen(daemon_set(v=2, revision_history_limit=0), V1, V2, *there))
    assert words(plan) == ""


def test_of_two_revisions_of_one_template_the_newest_stays_and_gets_the_others_pods():
    """Upstream's end-to-end test makes the second by hand."""
    twin = revision(1, 2, name="twin", labels={"app": "web", "controller-revision-hash": "tw"})
    there = (*nodes(2), daemon("n1"), daemon("n2"))
    plan = decide(seen(daemon_set(), V1, twin, *there))
    assert words(plan) == "patch web-n1, patch web-n2 > delete web-v1"
    assert plan.actions[0].body == {"metadata": {"labels": {"controller-revision-hash": "tw"}}}


def test_while_revisions_are_united_no_pod_counts_as_old():
    twin = revision(1, 2, name="twin", labels={"app": "web", "controller-revision-hash": "tw"})
    there = (*nodes(2), daemon("n1"))
    united = "patch web-v1 > delete twin"
    assert words(decide(seen(daemon_set(), revision(1, 3), revision(2, 4), twin, *there))) == united


def test_the_history_is_all_that_it_owns():
    history = history_of(seen(daemon_set(v=2), V1, V2))
    assert (history.present, history.twins) == (V2, ())


# --- what wakes it -----------------------------------------------------------------------------

[READS] = DAEMONSET.reads


@pytest.mark.parametrize(
    ("it", "matters"),
    [
        (node(), Fit(True, True)),
        (node("n1", Taint("own", "", "NoSchedule")), Fit(False, True)),
        (node("n1", Taint("own", "", "NoExecute")), None),
        (node("n1", Taint("own", "", "PreferNoSchedule"), disk="ssd"), Fit(True, True)),
    ],
    ids=["fits", "keeps", "forbidden", "other-words"],
)
def test_of_a_node_only_its_fit_matters(it, matters):
    assert READS.matters(daemon_set().spec, it) == matters


def test_deciding_changes_nothing_it_is_given():
    look = seen(daemon_set(v=2), V1, *nodes(2), daemon("n1"))
    assert decide(look) == decide(look)
    assert look.of(Pod) == (daemon("n1"),)


def cost(count):
    """Seconds of one decision and status in the middle of a roll-out, at best."""
    things = nodes(count)
    pods = [daemon(it.name) for it in things]
    look = seen(daemon_set(v=2, most="10%"), V1, V2, *things, *pods)
    spent = []
    for _ in range(3):
        started = thread_time()
        status(look, Outcome(decide(look)))
        spent.append(thread_time() - started)
    return min(spent)


def test_four_times_the_nodes_cost_no_sixteen_times_the_time():
    assert cost(2000) < 10 * cost(500)
