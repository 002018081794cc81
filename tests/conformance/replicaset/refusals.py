"""What refusals cost: how often a controller asks in vain, and how it gets over it."""

from itertools import pairwise

from conformance import audit
from conformance.api import Refused
from conformance.builders import container, object_of, replica_set
from conformance.replicaset import scenario
from conformance.replicaset.claiming import COST
from conformance.replicaset.limits import MOST, failing, quota

FEW = 4
"""With a quota of 4, upstream's batches are 1, 2, 4: one more pod, and three refusals."""


def refusals(asked):
    """(refused creations before the first status after one, all refused creations)"""
    refused = [number for number, request in enumerate(asked) if request.is_refused_pod]
    told = next(
        number
        for number, request in enumerate(asked)
        if request.resource.endswith("/status") and number > refused[0]
    )
    return sum(number < told for number in refused), [asked[number] for number in refused]


@scenario(smoke=True)
def a_refused_template_costs_one_request(side):
    """500 pods are missing: one is tried, the condition told, and tried again ever more rarely."""
    metadata = {"finalizers": ["a b"]}  # which no API looks at before a pod has it
    side.create(replica_set(replicas=500, metadata=metadata))
    failing(side)
    side.pause(4)
    asked = audit.requests(side.cluster.audit_log, side.namespace)
    before, refused = refusals(asked)
    pauses = [(b.at - a.at).total_seconds() for a, b in pairwise(refused)]
    side.notes["refused before it was told"] = before
    side.notes["tried again"] = len(refused) > FEW
    # After 5 ms, 10 ms, ... 2.56 s.
    side.notes["but ever more rarely"] = len(refused) < 20 and max(pauses, default=0) > 1
    # Once as a new set, once with the condition; a conflict may cost one more.
    written = sum(request.resource == "replicasets/status" for request in asked)
    side.notes["and told once"] = written <= 3
    side.settle("refused", stuck=True)


@scenario
def the_first_refusal_is_told_until_it_is_over(side):
    """Another reason follows: the condition keeps the text of the first, events have both."""
    quota(side, 0)
    limits = [{"type": "Container", "max": {"cpu": "1"}}]
    side.create(object_of("LimitRange", "small", spec={"limits": limits}))
    side.pause(1)  # admission looks at a cache
    greedy = container(resources={"limits": {"cpu": "2"}})
    side.create(replica_set(replicas=1, pod={"containers": [greedy]}))
    failing(side)
    side.settle("too greedy", stuck=True)
    side.delete("small", "LimitRange")
    side.until(lambda: "exceeded quota" in side.kubectl(None, "events"), "the next refusal")
    side.settle("no room", stuck=True)


@scenario
def the_most_replicas_cost_few_requests(side):
    """2^31-1 pods are missing, 4 may be: a handful are tried in vain before it is told."""
    quota(side, 4)
    side.create(replica_set(replicas=MOST))
    failing(side)
    side.settle("refused", stuck=True)
    asked = audit.requests(side.cluster.audit_log, side.namespace)
    side.notes["few refusals"] = refusals(asked)[0] <= FEW
    side.scale(4)
    side.settle("enough")


@scenario
def what_was_refused_is_made_without_being_asked(side):
    """A quota is raised, and nobody touches the set: it tries again by itself."""
    quota(side, 1)
    side.create(replica_set(replicas=3))
    failing(side)
    side.patch({"spec": {"hard": {"pods": "3"}}}, "few", "ResourceQuota")
    side.counts(readyReplicas=3)
    side.settle("raised")


@scenario
def a_quota_of_sets(side):
    """count/replicasets.<group>: the second set is refused."""
    group = side.flavour.api_version("ReplicaSet").partition("/")[0]
    one = {f"count/replicasets.{group}": "1"}
    side.create(object_of("ResourceQuota", "few", spec={"hard": one}))
    side.until(lambda: side.get("ResourceQuota", "few").get("status", {}).get("hard"), "in force")
    side.attempt("the first", side.create, replica_set(replicas=1))
    side.settle("one")
    side.until(lambda: side.get("ResourceQuota", "few")["status"]["used"] == one, "it is counted")
    side.attempt("the second", side.create, replica_set("other", 1))
    side.settle("no more")


@scenario
def a_quota_demands_limits(side):
    """Pods without limits are refused, until a LimitRange gives them some."""
    spec = {"hard": {"limits.cpu": "1"}}
    side.create(object_of("ResourceQuota", "few", spec=spec))
    side.until(lambda: side.get("ResourceQuota", "few").get("status", {}).get("hard"), "in force")
    side.create(replica_set(replicas=2))
    failing(side)
    side.settle("refused", stuck=True)
    limits = [{"type": "Container", "default": {"cpu": "100m"}}]
    side.create(object_of("LimitRange", "small", spec={"limits": limits}))
    side.counts(readyReplicas=2)
    side.settle("with limits")


@scenario
def a_priority_class_is_missing(side):
    """The condition has the API server's words."""
    side.create(replica_set(replicas=2, pod={"priorityClassName": "none-such"}))
    failing(side)
    side.settle("missing", stuck=True)


@scenario
def deletions_are_refused(side):
    """A policy keeps pods: FailedDelete, and away with it once the policy has gone."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    side.annotate(side.names()[0], **{COST: "-1"})  # so that the message names the same one
    policy, binding = keep_pods(side)
    side.scale(1)
    failing(side)
    side.settle("refused", stuck=True)
    side.api.delete(binding)
    side.api.delete(policy)
    side.counts(replicas=1)
    side.settle("allowed")


def keep_pods(side):
    """A policy against deleting pods of this namespace, in force; the paths of both its objects."""
    root, name = "/apis/admissionregistration.k8s.io/v1", side.namespace
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
    here = {"matchLabels": {"kubernetes.io/metadata.name": name}}
    match = {"resourceRules": [rule | {"operations": ["DELETE"]}], "namespaceSelector": here}
    validations = [{"expression": "false", "message": "pods stay"}]
    paths = []
    for kind, spec in {
        "validatingadmissionpolicies": {"matchConstraints": match, "validations": validations},
        "validatingadmissionpolicybindings": {"policyName": name, "validationActions": ["Deny"]},
    }.items():
        side.api.post(f"{root}/{kind}", {"metadata": {"name": name}, "spec": spec})
        paths.append(f"{root}/{kind}/{name}")
    side.until(lambda: refuses_deletion(side), "the policy is in force")
    return paths


def refuses_deletion(side):
    try:
        side.api.delete(side.path("Pod", side.names()[0]) + "?dryRun=All")
    except Refused:
        return True
    return False
