"""What only a whole run of all scenarios can tell; the last file in the alphabet."""

import pytest

from conformance import (
    cronjob,
    daemonset,
    deployment,
    job,
    replicaset,
    replicationcontroller,
    statefulset,
)
from conformance.compare import read_list

BOOKS = tuple(
    kind.BOOK
    for kind in (
        cronjob,
        daemonset,
        deployment,
        job,
        replicaset,
        replicationcontroller,
        statefulset,
    )
)


@pytest.mark.cluster
def test_every_listed_difference_was_seen(pytestconfig):
    """A rule of the list that nothing needs any more would hide what it is not meant for."""
    if len(pytestconfig.verdicts) < sum(map(len, BOOKS)):
        pytest.skip("only a part was played")
    used = {rule for *_, pairs in pytestconfig.verdicts for _, rule in pairs}
    assert [rule for entry in read_list() for rule in entry.rules if rule not in used] == []
