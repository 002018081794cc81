"""What the operator measures of itself, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

_SECONDS = (0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30)

QUEUE_DEPTH = Gauge("podwright_queue_depth", "Owners that are due", registry=REGISTRY)
QUEUE_DELAYED = Gauge("podwright_queue_delayed", "Owners that wait for a time", registry=REGISTRY)
RECONCILES = Counter(
    "podwright_reconciles_total", "Reconciles by end", ["kind", "result"], registry=REGISTRY
)
RECONCILE_SECONDS = Histogram(
    "podwright_reconcile_seconds",
    "Time of one reconcile",
    ["kind"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
WRITES = Counter(
    "podwright_writes_total",
    "Writing requests by verb, resource and result",
    ["verb", "resource", "result"],
    registry=REGISTRY,
)
EVENTS = Counter(
    "podwright_watch_events_total", "Events read from watches", ["resource"], registry=REGISTRY
)
UNREADABLE = Counter(
    "podwright_unreadable_total", "Objects that could not be read", ["resource"], registry=REGISTRY
)
LISTS = Counter("podwright_lists_total", "Full lists read", ["resource"], registry=REGISTRY)
CACHED = Gauge("podwright_cached_objects", "Objects in memory", ["resource"], registry=REGISTRY)
WATCH_AGE = Gauge(
    "podwright_watch_age_seconds",
    "Seconds since a watch last brought anything, bookmarks included",
    ["resource"],
    registry=REGISTRY,
)
LEADER = Gauge("podwright_leader", "1 while this process may write", registry=REGISTRY)
TRANSITIONS = Gauge(
    "podwright_leader_transitions", "How often the lease has changed hands", registry=REGISTRY
)
EVENTS_DROPPED = Counter(
    "podwright_events_dropped_total", "Kubernetes events not sent", ["why"], registry=REGISTRY
)
