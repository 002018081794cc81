"""Many small things that end: one Job of N pods, and N CronJobs that are due in the same minute.

kwok's nodes let each pod of a Job succeed as soon as it runs. The CronJobs' Jobs are suspended, so
what is measured is how soon each of them is made.
"""

import time
from concurrent.futures import ThreadPoolExecutor

from operating import Api

from bench import figures
from bench.rollouts import Course, opened
from bench.watcher import METADATA, Owners, Pods

COURSES = (
    Course("Job", (1000,), figures.COMPLETED),
    Course("CronJob", (1000,), figures.ON_TIME),
)
KINDS = tuple(course.kind for course in COURSES)
_NODES = 100
_AT_A_TIME = 100
_TOGETHER = 8
_MINUTE = 60
_HEAD_START = 25
"""So many seconds of its first minute are left at least when the last CronJob is created."""
_POD = {"spec": {"restartPolicy": "Never", "containers": [{"name": "work", "image": "work:1"}]}}


class Jobs(Pods):
    """The moments at which Jobs came."""

    def __init__(self, cluster, path):
        super(Pods, self).__init__(cluster, path, METADATA)
        self.came, self.went, self.there = [], [], {}


def job(name, pods):
    """A Job of so many pods."""
    spec = {"completions": pods, "parallelism": _AT_A_TIME, "template": _POD}
    return {"metadata": {"name": name}, "spec": spec}


def calendar(name):
    """A CronJob that is due every minute."""
    spec = {"schedule": "* * * * *", "jobTemplate": {"spec": {"suspend": True, "template": _POD}}}
    return {"metadata": {"name": name}, "spec": spec}


def take(who, course, pods, wanted, *, tell, source):
    """The values of one sample of one contestant, for the figures that are wanted."""
    nodes = _NODES if course.kind == "Job" else 0
    with opened(who, course.kind, nodes, source) as (cluster, contestant):
        measure = _complete if course.kind == "Job" else _on_time
        return figures.only(wanted, {course.made: [measure(cluster, contestant, pods, tell)]})


def _create(api, contestant, kind, manifest):
    version = {"apiVersion": contestant.version(kind), "kind": kind}
    api.post(contestant.owners(kind.lower()), version | manifest)
    return time.monotonic()


def _complete(cluster, contestant, pods, tell):
    """Seconds from a Job's creation until its status tells that all its pods have succeeded."""
    api, told = Api(cluster), Owners(cluster, contestant.owners("job"))
    try:
        _create(api, contestant, "Job", job("warm", 1))
        told.told("warm", {"succeeded": 1}, 60)
        tell(f"a Job of {pods:,} pods")
        started = _create(api, contestant, "Job", job("bench", pods))
        told.told("bench", {"succeeded": pods}, 60 + pods)
        return time.monotonic() - started
    finally:
        told.close()


def _on_time(cluster, contestant, pods, tell):
    """Seconds from the minute until the last of the CronJobs' Jobs is there."""
    api, jobs = Api(cluster), Jobs(cluster, contestant.owners("job"))
    try:
        time.sleep(max(0, time.time() % _MINUTE - _HEAD_START) and _MINUTE - time.time() % _MINUTE)
        tell(f"creating {pods:,} CronJobs")
        with ThreadPoolExecutor(_TOGETHER) as pool:
            names = [f"clock-{number}" for number in range(pods)]
            list(pool.map(lambda name: _create(api, contestant, "CronJob", calendar(name)), names))
        left = _MINUTE - time.time() % _MINUTE
        due = time.monotonic() + left
        tell(f"{pods:,} CronJobs are due in {left:.0f} s")
        return jobs.nth(jobs.came, pods, "Jobs made", left + pods / 5) - due
    finally:
        jobs.close()
