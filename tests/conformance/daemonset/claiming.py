"""Which pods belong to a set."""

from conformance.daemonset import scenario
from conformance.daemonset.nodes import daemons, nodes

AWAY = {"metadata": {"labels": {"app": "elsewhere"}}}


@scenario(smoke=True)
def pods_of_a_set_that_went_are_adopted(side):
    """Deleted with its pods orphaned, made again: the same pods and the same history."""
    nodes(side, 2)
    side.create(daemons(side))
    side.settle("two")
    side.delete(policy="Orphan")
    side.gone()
    side.settle("orphans")
    side.create(daemons(side))
    side.counts(numberReady=2)
    side.settle("adopted")


@scenario
def a_relabelled_pod_is_let_go(side):
    """Another one comes on its node."""
    nodes(side, 2)
    side.create(daemons(side))
    side.settle("two")
    side.patch_pod(side.names()[0], AWAY)
    side.counts(numberReady=2)
    side.until(lambda: len(side.pods()) == 2, "two pods")
    side.settle("two and one", ordered=False)


@scenario
def two_sets_of_one_selector(side):
    """Each has its own."""
    nodes(side, 1)
    side.create(daemons(side))
    side.create(daemons(side, "api"))
    side.settle("both")
