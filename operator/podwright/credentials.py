"""Who we are to the API server: a kubeconfig, or a pod's own service account.

Reading them, rotating tokens and running exec plugins is the official client library's job.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from kubernetes.aio import config as kubeconfig_loader
from kubernetes.aio.client import Configuration
from yaml import YAMLError

IN_A_POD = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_UNREADABLE = (YAMLError, TypeError, ValueError, AttributeError, KeyError)


class NoCredentialsError(Exception):
    """There is no usable kubeconfig; the text says why."""


async def load_configuration(
    kubeconfig: str | None = None, context: str | None = None
) -> Configuration:
    """Credentials: the named file, else ``$KUBECONFIG``, the pod's own, or ``~/.kube/config``.

    Raises:
        NoCredentialsError: none of these can be used.
    """
    configuration = Configuration()
    chosen = kubeconfig or os.environ.get("KUBECONFIG")
    if not chosen and context is None:
        with suppress(kubeconfig_loader.ConfigException):  # not in a pod
            kubeconfig_loader.load_incluster_config(client_configuration=configuration)
            return configuration
    path = os.path.expanduser(chosen or "~/.kube/config")  # noqa: PTH111, ASYNC240  # may be several
    if os.pathsep not in path and not os.path.isfile(path):  # noqa: PTH113, ASYNC240
        raise NoCredentialsError(f"{path} does not exist")
    try:
        await kubeconfig_loader.load_kube_config(
            config_file=path, context=context, client_configuration=configuration
        )
    except (kubeconfig_loader.ConfigException, OSError) as error:
        raise NoCredentialsError(str(error)) from error
    except _UNREADABLE as error:
        raise NoCredentialsError(f"{path} cannot be read as a kubeconfig") from error
    return configuration


def own_namespace(kubeconfig: str | None = None, context: str | None = None) -> str:
    """The namespace that is meant when none is named: the context's, or the pod's own.

    Raises:
        NoCredentialsError: there is no such context.
    """
    chosen = kubeconfig or os.environ.get("KUBECONFIG")
    if not chosen and context is None and IN_A_POD.is_file():
        return IN_A_POD.read_text().strip()
    path = os.path.expanduser(chosen or "~/.kube/config")  # noqa: PTH111  # may be several
    try:
        contexts, active = kubeconfig_loader.list_kube_config_contexts(path)
        named = {each["name"]: each["context"] for each in contexts}
        found = named[context or active["name"]]
        return str(found.get("namespace") or "default")
    except (kubeconfig_loader.ConfigException, OSError, *_UNREADABLE) as error:
        raise NoCredentialsError(f"{path} cannot be read as a kubeconfig") from error
