"""Manifests with mistakes, and what the API server says to them."""

import copy


def changed(good, **changes):
    """A good manifest but for changes by path: ``spec__template__spec__hostname="A"``."""
    whole = copy.deepcopy(good)
    for path, value in changes.items():
        *parents, last = path.split("__")
        node = whole
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = value
    return whole


def of_templates(good):
    """What a pod that is started again whenever it ends may not have."""
    return {
        "restart": changed(good, spec__template__spec__restartPolicy="Never"),
        "deadline": changed(good, spec__template__spec__activeDeadlineSeconds=5),
        "selector": changed(good, spec__selector__matchLabels={"app": "other"}),
        "empty selector": changed(good, spec__selector={}),
        "no containers": changed(good, spec__template__spec__containers=[]),
    }


def offer(side, manifests):
    """Try to create each, without doing it, and note what is said."""
    for title, manifest in manifests.items():
        path = side.path(side.kind) + "?dryRun=All&fieldValidation=Strict"
        side.attempt(title, side.api.post, path, side.manifest(manifest))
    side.settle("nothing was made")
