"""De-identifies head CT scans: header, face and burned-in text.

The work is done by a native library; this package starts it and reads its results. Long calls release the
interpreter. Nothing that a :class:`Report` or :class:`Progress` holds identifies a patient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._native import Cancelled, Error, Refused, __version__

if TYPE_CHECKING:
    from ._api import (
        Defaced,
        Job,
        Plan,
        Progress,
        Report,
        SeriesVolume,
        Verification,
        check,
        deface,
        deidentify,
        find_text,
        load_series,
        scrub,
        settings,
        start,
        verify,
    )

__all__ = [
    "Cancelled",
    "Defaced",
    "Error",
    "Job",
    "Plan",
    "Progress",
    "Refused",
    "Report",
    "SeriesVolume",
    "Verification",
    "__version__",
    "check",
    "deface",
    "deidentify",
    "find_text",
    "load_series",
    "scrub",
    "settings",
    "start",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Load the functions, and with them numpy, when the first is asked for: the command needs neither."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import _api

    globals().update({function: getattr(_api, function) for function in __all__ if hasattr(_api, function)})
    return globals()[name]


def __dir__() -> list[str]:
    return sorted(__all__)
