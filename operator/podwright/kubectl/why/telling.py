"""A report as text for people, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from podwright.kubectl.why.report import Note, Reason, Report
from podwright.kubectl.why.times import ago


def as_json(report: Report) -> str:
    """All of it, for programs."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


def as_text(report: Report, now: datetime | None = None) -> str:
    """All of it, in sentences."""
    moment = now or datetime.now(UTC)
    paragraphs = [_headline(report)]
    paragraphs += ["\n".join(_reason(each, moment)) for each in report.reasons]
    paragraphs += ["\n".join(_note(each)) for each in report.notes]
    return "\n\n".join(paragraphs)


def _headline(report: Report) -> str:
    who = f"{report.kind} {report.namespace}/{report.name}"
    if report.state:
        return f"{who} {report.state}."
    noun = "pod is" if report.wished == 1 else "pods are"
    count = f"{report.ready} of {report.wished} {noun} ready"
    if report.reasons:
        return f"{who} waits: {count}."
    return f"{who} is as wished: {count}."


def _reason(reason: Reason, now: datetime) -> Iterator[str]:
    since = ""
    if reason.since is not None:
        since = f", since {reason.since:%Y-%m-%d %H:%M:%S} UTC ({ago(now - reason.since)})"
    yield f"It waits for {reason.until}{since}."
    yield from (f"  {fact}" for fact in reason.facts)
    yield from _end(reason.remedy, reason.rule)


def _note(note: Note) -> Iterator[str]:
    yield note.text
    yield from _end(note.remedy, note.rule)


def _end(remedy: str, rule: str) -> Iterator[str]:
    if remedy:
        yield f"  What would help: {remedy}."
    if rule:
        yield f"  The rule: {rule}"
