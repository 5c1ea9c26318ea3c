"""The native library. Use the package ``headct_deid``; this module only converts."""

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Cancelled",
    "Error",
    "NativeBegun",
    "NativeJob",
    "NativeJoined",
    "Refused",
    "__version__",
    "begin",
    "find_text",
    "join",
    "main",
    "parse_run",
    "phantom",
    "phantom_cases",
    "scrub",
    "settings",
    "start",
    "start_check",
    "start_deface",
    "start_load_series",
    "verify",
]

__version__: str

class Error(Exception):
    """Base of every error of this package."""

class Refused(Error):
    """The input cannot be used; nothing was written."""

    problems: list[dict[str, str]]

class Cancelled(Error):
    """The job was cancelled; finished patients stay, the rest was swept."""

@final
class NativeJob:
    """A job on native threads."""

    def poll(self) -> dict[str, Any]: ...
    def cancel(self) -> None: ...
    def wait(self, timeout_seconds: float) -> Any | None: ...

@final
class NativeBegun:
    """An accepted run; holds the output until it is released."""

    @property
    def patients(self) -> int: ...
    def finish(self, lost: Sequence[int]) -> str: ...
    def release(self) -> None: ...

@final
class NativeJoined:
    """A worker's place in a begun run."""

    def run_patient(self, index: int) -> None: ...

def begin(request: Mapping[str, Any]) -> NativeBegun: ...
def join(request: Mapping[str, Any]) -> NativeJoined: ...
def parse_run(arguments: Sequence[str]) -> dict[str, Any] | int: ...
def main(arguments: Sequence[str]) -> int: ...
def settings() -> list[dict[str, str]]: ...
def start(
    input_dir: str,
    linkage_table: str,
    output_dir: str,
    settings: Mapping[str, str],
    private_dir: str | None,
    key: str | None,
    jobs: int,
    existing: str,
    release_held: str,
) -> NativeJob: ...
def start_check(input_dir: str, linkage_table: str, settings: Mapping[str, str]) -> NativeJob: ...
def start_deface(
    hu: NDArray[np.int16],
    origins_mm: Sequence[tuple[float, float, float]],
    direction: tuple[float, float, float, float, float, float],
    pixel_spacing_mm: tuple[float, float],
    key: bytes | None,
    settings: Mapping[str, str],
) -> NativeJob: ...
def find_text(
    hu: NDArray[np.int16],
    origins_mm: Sequence[tuple[float, float, float]],
    direction: tuple[float, float, float, float, float, float],
    pixel_spacing_mm: tuple[float, float],
) -> NDArray[np.bool_]: ...
def start_load_series(
    input_dir: str, linkage_table: str, new_id: str, series_number: int, settings: Mapping[str, str]
) -> NativeJob: ...
def phantom(
    case: str,
) -> tuple[
    NDArray[np.int16], NDArray[np.uint8], list[tuple[float, float, float]], list[float], tuple[float, float]
]: ...
def phantom_cases() -> list[str]: ...
def scrub(data: bytes, new_id: str, key: bytes, settings: Mapping[str, str]) -> bytes: ...
def verify(output_dir: str, against: str | None, linkage_table: str | None, private_dir: str | None) -> str: ...
