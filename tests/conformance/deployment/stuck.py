"""What the API server refuses."""

from conformance.builders import container, deployment, object_of
from conformance.deployment import scenario
from conformance.deployment.hands import AT_ONCE, BAD, V1, V2, counted, started
from conformance.hands import image


def failing(side):
    def told():
        found = side.get().get("status", {}).get("conditions", [])
        return any(each["type"] == "ReplicaFailure" for each in found)

    side.until(told, "the failure is told")


@scenario(smoke=True)
def a_quota(side):
    """Told on the Deployment as well, until there is room."""
    side.create(object_of("ResourceQuota", "few", spec={"hard": {"pods": "1"}}))
    side.until(lambda: side.get("ResourceQuota", "few").get("status", {}).get("used"), "it counts")
    side.create(deployment(replicas=2, pod=AT_ONCE))
    failing(side)
    side.counts(availableReplicas=1)
    side.settle("no room", stuck=True)
    side.patch({"spec": {"hard": {"pods": "5"}}}, "few", "ResourceQuota")
    side.counts(availableReplicas=2)
    side.settle("room")


@scenario
def no_room_for_a_surge(side):
    """A quota that is used up: the roll-out stands."""
    side.create(object_of("ResourceQuota", "few", spec={"hard": {"pods": "2"}}))
    side.until(lambda: side.get("ResourceQuota", "few").get("status", {}).get("used"), "it counts")
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.counts(availableReplicas=2)
    side.settle("first")
    image(side, V2)
    failing(side)
    side.settle("stands", stuck=True)


@scenario
def a_template_that_makes_no_pod(side):
    """What the API server finds only in a pod."""
    side.create(deployment(replicas=1, metadata={"finalizers": ["a b"]}))
    failing(side)
    side.settle("refused", stuck=True)


@scenario
def a_bad_image_and_a_fix(side):
    """The fix replaces the broken pods at once."""
    started(side, 10)
    image(side, BAD)
    counted(side, v1=8, bad=5)
    side.settle("stuck", stuck=True, ordered=False)
    image(side, V1)
    counted(side, bad=0, v1=10)
    side.settle("back", stuck=True, ordered=False)


@scenario
def a_limit_range(side):
    """Too greedy a container."""
    limits = [{"type": "Container", "max": {"cpu": "1"}}]
    side.create(object_of("LimitRange", "small", spec={"limits": limits}))
    side.pause(1)  # admission looks at a cache
    greedy = container(resources={"limits": {"cpu": "2"}})
    side.create(deployment(replicas=1, pod={"containers": [greedy]}))
    failing(side)
    side.settle("too greedy", stuck=True)
