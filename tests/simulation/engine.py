"""The real engine as the operator of the simulation: executor, writer, reconciler and all.

Only what surrounds it is simulated: the API server (``fake_api``), the streams (``Feed``), and the
queue's clock. So what the ``Planner`` shows for the rules is shown for the code that runs.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from engine.fake_api import FakeClient
from podwright.engine.executor import Executor
from podwright.engine.keys import Key
from podwright.engine.reconcile import Reconciler
from podwright.engine.writer import Writer
from simulation.operators import Planner, Wire

LOOP = asyncio.new_event_loop()


class Engine(Planner):
    """Drives a reconciler by hand."""

    def __init__(self, wire: Wire, client: FakeClient | None = None) -> None:
        self._client = client or FakeClient(wire)
        workload = replace(
            self.served.workload,
            decide=lambda seen: self.decide(seen),
            status=lambda seen, outcome: self.status(seen, outcome),
        )
        self._served = replace(self.served, workload=workload)
        super().__init__(wire)

    def start(self) -> None:
        super().start()
        writer = Writer(self._client, self._served, self.consistency)
        executor = Executor(writer, lambda *_: None)
        self.reconciler = Reconciler(
            self._served,
            self.store,
            self.consistency,
            executor,
            writer,
            spent=lambda *_: None,
            clock=lambda: self.wire.cluster.now,
        )

    def _reconcile(self, key: Key) -> Any:
        owner = self.store.owners.get(key)
        self.wire.acting = owner.metadata.uid if owner else ""
        return LOOP.run_until_complete(self.reconciler.reconcile(key))
