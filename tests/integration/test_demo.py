"""``make run``: everything comes up, is shown, and goes away again."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from operating import ROOT, eventually


class Demo:
    def __init__(self, folder, *arguments):
        self._output = folder / "demo.txt"
        environment = os.environ | {"PYTHONPATH": f"{ROOT}/deploy/local:{ROOT}/operator"}
        environment["COLUMNS"] = "100"
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "demo", *arguments],
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,
            )

    @property
    def text(self):
        return self._output.read_text()

    def shows(self, pattern, seconds=60):
        def shown():
            assert self.process.poll() is None, self.text
            return re.search(pattern, self.text)

        return eventually(shown, f"{pattern} is shown", seconds)

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        return self.process.wait(30)


def processes_of(session):
    """Command lines of what still runs in this session or below it."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[3] == str(session) and fields[0] != "Z":
            found.append((stat.parent / "cmdline").read_bytes().replace(b"\0", b" ")[:200])
    return found


def test_the_example_comes_up_is_shown_and_everything_ends_with_ctrl_c(tmp_path):
    started = time.monotonic()
    demo = Demo(tmp_path)
    folder = Path(demo.shows(r"KUBECONFIG=(\S+)/kubeconfig")[1])
    demo.shows(r"nothing runs in them")
    demo.shows(r"default/web +ReplicaSet +3/3")
    assert time.monotonic() - started < 25, "the second start takes 10 s, on a busy machine 20"
    demo.shows(r"web-\w{5} +web +node-\d +Running")
    assert len(processes_of(demo.process.pid)) >= 8, "etcd, API server, ..., operator, demo"
    assert demo.end() == 0
    assert "Stopped: no process is left." in demo.text
    assert "Traceback" not in demo.text
    assert processes_of(demo.process.pid) == []
    assert not folder.exists()


def test_after_kill_9_no_process_is_left_either(tmp_path):
    demo = Demo(tmp_path)
    demo.shows(r"default/web +ReplicaSet +3/3")
    demo.end(signal.SIGKILL)
    eventually(lambda: not processes_of(demo.process.pid), "nothing runs", seconds=10)


def test_a_cluster_of_the_users_is_left_as_it_was(cluster, operator, tmp_path):
    """Our operator of the other tests plays the user's, so the demo's own one just looks on."""
    demo = Demo(tmp_path, "--kubeconfig", str(cluster.kubeconfig))
    demo.shows(r"default/web +ReplicaSet +3/3")
    assert "Starting a control plane" not in demo.text
    assert demo.end() == 0
    eventually(
        lambda: "web" not in cluster.kubectl("get", "prs", "-n", "default", "-o", "name"),
        "the example is removed",
    )
