"""What an owner waits for, in sentences: the operator's own decision, and facts about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from podwright import labels
from podwright.kinds.cronjob.spec import CronJobSpec
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.kubectl.why import cron_jobs, jobs, nodes, obstacles, refusals, rollouts
from podwright.kubectl.why.look import View, unready
from podwright.kubectl.why.obstacles import Obstacle
from podwright.kubectl.why.report import Note, Reason, Report
from podwright.kubectl.why.rules import Rules
from podwright.objects import Claim, Pod, Revision
from podwright.owners import JobSpec
from podwright.plan import Outcome, Plan, Wait
from podwright.rules import adoption, pods

_HASH = labels.REVISION_HASH

MOST = 3
"""So many pods are looked into where a rule waits for all of them."""


def explain(view: View) -> Report:
    """Decide as the operator would, and say what comes of it."""
    workload, seen = view.found.served.workload, view.seen
    rules = Rules()
    plan = rules.watch(lambda: adoption.claim(seen, workload.owns) or workload.decide(seen))
    status = workload.status(seen, Outcome(plan))
    ready, _, wished = status.get("podwright", {}).get("ready", "0/0").partition("/")
    reasons = [*_refused(view, plan, rules), *_waits(view, plan, rules)]
    report = Report(
        workload.kind,
        seen.meta.namespace,
        seen.meta.name,
        int(ready),
        int(wished),
        tuple(reasons),
        tuple(_notes(view)),
    )
    match seen.spec:
        case JobSpec():
            return jobs.of(view, report)
        case CronJobSpec():
            return cron_jobs.of(view, report)
    return report


def _refused(view: View, plan: Plan, rules: Rules) -> Iterator[Reason]:
    """What the operator is about to do, or cannot do."""
    for pending in refusals.of(view, plan):
        rule = rules.of(pending.action)
        yield Reason(pending.until, rule, pending.on, pending.since, pending.facts, pending.remedy)


def _waits(view: View, plan: Plan, rules: Rules) -> Iterator[Reason]:
    for wait in plan.waits:
        yield _told_of(view, wait, rules.of(wait))


def _told_of(view: View, wait: Wait, rule: str) -> Reason:
    if isinstance(view.seen.spec, DeploymentSpec):
        return _of_rollout(view, wait, rule)
    return _reason(view, wait, rule) if wait.on else _all_of(view, wait, rule)


def _of_rollout(view: View, wait: Wait, rule: str) -> Reason:
    """What a Deployment waits for: its pods, its ReplicaSets, and what these were refused."""
    if view.seen.spec.paused:
        since = rollouts.paused_since(view)
        return Reason(wait.until, rule, "", since, tuple(rollouts.sizes(view)), wait.remedy)
    reason = _of_pods(view, replace(wait, on=""), rule, rollouts.waited_for(view, wait))
    since, refused, remedy = rollouts.refusal(view)
    told = (refused, *reason.facts, *rollouts.facts(view), rollouts.is_late(view))
    return replace(
        reason,
        on=wait.on or reason.on,
        since=reason.since or since,
        facts=tuple(filter(None, told)),
        remedy=reason.remedy or remedy,
    )


def _reason(view: View, wait: Wait, rule: str) -> Reason:
    """A wait for one object, and what is known of that."""
    kind, _, name = wait.on.partition(" ")
    found = Obstacle()
    if kind == "pod" and (pod := view.whole.get((Pod, name))):
        uid = pod["metadata"].get("uid", "")
        found = obstacles.of_pod(pod, view.seen.now, view.events.get(uid, ()))
        found = replace(found, facts=found.facts + tuple(_unbound(view, name)))
    elif kind == "claim" and (claim := view.whole.get((Claim, name))):
        found = obstacles.of_claim(claim, _users(view, name), view.seen.now)
    advice = [wait.remedy] if wait.remedy else [found.remedy, _afterwards(view, name, found)]
    remedy = "; then ".join(each for each in advice if each)
    facts = (*found.facts, *_outdated(view, name))
    return Reason(wait.until, rule, wait.on, found.since, facts, remedy)


def _outdated(view: View, name: str) -> Iterator[str]:
    """The template may have been corrected since a pod was made."""
    newest = view.seen.status.get("updateRevision", "")
    pod = next((each for each in view.pods if each.name == name), None)
    mine = pod.metadata.labels.get(labels.REVISION_HASH, newest) if pod else newest
    if newest and mine != newest:
        yield f"It is of revision {mine}; the template is {newest} by now."


def _unbound(view: View, pod: str) -> Iterator[str]:
    """The pod's claims that have no volume yet."""
    mounted = (volume for each in view.pods if each.name == pod for volume in each.spec.volumes)
    for volume in mounted:
        claim = volume.persistent_volume_claim.claim_name if volume.persistent_volume_claim else ""
        manifest = view.whole.get((Claim, claim)) or {}
        phase = (manifest.get("status") or {}).get("phase", "Bound")
        if phase != "Bound":
            wanted = manifest["spec"].get("storageClassName")
            of_class = f" of storage class {wanted}" if wanted else ", and names no storage class"
            yield f"Claim {claim} is {phase}{of_class}."


def _users(view: View, claim: str) -> list[str]:
    """The owner's pods that mount a claim."""
    return [
        pod.name
        for pod in view.pods
        for volume in pod.spec.volumes
        if volume.persistent_volume_claim and volume.persistent_volume_claim.claim_name == claim
    ]


def _afterwards(view: View, pod: str, found: Obstacle) -> str:
    """A set that makes its pods in order does not replace a broken one when it is corrected."""
    spec = view.found.manifest["spec"]
    stuck = (spec.get("updateStrategy") or {}).get("replaceStuckPods")
    if not found.broken or stuck or spec.get("podManagementPolicy") != "OrderedReady":
        return ""
    return f"delete pod {pod}, or set spec.updateStrategy.replaceStuckPods"


def _all_of(view: View, wait: Wait, rule: str) -> Reason:
    """A wait for pods that the rule does not name: those that are not ready, a few of them."""
    waiting = unready(view.pods) if "pod" in wait.until else []
    if isinstance(view.seen.spec, JobSpec):  # one that has failed is counted, not waited for
        waiting = [pod for pod in waiting if not pods.is_finished(pod)]
    return _of_pods(view, wait, rule, waiting)


def _of_pods(view: View, wait: Wait, rule: str, waiting: list[Pod]) -> Reason:
    if not waiting:
        return _since_revision(view, Reason(wait.until, rule, remedy=wait.remedy))
    each = [_reason(view, replace(wait, on=f"pod {pod.name}"), rule) for pod in waiting[:MOST]]
    told: dict[tuple[str, ...], list[str]] = {}
    for one, pod in zip(each, waiting, strict=False):
        told.setdefault(one.facts, []).append(pod.name)
    facts = [f"{_pods(names)}: {fact}" for group, names in told.items() for fact in group]
    if more := len(waiting) - len(each):
        facts.append(f"And {more} more pods are not ready.")
    remedies = dict.fromkeys(one.remedy for one in each if one.remedy)
    since = min((one.since for one in each if one.since), default=None)
    on = _pods([pod.name for pod in waiting]).lower()
    return Reason(wait.until, rule, on, since, tuple(facts), "; ".join(remedies))


def _pods(names: list[str]) -> str:
    return f"Pod{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _since_revision(view: View, reason: Reason) -> Reason:
    """A roll-out that is held: which pods are of which revision, and since when."""
    known = sorted(view.seen.of(Revision), key=lambda each: each.revision)
    if not known:
        return reason
    facts = tuple(_by_revision(view, [each.name for each in known]))
    return replace(reason, since=known[-1].metadata.creation_timestamp, facts=facts)


def _by_revision(view: View, names: list[str]) -> Iterator[str]:
    for name in names:
        hashed = ((pod.name, pod.metadata.labels.get(_HASH)) for pod in view.pods)
        # A StatefulSet labels its pods with a revision's name, a DaemonSet with its end.
        mine = sorted(pod for pod, label in hashed if label and name.endswith(label))
        if mine:
            yield f"Of revision {name}: {', '.join(mine)}."


def _notes(view: View) -> Iterator[Note]:
    observed = view.seen.status.get("observedGeneration", 0)
    tells = not isinstance(view.seen.spec, JobSpec | CronJobSpec)
    if tells and observed < view.seen.meta.generation:
        yield Note(
            "The operator has not looked at the last change yet.",
            remedy="if it stays so, see whether the operator runs",
        )
    if view.missing_service:
        yield Note(
            f"Service {view.missing_service} (spec.serviceName) does not exist: its pods have no "
            "names in DNS.",
            remedy=f"make a headless Service {view.missing_service}",
        )
    if text := rollouts.went_back(view):
        yield Note(text, "kinds/deployment/rollback.py, by_itself", "correct spec.template")
    for text, remedy in nodes.without_pod(view.seen):
        yield Note(text, "kinds/daemonset/placement.py, fit", remedy)
