"""What users put into templates is not repeated in the log, however much it says."""

import secrets

from operating import Operator, World, bare_pod, eventually, replica_set


def template(canary, **container):
    """A template that has the canary wherever users put what nobody else should read."""
    environment = [{"name": "KEY", "value": canary}]
    web = {"name": "web", "image": "nginx:1", "args": [canary], "env": environment, **container}
    metadata = {"labels": {"app": "web"}, "annotations": {"example.com/key": canary}}
    return {"metadata": metadata, "spec": {"containers": [web]}}


def test_a_verbose_log_has_no_values_of_templates(cluster, namespace, operator):
    canary = f"canary{secrets.token_hex(12)}"
    world = World(cluster, namespace)
    place = ("--namespace", namespace, "--lease-namespace", namespace)
    with Operator(cluster.kubeconfig, "--verbose", *place) as verbose:
        world.create(bare_pod("orphan", {"app": "web"}, annotations={"example.com/key": canary}))
        world.create(replica_set(replicas=3, template=template(canary)))
        world.settled(3)
        world.scale(1)
        world.settled(1)
        unmounted = template(canary, volumeMounts=[{"name": "nothing", "mountPath": "/nothing"}])
        world.patch({"spec": {"replicas": 2, "template": unmounted}})
        eventually(lambda: 'Not found: "nothing"' in verbose.log, "the refusal is in the log")
    assert "DEBUG" in verbose.log
    assert canary not in verbose.log
