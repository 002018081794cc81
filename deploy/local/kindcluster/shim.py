"""A stand-in for ``docker --privileged`` where the daemon lacks one capability.

A daemon without CAP_SYS_RESOURCE cannot grant all capabilities, so it refuses privileged
containers. This program is called ``docker`` and comes first on the PATH of kind: it asks for
everything else that ``--privileged`` means, and passes all other commands on as they are.
"""

import os
import sys

REAL = "PODWRIGHT_REAL_DOCKER"
"""The environment variable with the path of the real client."""

PRIVILEGED = (
    "--cap-add=ALL", "--cap-drop=SYS_RESOURCE", "--security-opt=systempaths=unconfined",
    "--device-cgroup-rule=a *:* rwm", "--device=/dev/kmsg",
)  # fmt: skip
_MEANING = {"run": PRIVILEGED, "create": PRIVILEGED, "exec": ()}


def rewrite(arguments: list[str]) -> list[str]:
    """The arguments without ``--privileged``; those of the command in the container stay."""
    if not arguments or arguments[0] not in _MEANING or "--privileged" not in arguments:
        return arguments
    place = arguments.index("--privileged")
    return [*arguments[:place], *_MEANING[arguments[0]], *arguments[place + 1 :]]


if __name__ == "__main__":
    os.execv(os.environ[REAL], ["docker", *rewrite(sys.argv[1:])])  # noqa: S606 - that is its task
