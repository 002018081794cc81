"""The operator as it is deployed: two replicas, one of which works, whatever befalls it."""

from words import set_of, shell


def test_two_replicas_run_on_two_nodes_and_one_of_them_leads(operator, world):
    assert len({operator.node_of(pod["metadata"]["name"]) for pod in operator.pods()}) == 2
    world.create(set_of(shell("exec sleep infinity"), replicas=3))
    world.settled(3)
    created = [each for each in operator.requests(verbs={"create"}) if world.core in each[3]]
    assert {pod for _, pod, _, path, _ in created if path.endswith("/pods")} == {operator.leader}
