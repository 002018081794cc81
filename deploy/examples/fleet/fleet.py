"""Game servers that are never removed while somebody plays on them."""

from typing import Annotated

from msgspec import Meta

import podwright as pw
from podwright import Observed, Plan, Pod


class FleetSpec(pw.Model, frozen=True):
    """So many servers; of those too many only idle ones go."""

    selector: pw.LabelSelector
    template: pw.PodTemplate
    replicas: Annotated[int, Meta(ge=0, description="How many servers.")] = 1


def servers(seen: Observed[FleetSpec], *in_use: bool) -> list[Pod]:
    used = "games.example.com/in-use"
    active = [pod for pod in seen.of(Pod) if pw.pods.is_active(pod)]
    return [pod for pod in active if (pod.metadata.labels.get(used) == "true") in in_use]


def decide(seen: Observed[FleetSpec]) -> Plan:
    surplus = len(servers(seen, True, False)) - seen.spec.replicas
    if surplus <= 0:
        return Plan.of(*[pw.templates.pod_of(seen.spec.template)] * -surplus)
    idle = servers(seen, False)[:surplus]
    return Plan.of(*map(pw.Delete, idle)) if idle else Plan.wait("a surplus server to be idle")


def status(seen: Observed[FleetSpec], _: pw.Outcome) -> pw.Manifest:
    return {"replicas": len(servers(seen, True, False)), "inUse": len(servers(seen, True))}


OWNS = (pw.Owns(Pod, lambda spec: spec.selector),)
SERVERS = pw.Column("Servers", "integer", ".status.replicas")
IN_USE = pw.Column("In Use", "integer", ".status.inUse")
CRD = pw.Crd(short_names=("fl",), columns=(SERVERS, IN_USE), scale=pw.Scale())
FLEET = pw.Workload("Fleet", "fleets", FleetSpec, decide, status, OWNS, crd=CRD)
SERVED = pw.Served(FLEET, "games.example.com")
