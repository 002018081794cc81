"""From what was recorded to a story: what happened, with everything accidental taken out.

A story has steps; a step ends when everything rests. Inside a step, creations and deletions of pods
that follow each other without the other between them are one set: their order is chance. Objects
are told in all fields at the end of each step. Pods with generated names are numbered by when they
came, what became of them, and when they went; pods that are alike in all of this are
interchangeable, so it does not matter which of them has which number.

Pure: records in, values out.
"""

import json
import re
from collections import defaultdict

from conformance.names import Names, is_generated


def tell(records, marks, notes, namespace):
    """The story of one namespace; `marks` are (revision, title, ordered) of the ends of its steps."""
    names = Names(namespace, records)
    pods = _life_stories(records, marks, names)
    names.number(pods)
    return {
        "steps": _steps(records, marks, names),
        "conditions": _conditions(records, names),
        "events": _events(records, names),
        "notes": {title: names.clean(value) for title, value in notes.items()},
    }


def _life_stories(records, marks, names):
    """For each pod without a name of its own: a text that tells its life, comparable between runs."""
    lives = {}
    for uid, changes in _by_uid(records, "Pod").items():
        first = changes[0].object["metadata"]
        if is_generated(first):
            states = [_state_at(changes, revision) for revision, *_ in marks]
            life = [names.anonymous(state) if state else None for state in states]
            born = _step_of(changes[0].revision, marks)
            died = next((_step_of(c.revision, marks) for c in changes if _is_leaving(c)), None)
            lives[uid] = (
                first["generateName"].removesuffix("-"),
                born,
                json.dumps([died, life], sort_keys=True),
            )
    return lives


def _by_uid(records, kind):
    found = defaultdict(list)
    for record in records:
        if record.object["kind"] == kind:
            found[record.object["metadata"]["uid"]].append(record)
    return found


def _state_at(changes, revision):
    """The object as it was at a revision; None before its time and after it."""
    past = [change for change in changes if change.revision <= revision]
    return past[-1].object if past and past[-1].verb != "DELETED" else None


def _step_of(revision, marks):
    return sum(mark < revision for mark, *_ in marks)


def _is_leaving(change):
    return change.verb == "DELETED" or "deletionTimestamp" in change.object["metadata"]


def _steps(records, marks, names):
    acts = _acts(records)
    steps = []
    for number, (revision, title, ordered) in enumerate(marks):
        mine = [act for act in acts if _step_of(act[0], marks) == number]
        mine = mine if ordered else sorted(mine, key=lambda act: act[1])
        objects = _objects_at(records, revision, names)
        steps.append({"title": title, "acts": _in_sets(mine, names), "objects": objects})
    return {f"{n} {step.pop('title')}": step for n, step in enumerate(steps, 1)}


def _acts(records):
    """(revision, verb, uid) of each first and last moment of a pod, and of each owner."""
    acts = []
    for kind in {record.object["kind"] for record in records} - {"Event"}:
        for uid, changes in _by_uid(records, kind).items():
            acts.append((changes[0].revision, "create", uid))
            leaving = next((change for change in changes if _is_leaving(change)), None)
            if leaving:
                acts.append((leaving.revision, "delete", uid))
    return sorted(acts)


def _in_sets(acts, names):
    """Neighbours that do the same, as one sorted set."""
    sets = []
    for _, verb, uid in acts:
        if not sets or sets[-1][0] != verb:
            sets.append((verb, []))
        sets[-1][1].append(names.of(uid))
    return [f"{verb} {', '.join(sorted(members))}" for verb, members in sets]


def _objects_at(records, revision, names):
    objects = {}
    for kind in {record.object["kind"] for record in records} - {"Event"}:
        for uid, changes in _by_uid(records, kind).items():
            state = _state_at(changes, revision)
            if state is not None:
                objects[names.of(uid)] = names.clean(_blurred(state))
    return objects


_UNDER_WAY = ("NewReplicaSetCreated", "ReplicaSetUpdated")


def _blurred(item):
    """In the middle of a Deployment's roll-out it is chance which of the two was told last."""
    conditions = item.get("status", {}).get("conditions")
    if item["kind"] != "Deployment" or not conditions:
        return item
    same = {"reason": "<under way>", "message": ""}
    told = [each | (same if each["reason"] in _UNDER_WAY else {}) for each in conditions]
    return item | {"status": item["status"] | {"conditions": told}}


def _conditions(records, names):
    """For each owner: its conditions in the order in which they came, changed and went."""
    told = {}
    for kind in {record.object["kind"] for record in records} - {"Event", "Pod"}:
        for uid, changes in _by_uid(records, kind).items():
            told[names.of(uid)] = _without_flicker(_changes_of_conditions(changes))
    return told


COMES_AND_GOES = ("True", "ReplicaSetUpdated")
"""A Deployment's progress is told anew with every pod: how often is chance."""


def _changes_of_conditions(changes):
    known, told = {}, []
    for change in changes:
        if "deletionTimestamp" in change.object["metadata"]:
            break  # how often it looks until it is gone is chance
        listed = change.object.get("status", {}).get("conditions", [])
        present = {c["type"]: (c["status"], c.get("reason", "")) for c in listed}
        for type_ in {**present, **known}:  # what changes moves to the end of the list
            if present.get(type_) == COMES_AND_GOES:
                continue
            if known.get(type_) != present.get(type_):
                now = " ".join(present[type_]) if type_ in present else "gone"
                told.append(f"{type_} {now}")
        known = present
    return told


def _without_flicker(told):
    """Upstream may take a failure away and tell it anew while it waits to see its own pods."""
    kept = []
    for change in told:
        kept.append(change)
        if kept[-2:] == kept[-4:-2]:
            del kept[-2:]
    return kept


OTHERS_TELL = ("Pod", "PersistentVolumeClaim")
"""What others than workload controllers tell events about."""


def _events(records, names):
    """What was said about everything but these: (source, type, reason, object, shape), each once."""
    told = set()
    for record in records:
        event = record.object
        if event["kind"] != "Event" or event["involvedObject"]["kind"] in OTHERS_TELL:
            continue
        source = event.get("source", {}).get("component") or event.get("reportingComponent", "")
        target = event["involvedObject"]
        about = names.shape(f"{target['apiVersion']} {target['kind']} {target['name']}")
        shape = names.shape(event["message"])
        told.add(f"{source}: {event['type']} {event['reason']} on {about}: {shape}")
    return sorted(told)


_SIZES = re.compile(r" from \d+ to \d+$")


def blur(story):
    """The story without how many steps a Deployment took inside a step of it.

    A CronJob that looks at an older copy of itself says that the Jobs it has removed went missing.
    """
    for step in story["steps"].values():
        del step["acts"]
        for name, item in step["objects"].items():
            if name.startswith("ReplicaSet "):
                item["metadata"].pop("generation")
                item["status"].pop("observedGeneration", None)
            if name.startswith("Deployment "):
                conditions = item["status"].get("conditions", [])
                item["status"]["conditions"] = sorted(conditions, key=lambda told: told["type"])
    story["conditions"] = {}
    told = (_SIZES.sub(" from <size> to <size>", each) for each in story["events"])
    story["events"] = sorted({each for each in told if " MissingJob " not in each})
    return story
