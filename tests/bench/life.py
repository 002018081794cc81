"""One sample: what happens to a set of N pods from its creation to its end, on a fresh cluster."""

import threading
import time

from operating import Api, Rejected

from bench import figures
from bench.arena import PODS, Arena
from bench.summary import DEFAULT

_EVENTS_PER_SECOND = 50
_PAUSE_SECONDS = 0.2
_NAME = "bench"


class Life:
    """A set of N pods in an arena, and what was measured of it."""

    def __init__(self, arena, pods, tell):
        self._arena, self._pods, self._tell = arena, pods, tell
        self._patience = 60 + pods / 10  # 20 pods a second is the slowest there is
        self.values = {}

    def begin(self):
        """Create the set: T1, T8, T9, T11."""
        arena, pods = self._arena, self._pods
        self._tell(f"creating {pods:,} pods")
        rest, requests, cpu = arena.memory(), arena.requests(), arena.cpu()
        start = len(arena.pods.came)
        replied = arena.create(_NAME, pods)
        last = arena.pods.nth(arena.pods.came, start + pods, "created", self._patience)
        arena.settle(_NAME, pods, self._patience)
        own, server = (after - before for before, after in zip(cpu, arena.cpu(), strict=True))
        sent = arena.requests() - requests - 1  # one was ours
        memory = arena.memory()
        self._note(figures.CREATED, last - replied)
        self._note(figures.SENT_CREATING, sent / pods)
        self._note(figures.CPU_OWN, own / pods * 1000)
        self._note(figures.CPU_SERVER, server / pods * 1000)
        self._note(figures.CPU_BOTH, (own + server) / pods * 1000)
        self._note(figures.MEMORY, memory / 1024)
        self._note(figures.GROWTH, (memory - rest) / pods)

    def replace(self, deletions):
        """Delete single pods, at rest and while others change: T7."""
        self._tell(f"deleting {deletions} single pods")
        self._note(figures.CALM, *self._replacements(deletions))
        self._tell(f"deleting {deletions} single pods at {_EVENTS_PER_SECOND} events/s")
        with Churn(self._arena):
            self._note(figures.CHURNING, *self._replacements(deletions))
        self._arena.settle(_NAME, self._pods, self._patience)

    def end(self):
        """Scale the set to zero: T4, T8."""
        arena, pods = self._arena, self._pods
        self._tell(f"removing {pods:,} pods")
        requests, start = arena.requests(), len(arena.pods.went)
        replied = arena.scale(_NAME, 0)
        last = arena.pods.nth(arena.pods.went, start + pods, "deleted", self._patience)
        arena.settle(_NAME, 0, self._patience)
        self._note(figures.SCALED, last - replied)
        self._note(figures.SENT_DELETING, (arena.requests() - requests - 1) / pods)

    def cascade(self):
        """Create the set and delete it, and with it, in the background, its pods: T4."""
        arena, pods = self._arena, self._pods
        self._tell(f"creating {pods:,} pods to delete their owner")
        start = len(arena.pods.came)
        arena.create(_NAME, pods)
        arena.pods.nth(arena.pods.came, start + pods, "created", self._patience)
        arena.settle(_NAME, pods, self._patience)
        start = len(arena.pods.went)
        options = {"propagationPolicy": "Background"}
        arena.api.delete(f"{arena.path}/{_NAME}", options)
        replied = time.monotonic()
        last = arena.pods.nth(arena.pods.went, start + pods, "collected", self._patience)
        self._note(figures.CASCADED, last - replied)

    def _replacements(self, deletions):
        """Milliseconds from sending each deletion, because the new pod may precede the reply."""
        pods = self._arena.pods
        for _ in range(deletions):
            start, sent = len(pods.came), time.monotonic()
            self._arena.api.delete(f"{PODS}/{pods.names()[0]}")
            came = pods.nth(pods.came, start + 1, "created", self._patience)
            yield (came - sent) * 1000
            time.sleep(_PAUSE_SECONDS)

    def _note(self, key, *values):
        self.values[key] = list(values)


class Churn:
    """Pods become ready and unready, one after the other, so many times a second."""

    def __init__(self, arena):
        self._pods, self._api = arena.pods, Api(arena.cluster)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _run(self):
        due, number = time.monotonic(), 0
        while not self._over.wait(max(0.0, due - time.monotonic())):
            due += 1 / _EVENTS_PER_SECOND
            number += 1
            self._change(self._pods.names(), number)

    def _change(self, names, number):
        # Once through all of them they turn back, so each of these is a change.
        is_ready = "False" if number // len(names) % 2 else "True"
        status = {"conditions": [{"type": "Ready", "status": is_ready}]}
        path = f"{PODS}/{names[number % len(names)]}/status"
        try:
            self._api.patch(path, {"status": status}, kind="strategic-merge-patch")
        except Rejected:
            return  # that pod was deleted meanwhile


def live(name, pods, wanted, *, deletions, tell, source):
    """The values of one sample of one contestant, for the figures that are wanted."""
    values = {}
    if wanted - {figures.LIMIT}:
        with Arena.open(name, source=source) as arena:
            life = Life(arena, pods, tell)
            life.begin()
            if "T7" in wanted:
                life.replace(deletions)
            if wanted & {"T4", "T8"}:
                life.end()
            values |= life.values
    if "T4" in wanted and name != DEFAULT:
        with Arena.open(name, collect_garbage=True, source=source) as arena:
            life = Life(arena, pods, tell)
            life.cascade()
            values |= life.values
    return figures.only(wanted, values)
