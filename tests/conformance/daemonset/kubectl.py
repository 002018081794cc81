"""What kubectl shows of a set, and does to it."""

import json

from conformance.daemonset import scenario
from conformance.daemonset.nodes import daemons, nodes


@scenario(smoke=True)
def kubectl_get(side):
    """Columns and wide columns."""
    nodes(side, 2)
    side.create(daemons(side))
    side.settle("created")
    side.kubectl("get", "get", f"{side.resource()}/web")
    side.kubectl("get wide", "get", f"{side.resource()}/web", "-o", "wide")


@scenario
def kubectl_apply_and_delete(side):
    """On the server; deleted with its pods left alone."""
    nodes(side, 1)
    manifest = side.manifest(daemons(side))
    text = json.dumps(manifest)
    side.kubectl("apply", "apply", "--server-side", "-f", "-", stdin=text)
    side.settle("created")
    side.kubectl("delete", "delete", f"{side.resource()}/web", "--cascade=orphan")
    side.gone()
    side.settle("orphans")
