"""What kubectl shows of a Deployment, and does to it."""

import json

from conformance.builders import deployment
from conformance.deployment import scenario
from conformance.deployment.hands import AT_ONCE, V2


@scenario(smoke=True)
def kubectl_get(side):
    """Columns, and wide columns."""
    side.create(deployment(replicas=2))
    side.settle("created")
    side.kubectl("get", "get", f"{side.resource()}/web")
    side.kubectl("get wide", "get", f"{side.resource()}/web", "-o", "wide")


@scenario
def kubectl_scale_and_wait(side):
    """Through its subresource, and by its condition."""
    side.create(deployment(replicas=1, pod=AT_ONCE))
    side.settle("created")
    side.kubectl("scale", "scale", f"{side.resource()}/web", "--replicas=3")
    side.kubectl(
        "wait", "wait", f"{side.resource()}/web", "--for=condition=Available", "--timeout=20s"
    )
    side.settle("three")
    side.kubectl(
        "wait for 3",
        "wait",
        f"{side.resource()}/web",
        "--for=jsonpath={.status.readyReplicas}=3",
        "--timeout=20s",
    )


@scenario
def kubectl_apply_twice(side):
    """The second time with another image, and one field fewer."""
    manifest = side.manifest(deployment(replicas=1, pod=AT_ONCE, minReadySeconds=1))
    side.kubectl("apply", "apply", "-f", "-", stdin=json.dumps(manifest))
    side.settle("created")
    del manifest["spec"]["minReadySeconds"]
    manifest["spec"]["template"]["spec"]["containers"][0]["image"] = V2
    side.kubectl("apply again", "apply", "-f", "-", stdin=json.dumps(manifest))
    side.counts(updatedReplicas=1, replicas=1, availableReplicas=1)
    side.settle("changed", ordered=False)


@scenario
def kubectl_apply_another_strategy(side):
    """From the default to Recreate and back, as the manifest has it."""
    manifest = side.manifest(deployment(replicas=1, pod=AT_ONCE))
    side.kubectl("apply", "apply", "-f", "-", stdin=json.dumps(manifest))
    side.settle("rolling")
    manifest["spec"]["strategy"] = {"type": "Recreate"}
    side.kubectl("apply Recreate", "apply", "-f", "-", stdin=json.dumps(manifest))
    side.settle("Recreate")
    del manifest["spec"]["strategy"]
    side.kubectl("apply nothing", "apply", "-f", "-", stdin=json.dumps(manifest))
    side.settle("rolling again")
