"""One process writes, the others are ready to: leader election by a Lease (``lease.py``).

It runs in a thread with its own event loop and its own connection, so that a busy operator keeps
its lease. Whoever loses it ends at once, whatever else is going on, and is started anew by the
kubelet as a standby: a process that goes on after having been replaced cannot be made safe. Three
things see to that. The fence (``fence.py``) asks ``may_write`` right before each write goes out; a
second thread, the watchdog, ends the process when its time is over; and a process that was stopped
by a signal looks at its time before anything else when it goes on.

The clock goes on while the machine sleeps (CLOCK_BOOTTIME; CLOCK_MONOTONIC does so under SIGSTOP,
but not while a laptop or a virtual machine is suspended), and nobody can set it.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import random
import signal
import socket
import threading
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

from podwright import client as api
from podwright.engine import metrics
from podwright.engine.lease import JITTER, LEASES, Candidate, Timing
from podwright.fence import LostLeadershipError
from podwright.objects import Manifest

log = logging.getLogger("podwright.leader")

RELEASE_SECONDS = 5.0
WATCHDOG_SECONDS = 1.0
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # macOS: this one goes on there


def boot_clock() -> float:
    """Seconds that have passed for the rest of the world, too."""
    return time.clock_gettime(_CLOCK)


def identity() -> str:
    """This process, like nobody else: a restarted one is not the same."""
    return f"{socket.gethostname()}_{uuid.uuid4()}"


def end_process(why: str) -> None:
    """End at once, without cleaning up: that would be more requests."""
    # A log that nobody reads may block for ever.
    telling = threading.Thread(target=log.critical, args=("%s; ending", why), daemon=True)
    telling.start()
    telling.join(1.0)
    os._exit(1)


class Election:
    """Asks for the Lease, and writes it."""

    def __init__(
        self, client: api.Client, candidate: Candidate, clock: Callable[[], float]
    ) -> None:
        self._client, self._me, self._clock = client, candidate, clock

    async def step(self) -> None:
        """Renew the lease, or take it when it is free.

        Raises:
            podwright.client.ApiError: neither is known to have happened.
        """
        if self._me.until <= self._clock():
            await self._look()
        if self._me.wait(self._clock()) > 0:
            return
        try:
            await self._claim()
        except (api.Conflict, api.AlreadyExists, api.NotFound):
            # A rival was faster, an answer of ours was lost, or somebody edited or deleted it.
            await self._look()
            if self._me.wait(self._clock()) == 0:
                await self._claim()

    async def release(self) -> None:
        """Give the lease back.

        Raises:
            podwright.client.ApiError: it is not known to have happened.
        """
        try:
            await self._write(self._me.surrender(datetime.now(UTC)))
        except api.Conflict:
            await self._look()
            if self._me.is_mine:
                await self._write(self._me.surrender(datetime.now(UTC)))

    async def _look(self) -> None:
        path = LEASES.path(self._me.namespace, self._me.name)
        try:
            found = msgspec.json.decode(await self._client.send("GET", path))
        except api.NotFound:
            found = None
        self._me.saw(found, self._clock())

    async def _claim(self) -> None:
        sent_at = self._clock()
        written = await self._write(self._me.claim(datetime.now(UTC)))
        self._me.won(written, sent_at)

    async def _write(self, manifest: Manifest) -> Manifest:
        name = self._me.name if self._me.exists else ""
        path = LEASES.path(self._me.namespace, name)
        answer = await self._client.send("PUT" if name else "POST", path, body=manifest)
        written: Manifest = msgspec.json.decode(answer)
        return written


class Leader:
    """This process's part in the election, as the rest of it sees it."""

    def __init__(
        self,
        connect: Callable[[Callable[[], bool]], Awaitable[api.Client]],
        place: tuple[str, str],
        timing: Timing,
        *,
        clock: Callable[[], float] = boot_clock,
        end: Callable[[str], None] = end_process,
    ) -> None:
        self.tried, self.leading = asyncio.Event(), asyncio.Event()
        """The first try is over, whatever came of it; this process is the leader."""
        self._me = Candidate(identity(), timing, place)
        self._name = f"the lease {place[0]}/{place[1]}"
        self._connect, self._timing, self._clock, self._end = connect, timing, clock, end
        self._main = asyncio.get_running_loop()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="election", daemon=True)
        self._leave, self._left = asyncio.Event(), threading.Event()
        self._led, self._told = False, ""

    def may_write(self) -> bool:
        """Whether this process is the leader at this very moment."""
        return self._clock() < self._me.until

    def start(self) -> None:
        """Take part from now on."""
        metrics.LEADER.set_function(lambda: float(self.may_write()))
        signal.signal(signal.SIGCONT, lambda *_: self._check())
        self._thread.start()

    async def stop(self) -> None:
        """Take part no more; give back the lease, so that a successor need not wait for its end."""
        with suppress(RuntimeError):  # its loop is closed: it has ended
            self._loop.call_soon_threadsafe(self._leave.set)
        await asyncio.to_thread(self._thread.join, RELEASE_SECONDS)
        if self._thread.is_alive():
            log.warning("could not release %s within %g s", self._name, RELEASE_SECONDS)
        signal.signal(signal.SIGCONT, signal.SIG_DFL)

    # --- in threads of its own ---------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._take_part())
        except Exception:  # a bug: better no process than one that can never lead
            if not self._leave.is_set():
                log.exception("the election has failed")
                self._end("without an election")
        finally:
            self._loop.close()

    async def _take_part(self) -> None:
        client = await self._connect(lambda: not self._is_over)
        election = Election(client, self._me, self._clock)
        try:
            while not self._leave.is_set():
                await self._try(election)
                self._main.call_soon_threadsafe(self.tried.set)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pause()):
                        await self._leave.wait()
            self._left.set()
            if self.may_write():
                self._me.until = -math.inf
                await self._release(election)
        finally:
            await client.close()

    async def _try(self, election: Election) -> None:
        self._check()
        try:
            async with asyncio.timeout(self._timing.renew / 2):
                await election.step()
        except LostLeadershipError:
            self._check()
        except TimeoutError:
            log.warning("%s: no answer within %g s", self._name, self._timing.renew / 2)
        except api.ApiError as error:
            log.warning("%s: %s", self._name, error)
        metrics.TRANSITIONS.set(self._me.spec.lease_transitions)
        self._tell()

    def _tell(self) -> None:
        """Say it when the lease has a new holder, and act on it."""
        holder = self._me.spec.holder_identity
        if self._led and not self._me.is_mine:
            self._end(f"{self._name} was taken by {holder or 'nobody'}")
        elif self.may_write() and not self._led:
            self._led = True
            log.info("leading: got %s as %s", self._name, self._me.identity)
            threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
            self._main.call_soon_threadsafe(self.leading.set)
        elif not self._led and holder and holder != self._told:
            log.info("standing by: %s is held by %s", self._name, holder)
        self._told = holder

    def _pause(self) -> float:
        if self._led:
            return self._timing.retry
        pause = self._timing.retry * random.uniform(1.0, JITTER)  # noqa: S311  # not a secret
        return min(pause, self._me.wait(self._clock()) or pause)

    def _watch(self) -> None:
        """The watchdog: needs no event loop, and no answer from anybody."""
        while not self._left.wait(min(max(self._me.until - self._clock(), 0.0), WATCHDOG_SECONDS)):
            self._check()

    def _check(self) -> None:
        """End when this process was the leader and is not any more."""
        if self._is_over:
            self._end(f"{self._name} could not be renewed for {self._timing.renew:g} s")

    @property
    def _is_over(self) -> bool:
        return self._led and not self._left.is_set() and not self.may_write()

    async def _release(self, election: Election) -> None:
        try:
            async with asyncio.timeout(RELEASE_SECONDS / 2):
                await election.release()
        except (api.ApiError, TimeoutError) as error:
            log.warning("could not release %s: %s", self._name, error or "no answer")
        else:
            log.info("released %s", self._name)
