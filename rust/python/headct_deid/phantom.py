"""Generated heads with known anatomy, for demonstrations and tests. Nothing in them comes from a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import _native


@dataclass(frozen=True)
class Phantom:
    """A generated head as HU ``[slice, row, column]`` with the true tissue of every voxel."""

    hu: NDArray[np.int16]
    labels: NDArray[np.uint8]
    origins_mm: list[tuple[float, float, float]]
    direction: list[float]
    spacing_mm: tuple[float, float, float]


def cases() -> list[str]:
    """Return the names of the heads that :func:`head` can generate."""
    return _native.phantom_cases()


def head(case: str) -> Phantom:
    """Generate the head of a named case.

    Raises:
        ValueError: there is no such case.
    """
    hu, labels, origins, direction, (row_mm, column_mm) = _native.phantom(case)
    normal = np.cross(direction[:3], direction[3:])
    positions = np.array(origins) @ normal
    slice_mm = float(np.median(np.diff(positions))) if len(positions) > 1 else 1.0
    return Phantom(hu, labels, origins, direction, (slice_mm, row_mm, column_mm))
