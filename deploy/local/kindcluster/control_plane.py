"""The images that kubeadm's control plane is made of, under the names by which it asks for them."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from controlplane.versions import KUBERNETES_VERSION
from kindcluster import archive, programs
from kindcluster.archive import Entries, File, Image, Link
from kindcluster.debian import RootFs
from kindcluster.images import PATH, USERS

_PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")
_IPTABLES = [
    f"{tool}{what}" for tool in ("iptables", "ip6tables") for what in ("", "-save", "-restore")
]

ROOT = RootFs(
    "control-plane",
    ["base-files", "libc-bin", "iptables", "nftables", "conntrack", "kmod"],
    # The alternatives that a maintainer script would set.
    hooks=[f'ln -sf xtables-nft-multi "$1"/usr/sbin/{name}' for name in _IPTABLES],
)


def names(kubernetes: Path) -> dict[str, str]:
    """What kubeadm calls each image, by its last part: nothing is pulled from there."""
    command = [str(kubernetes / "kubeadm"), "config", "images", "list"]
    listed = subprocess.run(
        [*command, f"--kubernetes-version=v{KUBERNETES_VERSION}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.rpartition("/")[2].partition(":")[0]: name for name in listed.stdout.split()}


def archives(kubernetes: Path, called: Mapping[str, str], folder: Path) -> list[Path]:
    """Write the archives of all images into the folder; one image answers to five names."""
    programs_here: Entries = {
        **USERS,
        "usr/local/bin/kubernetes": File(kubernetes / "kubernetes", 0o755),
        **{f"usr/local/bin/{name}": Link("kubernetes") for name in _PROGRAMS},
    }
    coredns: Entries = {"coredns": File(programs.coredns(), 0o755)}
    pause: Entries = {"pause": File(programs.pause(), 0o755)}
    layers = {"control-plane": programs_here, "coredns": coredns, "pause": pause}
    for what, entries in layers.items():
        archive.write_layer(entries, folder / f"{what}.layer")
    images = {
        "control-plane": Image(
            [called[name] for name in _PROGRAMS],
            [ROOT.tar(), folder / "control-plane.layer"],
            {"Env": [PATH]},
        ),
        "coredns": Image(
            [called["coredns"]], [folder / "coredns.layer"], {"Entrypoint": ["/coredns"]}
        ),
        "pause": Image([called["pause"]], [folder / "pause.layer"], {"Entrypoint": ["/pause"]}),
    }
    for what, image in images.items():
        archive.write(image, folder / f"{what}.tar")
    return [folder / f"{what}.tar" for what in images]
