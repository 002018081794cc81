"""Blows from a node that hit at the wanted moment."""

import subprocess

from kindcluster.docker import Docker


class Aimed:
    """A shell in a node that has read its command and waits for the word: `fire()` loses no time."""

    def __init__(self, node, script):
        command = [Docker.find().client, "exec", "-i", node, "sh", "-c"]
        waiting = f"echo ready; read word; {script}; date -u +%FT%T.%6NZ"
        self._shell = subprocess.Popen(
            [*command, waiting], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._shell.stdout.readline() == "ready\n"

    def fire(self):
        """Do it; return when it was done, as the audit log writes times."""
        said, _ = self._shell.communicate("now\n", timeout=30)
        assert self._shell.returncode == 0
        return said.strip()
