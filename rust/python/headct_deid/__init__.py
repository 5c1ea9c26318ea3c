"""De-identifies head CT scans: header, face and burned-in text.

The work is done by a native library; this package starts it and reads its results. Long calls release the
interpreter. Nothing that a :class:`Report` or :class:`Progress` holds identifies a patient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._native import Cancelled, Error, Refused, __version__

if TYPE_CHECKING:
    from ._api import (
        check,
        deface,
        deidentify,
        find_text,
        load_series,
        scrub,
        settings,
        start,
        start_check,
        start_deface,
        start_load_series,
        verify,
    )
    from ._job import Job
    from ._results import Defaced, Plan, Progress, Report, SeriesVolume, Verification

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
    "start_check",
    "start_deface",
    "start_load_series",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Load the functions, and with them numpy, when the first is asked for: the command needs neither."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import _api, _job, _results

    for module in (_api, _job, _results):
        globals().update({public: vars(module)[public] for public in __all__ if public in vars(module)})
    return globals()[name]


def __dir__() -> list[str]:
    return sorted(__all__)
