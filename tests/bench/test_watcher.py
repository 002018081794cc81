import msgspec
import pytest

from bench.watcher import Event, Running


def row(name, uid, ready="1/1", status="Running"):
    """One line of a watch that answers with tables."""
    line = {
        "type": "MODIFIED",
        "object": {
            "kind": "Table",
            "metadata": {"resourceVersion": "7"},
            "rows": [
                {
                    "cells": [name, ready, status, 0],
                    "object": {"metadata": {"name": name, "uid": uid}},
                }
            ],
        },
    }
    event = msgspec.convert(line, Event)
    assert event.object.metadata.resource_version == "7"
    return event.object.rows[0]


@pytest.fixture
def running():
    there = Running()
    there.take("ADDED", row("web-0", "a"), 1.0)
    there.take("ADDED", row("web-1", "b", ready="0/1", status="Pending"), 2.0)
    return there


def test_pods_run_when_all_do_and_since_the_last_one_does(running):
    assert not running.are(2)
    running.take("MODIFIED", row("web-1", "b"), 3.0)
    running.take("MODIFIED", row("web-0", "a"), 4.0)
    assert running.are(2)
    assert running.since() == 3.0


@pytest.mark.parametrize(("ready", "status"), [("0/1", "Running"), ("1/1", "Terminating")])
def test_a_pod_that_is_not_ready_or_on_its_way_out_does_not_run(running, ready, status):
    running.take("MODIFIED", row("web-1", "b"), 3.0)
    running.take("MODIFIED", row("web-0", "a", ready, status), 4.0)
    assert not running.are(2)


def test_more_pods_than_wished_are_not_done(running):
    running.take("MODIFIED", row("web-1", "b"), 3.0)
    assert not running.are(1)
    running.take("DELETED", row("web-1", "b"), 4.0)
    assert running.are(1)


def test_a_pod_of_the_same_name_is_another_one_when_it_was_renewed(running):
    running.take("DELETED", row("web-1", "b", ready="0/1"), 3.0)
    old = running.uids()
    assert old == {"a"}
    assert not running.are(1, other_than=old)
    running.take("DELETED", row("web-0", "a"), 4.0)
    running.take("ADDED", row("web-0", "c"), 5.0)
    assert running.are(1, other_than=old)
    assert running.since() == 5.0
