"""The volumes of a pod template in words.

Kubernetes: k8s.io/kubectl pkg/describe/describe.go, ``describeVolumes``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from podwright.objects import Manifest

_EPHEMERAL = (
    "EphemeralVolume (an inline specification for a volume that gets created and deleted with the "
    "pod)"
)


def described(volumes: list[Manifest]) -> Iterator[str]:
    """All volumes, line by line."""
    if not volumes:
        yield "  Volumes:\t<none>"
        return
    yield "  Volumes:"
    for volume in volumes:
        yield f"   {volume['name']}:"
        for line in _volume(volume):
            yield f"    {line}"


def _volume(volume: Manifest) -> Iterator[str]:
    field = next((key for key in volume if key != "name"), "")
    source = volume.get(field) or {}
    if field in _SOURCES:
        title, lines = _SOURCES[field]
        yield f"Type:\t{title}"
        yield from lines(source)
    else:
        yield f"Type:\t{field or '<unknown>'}"


def _fields(*names: tuple[str, str, object]) -> Callable[[Manifest], Iterator[str]]:
    """Lines of a title, a field, and what is written where it is absent."""

    def lines(source: Manifest) -> Iterator[str]:
        for title, field, default in names:
            value = source.get(field, default)
            yield f"{title}:\t{str(value).lower() if isinstance(value, bool) else value}"

    return lines


def _projected(source: Manifest) -> Iterator[str]:
    for each in source.get("sources") or []:
        if secret := each.get("secret"):
            yield from _fields(("SecretName", "name", ""), ("Optional", "optional", False))(secret)
        elif each.get("downwardAPI"):
            yield "DownwardAPI:\ttrue"
        elif config := each.get("configMap"):
            yield from _fields(("ConfigMapName", "name", ""), ("Optional", "optional", False))(
                config
            )
        elif token := each.get("serviceAccountToken"):
            yield f"TokenExpirationSeconds:\t{token.get('expirationSeconds', 3600)}"


def _downward(source: Manifest) -> Iterator[str]:
    yield "Items:"
    for each in source.get("items") or []:
        ref = each.get("fieldRef") or {}
        what = ref.get("fieldPath") or (each.get("resourceFieldRef") or {}).get("resource", "")
        yield f"  {what} -> {each['path']}"


def _csi(source: Manifest) -> Iterator[str]:
    yield from _fields(("Driver", "driver", ""), ("FSType", "fsType", ""))(source)
    yield from _fields(("ReadOnly", "readOnly", False))(source)
    head = "VolumeAttributes:\t"
    attributes = sorted((source.get("volumeAttributes") or {}).items())
    for key, value in attributes:
        yield f"{head}    {key}={value}"  # kubectl indents them twice
        head = "    \t"
    if not attributes:
        yield f"{head}<none>"


def _ephemeral(source: Manifest) -> Iterator[str]:
    """The claim that goes with the pod: of a template there is no more to tell than this."""
    template = source.get("volumeClaimTemplate") or {}
    spec, metadata = template.get("spec") or {}, template.get("metadata") or {}
    yield f"StorageClass:\t{spec.get('storageClassName', '')}"
    yield f"Volume:\t{spec.get('volumeName', '')}"
    for title in ("Labels", "Annotations"):
        head = f"{title}:\t"
        given = sorted((metadata.get(title.lower()) or {}).items())
        sign, below = ("=", "    \t") if title == "Labels" else (": ", "\t")
        for key, value in given:
            yield f"{head}    {key}{sign}{value}"
            head = below
        if not given:
            yield f"{head}    <none>"
    yield from ("Capacity:\t", "Access Modes:\t")
    yield f"VolumeMode:\t{spec.get('volumeMode', 'Filesystem')}"


_SOURCES: dict[str, tuple[str, Callable[[Manifest], Iterator[str]]]] = {
    "hostPath": (
        "HostPath (bare host directory volume)",
        _fields(("Path", "path", ""), ("HostPathType", "type", "")),
    ),
    "emptyDir": (
        "EmptyDir (a temporary directory that shares a pod's lifetime)",
        _fields(("Medium", "medium", ""), ("SizeLimit", "sizeLimit", "<unset>")),
    ),
    "secret": (
        "Secret (a volume populated by a Secret)",
        _fields(("SecretName", "secretName", ""), ("Optional", "optional", False)),
    ),
    "configMap": (
        "ConfigMap (a volume populated by a ConfigMap)",
        _fields(("Name", "name", ""), ("Optional", "optional", False)),
    ),
    "nfs": (
        "NFS (an NFS mount that lasts the lifetime of a pod)",
        _fields(("Server", "server", ""), ("Path", "path", ""), ("ReadOnly", "readOnly", False)),
    ),
    "persistentVolumeClaim": (
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        _fields(("ClaimName", "claimName", ""), ("ReadOnly", "readOnly", False)),
    ),
    "ephemeral": (
        _EPHEMERAL,
        _ephemeral,
    ),
    "image": (
        "Image (a container image or OCI artifact)",
        _fields(("Reference", "reference", ""), ("PullPolicy", "pullPolicy", "")),
    ),
    "projected": (
        "Projected (a volume that contains injected data from multiple sources)",
        _projected,
    ),
    "downwardAPI": ("DownwardAPI (a volume populated by information about the pod)", _downward),
    "csi": ("CSI (a Container Storage Interface (CSI) volume source)", _csi),
}
