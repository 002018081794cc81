"""Who we are to the API server: a kubeconfig, or a pod's own service account.

Reading them, rotating tokens and running exec plugins is the official client library's job.
"""

from __future__ import annotations

import os
from contextlib import suppress

from kubernetes.aio import config as kubeconfig_loader
from kubernetes.aio.client import Configuration
from yaml import YAMLError


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
    except (YAMLError, TypeError, ValueError, AttributeError, KeyError) as error:
        raise NoCredentialsError(f"{path} cannot be read as a kubeconfig") from error
    return configuration
