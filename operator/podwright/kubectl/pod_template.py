"""A pod template in words, as ``kubectl describe`` writes it.

Fields that the API server fills in only when a pod is made (a probe's timings, a port's protocol)
are written with the values that it will fill in.

Kubernetes: k8s.io/kubectl pkg/describe/describe.go, ``DescribePodTemplate``.

Differs: of the volumes that belong to one vendor's storage only the kind is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from podwright.kubectl import pod_volumes
from podwright.objects import LabelSelector, Manifest
from podwright.rules import selectors

_LONGEST = 140


def described(template: Manifest) -> str:
    """The whole template, line by line."""
    return "".join(f"{line}\n" for line in _lines(template))


def _lines(template: Manifest) -> Iterator[str]:
    metadata, spec = template.get("metadata") or {}, template.get("spec") or {}
    yield "Pod Template:"
    yield from labels("  Labels", metadata.get("labels"))
    if metadata.get("annotations"):
        yield from _annotations(metadata["annotations"])
    if account := spec.get("serviceAccountName"):
        yield f"  Service Account:\t{account}"
    if inits := spec.get("initContainers"):
        yield from _containers("Init Containers", inits)
    yield from _containers("Containers", spec.get("containers") or [])
    yield from pod_volumes.described(spec.get("volumes") or [])
    yield from _spread(spec.get("topologySpreadConstraints") or [])
    if priority := spec.get("priorityClassName"):
        yield f"  Priority Class Name:\t{priority}"
    yield from labels("  Node-Selectors", spec.get("nodeSelector"))
    yield from _listed("  Tolerations", map(_toleration, _by(spec.get("tolerations"), "key")))


def _by(items: list[Manifest] | None, key: str) -> list[Manifest]:
    return sorted(items or [], key=lambda each: str(each.get(key, "")))


def labels(title: str, given: Mapping[str, str] | None) -> Iterator[str]:
    """``Labels:  app=web``, one in each line."""
    return _listed(title, (f"{key}={value}" for key, value in sorted((given or {}).items())))


def _listed(title: str, items: Iterator[str]) -> Iterator[str]:
    """The first item beside the title, the others below."""
    empty = True
    for item in items:
        yield f"{title}:\t{item}" if empty else f"\t{item}"
        empty = False
    if empty:
        yield f"{title}:\t<none>"


def _annotations(given: Mapping[str, str]) -> Iterator[str]:
    head = "  Annotations:\t"
    for key, value in sorted(given.items()):
        text = value.removesuffix("\n")
        if len(text) + len(key) + 2 > _LONGEST or "\n" in text:
            yield f"{head}{key}:"
            for line in text.split("\n"):
                most = _LONGEST - 2
                yield "\t  " + (f"{line[:most]}..." if len(line) > most else line)
        else:
            yield f"{head}{key}: {text}"
        head = "\t"


def _toleration(each: Manifest) -> str:
    text = str(each.get("key", ""))
    if each.get("value"):
        text += f"={each['value']}"
    if each.get("effect"):
        text += f":{each['effect']}"
    if each.get("operator") == "Exists" and not each.get("value"):
        text += " op=Exists" if text else "op=Exists"
    if each.get("tolerationSeconds") is not None:
        text += f" for {each['tolerationSeconds']}s"
    return text


def _spread(constraints: list[Manifest]) -> Iterator[str]:
    head = "  Topology Spread Constraints:\t"
    for each in _by(constraints, "topologyKey"):
        text = f"{each['topologyKey']}:{each['whenUnsatisfiable']} when max skew "
        text += f"{each['maxSkew']} is exceeded"
        if chosen := each.get("labelSelector"):
            text += f" for selector {_selector(chosen)}"
        yield head + text
        head = "  \t"


def _selector(chosen: Manifest) -> str:
    import msgspec  # noqa: PLC0415  # rarely

    return selectors.as_text(msgspec.convert(chosen, LabelSelector)) or "<none>"


# --- containers ---------------------------------------------------------------------------------


def _containers(title: str, containers: list[Manifest]) -> Iterator[str]:
    yield f"  {title}:" + ("" if containers else " <none>")
    for container in containers:
        yield f"   {container['name']}:"
        for line in _container(container):
            yield f"    {line}"


def _container(each: Manifest) -> Iterator[str]:
    """Its lines, without the indentation of all."""
    yield f"Image:\t{each.get('image', '')}"
    yield from _ports("Port", "containerPort", each.get("ports") or [])
    yield from _ports("Host Port", "hostPort", each.get("ports") or [])
    profile = (each.get("securityContext") or {}).get("seccompProfile")
    if profile:
        yield f"SeccompProfile:\t{profile['type']}"
        if profile["type"] == "Localhost":
            yield f"  LocalhostProfile:\t{profile.get('localhostProfile', '')}"
    for field, name in (("command", "Command"), ("args", "Args")):
        if each.get(field):
            yield f"{name}:"
            yield from (f"  {line}" for word in each[field] for line in word.split("\n"))
    for field in ("limits", "requests"):
        if amounts := (each.get("resources") or {}).get(field):
            yield f"{field.capitalize()}:"
            yield from (f"  {name}:\t{amount}" for name, amount in sorted(amounts.items()))
    for word in ("liveness", "readiness", "startup"):
        if probe := each.get(f"{word}Probe"):
            yield f"{word.capitalize()}:\t{_probe(probe)}"
    yield from _environment(each)
    yield from _mounts(each)


def _ports(title: str, field: str, ports: list[Manifest]) -> Iterator[str]:
    texts = []
    for port in ports:
        text = f"{port.get(field, 0)}/{port.get('protocol', 'TCP')}"
        texts.append(f"{text} ({port['name']})" if port.get("name") else text)
    plural = "s" if len(texts) > 1 else ""
    yield f"{title}{plural}:\t{', '.join(texts) or '<none>'}"


def _probe(probe: Manifest) -> str:
    timings = (
        f"delay={probe.get('initialDelaySeconds', 0)}s timeout={probe.get('timeoutSeconds', 1)}s "
        f"period={probe.get('periodSeconds', 10)}s #success={probe.get('successThreshold', 1)} "
        f"#failure={probe.get('failureThreshold', 3)}"
    )
    if run := probe.get("exec"):
        return f"exec [{' '.join(run.get('command') or [])}] {timings}"
    if get := probe.get("httpGet"):
        scheme, path = get.get("scheme", "HTTP").lower(), get.get("path", "/")
        return f"http-get {scheme}://{get.get('host', '')}:{get['port']}{path} {timings}"
    if socket := probe.get("tcpSocket"):
        return f"tcp-socket {socket.get('host', '')}:{socket['port']} {timings}"
    if grpc := probe.get("grpc"):
        return f"grpc <pod>:{grpc['port']} {grpc.get('service', '')} {timings}"
    return f"unknown {timings}"


def _environment(container: Manifest) -> Iterator[str]:
    if sources := container.get("envFrom"):
        yield "Environment Variables from:"
        for each in sources:
            kind = "ConfigMap" if each.get("configMapRef") else "Secret"
            ref = each.get("configMapRef") or each.get("secretRef") or {}
            prefix = f" with prefix '{each['prefix']}'" if each.get("prefix") else ""
            yield f"  {ref.get('name', '')}\t{kind}{prefix}\t{_optional(ref)}"
    if not container.get("env"):
        yield "Environment:\t<none>"
        return
    yield "Environment:"
    for each in container["env"]:
        first, *others = _value(each, container).split("\n")
        yield f"  {each['name']}:\t{first}"
        yield from (f"  \t{line}" for line in others)


def _optional(ref: Manifest) -> str:
    return f"Optional: {str(bool(ref.get('optional'))).lower()}"


def _value(variable: Manifest, container: Manifest) -> str:
    source = variable.get("valueFrom") or {}
    if ref := source.get("fieldRef"):
        return f" ({ref.get('apiVersion', 'v1')}:{ref['fieldPath']})"
    if ref := source.get("resourceFieldRef"):
        kind, _, name = ref["resource"].partition(".")
        amount: Any = ((container.get("resources") or {}).get(kind) or {}).get(name, "0")
        unlimited = amount == "0" and ref["resource"] in ("limits.cpu", "limits.memory")
        return f"{'node allocatable' if unlimited else amount} ({ref['resource']})"
    for field, words in (("secretKeyRef", "in secret"), ("configMapKeyRef", "of config map")):
        if ref := source.get(field):
            key, name = ref["key"], ref.get("name", "")
            return f"<set to the key '{key}' {words} '{name}'>\t{_optional(ref)}"
    return str(variable.get("value", ""))


def _mounts(container: Manifest) -> Iterator[str]:
    mounts = _by(container.get("volumeMounts"), "mountPath")
    yield "Mounts:" + ("" if mounts else "\t<none>")
    for each in mounts:
        how = "ro" if each.get("readOnly") else "rw"
        part = f',path="{each["subPath"]}"' if each.get("subPath") else ""
        yield f"  {each['mountPath']} from {each['name']} ({how}{part})"
    if devices := _by(container.get("volumeDevices"), "devicePath"):
        yield "Devices:" + ("" if mounts else "\t<none>")
        yield from (f"  {each['devicePath']} from {each['name']}" for each in devices)
