"""A report as text and as JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from podwright.kubectl.why.report import Note, Reason, Report
from podwright.kubectl.why.telling import as_json, as_text
from podwright.kubectl.why.times import ago

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
REASON = Reason(
    "pod web-1 to be ready",
    "kinds/statefulset/ordering.py, make",
    "pod web-1",
    NOON,
    ("It has no node.",),
    "add nodes",
)
REPORT = Report("StatefulSet", "default", "web", 2, 3, (REASON,), (Note("A surprise."),))


def test_text_has_all_of_it():
    assert as_text(REPORT, NOON + timedelta(minutes=4)).splitlines() == [
        "StatefulSet default/web waits: 2 of 3 pods are ready.",
        "",
        "It waits for pod web-1 to be ready, since 2030-01-01 12:00:00 UTC (4 minutes).",
        "  It has no node.",
        "  What would help: add nodes.",
        "  The rule: kinds/statefulset/ordering.py, make",
        "",
        "A surprise.",
    ]


def test_nothing_to_wait_for_is_said_so():
    done = replace(REPORT, ready=1, wished=1, reasons=(), notes=())
    assert as_text(done) == "StatefulSet default/web is as wished: 1 of 1 pod is ready."


def test_json_has_all_of_it():
    told = json.loads(as_json(REPORT))
    assert told["ready"] == 2
    assert told["reasons"] == [
        {
            "until": "pod web-1 to be ready",
            "rule": "kinds/statefulset/ordering.py, make",
            "on": "pod web-1",
            "since": "2030-01-01T12:00:00Z",
            "facts": ["It has no node."],
            "remedy": "add nodes",
        }
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (7300, "2 hours"),
        (90000, "1 day"),
    ],
)
def test_times_have_one_unit(seconds, text):
    assert ago(timedelta(seconds=seconds)) == text
