"""What kubectl shows of a set, and does to it."""

import json

from conformance.builders import stateful_set
from conformance.statefulset import scenario


@scenario(smoke=True)
def kubectl_get(side):
    """Columns, wide columns, and the pods that belong to it."""
    side.create(stateful_set(replicas=2))
    side.settle("created")
    side.kubectl("get", "get", f"{side.resource()}/web")
    side.kubectl("get wide", "get", f"{side.resource()}/web", "-o", "wide")
    side.kubectl("get pods", "get", "pods", "-o", "name")


@scenario
def kubectl_scale_and_delete(side):
    """Through its subresource; deleted with its pods left alone."""
    side.create(stateful_set(replicas=1))
    side.settle("created")
    side.kubectl("scale", "scale", f"{side.resource()}/web", "--replicas=2")
    side.settle("two")
    side.kubectl("delete", "delete", f"{side.resource()}/web", "--cascade=orphan")
    side.gone()
    side.settle("orphans")


@scenario
def kubectl_apply_on_the_server(side):
    """Two managers of one set."""
    manifest = side.manifest(stateful_set(replicas=1))
    text = json.dumps(manifest)
    side.kubectl("apply", "apply", "--server-side", "-f", "-", stdin=text)
    side.settle("created")
    manifest["spec"]["replicas"] = 2
    text = json.dumps(manifest)
    side.kubectl("apply: 2", "apply", "--server-side", "-f", "-", stdin=text)
    side.settle("two")
