"""kind's configuration: what a machine needs, what an option adds, and nothing else."""

from pathlib import Path

import yaml

from kindcluster import config
from kindcluster.config import Options

USERS = yaml.safe_load(config.CONFIG.read_text())


def rendered(*, cgroup_version=2, **options):
    return config.render(
        USERS, name="x", options=Options(**options), cgroup_version=cgroup_version,
        audit_folder=Path("/audit"),
    )  # fmt: skip


def patches(document):
    return {patch["kind"]: patch for patch in map(yaml.safe_load, document["kubeadmConfigPatches"])}


def arguments(component):
    return {each["name"]: each["value"] for each in component["extraArgs"]}


def test_the_users_file_is_one_control_plane_and_three_workers():
    roles = [node["role"] for node in USERS["nodes"]]
    assert (USERS["name"], roles) == ("podwright", ["control-plane", *["worker"] * 3])


def test_an_ordinary_machine_needs_nothing_but_a_name():
    assert rendered() == {**USERS, "name": "x", "kubeadmConfigPatches": []}


def test_cgroup_v1_has_to_be_allowed():
    assert patches(rendered(cgroup_version=1))["KubeletConfiguration"]["failCgroupV1"] is False


def test_fast_failure_keeps_what_kind_itself_sets():
    patch = patches(rendered(fast_failure=True))["ClusterConfiguration"]
    assert arguments(patch["controllerManager"]) == {
        "enable-hostpath-provisioner": "true",
        "node-monitor-grace-period": "20s",
        "horizontal-pod-autoscaler-sync-period": "2s",
    }
    assert arguments(patch["apiServer"]) == {
        "runtime-config": "",
        "default-unreachable-toleration-seconds": "10",
        "default-not-ready-toleration-seconds": "10",
    }


def test_audit_logs_to_a_folder_of_the_host():
    document = rendered(audit=True)
    server = patches(document)["ClusterConfiguration"]["apiServer"]
    log = Path(arguments(server)["audit-log-path"])
    mounts = {m["containerPath"]: m["hostPath"] for m in document["nodes"][0]["extraMounts"]}
    assert mounts[str(log.parent)] == "/audit/log"
    assert str(log.parent) in {volume["mountPath"] for volume in server["extraVolumes"]}
    assert all("extraMounts" not in node for node in document["nodes"][1:])
    assert all("extraMounts" not in node for node in USERS["nodes"])  # as it was before


def test_the_audit_policy_logs_the_operator_and_nobody_else():
    policy = yaml.safe_load(config.AUDIT_POLICY)
    assert policy["omitStages"] == ["RequestReceived"]
    assert policy["rules"] == [
        {"level": "Metadata", "users": ["system:serviceaccount:podwright-system:podwright"]},
        {"level": "None"},
    ]


def test_options_that_a_cluster_lacks_are_named():
    assert Options(audit=True).missing(Options(fast_failure=True)) == ["--fast-failure"]
    assert Options(fast_failure=True, audit=True).missing(Options(audit=True)) == []
