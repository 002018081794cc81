"""The one exception of this package."""


class ControlPlaneError(Exception):
    """What is wrong and what to do about it, for the person at the keyboard.

    Commands print it without a traceback, so its text must be enough.
    """
