"""Groups of verbs that are imported when they are called, so that help and completion are quick."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Group(click.Group):
    """Verbs by name: (module and attribute, one line of help)."""

    def __init__(self, name: str, verbs: Mapping[str, tuple[str, str]], help_: str) -> None:
        super().__init__(name, help=help_, context_settings=CONTEXT)
        self._verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Names, sorted as kubectl does."""
        return sorted(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The verb, imported now."""
        if cmd_name not in self._verbs:
            return None
        module, _, attribute = self._verbs[cmd_name][0].partition(":")
        found: click.Command = getattr(import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of verbs, without importing any."""
        with formatter.section("Available Commands"):
            formatter.write_dl([(name, self._verbs[name][1]) for name in sorted(self._verbs)])
