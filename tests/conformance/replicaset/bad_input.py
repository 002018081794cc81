"""What is refused at apply: the same manifests, and the fields that each API complains about.

`tests/integration/test_crd.py` has the words of the most common mistakes; here are the rest.
"""

from functools import partial

from conformance import mistakes
from conformance.api import Refused, fields_of
from conformance.builders import container, replica_set
from conformance.mistakes import offer
from conformance.replicaset import scenario
from conformance.replicaset.limits import failing

A_LOT = "x" * 1_000_000


changed = partial(mistakes.changed, replica_set())


@scenario
def bad_names(side):
    """Too long, malformed, missing; 253 characters are fine."""
    names = {
        "253 characters": "n" * 253,
        "254 characters": "n" * 254,
        "a label of 64 in it": f"a.{'n' * 64}",
        "capitals": "Web",
        "underscore": "a_b",
        "begins with a dot": ".web",
        "none": "",
    }
    offer(side, {title: changed(metadata__name=name) for title, name in names.items()})


@scenario
def bad_metadata(side):
    """Labels, annotations, owners, finalizers and the namespace of the set itself."""
    boss = {"apiVersion": "v1", "kind": "ConfigMap", "name": "boss"}
    offer(
        side,
        {
            "1 MB of annotations": changed(metadata__annotations={"large": A_LOT}),
            "annotation key": changed(metadata__annotations={"a b": ""}),
            "label key": changed(metadata__labels={"-a": ""}),
            "label value": changed(metadata__labels={"a": "b/c"}),
            "label of 64 characters": changed(metadata__labels={"a": "x" * 64}),
            "owner without uid": changed(metadata__ownerReferences=[boss]),
            "finalizer without a domain": changed(metadata__finalizers=["hold"]),
            "another namespace": changed(metadata__namespace="elsewhere"),
        },
    )


@scenario
def wrong_types(side):
    """What no decoder takes, and numbers out of range."""
    values = {
        "text": "3",
        "fraction": 1.5,
        "3.0": 3.0,
        "null": None,
        "boolean": True,
        "2^31": 2**31,
        "2^31-1": 2**31 - 1,
        "2^63": 2**63,
    }
    replicas = {f"replicas: {title}": changed(spec__replicas=v) for title, v in values.items()}
    seconds = {f"seconds: {t}": changed(spec__minReadySeconds=v) for t, v in values.items()}
    others = {
        "selector is text": changed(spec__selector="app=web"),
        "matchLabels is a list": changed(spec__selector__matchLabels=["app"]),
        "annotation is a number": changed(metadata__annotations={"a": 1}),
        "label is a number": changed(spec__template__metadata__labels={"app": "web", "n": 1}),
        "containers is a map": changed(spec__template__spec__containers=container()),
        "a container is text": changed(spec__template__spec__containers=["web"]),
        "template is a list": changed(spec__template=[]),
        "spec is null": changed(spec=None),
    }
    offer(side, {f"type: {t}": m for t, m in (replicas | seconds | others).items()})


@scenario
def unknown_fields(side):
    """Misspelled fields, with strict validation as kubectl asks for it."""
    offer(
        side,
        {
            "at the top": changed(specs={}),
            "in metadata": changed(metadata__label={"a": "b"}),
            "in the spec": changed(spec__replica=3),
            "in the selector": changed(spec__selector__matchLabel={"app": "web"}),
            "in the template": changed(spec__template__specs={}),
            "in the template's metadata": changed(spec__template__metadata__label={"a": "b"}),
            "of a Deployment": changed(spec__strategy={"type": "Recreate"}),
            "in the status": changed(status={"ready": 3}),
        },
    )


@scenario
def bad_selectors(side):
    """Selectors that are malformed or do not fit the template."""
    expression = {"key": "app", "operator": "In", "values": ["web"]}
    offer(
        side,
        {
            "none": changed(spec__selector=None),
            "empty": changed(spec__selector={}),
            "other label": changed(spec__selector={"matchLabels": {"app": "other"}}),
            "label key": changed(spec__selector={"matchLabels": {"a b": "web"}}),
            "empty lists": changed(spec__selector={"matchExpressions": []}),
            "operator in small letters": changed(
                spec__selector={"matchExpressions": [expression | {"operator": "in"}]}
            ),
            "values of DoesNotExist": changed(
                spec__selector={"matchExpressions": [expression | {"operator": "DoesNotExist"}]}
            ),
            "no key": changed(spec__selector={"matchExpressions": [{"operator": "Exists"}]}),
            "no operator": changed(spec__selector={"matchExpressions": [{"key": "app"}]}),
            "label value too long": changed(spec__selector={"matchLabels": {"app": "x" * 64}}),
            "one of two labels does not fit": changed(
                spec__selector={"matchLabels": {"app": "web", "tier": "x"}}
            ),
            "template without labels": changed(spec__template__metadata={}),
            "template without metadata": changed(spec__template__metadata=None),
        },
    )


@scenario
def bad_templates_told_at_once(side):
    """Mistakes in the template that both APIs refuse at apply."""
    spec = "spec__template__spec__"
    offer(
        side,
        {
            "negative replicas": changed(spec__replicas=-1),
            "negative minReadySeconds": changed(spec__minReadySeconds=-1),
            "restartPolicy Never": changed(**{f"{spec}restartPolicy": "Never"}),
            "restartPolicy OnFailure": changed(**{f"{spec}restartPolicy": "OnFailure"}),
            "activeDeadlineSeconds": changed(**{f"{spec}activeDeadlineSeconds": 1}),
            "negative grace period": changed(**{f"{spec}terminationGracePeriodSeconds": -1}),
            "no containers": changed(**{f"{spec}containers": None}),
            "a container without a name": changed(**{f"{spec}containers": [{"image": "a"}]}),
            "a label of the template": changed(
                spec__template__metadata__labels={"app": "web", "a": "b c"}
            ),
            "no template": changed(spec__template=None),
            "no spec in the template": changed(spec__template__spec=None),
        },
    )


@scenario
def bad_templates_told_by_the_first_pod(side):
    """Mistakes that apps/v1 refuses at apply, and that show as ReplicaFailure here: the same fields."""
    spec = "spec__template__spec__"
    bad = {
        "annotation key": changed(spec__template__metadata__annotations={"a b": ""}),
        "1 MB of annotations": changed(spec__template__metadata__annotations={"a": A_LOT}),
        "host name": changed(**{f"{spec}hostname": "A B"}),
        "toleration": changed(**{f"{spec}tolerations": [{"operator": "Equal"}]}),
        "dns policy": changed(**{f"{spec}dnsPolicy": "Best"}),
        "env name": changed(**{f"{spec}containers": [container(env=[{"name": "A=B"}])]}),
        "image with spaces": changed(**{f"{spec}containers": [container(image=" a ")]}),
        "two volumes of one kind": changed(
            **{f"{spec}volumes": [{"name": "a", "emptyDir": {}, "hostPath": {"path": "/"}}]}
        ),
    }
    for number, (title, manifest) in enumerate(bad.items()):
        manifest["metadata"]["name"] = f"told-later-{number}"
        side.notes[f"fields: {title}"] = complaint(side, manifest)


def complaint(side, manifest):
    """The fields that are complained about, at apply or by the first pod, as a pod names them."""
    try:
        side.create(manifest)
    except Refused as refused:
        return [field.removeprefix("spec.template.") for field in refused.fields]
    failing(side, manifest["metadata"]["name"])
    (condition,) = side.get(name=manifest["metadata"]["name"])["status"]["conditions"]
    return fields_of(condition["message"])


@scenario
def bad_changes(side):
    """What may not be changed, or not to that."""
    side.create(replica_set(replicas=1))
    side.settle("created")
    labels = {"app": "other"}
    for title, spec in {
        "selector": {"selector": {"matchLabels": labels}},
        "selector and template": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}},
        },
        "template labels": {"template": {"metadata": {"labels": labels}}},
        "negative replicas": {"replicas": -1},
        "no replicas": {"replicas": None},
        "no selector": {"selector": None},
        "no template": {"template": None},
        "restart policy": {"template": {"spec": {"restartPolicy": "Never"}}},
    }.items():
        side.attempt(title, side.spec, **spec)
        side.settle(title)
    side.attempt("another name", side.patch, {"metadata": {"name": "other"}})
    side.attempt("another uid", side.patch, {"metadata": {"uid": "other"}})
    side.attempt("an old version", side.patch, {"metadata": {"resourceVersion": "1"}})
