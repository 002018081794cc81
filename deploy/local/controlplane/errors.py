"""The one exception of these packages, and commands that say it as a sentence."""

import click


class ControlPlaneError(Exception):
    """What is wrong and what to do about it, for the person at the keyboard.

    Commands print it without a traceback, so its text must be enough.
    """


class Commands(click.Group):
    """Prints our own errors as a sentence; a traceback would only hide it."""

    def invoke(self, context: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(context)
        except ControlPlaneError as error:
            raise click.ClickException(str(error)) from error
