"""What goes wrong, in kubectl's words."""

from __future__ import annotations

from typing import IO, Any

import click


class Failure(click.ClickException):
    """Something cannot be done; the text is for people. The exit code is 1."""

    @property
    def line(self) -> str:
        """What kubectl would print."""
        return self.message if self.message.startswith("error: ") else f"error: {self.message}"

    @property
    def among_others(self) -> str:
        """What kubectl would print if it were not the only error: here it adds no word."""
        return self.message

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it as kubectl would."""
        click.echo(self.line, file=file, err=file is None)


class ServerFailure(Failure):
    """The API server said no, or nothing.

    ``reason`` is the API's word, ``NotFound``; without one it could not be reached.
    """

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason

    @property
    def line(self) -> str:
        """What kubectl would print."""
        if self.reason == "Unauthorized":
            return f"error: You must be logged in to the server ({self})"
        if self.reason:
            return f"Error from server ({self.reason}): {self}"
        return str(self)

    @property
    def among_others(self) -> str:
        """The same as alone."""
        return self.line
