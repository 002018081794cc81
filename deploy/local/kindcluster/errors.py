"""The one exception of this package."""

from controlplane.errors import ControlPlaneError


class KindError(ControlPlaneError):
    """What is wrong and what to do about it, in one line."""
