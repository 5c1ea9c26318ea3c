"""De-identifies head CT scans: header, face and burned-in text.

The work is done by a native library; this package starts it and reads its results. Long calls release the
interpreter. Nothing that a :class:`Report` or :class:`Progress` holds identifies a patient.
"""

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
from ._native import Cancelled, Error, Refused, __version__

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
