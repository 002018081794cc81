"""Which Kubernetes this is: the single place that says so.

``python -m controlplane versions --write`` carries the numbers into the go.mod files; a test
fails as long as they disagree. Everything else asks this module.
"""

import json
import re
from pathlib import Path
from typing import Any

from controlplane import go

KUBERNETES_VERSION = "1.36.4"
KWOK_VERSION = "0.8.0"
KIND_VERSION = "0.33.0"
COREDNS_VERSION = "1.14.7"
METRICS_SERVER_VERSION = "0.9.0"

SOURCES = Path(__file__).resolve().parent.parent
KUBERNETES_SOURCES = SOURCES / "kubernetes"
KWOK_SOURCES = SOURCES / "kwok"
KIND_SOURCES = SOURCES / "kind"
COREDNS_SOURCES = SOURCES / "coredns"
METRICS_SERVER_SOURCES = SOURCES / "metrics-server"

# Kubernetes 1.36.4 publishes its libraries (client-go and thirty more) as 0.36.4.
LIBRARY_VERSION = KUBERNETES_VERSION.replace("1.", "0.", 1)

_MODULE_LINE = re.compile(r"(?:=> |^\t|^require )(\S+) v(\S+)( // indirect)?$", re.MULTILINE)
_REPLACED = re.compile(r"^(?:\t|replace )(k8s\.io/\S+) => ", re.MULTILINE)


def disagreements() -> list[str]:
    """Every line of the go.mod files that asks for another version than this module does.

    Indirect requirements of Kubernetes' libraries do not count: the replace lines overrule them.
    """
    kubernetes = (KUBERNETES_SOURCES / "go.mod").read_text()
    libraries = set(_REPLACED.findall(kubernetes))
    wanted = dict.fromkeys(libraries, LIBRARY_VERSION) | {"k8s.io/kubernetes": KUBERNETES_VERSION}
    others = [
        line
        for sources, module, version in _others()
        for line in _differing(
            (sources / "go.mod").read_text(), {module: version}, ignore_indirect=False
        )
    ]
    return _differing(kubernetes, wanted, ignore_indirect=True) + others


def _others() -> list[tuple[Path, str, str]]:
    """The go.mod files that pin one module each."""
    return [
        (KWOK_SOURCES, "sigs.k8s.io/kwok", KWOK_VERSION),
        (KIND_SOURCES, "sigs.k8s.io/kind", KIND_VERSION),
        (COREDNS_SOURCES, "github.com/coredns/coredns", COREDNS_VERSION),
        (METRICS_SERVER_SOURCES, "sigs.k8s.io/metrics-server", METRICS_SERVER_VERSION),
    ]


def _differing(text: str, wanted: dict[str, str], *, ignore_indirect: bool) -> list[str]:
    found = [
        (module, version)
        for module, version, indirect in _MODULE_LINE.findall(text)
        if module in wanted and not (indirect and ignore_indirect)
    ]
    missing = sorted(wanted.keys() - {module for module, _ in found})
    wrong = [
        f"{module} is v{version}, not v{wanted[module]}"
        for module, version in found
        if version != wanted[module]
    ]
    return wrong + [f"{module} v{wanted[module]} is not required" for module in missing]


def write() -> None:
    """Make the go.mod files ask for the versions above, and let Go tidy what follows from it."""
    edit = json.loads(go.run("mod", "edit", "-json", folder=KUBERNETES_SOURCES))
    go.run("mod", "edit", *_kubernetes_edits(edit, _libraries()), folder=KUBERNETES_SOURCES)
    go.run("mod", "tidy", folder=KUBERNETES_SOURCES)
    for sources, name, version in _others():
        go.run("mod", "edit", f"-require={name}@v{version}", folder=sources)
        go.run("mod", "tidy", folder=sources)


def _kubernetes_edits(module: dict[str, Any], libraries: list[str]) -> list[str]:
    """The flags for ``go mod edit``: the set of libraries changes between minor releases."""
    replaced = [line["Old"]["Path"] for line in module.get("Replace") or []]
    required = [line["Path"] for line in module["Require"] if line["Version"] != "v0.0.0"]
    return [
        f"-require=k8s.io/kubernetes@v{KUBERNETES_VERSION}",
        *(f"-require={name}@v{LIBRARY_VERSION}" for name in required if name in libraries),
        *(f"-dropreplace={name}" for name in replaced if name not in libraries),
        *(f"-replace={name}={name}@v{LIBRARY_VERSION}" for name in libraries),
    ]


def _libraries() -> list[str]:
    """The modules that Kubernetes keeps in its own tree and so requires at v0.0.0."""
    module = f"k8s.io/kubernetes@v{KUBERNETES_VERSION}"
    answer = json.loads(go.run("mod", "download", "-json", module, folder=KUBERNETES_SOURCES))
    return re.findall(
        r"^\t(k8s\.io/\S+) => \./staging/", Path(answer["GoMod"]).read_text(), re.MULTILINE
    )
