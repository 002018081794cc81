"""What earlier releases have written is what this one would write: it leaves all of it alone."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from podwright.engine.store import Store
from podwright.kinds import BUILT_IN
from podwright.objects import Claim, Node, Pod, Revision
from podwright.owners import Job, ReplicaSet
from podwright.plan import Outcome, Plan
from podwright.rules import adoption

RECORDS = sorted(Path(__file__).parent.glob("*/*.json"))
FILED = {
    "pods": Pod,
    "persistentvolumeclaims": Claim,
    "controllerrevisions": Revision,
    "nodes": Node,
    "replicasets": ReplicaSet,
    "jobs": Job,
}


def look(path):
    """What the operator sees of a record, and the kind that decides on it."""
    record = json.loads(path.read_text())
    served = {each.workload.kind: each for each in BUILT_IN}[record["owner"]["kind"]]
    store = Store(BUILT_IN)
    owner = msgspec.convert(record["owner"], served.workload.read_as)
    key = store.put_owner(served.workload.kind, owner)
    for name, model in FILED.items():
        for item in record.get(name, ()):
            store.put(model, msgspec.convert(item, model))
    written = max(pod["metadata"]["creationTimestamp"] for pod in record["pods"])
    now = msgspec.convert(written, type(owner.metadata.creation_timestamp)) + timedelta(hours=1)
    return served.workload, store.observe(key, now)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_look_at_it_plans_nothing_and_tells_the_same_status(path):
    workload, seen = look(path)
    assert any(seen.owned.values())
    assert adoption.claim(seen, workload.owns) is None
    plan = workload.decide(seen)
    assert not plan.actions
    assert workload.status(seen, Outcome(plan)) == seen.status


def test_every_kind_is_recorded():
    assert {path.stem for path in RECORDS} == {each.workload.kind.lower() for each in BUILT_IN}


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_it_would_be_noticed(path):
    """A pod less is something to do."""
    workload, seen = look(path)
    fewer = {model: things[1:] for model, things in seen.owned.items()}
    assert workload.decide(replace(seen, owned=fewer)) != Plan()
