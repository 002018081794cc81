"""What explains a failed test: imported by the conftest of each folder whose tests have a world."""

import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Attach the operator's log, events, objects."""
    report = (yield).get_result()
    world = getattr(item, "world", None)
    if report.when != "call" or not report.failed or world is None:
        return
    report.sections.append(("operator log", item.operator_log()[-4000:]))
    for what in ("events", "replicasets.apps.podwright.dev,pods -o wide"):
        text = world.cluster.kubectl("get", *what.split(), "-n", world.namespace)
        report.sections.append((what, text[-4000:]))
