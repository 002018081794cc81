"""What explains a failed test: imported by the conftest of each folder whose tests have a world."""

import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Attach the operator's log, events, objects."""
    report = (yield).get_result()
    world = getattr(item, "world", None)
    if report.when != "call" or not report.failed or world is None:
        return
    get = lambda *what: world.cluster.kubectl("get", *what, "-n", world.namespace)  # noqa: E731
    _explain(report, "operator log", item.operator_log)
    _explain(report, "events", lambda: get("events"))
    _explain(report, "objects", lambda: get("replicasets.apps.podwright.dev,pods", "-o", "wide"))


def _explain(report, what, ask):
    """Attach the end of an answer; no answer must not hide the failure, which ends the whole run."""
    try:
        text = ask()
    except Exception as error:
        text = f"not known: {error}"
    report.sections.append((what, text[-4000:]))
