"""Record what this release writes: `python tests/golden/record.py`, once for each release.

A control plane is started, an example of each kind is applied with the operator at work, and when
all is at rest the owner and everything that it owns or looks at goes into a file.
"""

import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [
    str(ROOT / folder) for folder in ("operator", "deploy/local", "tests", "tests/integration")
]

from operating import Api, Operator, eventually, install_kinds, replica_set  # noqa: E402

from controlplane import Cluster  # noqa: E402

NAMESPACE = "/api/v1/namespaces/default"
READ = (
    f"{NAMESPACE}/pods",
    f"{NAMESPACE}/persistentvolumeclaims",
    "/apis/apps/v1/namespaces/default/controllerrevisions",
    "/api/v1/nodes",
    "/apis/apps.podwright.dev/v1/namespaces/default/replicasets",
    "/apis/batch.podwright.dev/v1/namespaces/default/jobs",
)
ODD = {"env": [{"name": "ODD", "value": "<a> & 'b' ü"}]}
"""Characters that the API server escapes when it writes a revision."""


def manifests():
    """A set of each kind, with what is special about it."""
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    claims = {
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}],
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Delete"},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"nodeName": "node-0", "containers": [{"name": "app", "image": "web:1"} | ODD]},
        },
    }
    daemon = replica_set()
    del daemon["spec"]["replicas"]
    controller = replica_set(replicas=2)
    controller["spec"]["selector"] = controller["spec"]["selector"]["matchLabels"]
    pod = {"nodeSelector": {"there": "is-none"}, "restartPolicy": "Never"}  # or it ends at once
    pod |= {"containers": [{"name": "app", "image": "web:1"} | ODD]}
    job = {"completions": 3, "parallelism": 2, "template": {"spec": pod}}
    calendar = {"schedule": "@every 1s", "concurrencyPolicy": "Forbid"}
    calendar |= {"jobTemplate": {"spec": job | {"completionMode": "Indexed"}}}
    batch = {"apiVersion": "batch.podwright.dev/v1", "metadata": {"name": "web"}}
    return {
        "replicaset": replica_set(replicas=2),
        "statefulset": replica_set(replicas=2, **claims) | {"kind": "StatefulSet"},
        "daemonset": daemon | {"kind": "DaemonSet"},
        "deployment": replica_set(replicas=2) | {"kind": "Deployment"},
        "replicationcontroller": controller | {"kind": "ReplicationController"},
        "job": batch | {"kind": "Job", "spec": job},
        "cronjob": batch | {"kind": "CronJob", "spec": calendar},
    }


def record(api, kind, manifest, folder):
    """Apply one, wait until all its pods are ready, and write down what is there."""
    sets = f"/apis/{manifest['apiVersion']}/namespaces/default/{kind}s"
    api.post(sets, manifest)
    eventually(lambda: _is_ready(api.get(f"{sets}/web")), f"the {kind} is ready", seconds=60)
    if kind == "cronjob":
        api.patch(f"{sets}/web", {"spec": {"suspend": True}})
        eventually(lambda: _is_calm(api.get(f"{sets}/web")), "it rests", seconds=60)
    found = {"owner": api.get(f"{sets}/web")}
    for path in READ:
        found[path.rpartition("/")[2]] = api.get(path)["items"]
    for item in [
        found["owner"],
        *(item for name in found if name != "owner" for item in found[name]),
    ]:
        item["metadata"].pop("managedFields", None)
    (folder / f"{kind}.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    api.delete(f"{sets}/web", {"propagationPolicy": "Background"})
    eventually(lambda: not api.get(READ[0])["items"], "its pods are gone", seconds=90)


def _is_ready(owner):
    status, spec = owner.get("status", {}), owner["spec"]
    if owner["kind"] == "CronJob":
        return "active" in status
    if owner["kind"] == "Job":
        return status.get("active") == spec["parallelism"]
    if "numberAvailable" in status:
        return 0 < status["numberAvailable"] == status["desiredNumberScheduled"]
    updated = status.get("currentRevision") == status.get("updateRevision")
    return status.get("availableReplicas", 0) == spec.get("replicas") and updated


def _is_calm(owner):
    return owner["status"]["podwright"]["suspend"] == "True"


def main():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    folder = Path(__file__).parent / version
    folder.mkdir(exist_ok=True)
    with Cluster.start(nodes=2) as cluster:
        install_kinds(cluster)
        cluster.restart("kube-controller-manager")  # it learns of new kinds when it starts
        with Operator(cluster.kubeconfig):
            for kind, manifest in manifests().items():
                record(Api(cluster), kind, manifest, folder)
    print(f"written: {folder}")


if __name__ == "__main__":
    main()
