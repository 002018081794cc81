"""What scenarios do as kubelets on nodes that are run by hand, and as users."""

from conformance.objects import ago

HELD = {"finalizers": ["example.com/kubelet"]}
"""Pods go when the scenario lets them go."""


def ready(side, *pods, since=None):
    """These pods run and are ready; for an hour unless it is said since when."""
    for pod in pods:
        side.pod_status(pod, ready=True, since=since or ago(hours=1), phase="Running")


def broken(side, *pods):
    """These pods run and are not ready."""
    for pod in pods:
        side.pod_status(pod, ready=False, since=ago(seconds=5), phase="Running")


def image(side, name, **more):
    """Change the image, and with it the template."""
    side.spec(template={"spec": {"containers": [{"name": "web", "image": name}]}}, **more)
