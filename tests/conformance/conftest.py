"""One control plane on which every scenario is played: beside each other, on both APIs at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from operating import Operator

from conformance.audit import OPERATOR
from conformance.compare import judge, read_list
from conformance.flavours import AGAIN, BUILT_IN, OURS, SUFFIX, WORKLOADS
from conformance.recorder import Recorder
from conformance.scenario import play
from controlplane import Cluster, Node, build

CRDS = Path(__file__).parents[2] / "crds"
TOGETHER = 8
"""Scenarios at a time: most of their time is waiting."""

SIDES = ("theirs", "ours", "again")

BY_HAND = ("by-hand-1", "by-hand-2")
"""Nodes that neither scheduler nor kwok touches: what happens to their pods, a scenario writes."""

_FLAGS = {
    "kwok": ["--manage-all-nodes=false", "--manage-nodes-with-label-selector=!by-hand"],
    "kube-controller-manager": [
        "--node-monitor-grace-period=1h",
        "--node-startup-grace-period=1h",
        "--horizontal-pod-autoscaler-sync-period=2s",
    ],
}


def pytest_addoption(parser):
    parser.addoption(
        "--twice",
        action="store_true",
        help="play each scenario on the built-in API a second time: it counts only if that is equal",
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "cluster: needs a control plane")
    config.addinivalue_line("markers", "smoke: the scenarios of `make test`")
    config.verdicts = []


@pytest.fixture(scope="session")
def cluster(pytestconfig):
    """A cluster with our CRDs, ten nodes of kwok's and two that are run by hand."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        build.programs()
    with Cluster.start(nodes=10, flags=_FLAGS, audit=True) as running:
        for name in BY_HAND:
            node = Node(name, labels={"by-hand": "yes"}).manifest()
            node["spec"]["unschedulable"] = True
            running.api.post("/api/v1/nodes", node)
        for crd in sorted(CRDS.glob("*.podwright.dev.yaml")):
            running.kubectl("apply", "--server-side", "-f", str(crd))
        for kind in WORKLOADS.values():
            served = kind.path(SUFFIX)
            running.wait_until(served, lambda: running.api.get(served) is not None)
        # Garbage collector and quota learn of new kinds every 30 s, or when they start.
        running.restart("kube-controller-manager")
        yield running


@pytest.fixture(scope="session")
def operator(cluster):
    running = Operator(cluster.add_user(OPERATOR, ["system:masters"]))
    with running:
        yield running
    running._log.close()


@pytest.fixture(scope="session")
def plays(request, cluster, operator):
    """The selected scenarios, all under way: name -> one future per API."""
    recorder = Recorder(cluster).start()
    flavours = [BUILT_IN, OURS] + [AGAIN] * request.config.getoption("--twice", default=False)
    chosen = [item.callspec.params["scenario"] for item in request.session.items
              if "scenario" in getattr(getattr(item, "callspec", None), "params", {})]  # fmt: skip
    with ThreadPoolExecutor(TOGETHER * len(flavours)) as pool:
        yield {
            (scenario.kind, scenario.name): [
                pool.submit(play, scenario, f, cluster, recorder) for f in flavours
            ]
            for scenario in chosen
        }
        pool.shutdown(cancel_futures=True)


@pytest.fixture
def compare(request, plays, cluster, operator):
    """Compare a scenario's stories; fail with what differs, and write a line of the table."""

    def compare(scenario):
        played = dict(
            zip(
                SIDES, (each.result() for each in plays[scenario.kind, scenario.name]), strict=False
            )
        )
        cluster.check()
        problems, used = _verdict(**played)
        seconds = max(each.seconds for each in played.values())
        request.config.verdicts.append((scenario, seconds, problems, used))
        namespace = played["ours"].namespace
        lines = [line for line in operator.log.splitlines() if namespace in line]
        request.node.add_report_section("call", "operator log", "\n".join(lines[-60:]))
        if problems:
            pytest.fail("\n" + "\n".join(problems), pytrace=False)

    return compare


def _verdict(theirs, ours, again=None):
    """What is wrong, and which purposeful differences were seen."""
    players = {"built-in": theirs, "ours": ours, "built-in, once more": again}
    stuck = [f"{name}: {p.error}" for name, p in players.items() if p is not None and p.error]
    if stuck:
        return stuck, set()
    unequal = judge(theirs.story, again.story, ())[0] if again else []
    unwanted, used = judge(theirs.story, ours.story, read_list())
    itself = [f"does not count, the built-in differs from itself: {each}" for each in unequal]
    return [*itself, *map(str, unwanted)], used


def pytest_terminal_summary(terminalreporter, config):
    """The conformance table."""
    if not config.verdicts:
        return
    entries = list(read_list())
    terminalreporter.section("conformance")
    seen = set()
    for scenario, seconds, problems, used in config.verdicts:
        numbers = sorted({entries.index(entry) + 1 for entry, _ in used})
        seen.update(numbers)
        listed = f"same but {','.join(map(str, numbers))}" if numbers else "same"
        name = f"{scenario.kind}: {scenario.name.replace('_', ' ')}"
        verdict = "DIFFERS" if problems else listed
        terminalreporter.write_line(f"{name:70} {verdict:22} {seconds:4.1f} s")
    terminalreporter.write_line("")
    for number in sorted(seen):
        terminalreporter.write_line(f"{number}: {entries[number - 1].difference}")
