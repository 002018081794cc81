"""What of a template gets into pods, and when."""

from conformance.builders import container, replica_set
from conformance.replicaset import scenario

SPREAD = {
    "maxSkew": 1,
    "topologyKey": "kubernetes.io/hostname",
    "whenUnsatisfiable": "ScheduleAnyway",
    "labelSelector": {"matchLabels": {"app": "web"}},
}


def set_template(side, **template):
    side.spec(template=template)


@scenario(smoke=True)
def a_changed_template_affects_new_pods_only(side):
    """Pods that are there stay as they are."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    old = side.names()
    set_template(side, spec={"containers": [container(image="nginx:2")]})
    side.settle("changed")
    side.scale(3)
    side.settle("one more")
    (new,) = set(side.names()) - set(old)
    side.delete(new, "Pod")
    side.settle("the new one deleted")
    side.delete(old[0], "Pod")
    side.settle("an old one deleted")


@scenario
def new_labels_in_the_template(side):
    """Pods without them still count, but not as fully labelled."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    set_template(side, metadata={"labels": {"app": "web", "tier": "front"}})
    side.settle("changed")
    side.scale(3)
    side.settle("one more")


@scenario
def labels_annotations_finalizers_of_the_template(side):
    """They get into the pods; finalizers hold them when they go."""
    metadata = {
        "labels": {"app": "web", "tier": "front"},
        "annotations": {"note": "x"},
        "finalizers": ["example.com/hold"],
    }
    side.create(replica_set(replicas=2, metadata=metadata))
    side.settle("created")
    side.scale(1)
    side.settle("one held")
    for pod in side.recorder.objects(side.namespace, "Pod"):
        side.patch_pod(pod["metadata"]["name"], {"metadata": {"finalizers": None}})
    side.settle("let go")


@scenario
def names_and_owners_in_the_template_are_ignored(side):
    """Name, generateName, namespace, owner of the template: no pod has them."""
    reference = {"apiVersion": "v1", "kind": "Node", "name": "node-0", "uid": "none"}
    metadata = {
        "name": "chosen",
        "generateName": "chosen-",
        "namespace": "elsewhere",
        "ownerReferences": [reference],
        "labels": {"app": "web"},
    }
    side.create(replica_set(replicas=2, metadata=metadata))
    side.settle("created")


@scenario
def a_template_with_everything(side):
    """A rich pod spec arrives whole."""
    resources = {"requests": {"cpu": "0.5", "memory": 1024}, "limits": {"cpu": 1}}
    probe = {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 5}
    main = container(
        env=[{"name": "A", "value": "1"}],
        ports=[{"name": "http", "containerPort": 80}],
        volumeMounts=[{"name": "data", "mountPath": "/data"}],
        resources=resources,
        readinessProbe=probe,
    )
    sidecar = {"name": "log", "image": "log:1", "restartPolicy": "Always"}
    pod = {
        "containers": [main, container(name="second")],
        "initContainers": [sidecar],
        "volumes": [{"name": "data", "emptyDir": {}}],
        "securityContext": {"runAsUser": 1000},
        "terminationGracePeriodSeconds": 5,
        "tolerations": [{"operator": "Exists"}],
        "topologySpreadConstraints": [SPREAD],
    }
    side.create(replica_set(replicas=1, pod=pod))
    side.settle("created")
    stored = side.get()["spec"]["template"]["spec"]
    del main["resources"]  # upstream writes 500m for 0.5
    side.notes["everything is kept"] = holds(stored, pod)


def holds(stored, written):
    """Whether what was written is there, whatever else is."""
    if isinstance(written, dict):
        return all(key in stored and holds(stored[key], written[key]) for key in written)
    if isinstance(written, list):
        pairs = zip(stored, written, strict=True)
        return all(holds(*pair) for pair in pairs)
    return stored == written


@scenario
def a_long_name(side):
    """253 characters: pods' names have the first 58 of them."""
    name = "n" * 253
    side.create(replica_set(name, replicas=2))
    side.settle("created")


@scenario
def a_name_with_dots(side):
    """A DNS subdomain is a good prefix of pods' names."""
    side.create(replica_set("web.v1", replicas=1))
    side.settle("created")


@scenario
def a_name_that_the_api_server_draws(side):
    """generateName on the set: pods' names begin with what was drawn."""
    manifest = replica_set(replicas=2)
    manifest["metadata"] = {"generateName": "web-"}
    name = side.create(manifest)["metadata"]["name"]
    side.settle("created")
    side.scale(1, name)
    side.settle("scaled")


@scenario
def a_large_annotation(side):
    """200 kB on the set: the pods do not get it, and nothing slows down."""
    manifest = replica_set(replicas=2)
    manifest["metadata"]["annotations"] = {"large": "x" * 200_000}
    side.create(manifest)
    side.settle("created")


@scenario
def a_template_without_labels(side):
    """A selector that only excludes accepts it; no pod is made of it."""
    selector = {"matchExpressions": [{"key": "canary", "operator": "DoesNotExist"}]}
    manifest = replica_set(replicas=2, selector=selector)
    del manifest["spec"]["template"]["metadata"]
    side.create(manifest)
    side.pause(1)
    side.settle("created", stuck=True)


@scenario
def a_malformed_finalizer_in_the_template(side):
    """apps/v1 does not look at it; no pod can be made of it."""
    side.create(replica_set(replicas=2, metadata={"finalizers": ["a b"]}))
    side.pause(1)
    side.settle("created", stuck=True)
