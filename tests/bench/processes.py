"""What a process has used, from /proc."""

import os
import re
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time since it started."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_kilobytes(pid):
    """Memory of its own: without the program's pages, which processes of one binary share."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1])


def used_by_others():
    """CPU seconds of this machine that neither we nor any child of ours that has ended used."""
    user, nice, system, _, _, irq, soft, *_ = Path("/proc/stat").read_text().split()[1:9]
    busy = sum(map(int, (user, nice, system, irq, soft))) / _TICKS
    return busy - sum(os.times()[:4])
