"""What is measured, in which unit, and what has to be reached.

An absolute time means nothing on a shared machine, a ratio in one run does: targets are ours divided
by kube-controller-manager's, except where `at_most` is a limit of its own.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One line of the table; `percentile` 99 is of all single values, 50 is the median of samples.

    `digits` are those shown, and those that a ratio is judged by.
    """

    figure: str
    label: str
    unit: str
    vs_open: float | None = None
    vs_default: float | None = None
    at_most: float | None = None
    percentile: int = 50
    digits: int = 2
    series: str = ""
    kind: str = "replicaset"

    @property
    def key(self):
        """Where samples keep the values; two percentiles of one series share it."""
        return self.series or self.label


CREATED = "N pods created"
SCALED = "scaled to zero"
CASCADED = "cascade delete"
CALM = "pod replaced, at rest"
CHURNING = "pod replaced, at 50 events/s"
SENT_CREATING = "requests per pod created"
SENT_DELETING = "requests per pod deleted"
CPU_OWN = "CPU per 1,000 created: controller"
CPU_SERVER = "CPU per 1,000 created: API server"
CPU_BOTH = "CPU per 1,000 created: both"
MEMORY = "memory with N pods"
GROWTH = "memory per pod (rest to N)"
IN_ORDER = "StatefulSet: N pods run, in order"
SIDE_BY_SIDE = "StatefulSet: N pods run, side by side"
ORDERLY_RENEWED = "StatefulSet: N pods renewed, one by one"
DAEMONS = "DaemonSet: N pods run"
DAEMONS_RENEWED = "DaemonSet: N pods renewed, 10% at a time"
DEPLOYED = "Deployment: N pods run"
ROLLED = "Deployment: N pods renewed, 25%/25%"
MANY = "Deployments of 5: N pods run"
COMPLETED = "Job: N pods succeed, 100 at a time"
ON_TIME = "CronJobs: N due at once have Jobs"

MEASURES = (
    Measure("T1", CREATED, "s", 1.0, 0.5),
    Measure("T4", SCALED, "s", 1.2, 0.7),
    # The garbage collector does it, for both: its own client limit is all that default would show.
    Measure("T4", CASCADED, "s", 1.2),
    Measure("T7", f"{CALM}, p50", "ms", 1.5, 1.5, digits=1, series=CALM),
    Measure("T7", f"{CALM}, p99", "ms", 1.5, 1.5, percentile=99, digits=1, series=CALM),
    Measure("T7", f"{CHURNING}, p50", "ms", 1.5, 1.5, digits=1, series=CHURNING),
    Measure("T7", f"{CHURNING}, p99", "ms", 1.5, 1.5, percentile=99, digits=1, series=CHURNING),
    Measure("T8", SENT_CREATING, "", 1.0, 1.0, digits=3),
    Measure("T8", SENT_DELETING, "", 1.0, 1.0, digits=3),
    Measure("T9", CPU_OWN, "s"),
    Measure("T9", CPU_SERVER, "s"),
    Measure("T9", CPU_BOTH, "s", at_most=3.0),
    Measure("T11", MEMORY, "MB", digits=0),
    Measure("T11", GROWTH, "kB", 0.5, 0.5, digits=1),
    Measure("T6", IN_ORDER, "s", 1.1, 1.0, kind="statefulset"),
    Measure("T6", SIDE_BY_SIDE, "s", 1.1, 1.0, kind="statefulset"),
    Measure("T3", ORDERLY_RENEWED, "s", 1.2, 0.7, kind="statefulset"),
    Measure("T2", DAEMONS, "s", 1.1, 0.7, kind="daemonset"),
    Measure("T3", DAEMONS_RENEWED, "s", 1.2, 0.7, kind="daemonset"),
    Measure("T2", DEPLOYED, "s", 1.1, 0.7, kind="deployment"),
    Measure("T3", ROLLED, "s", 1.2, 0.7, kind="deployment"),
    Measure("T5", MANY, "s", 1.3, 0.7, kind="deployment"),
    Measure("T5", COMPLETED, "s", 1.3, 0.7, kind="job"),
    Measure("T5", ON_TIME, "s", 1.3, 0.7, kind="cronjob"),
)
KINDS = tuple(dict.fromkeys(measure.kind for measure in MEASURES))
LIMIT = "L1"
FIGURES = tuple(dict.fromkeys(measure.figure for measure in MEASURES))
CONNECTIONS = (1, 8, 32)


def bare(connections):
    """The key of L1 at so many connections."""
    word = "connection" if connections == 1 else "connections"
    return f"bare POSTs of pods, {connections} {word}"


def of(kind):
    """The figures that a kind is measured by."""
    return {measure.figure for measure in MEASURES if measure.kind == kind}


def only(wanted, values):
    """The values that belong to the figures wanted."""
    keys = {measure.key for measure in MEASURES if measure.figure in wanted}
    return {key: values[key] for key in values if key in keys}
